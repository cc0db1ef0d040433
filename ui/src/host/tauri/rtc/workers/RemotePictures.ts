// Everyone's pictures, as they come on the display socket.
//
// Promises: pictures of connections that were not named, or no more, are dropped; a report of each connection about once a
// second while pictures come. Left to others: decoding (`RemotePicture`), where they are drawn (`Surfaces`).
import type { DisplayReport } from '../../../../protocol/DisplayReport';
import type { MediaPortAddress } from '../../../../protocol/MediaPortAddress';
import type { CodecProblem } from '../../../../shared/rtc/RemoteMedia';
import { readPicture } from '../PictureHeader';
import { CONNECTIONS, DISPLAY_PATH } from '../portLimits';
import { PortSocket, webSocket } from '../PortSocket';
import type { OpenSocket } from '../PortSocket';
import type { Soon } from './Easel';
import { RemotePicture } from './RemotePicture';

const REPORT_MS = 1_000;

export class RemotePictures {
  readonly #socket: PortSocket;
  readonly #pictures = new Map<number, RemotePicture>();
  #reporting: ReturnType<typeof setInterval> | null = null;

  constructor(
    address: MediaPortAddress,
    private readonly problem: (connection: number, problem: CodecProblem | null) => void,
    private readonly soon: Soon,
    openSocket: OpenSocket = webSocket,
  ) {
    this.#socket = new PortSocket(address, DISPLAY_PATH, { heard: (data) => this.#heard(data) }, openSocket);
  }

  /** Pictures of this connection are decoded from now on. */
  play(connection: number): void {
    if (this.#pictures.has(connection) || this.#pictures.size >= CONNECTIONS) return;
    const owner = {
      keyFrameNeeded: () => this.#report({ type: 'key-frame-needed', connection }),
      problem: (problem: CodecProblem | null) => this.problem(connection, problem),
    };
    this.#pictures.set(connection, new RemotePicture(owner, this.soon));
    this.#reporting ??= setInterval(() => this.#reportAll(), REPORT_MS);
  }

  /** The picture of a connection that plays. */
  of(connection: number): RemotePicture | null {
    return this.#pictures.get(connection) ?? null;
  }

  /** The connection has ended. */
  close(connection: number): void {
    this.#pictures.get(connection)?.close();
    this.#pictures.delete(connection);
    if (this.#pictures.size > 0 || this.#reporting === null) return;
    clearInterval(this.#reporting);
    this.#reporting = null;
  }

  #heard(data: unknown): void {
    const message = data instanceof ArrayBuffer ? readPicture(data) : null;
    if (message === null) {
      console.error('the engine sent something that is no picture');
      return;
    }
    this.#pictures.get(message.header.connection)?.take(message.header, message.picture);
  }

  #reportAll(): void {
    for (const [connection, picture] of this.#pictures) {
      const counts = picture.takeCounts();
      if (counts === null) continue;
      const { decoded, drawn, dropped, costUs } = counts;
      this.#report({ type: 'shown', connection, decoded, drawn, dropped, cost_us: costUs });
    }
  }

  #report(report: DisplayReport): void {
    // While the socket is away no pictures come either, and the next one asks for its key frame again.
    this.#socket.send(JSON.stringify(report));
  }
}
