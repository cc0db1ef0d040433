// Frames on their way into the `bulk` channel.
//
// Promises: the channel never buffers more than `HIGH_BYTES` and a frame; nothing polls: the channel says when it runs low, and the pace
// when it is its turn. Leaves to others: bounding what is queued here, which the transfer's window does; how fast frames leave
// (`SharedPace`).
import type { Bytes } from '../../../trust/bytes';
import type { PacedSender, SharedPace } from './SharedPace';

/** What a data channel has to offer for this. */
export interface BulkChannel {
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  readonly readyState: RTCDataChannelState;
  send(data: ArrayBufferView<ArrayBuffer>): void;
  addEventListener(type: 'bufferedamountlow', listener: () => void): void;
}

/** Keeps a gigabit path with 10 ms busy; Chromium fails a send beyond 16 MiB. */
const HIGH_BYTES = 1024 * 1024;
const LOW_BYTES = 256 * 1024;

export class BulkSender implements PacedSender {
  #queue: Bytes[] = [];
  #at = 0;

  constructor(
    private readonly channel: BulkChannel,
    private readonly pace: SharedPace,
  ) {
    channel.bufferedAmountLowThreshold = LOW_BYTES;
    channel.addEventListener('bufferedamountlow', () => this.#ask());
  }

  send(frame: Bytes): void {
    this.#queue.push(frame);
    this.#ask();
  }

  sendNext(): number {
    const frame = this.#next;
    if (frame === undefined) return 0;
    this.#at += 1;
    if (this.#at >= this.#queue.length || this.#at > 256) {
      this.#queue = this.#queue.slice(this.#at);
      this.#at = 0;
    }
    this.channel.send(frame);
    return frame.length;
  }

  /** Drops what is queued. */
  close(): void {
    this.#queue = [];
    this.#at = 0;
    this.pace.leave(this);
  }

  #ask(): void {
    if (this.#next !== undefined) this.pace.ask(this);
  }

  /** The next frame, if the channel has room for it. */
  get #next(): Bytes | undefined {
    const hasRoom = this.channel.readyState === 'open' && this.channel.bufferedAmount < HIGH_BYTES;
    return hasRoom ? this.#queue[this.#at] : undefined;
  }
}
