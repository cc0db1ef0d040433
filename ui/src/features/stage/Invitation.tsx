// The invitation: the link for hand, camera and ear, and who can enter with it. Fills the stage while alone, stands in a popover after.
import { useState } from 'react';
import { Button } from '../../shared/components/Button';
import { QrCode } from '../../shared/components/QrCode';
import { Toggle } from '../../shared/components/Toggle';
import { CheckIcon, CopyIcon, ShareIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import type { Admission } from './Admission';
import { CertificateNote } from './CertificateNote';
import { SpokenCode, type Spoken } from './SpokenCode';
import { Withdraw } from './Withdraw';

/** What an invitation needs. */
export interface InvitationProps {
  readonly link: string;
  /** Rejects where the clipboard is closed. */
  readonly copy: (text: string) => Promise<void>;
  readonly spoken: Spoken;
  readonly admission: Admission;
}

type Copying = 'idle' | 'copied' | 'refused';

/** The link with its actions. */
export function Invitation({ link, copy, spoken, admission }: InvitationProps) {
  const { words } = useLanguage();
  const [copying, setCopying] = useState<Copying>('idle');
  const canShare = 'share' in navigator;
  const share = (): void => {
    // A share that was thought better of is no error.
    navigator.share({ title: words.app.name, text: words.room.invitation.shareText, url: link }).catch(() => undefined);
  };
  if (admission.withdrawn !== null) {
    return (
      <p className="alone-body" data-testid="withdrawn">
        {admission.withdrawn}
      </p>
    );
  }
  return (
    <div className="invitation">
      <div className="invitation-ways">
        <input
          className="invitation-link"
          aria-label={words.room.invitation.link}
          readOnly
          value={link}
          onFocus={(event) => event.currentTarget.select()}
          data-testid="invite-link"
        />
        <div className="invitation-actions">
          <Button
            kind="primary"
            icon={copying === 'copied' ? <CheckIcon /> : <CopyIcon />}
            onPress={() => {
              copy(link).then(
                () => setCopying('copied'),
                () => setCopying('refused'),
              );
            }}
            data-testid="copy-link"
          >
            {copying === 'copied' ? words.copied : words.room.invitation.copy}
          </Button>
          {canShare ? (
            <Button icon={<ShareIcon />} onPress={share}>
              {words.room.invitation.share}
            </Button>
          ) : null}
        </div>
        <p className="vh" role="status">
          {copying === 'copied' ? words.copied : ''}
        </p>
        {copying === 'refused' ? (
          <p className="field-error" role="alert">
            {words.copyFailed}
          </p>
        ) : null}
        <SpokenCode {...spoken} server={serverOf(link)} />
        <Toggle isOn={admission.isForOne} onChange={admission.onForOne} testId="for-one">
          {words.room.invitation.forOne}
        </Toggle>
        <p className="invitation-who soft">{admission.isForOne ? words.room.invitation.whoForOne : words.room.invitation.who}</p>
        <CertificateNote link={link} />
        <Withdraw onWithdraw={admission.onWithdraw} />
      </div>
      <div className="invitation-qr">
        <QrCode text={link} label={words.room.invitation.qr} />
      </div>
    </div>
  );
}

/** What stands in front of the secret, for a guest to open. */
function serverOf(link: string): string {
  return link.replace(/\/?#.*$/, '');
}
