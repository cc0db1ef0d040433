// The machine itself: takes inputs, keeps the orders, and hands each input to the part it is about.
// Texts and files between this peer and one other (docs/protocol.md, sections 5.2 to 5.4). Twin of `crates/transfer/src/exchange.rs`.
//
// What it is: one `Exchange` belongs to one remote peer and outlives its connections: it learns of them by `link-up` and `link-lost`,
// and goes on where it was. Promises: no IO, no promise, no clock (time is an argument, milliseconds of any steady clock), no randomness;
// bounded memory whatever the peer sends; hostile frames end a transfer with the code `protocol`, never in an exception; what is ordered to
// be written was proven block by block. Leaves to others: channels, files, key confirmation (`link-up` means it was right).
//
// Contract: after *every* call of `handle` drain `pollOutput` until it gives null, carrying out each order before the next of its kind,
// and then arrange a `tick` for `nextTimeoutMs`. Reading, writing and finishing are ordered and answered later, in any order, by inputs;
// sending has no answer.

import type { Control } from '../protocol/Control';
import type { PeerId } from '../protocol/PeerId';
import { jsBlake3, type Hash } from './block';
import type { Input } from './input';
import { TEXT_BYTES } from './limits';
import type { Output } from './output';
import { textBytes, Texts } from './texts';

/** Texts and transfers with one remote peer, over all its connections. */
export class Exchange {
  readonly #outputs: Output[] = [];
  readonly #texts = new Texts();
  #linkIsUp = false;

  /** A machine without a link. `peer` names the other side in snapshots. */
  constructor(
    readonly peer: PeerId,
    readonly hash: Hash = jsBlake3,
  ) {}

  /**
   * Takes an input. `nowMs` never falls. Throws `TransferError`, and only for wishes of the user (`offer-files`, `accept`, `decline`,
   * `cancel`, `send-text`); the machine is then unchanged. What a peer does wrong shows in outputs.
   */
  handle(_nowMs: number, input: Input): void {
    switch (input.type) {
      case 'link-up':
        this.#linkIsUp = true;
        for (const message of this.#texts.waiting()) this.#outputs.push({ type: 'send-control', message });
        break;
      case 'link-lost':
        this.#linkIsUp = false;
        break;
      case 'control-received':
        this.#controlReceived(input.message);
        break;
      case 'send-text': {
        const message = this.#texts.write(input.id, input.body, input.sentAtMs);
        if (this.#linkIsUp) this.#outputs.push({ type: 'send-control', message });
        break;
      }
      default:
        break;
    }
  }

  /** The next order or event, oldest first; null when there is none. */
  pollOutput(): Output | null {
    return this.#outputs.shift() ?? null;
  }

  /** When the machine wants a `tick`, on the clock of `nowMs`. Null while it wants none. */
  nextTimeoutMs(): number | null {
    return null;
  }

  /** Whether anything is under way that leaving would stop: a transfer that waits or moves. */
  get isBusy(): boolean {
    return false;
  }

  #controlReceived(message: Control): void {
    if (message.type === 'text') {
      if (textBytes(message.body) > TEXT_BYTES) {
        this.#outputs.push({ type: 'event', event: { type: 'protocol-broken', fault: 'text-too-long' } });
        return;
      }
      this.#outputs.push({ type: 'send-control', message: { type: 'text-received', id: message.id } });
      if (this.#texts.isNew(message.id)) {
        const { id, body, sent_at_ms: sentAtMs } = message;
        this.#outputs.push({ type: 'event', event: { type: 'text-received', id, body, sentAtMs } });
      }
    } else if (message.type === 'text-received' && this.#texts.confirm(message.id)) {
      this.#outputs.push({ type: 'event', event: { type: 'text-delivered', id: message.id } });
    }
  }
}
