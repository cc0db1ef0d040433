// The stage while nobody else is here.
import { useLanguage } from '../../shared/i18n/Language';
import { Invitation, type InvitationProps } from './Invitation';
import './alone.css';

interface AloneProps extends InvitationProps {
  /** `first`: we opened the room and nobody came yet. `early`: we came before the others. `left`: they have gone. */
  readonly why: 'first' | 'early' | 'left';
}

/** The invitation, filling the stage. */
export function Alone({ why, ...invitation }: AloneProps) {
  const { words } = useLanguage();
  const isWithdrawn = invitation.admission.withdrawn !== null;
  const { title, body } = { first: words.room.invitation, early: words.room.joinedAlone, left: words.room.leftAlone }[why];
  return (
    <div className="alone" data-testid="alone">
      <div className="alone-card paper">
        <h2 className="alone-title">{isWithdrawn ? words.room.withdrawal.alone : title}</h2>
        {isWithdrawn ? null : <p className="alone-body">{body}</p>}
        <Invitation {...invitation} />
        {why === 'first' && !isWithdrawn ? (
          <p className="alone-waiting soft" role="status">
            <span className="alone-lamp" aria-hidden="true" />
            {words.room.invitation.waiting}
          </p>
        ) : null}
      </div>
    </div>
  );
}
