// Texts: kept until the peer says it has them, sent again on a new link, counted once by their id.
// Twin of `crates/transfer/src/texts.rs`.

import type { Control } from '../protocol/Control';
import type { TextId } from '../protocol/TextId';
import { utf8, wellFormed } from '../trust/bytes';
import { TransferError } from './error';
import { CONTROL_BYTES, TEXT_BYTES } from '../protocol/limits';

/** Texts that wait for the peer's word: a long talk to someone on a train, and at most 8 MiB. */
const WAITING = 256;
/** Ids of received texts that are remembered: more than a peer keeps waiting, so no text sent again passes for new. */
const REMEMBERED = 4 * WAITING;

/** Texts of both directions. */
export class Texts {
  readonly #waiting = new Map<TextId, Control>();
  /** A set keeps the order in which its members came. */
  readonly #seen = new Set<TextId>();

  /** Keeps a text of ours; what comes back goes out now if a link is up. Throws `TransferError`. */
  write(id: TextId, body: string, sentAtMs: number): Control {
    const text: Control = { type: 'text', id, body: wellFormed(body), sent_at_ms: sentAtMs };
    // Escaping can make a text of allowed length longer than a message of `control` may be.
    if (textBytes(body) > TEXT_BYTES || jsonBytes(text) > CONTROL_BYTES) throw new TransferError('text-too-long');
    if (this.#waiting.size >= WAITING) throw new TransferError('texts-waiting');
    this.#waiting.set(id, text);
    return text;
  }

  /** The peer has it. True when it was waiting. */
  confirm(id: TextId): boolean {
    return this.#waiting.delete(id);
  }

  /** Everything not confirmed, in order. */
  waiting(): Control[] {
    return [...this.#waiting.values()];
  }

  /** Remembers a received text. False when it is known already. */
  isNew(id: TextId): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    if (this.#seen.size > REMEMBERED) {
      for (const oldest of this.#seen) {
        this.#seen.delete(oldest);
        break;
      }
    }
    return true;
  }
}

/** Bytes of a text as UTF-8. */
export function textBytes(text: string): number {
  return utf8(text).length;
}

/** Bytes of a message as JSON. */
export function jsonBytes(value: Control): number {
  return textBytes(JSON.stringify(value));
}
