// Says what is wrong with a pasted link before anyone is asked to open it. The host decides; this only explains.

import { parsedUrl } from './parsedUrl';

/** What a link lacks, or null when its shape is right. */
export type LinkFault = 'empty' | 'no-address' | 'no-secret' | 'version' | 'cut';

/** 32 bytes in base64url: the secret, and the fingerprint of the server's certificate that may stand behind it. */
const SECRET = /^[A-Za-z0-9_-]{43}(\.[A-Za-z0-9_-]{43})?$/;

/** Looks at the shape of a link (docs/protocol.md, section 2). */
export function linkFault(text: string): LinkFault | null {
  const link = text.trim();
  if (link === '') return 'empty';
  if (!/^(https?:\/\/[^\s/?#]|parlor:\/\/join\?server=)/i.test(link)) return 'no-address';
  const hash = link.indexOf('#');
  if (hash < 0 || hash === link.length - 1) return 'no-secret';
  const [, version, secret] = /^v(\d{1,9})\.(.*)$/.exec(link.slice(hash + 1)) ?? [];
  if (version === undefined || secret === undefined) return 'cut';
  if (version !== '1') return 'version';
  return SECRET.test(secret) ? null : 'cut';
}

/** True for the base URL of a server: http or https, a host, nothing behind it but a path. */
export function isServerAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/i.test(text)) return false;
  return parsedUrl(text) !== null;
}
