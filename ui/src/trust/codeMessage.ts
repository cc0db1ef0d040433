// What the two sides of a spoken code say to each other (docs/protocol.md, section 7.2). Twin of `crates/trust/src/code_message.rs`.
//
// Promises: what passes has every field checked and of its length, and none else. Never throws but `not-a-message`. Leaves to others: who
// may say what when (`CodeOwner`, `CodeGuest`), and how it travels.

import { decodeBase64url } from './base64url';
import { TrustError } from './TrustError';

/** Longest message in characters that is looked at; ours take at most 260. */
export const CODE_MESSAGE_BYTES = 512;
/** Bytes of a session's name. */
export const CODE_SESSION_BYTES = 16;
/** Bytes of a sealed invitation: nonce, secret, tag. */
export const SEALED_INVITATION_BYTES = 24 + 32 + 16;

/** A message of the exchange behind a spoken code. Byte strings are base64url. */
export type CodeMessage =
  /** Guest → owner: the one try. `session` (16 bytes) is random, the guest's choice; `share` (32) is `Ya`. */
  | { readonly type: 'code-try'; readonly session: string; readonly share: string }
  /** Owner → guest: `Yb`, and the proof of knowing the words (32 bytes). */
  | { readonly type: 'code-answer'; readonly share: string; readonly confirm: string }
  /** Guest → owner: the guest's proof (32 bytes). */
  | { readonly type: 'code-confirm'; readonly confirm: string }
  /** Owner → guest: the invitation's secret, sealed (72 bytes); and so its fingerprint, if it names one. */
  | { readonly type: 'code-invitation'; readonly sealed: string; readonly pin?: string };

/** Reads the JSON of one. Throws `not-a-message`. */
export function parseCodeMessage(text: string): CodeMessage {
  let value: unknown = null;
  try {
    if (text.length <= CODE_MESSAGE_BYTES) value = JSON.parse(text);
  } catch {
    // No JSON is no message, as `value` says already.
  }
  const message = guardCodeMessage(value);
  if (message === null) throw new TrustError('not-a-message', 'no message of a spoken code');
  return message;
}

/** `value` as a message, or null when it is none. */
export function guardCodeMessage(value: unknown): CodeMessage | null {
  if (typeof value !== 'object' || value === null) return null;
  const { type, session, share, confirm, sealed, pin } = value as Record<string, unknown>;
  switch (type) {
    case 'code-try':
      return isBytes(session, CODE_SESSION_BYTES) && isBytes(share, 32) ? { type, session, share } : null;
    case 'code-answer':
      return isBytes(share, 32) && isBytes(confirm, 32) ? { type, share, confirm } : null;
    case 'code-confirm':
      return isBytes(confirm, 32) ? { type, confirm } : null;
    case 'code-invitation':
      if (!isBytes(sealed, SEALED_INVITATION_BYTES)) return null;
      if (pin === undefined || pin === null) return { type, sealed };
      return isBytes(pin, SEALED_INVITATION_BYTES) ? { type, sealed, pin } : null;
    default:
      return null;
  }
}

function isBytes(value: unknown, length: number): value is string {
  return typeof value === 'string' && decodeBase64url(value, length) !== null;
}
