// Everyone's pictures: from the display socket to their canvases.
//
// Promises: pictures of connections that were not named, or no more, are dropped; a report of each connection about once a
// second while pictures come. Left to others: decoding and drawing (`RemotePicture`).
import type { DisplayReport } from '../../../../protocol/DisplayReport';
import type { MediaPortAddress } from '../../../../protocol/MediaPortAddress';
import type { CodecProblem } from '../../../../shared/rtc/RemoteMedia';
import { readPicture } from '../PictureHeader';
import { CONNECTIONS, DISPLAY_PATH } from '../portLimits';
import { PortSocket, webSocket } from '../PortSocket';
import type { OpenSocket } from '../PortSocket';
import { RemotePicture } from './RemotePicture';

/** What the pictures say to the page. */
export interface RemotePicturesOwner {
  pictured(surface: number, width: number, height: number): void;
  problem(connection: number, problem: CodecProblem | null): void;
}

const REPORT_MS = 1_000;

export class RemotePictures {
  readonly #socket: PortSocket;
  readonly #pictures = new Map<number, RemotePicture>();
  /** Every canvas of the page that is still there: a canvas can be handed over once only. */
  readonly #canvases = new Map<number, OffscreenCanvas>();
  /** Which connection is drawn where. */
  readonly #places = new Map<number, number>();
  #reporting: ReturnType<typeof setInterval> | null = null;

  constructor(
    address: MediaPortAddress,
    private readonly owner: RemotePicturesOwner,
    openSocket: OpenSocket = webSocket,
    private readonly soon = turns(),
  ) {
    this.#socket = new PortSocket(address, DISPLAY_PATH, { heard: (data) => this.#heard(data) }, openSocket);
  }

  /** Pictures of this connection are decoded from now on. */
  play(connection: number): void {
    if (this.#pictures.has(connection) || this.#pictures.size >= CONNECTIONS) return;
    const owner = {
      keyFrameNeeded: () => this.#report({ type: 'key-frame-needed', connection }),
      problem: (problem: CodecProblem | null) => this.owner.problem(connection, problem),
    };
    this.#pictures.set(connection, new RemotePicture(owner, this.soon));
    this.#reporting ??= setInterval(() => this.#reportAll(), REPORT_MS);
  }

  /** Takes in a canvas under a number of the page's. */
  keep(surface: number, canvas: OffscreenCanvas): void {
    this.#canvases.set(surface, canvas);
  }

  /** Draws a connection's pictures there, and nowhere else. */
  attach(connection: number, surface: number): void {
    const canvas = this.#canvases.get(surface);
    const picture = this.#pictures.get(connection);
    if (canvas === undefined || picture === undefined) return;
    for (const [other, place] of this.#places) if (place === surface) this.detach(other, surface);
    this.#places.set(connection, surface);
    picture.attach({ canvas, sized: (width, height) => this.owner.pictured(surface, width, height) });
  }

  /** Draws them there no more. Does nothing when they are drawn elsewhere meanwhile. */
  detach(connection: number, surface: number): void {
    if (this.#places.get(connection) !== surface) return;
    this.#places.delete(connection);
    this.#pictures.get(connection)?.attach(null);
  }

  /** The canvas has left the page for good. */
  forget(surface: number): void {
    for (const [connection, place] of this.#places) if (place === surface) this.detach(connection, surface);
    this.#canvases.delete(surface);
  }

  /** The connection has ended. What was drawn stays in its canvas. */
  close(connection: number): void {
    this.#places.delete(connection);
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

/** Runs things one turn later, without the delay and the throttling that timers have. */
function turns(): (act: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return (act) => {
    waiting.push(act);
    port2.postMessage(null);
  };
}
