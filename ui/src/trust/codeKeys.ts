// Keys of one exchange behind a spoken code (docs/protocol.md, section 7.2): both sides' confirmations, and the seal of the invitation.
// Twin of `crates/trust/src/code_keys.rs`.
//
// Promises: each key has an info string of its own, so a MAC can be neither reflected nor taken for the other role's; MACs are compared
// in a time that tells nothing.

import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

import type { PeerId } from '../protocol/PeerId';
import { decodeBase64url, encodeBase64url } from './base64url';
import { concatBytes, equalBytes, utf8, type Bytes } from './bytes';
import { SEALED_INVITATION_BYTES } from './codeMessage';
import { Generator, sessionKey, transcript, type CpaceMessage, type CpaceSecret } from './cpace';
import { ENVELOPE_NONCE_BYTES } from './envelope';
import { idBytes } from './id';
import { SECRET_BYTES } from './invitation';
import type { SpokenCode } from './spokenCode';
import { TrustError } from './TrustError';

/** What is sealed: the associated data of the seal. */
const SEAL_DOMAINS = { secret: utf8('parlor v1 code invitation'), pin: utf8('parlor v1 code pin') };

/** The invitation's secret, or the fingerprint of its server's certificate. */
export type CodeSealing = keyof typeof SEAL_DOMAINS;

/** Who of the two: the guest has typed the code (CPace's A, the initiator), the owner has read it out (B, the responder). */
export type CodeRole = 'guest' | 'owner';

/** A share on the wire, and whose it is. */
export interface ShareSender {
  readonly peer: PeerId;
  readonly share: Uint8Array;
}

/** What an exchange opens. */
export class CodeKeys {
  readonly #confirming: Readonly<Record<CodeRole, Bytes>>;
  readonly #invitation: Bytes;
  readonly #transcript: Bytes;

  /** From our secret and both shares. Throws `bad-share` when the other's share is none. */
  constructor(secret: CpaceSecret, ours: CodeRole, session: Uint8Array, guest: ShareSender, owner: ShareSender) {
    const agreed = secret.agree(ours === 'guest' ? owner.share : guest.share);
    const said = ({ peer, share }: ShareSender): CpaceMessage => ({ share, data: idBytes(peer) });
    this.#transcript = transcript('initiator-responder', said(guest), said(owner));
    const prk = extract(sha256, sessionKey(session, agreed, this.#transcript), utf8('parlor v1 spoken code'));
    const key = (info: string): Bytes => expand(sha256, prk, utf8(info), 32);
    this.#confirming = { guest: key('parlor v1 code guest'), owner: key('parlor v1 code owner') };
    this.#invitation = key('parlor v1 code invitation');
  }

  /** The MAC by which a role proves that it knows the words (section 10.4 of the draft), base64url. */
  confirm(role: CodeRole): string {
    return encodeBase64url(this.#mac(role));
  }

  /** Checks the other role's. Throws `wrong-code`. */
  verify(role: CodeRole, confirm: string): void {
    const claimed = decodeBase64url(confirm, 32);
    if (claimed === null || !equalBytes(claimed, this.#mac(role))) throw new TrustError('wrong-code', 'another code');
  }

  /** Seals 32 bytes of an invitation under a nonce of 24 fresh random bytes. */
  seal(what: CodeSealing, secret: Uint8Array, nonce: Uint8Array): string {
    return encodeBase64url(concatBytes(nonce, xchacha20poly1305(this.#invitation, nonce, SEAL_DOMAINS[what]).encrypt(secret)));
  }

  /** Opens it. Throws `does-not-open`. */
  open(what: CodeSealing, sealed: string): Bytes {
    const bytes = decodeBase64url(sealed, SEALED_INVITATION_BYTES) ?? new Uint8Array(SEALED_INVITATION_BYTES);
    const cipher = xchacha20poly1305(this.#invitation, bytes.subarray(0, ENVELOPE_NONCE_BYTES), SEAL_DOMAINS[what]);
    try {
      return concatBytes(cipher.decrypt(bytes.subarray(ENVELOPE_NONCE_BYTES))).slice(0, SECRET_BYTES);
    } catch {
      // A wrong tag is all that can go wrong here; the cause holds nothing more.
      throw new TrustError('does-not-open', 'sealed with another key, or changed');
    }
  }

  #mac(role: CodeRole): Bytes {
    return hmac(sha256, this.#confirming[role], concatBytes(utf8('parlor v1 code confirmation'), this.#transcript));
  }
}

/** The generator of a code in a session. */
export function codeGenerator(code: SpokenCode, session: Uint8Array): Generator {
  return new Generator(utf8(code.words), utf8(`parlor v1 spoken code ${code.number}`), session);
}
