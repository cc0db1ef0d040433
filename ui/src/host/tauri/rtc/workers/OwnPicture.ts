// The own picture: from a camera's track to coded pictures on the capture socket, in the layers the engine ordered.
//
// Promises: with no track or no layers nothing is read and nothing is coded; every frame is closed; while `UNSENT_BYTES` wait to
// leave, pictures are left out before they are coded, so that what leaves is new. Timestamps rise on one clock, whatever those
// of the frames do, also over a change of camera. Left to others: the worker around it, coding one layer (`LayerEncoder`).
import type { MediaPortAddress } from '../../../../protocol/MediaPortAddress';
import type { LayerOrder } from '../../../../protocol/LayerOrder';
import type { CodecProblem } from '../../../../shared/rtc/RemoteMedia';
import { PICTURE_HEADER_BYTES, writePictureHeader } from '../PictureHeader';
import { readCaptureOrder } from '../portGuards';
import { CAPTURE_PATH, PICTURE_BYTES } from '../portLimits';
import { PortSocket, webSocket } from '../PortSocket';
import type { OpenSocket } from '../PortSocket';
import { FrameLoop, quarterTurnsOf } from './FrameLoop';
import type { ReadFrames } from './FrameLoop';
import { LayerEncoder } from './LayerEncoder';
import type { CodedPicture } from './LayerEncoder';
import { PictureClock } from './PictureClock';

/** What the own picture needs around it. */
export interface OwnPictureSurroundings {
  readonly address: MediaPortAddress;
  problem(problem: CodecProblem | null): void;
  readonly readFrames?: ReadFrames;
  readonly openSocket?: OpenSocket;
  readonly makeEncoder?: (init: VideoEncoderInit) => VideoEncoder;
  /** The same picture with another timestamp. */
  readonly restamp?: (frame: VideoFrame, timestampUs: number) => VideoFrame;
}

/** Bytes that may wait to leave: a key frame of the largest size at the highest bitrate, and a bit. Loopback empties it at once. */
const UNSENT_BYTES = 512 * 1024;

export class OwnPicture {
  readonly #socket: PortSocket;
  #layers: LayerEncoder[] = [];
  #orders: readonly LayerOrder[] = [];
  #track: MediaStreamTrack | null = null;
  #loop: FrameLoop | null = null;
  readonly #clock = new PictureClock();
  #quarterTurns = 0;

  constructor(private readonly around: OwnPictureSurroundings) {
    this.#socket = new PortSocket(
      around.address,
      CAPTURE_PATH,
      { heard: (data) => this.#heard(data), lost: () => this.#follow([]) },
      around.openSocket ?? webSocket,
    );
  }

  /** Captures from this track from now on, and ends the one before. The track is this object's: it is stopped in the end. */
  use(track: MediaStreamTrack | null): void {
    this.#stopReading();
    this.#track?.stop();
    this.#track = track;
    this.#clock.beginAnew();
    for (const layer of this.#layers) layer.wantKeyFrame();
    this.#readIfWanted();
  }

  #heard(data: unknown): void {
    const order = readCaptureOrder(data);
    if (order === null) console.error('the engine ordered something of the encoder that this page does not know');
    else if (order.type === 'layers') this.#follow(order.layers);
    else this.#layers[order.layer]?.wantKeyFrame();
  }

  #follow(orders: readonly LayerOrder[]): void {
    this.#orders = orders;
    for (const unwanted of this.#layers.splice(orders.length)) unwanted.close();
    orders.forEach((order, index) => {
      const layer = this.#layers[index];
      if (layer === undefined) this.#layers.push(this.#makeLayer(order, index));
      else layer.follow(order);
    });
    if (orders.length === 0) this.#stopReading();
    else this.#readIfWanted();
  }

  #makeLayer(order: LayerOrder, index: number): LayerEncoder {
    const owner = {
      coded: (picture: CodedPicture) => this.#send(index, picture),
      failed: (error: unknown) => {
        console.error('pictures cannot be coded', error);
        this.around.problem('codec-missing');
      },
    };
    const { makeEncoder } = this.around;
    return makeEncoder === undefined ? new LayerEncoder(order, owner) : new LayerEncoder(order, owner, makeEncoder);
  }

  #readIfWanted(): void {
    if (this.#track === null || this.#orders.length === 0 || this.#loop !== null) return;
    try {
      this.#loop = new FrameLoop(this.#track, (frame) => this.#take(frame), () => (this.#loop = null), this.around.readFrames);
    } catch (error) {
      console.error('the camera cannot be read', error);
      this.around.problem('codec-missing');
    }
  }

  #stopReading(): void {
    this.#loop?.stop();
    this.#loop = null;
  }

  #take(frame: VideoFrame): void {
    if (!this.#socket.isOpen || this.#socket.bufferedBytes > UNSENT_BYTES) return;
    this.#quarterTurns = quarterTurnsOf(frame);
    const stamped = (this.around.restamp ?? restamped)(frame, this.#clock.stamp(frame.timestamp, performance.now() * 1000));
    try {
      for (const layer of this.#layers) layer.take(stamped);
    } finally {
      stamped.close();
    }
  }

  #send(layer: number, picture: CodedPicture): void {
    if (picture.byteLength === 0 || picture.byteLength > PICTURE_BYTES) {
      // Of no use to anyone; the pictures after it would refer to it.
      this.#layers[layer]?.wantKeyFrame();
      return;
    }
    const message = new ArrayBuffer(PICTURE_HEADER_BYTES + picture.byteLength);
    writePictureHeader(message, {
      key: picture.key,
      layer,
      quarterTurns: this.#quarterTurns,
      connection: 0,
      timestampUs: picture.timestampUs,
      width: picture.width,
      height: picture.height,
      costUs: picture.costUs,
    });
    picture.copyTo(new Uint8Array(message, PICTURE_HEADER_BYTES));
    if (this.#socket.send(message)) this.around.problem(null);
    else this.#layers[layer]?.wantKeyFrame();
  }
}

function restamped(frame: VideoFrame, timestamp: number): VideoFrame {
  return new VideoFrame(frame, { timestamp });
}
