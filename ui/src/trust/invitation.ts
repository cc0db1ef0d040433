// Invitations (docs/protocol.md, section 2): a server's base URL, a secret, and where no authority vouches for the server the fingerprint
// of its certificate, as a link for browsers or for the app. A page cannot look at certificates: it only passes the fingerprint on.
//
// Promises: what is printed reads back as the same; the secret stands behind `#` only, so that no server sees it; errors tell a
// link of another version from a text that is no link at all. Leaves to others: what the secret opens (`derivation`).
// Twin of `crates/trust/src/invitation.rs`.

import { decodeBase64url, encodeBase64url } from './base64url';
import { utf8, type Bytes, type Random } from './bytes';
import { TrustError } from './TrustError';

/** Bytes of an invitation's secret. */
export const SECRET_BYTES = 32;
/** Bytes of a certificate's fingerprint. */
export const PIN_BYTES = 32;

/** Longest link that is looked at, in characters: longer than any server's URL, short enough for a form field. */
const LINK_CHARS = 4096;
/** Longest base URL of a server: with every character encoded, the app's form of the link still fits. */
const SERVER_CHARS = 1024;
const APP_PREFIX = 'parlor://join?server=';

/** An invitation into one room on one server. */
export interface Invitation {
  /** Base URL of the server: http or https, no user info, query or fragment, no `/` at the end. */
  readonly server: string;
  /** 32 bytes. Whoever holds them may enter. */
  readonly secret: Bytes;
  /** SHA-256 of the server's certificate, where the invitation names one; then the server is https. */
  readonly pin?: Bytes;
}

/** An invitation with a fresh secret. Throws `not-an-invitation` when `server` is no base URL. */
export function createInvitation(server: string, random: Random): Invitation {
  return { server: parseServer(server), secret: random(SECRET_BYTES) };
}

/** Reads either form of link. Throws `not-an-invitation` or `another-version`. White space around it is cut. */
export function parseInvitation(text: string): Invitation {
  const link = text.trim();
  const hash = link.indexOf('#');
  if (hash < 0 || link.length > LINK_CHARS) throw new TrustError('not-an-invitation', 'no part behind #');
  const server = parseServer(serverPart(link.slice(0, hash)));
  const [, version, encoded, encodedPin] = /^v([0-9]{1,9})\.([A-Za-z0-9_-]*)(?:\.([A-Za-z0-9_-]*))?$/.exec(link.slice(hash + 1)) ?? [];
  if (version === undefined || encoded === undefined) {
    throw new TrustError('not-an-invitation', 'the part behind # is no secret');
  }
  if (version !== '1') throw new TrustError('another-version', `version ${version}`);
  const secret = decodeBase64url(encoded, SECRET_BYTES);
  if (secret === null) throw new TrustError('not-an-invitation', 'the secret has not 32 bytes');
  return encodedPin === undefined ? { server, secret } : pinned({ server, secret }, decodeBase64url(encodedPin, PIN_BYTES));
}

/** The same, to a server whose certificate must have this fingerprint. Throws `not-an-invitation` when it is none, or the server shows no certificate. */
export function pinned(invitation: Invitation, pin: Bytes | null): Invitation {
  if (pin === null) throw new TrustError('not-an-invitation', 'the fingerprint has not 32 bytes');
  if (!invitation.server.startsWith('https://')) throw new TrustError('not-an-invitation', 'a fingerprint, but no certificate');
  return { ...invitation, pin };
}

/** The link for a browser: `<base URL>/#v1.<secret>`, and `.<pin>` behind it if there is one. */
export function invitationLink(invitation: Invitation): string {
  return `${invitation.server}/${fragment(invitation)}`;
}

/** The link that opens the app: `parlor://join?server=<percent-encoded base URL>#v1.<secret>`, and `.<pin>` as above. */
export function invitationAppLink(invitation: Invitation): string {
  return `${APP_PREFIX}${percentEncode(invitation.server)}${fragment(invitation)}`;
}

function fragment({ secret, pin }: Invitation): string {
  return `#v1.${encodeBase64url(secret)}${pin === undefined ? '' : `.${encodeBase64url(pin)}`}`;
}

/** A server's base URL as an invitation holds it. Throws `not-an-invitation` when it is none. */
export function parseServer(text: string): string {
  const [, scheme, authority, path] = /^(https?):\/\/([^/?#]*)(\/[^?#]*)?$/i.exec(text) ?? [];
  // One rule for every place a URL is read: visible ASCII only, no quotes, backslashes or brackets that other parsers bend.
  // Counted without what is cut off, so that a link is read as it is printed.
  if (text.replace(/\/+$/, '').length > SERVER_CHARS || scheme === undefined || authority === undefined || !/^[!#-;=?-[\]_a-z~]*$/i.test(text)) {
    throw new TrustError('not-an-invitation', 'the server is no http or https URL');
  }
  if (!/^(\[[0-9a-f:.]+\]|[^@:[\]]+)(:[0-9]{1,5})?$/i.test(authority)) {
    throw new TrustError('not-an-invitation', 'the server has no host, or user info');
  }
  return `${scheme.toLowerCase()}://${authority}${(path ?? '').replace(/\/+$/, '')}`;
}

function serverPart(head: string): string {
  if (!head.toLowerCase().startsWith('parlor:')) return head;
  if (!head.startsWith(APP_PREFIX)) throw new TrustError('not-an-invitation', 'not parlor://join?server=');
  try {
    return decodeURIComponent(head.slice(APP_PREFIX.length));
  } catch {
    throw new TrustError('not-an-invitation', 'broken percent-encoding');
  }
}

/** Encodes everything but RFC 3986's unreserved characters, so that both twins print the same link. */
function percentEncode(text: string): string {
  let encoded = '';
  for (const byte of utf8(text)) {
    const character = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9._~-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
