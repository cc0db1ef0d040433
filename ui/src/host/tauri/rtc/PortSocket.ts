// One WebSocket of the media port that comes back by itself, in the page or in a worker.
//
// Promises: at most one socket is open; after a loss the next try waits `RETRY_MS`; messages reach `heard` in order, and none of
// an older socket after a newer one has opened. Left to others: what is said over it, and repeating what was lost.
import type { MediaPortAddress } from '../../../protocol/MediaPortAddress';
import { SUBPROTOCOL } from './portLimits';

/** What of a WebSocket is used, so that tests can bring others. */
export interface SocketLike {
  binaryType: BinaryType;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  send(data: string | ArrayBuffer): void;
  close(): void;
}

/** Opens a socket. */
export type OpenSocket = (url: string, protocols: string[]) => SocketLike;

/** What a socket says to its owner. */
export interface PortSocketOwner {
  opened?(): void;
  /** It was open and is no longer. Told before the next is opened. */
  lost?(): void;
  /** Text as a string, binary as an ArrayBuffer. */
  heard(data: unknown): void;
}

/** Milliseconds between a loss and the next try: the port is on this machine, so waiting longer helps nobody. */
const RETRY_MS = 500;

/** The platform's own socket. */
export function webSocket(url: string, protocols: string[]): SocketLike {
  return new WebSocket(url, protocols) as SocketLike;
}

export class PortSocket {
  #socket: SocketLike | null = null;
  #isOpen = false;
  #closed = false;

  constructor(
    private readonly address: MediaPortAddress,
    private readonly path: string,
    private readonly owner: PortSocketOwner,
    private readonly open: OpenSocket = webSocket,
  ) {
    this.#connect();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Bytes that wait to leave. */
  get bufferedBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** False when there is no open socket: then nothing was sent. */
  send(data: string | ArrayBuffer): boolean {
    if (!this.#isOpen || this.#socket === null) return false;
    this.#socket.send(data);
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#isOpen = false;
    this.#socket?.close();
  }

  #connect(): void {
    const socket = this.open(`${this.address.url}${this.path}`, [SUBPROTOCOL, this.address.secret]);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      if (this.#closed) return;
      this.#isOpen = true;
      this.owner.opened?.();
    };
    socket.onmessage = ({ data }) => {
      if (this.#isOpen) this.owner.heard(data);
    };
    socket.onclose = () => {
      if (this.#closed) return;
      const wasOpen = this.#isOpen;
      this.#isOpen = false;
      this.#socket = null;
      if (wasOpen) this.owner.lost?.();
      setTimeout(() => {
        if (!this.#closed) this.#connect();
      }, RETRY_MS);
    };
  }
}
