// The stage while nobody else is here.
import { useLanguage } from '../../shared/i18n/Language';
import { Invitation, type InvitationProps } from './Invitation';

interface AloneProps extends InvitationProps {
  /** We opened the room, so nobody can be here before we hand the link on. */
  readonly started: boolean;
}

/** The invitation, filling the stage. */
export function Alone({ link, copy, started }: AloneProps) {
  const { words } = useLanguage();
  const { title, body } = started ? words.room.invitation : words.room.joinedAlone;
  return (
    <div className="alone" data-testid="alone">
      <div className="alone-card">
        <h2 className="alone-title">{title}</h2>
        <p className="alone-body">{body}</p>
        <Invitation link={link} copy={copy} />
        <p className="alone-waiting soft" role="status">
          <span className="alone-lamp" aria-hidden="true" />
          {words.room.invitation.waiting}
        </p>
      </div>
    </div>
  );
}
