// The comparison of a short authentication string (docs/protocol.md, section 7.4), for peers who share no secret that others have not.
// Twin of `crates/trust/src/comparison.rs`.
//
// Promises: whoever sits in between has to settle on its own nonces before it learns those of the two, so it gets one guess at 42 bits a
// comparison, not a search; anything but the right messages in the right order ends it with nothing to show.
// Leaves to others: sending, over the live data plane; that fingerprints were read from it; and the two people who compare.

import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';

import type { PeerId } from '../protocol/PeerId';
import { decodeBase64url, encodeBase64url } from './base64url';
import { concatBytes, utf8, type Bytes } from './bytes';
import { deviceIdBytes, type DeviceId } from './device';
import { idBytes } from './id';
import { DIGITS_BYTES, EMOJI_BYTES, shortStringOf, type ShortString } from './shortString';
import { TrustError } from './TrustError';

/** What is said in a comparison. Byte strings are base64url. */
export type ComparisonMessage =
  /** From the peer with the larger id: please begin. */
  | { readonly type: 'comparison-wanted' }
  /** From the peer with the smaller id: a nonce is chosen. 32 bytes, of `commitmentTo`. */
  | { readonly type: 'comparison-commit'; readonly commitment: string }
  /** The nonce, 32 bytes: from the larger id upon the commitment, then from the smaller. */
  | { readonly type: 'comparison-reveal'; readonly nonce: string };

/** One side, as the peer that makes the comparison sees it. */
export interface ComparedPeer {
  /** Its id in the room. */
  readonly peer: PeerId;
  /** SHA-256 of the certificate it uses on the data plane. */
  readonly data: Uint8Array;
  /** That on the media plane; null while there is no such connection. */
  readonly media: Uint8Array | null;
  /** Its device key, if it has shown one. */
  readonly device: DeviceId | null;
}

type State =
  | { readonly is: 'idle' }
  /** We have the smaller id and have committed. */
  | { readonly is: 'committed' }
  /** We have the larger id and have revealed. */
  | { readonly is: 'revealed'; readonly commitment: string }
  | { readonly is: 'done'; readonly remote: string; readonly shown: ShortString }
  | { readonly is: 'failed' };

/** One comparison with one peer. */
export class Comparison {
  #state: State = { is: 'idle' };

  /** Of us and a peer. `nonce` is 32 fresh random bytes. It may be made upon the other's first message, or to `begin`. */
  constructor(
    private readonly local: ComparedPeer,
    private readonly remote: ComparedPeer,
    private readonly nonce: Bytes,
  ) {}

  /** Begins: what to send. Throws `out-of-order`, and changes nothing, when a commitment was made or taken before. */
  begin(): ComparisonMessage {
    if (this.#state.is !== 'idle') throw new TrustError('out-of-order', 'it has begun');
    return this.#isCommitter ? this.#commit() : { type: 'comparison-wanted' };
  }

  /**
   * Takes a message of the other peer, and returns what to send, if anything. A comparison that has ended takes no more: a
   * `comparison-wanted` or `comparison-commit` that comes then is for a new one. Throws `repeat` for the message that came before, once
   * more, which changes nothing; `out-of-order` and `wrong-commitment` have ended the comparison.
   */
  receive(message: ComparisonMessage): ComparisonMessage | null {
    const state = this.#state;
    if (this.#isCommitter) {
      if (message.type === 'comparison-wanted' && state.is === 'idle') return this.#commit();
      // Both began at once: the commitment is under way.
      if (message.type === 'comparison-wanted' && state.is === 'committed') return null;
      if (message.type === 'comparison-reveal' && state.is === 'committed') {
        this.#finish(message.nonce);
        return this.#reveal();
      }
    } else if (message.type === 'comparison-commit' && state.is === 'idle') {
      this.#state = { is: 'revealed', commitment: message.commitment };
      return this.#reveal();
    } else if (message.type === 'comparison-commit' && state.is === 'revealed' && message.commitment === state.commitment) {
      throw new TrustError('repeat', 'the same commitment');
    } else if (message.type === 'comparison-reveal' && state.is === 'revealed') {
      const nonce = decodeBase64url(message.nonce, 32);
      if (nonce === null || encodeBase64url(commitmentTo(this.remote.peer, nonce)) !== state.commitment) {
        return this.#fail('wrong-commitment');
      }
      this.#finish(message.nonce);
      return null;
    }
    if (message.type === 'comparison-reveal' && state.is === 'done' && message.nonce === state.remote) {
      throw new TrustError('repeat', 'the same nonce');
    }
    return this.#fail('out-of-order');
  }

  /** What to show, once both nonces are known. */
  get shortString(): ShortString | null {
    return this.#state.is === 'done' ? this.#state.shown : null;
  }

  /** Whether it has ended with nothing to show. Another one may be made, with another nonce. */
  get hasFailed(): boolean {
    return this.#state.is === 'failed';
  }

  /** Ids are fixed-length lower-case hex: text order is byte order. */
  get #isCommitter(): boolean {
    return this.local.peer < this.remote.peer;
  }

  #commit(): ComparisonMessage {
    this.#state = { is: 'committed' };
    return { type: 'comparison-commit', commitment: encodeBase64url(commitmentTo(this.local.peer, this.nonce)) };
  }

  #reveal(): ComparisonMessage {
    return { type: 'comparison-reveal', nonce: encodeBase64url(this.nonce) };
  }

  #finish(remote: string): void {
    const theirs = decodeBase64url(remote, 32);
    if (theirs === null) return this.#fail('out-of-order');
    const sides = [{ side: this.local, nonce: this.nonce }, { side: this.remote, nonce: theirs }];
    const ordered = this.#isCommitter ? sides : sides.toReversed();
    const text = concatBytes(...ordered.map(({ side }) => described(side)));
    const prk = extract(sha256, concatBytes(...ordered.map(({ nonce }) => nonce)), utf8('parlor v1 comparison'));
    const value = (info: string, length: number): Bytes => expand(sha256, prk, concatBytes(utf8(info), text), length);
    const emoji = value('parlor v1 comparison emoji', EMOJI_BYTES);
    const shown = shortStringOf(emoji, value('parlor v1 comparison digits', DIGITS_BYTES));
    this.#state = { is: 'done', remote, shown };
  }

  #fail(code: 'out-of-order' | 'wrong-commitment'): never {
    const before = this.#state.is;
    this.#state = { is: 'failed' };
    throw new TrustError(code, `while ${before}`);
  }
}

/** SHA-256 over a domain, the committer and its nonce. The nonce is random, so this hides it, and it fits no other. */
export function commitmentTo(committer: PeerId, nonce: Uint8Array): Bytes {
  return sha256(concatBytes(utf8('parlor v1 comparison commitment'), idBytes(committer), nonce));
}

/** The bytes of a side: id, data fingerprint, and for each of media fingerprint and device key a byte 1 and it, or a byte 0. */
function described({ peer, data, media, device }: ComparedPeer): Bytes {
  const optional = (bytes: Uint8Array | null): Bytes => (bytes === null ? Uint8Array.of(0) : concatBytes(Uint8Array.of(1), bytes));
  return concatBytes(idBytes(peer), data, optional(media), optional(device === null ? null : deviceIdBytes(device)));
}
