// Beside an invitation to a server that this device runs: what a browser will say about its certificate, and why that is right.
import { useLanguage } from '../../shared/i18n/Language';
import { linkFingerprint } from '../../shared/view/linkFingerprint';

/** No byte is torn at the end of a line. */
const OF_EIGHT_BYTES = /.{1,24}/g;

/** The way through the warning; nothing where the link names no certificate. */
export function CertificateNote({ link }: { readonly link: string }) {
  const { words } = useLanguage();
  const fingerprint = linkFingerprint(link);
  if (fingerprint === null) return null;
  const says = words.room.certificate;
  return (
    <details className="certificate" data-testid="certificate">
      <summary className="certificate-summary" data-testid="certificate-summary">{says.summary}</summary>
      <p>{says.way}</p>
      <p className="soft">{says.check}</p>
      <code className="certificate-fingerprint" data-testid="certificate-fingerprint">
        {fingerprint.match(OF_EIGHT_BYTES)?.map((part, place) => (
          <span key={place} className="certificate-part">
            {part}
          </span>
        ))}
      </code>
    </details>
  );
}
