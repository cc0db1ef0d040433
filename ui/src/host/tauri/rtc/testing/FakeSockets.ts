// WebSockets that a test opens, feeds and breaks.
import type { OpenSocket, SocketLike } from '../PortSocket';

export class FakeSocket implements SocketLike {
  binaryType: BinaryType = 'blob';
  bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  readonly sent: (string | ArrayBuffer)[] = [];
  isOpen = false;

  constructor(
    readonly url: string,
    readonly protocols: readonly string[],
  ) {}

  send(data: string | ArrayBuffer): void {
    if (!this.isOpen) throw new DOMException('not open', 'InvalidStateError');
    this.sent.push(data);
  }

  close(): void {
    this.isOpen = false;
  }

  /** The other end takes it. */
  accept(): void {
    this.isOpen = true;
    this.onopen?.();
  }

  /** It breaks, or was never taken. */
  break(): void {
    this.isOpen = false;
    this.onclose?.();
  }

  /** The other end says something. */
  say(message: unknown): void {
    this.onmessage?.({ data: message instanceof ArrayBuffer ? message : JSON.stringify(message) });
  }

  /** What was sent as JSON. */
  get requests(): Record<string, unknown>[] {
    return this.sent.filter((data) => typeof data === 'string').map((data) => JSON.parse(data) as Record<string, unknown>);
  }

  /** What was sent as bytes. */
  get messages(): Uint8Array[] {
    return this.sent.filter((data) => data instanceof ArrayBuffer).map((data) => new Uint8Array(data));
  }
}

export class FakeSockets {
  readonly made: FakeSocket[] = [];
  readonly open: OpenSocket = (url, protocols) => {
    const socket = new FakeSocket(url, protocols);
    this.made.push(socket);
    return socket;
  };

  get newest(): FakeSocket {
    const socket = this.made.at(-1);
    if (socket === undefined) throw new Error('no socket was made');
    return socket;
  }
}

export const ADDRESS = { url: 'ws://127.0.0.1:4321', secret: 'of-this-launch' };
