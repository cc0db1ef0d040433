// Frames on their way into the `bulk` channel.
//
// Promises: the channel never buffers more than `HIGH_BYTES` and a frame; nothing polls: the channel says when it runs low.
// Leaves to others: bounding what is queued here, which the transfer's window does.
import type { Bytes } from '../../../trust/bytes';

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

export class BulkSender {
  #queue: Bytes[] = [];
  #at = 0;

  constructor(private readonly channel: BulkChannel) {
    channel.bufferedAmountLowThreshold = LOW_BYTES;
    channel.addEventListener('bufferedamountlow', () => this.#pump());
  }

  send(frame: Bytes): void {
    this.#queue.push(frame);
    this.#pump();
  }

  #pump(): void {
    while (this.channel.readyState === 'open' && this.channel.bufferedAmount < HIGH_BYTES) {
      const frame = this.#queue[this.#at];
      if (frame === undefined) break;
      this.#at += 1;
      this.channel.send(frame);
    }
    if (this.#at > 0 && (this.#at >= this.#queue.length || this.#at > 256)) {
      this.#queue = this.#queue.slice(this.#at);
      this.#at = 0;
    }
  }
}
