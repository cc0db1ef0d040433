// One media section of a stand-in connection: its sender, its receiver, its direction.
//
// Promises: what the W3C's transceiver does, as far as `PeerConnectionLike` names it. Left to others: capturing and coding
// (`OwnMedia`), the wire (the engine).
import type { MediaDirection } from '../../../protocol/MediaDirection';
import type { MediaKind } from '../../../protocol/MediaKind';
import type { Section } from '../../../protocol/Section';
import type { SendParameters } from '../../../protocol/SendParameters';
import type {
  DtlsTransportLike,
  ReceivedTrackLike,
  RtpEncodingParametersLike,
  RtpSendParametersLike,
  RtpSenderLike,
  RtpTransceiverLike,
} from '../../../shared/rtc/PeerConnectionLike';

/** What a section needs of its connection. */
export interface SectionOwner {
  readonly transport: DtlsTransportLike;
  readonly isClosed: boolean;
  setDirection(direction: MediaDirection): void;
  /** Sends own media of the section's kind, or nothing. */
  setSending(on: boolean): Promise<void>;
  setParameters(parameters: SendParameters): Promise<void>;
}

/** Captures and codes for all senders at once. */
export interface OwnMedia {
  /** `user` sends this track from now on; null for nothing. */
  use(user: object, kind: MediaKind, track: MediaStreamTrack | null): void;
}

export class StandInTransceiver implements RtpTransceiverLike {
  readonly sender: StandInSender;
  readonly receiver: { readonly track: StandInTrack };
  #direction: MediaDirection;
  #currentDirection: MediaDirection | null = null;
  /** What our last description said of it, and the last one that was agreed on; null for nothing. */
  #describedDirection: MediaDirection | null = null;
  #settledDirection: MediaDirection | null = null;

  constructor(
    readonly kind: MediaKind,
    direction: MediaDirection,
    private readonly owner: SectionOwner,
    own: OwnMedia,
  ) {
    this.#direction = direction;
    this.sender = new StandInSender(kind, owner, own);
    this.receiver = { track: new StandInTrack(kind) };
  }

  get direction(): RTCRtpTransceiverDirection {
    return this.#direction;
  }

  set direction(wanted: RTCRtpTransceiverDirection) {
    if (this.owner.isClosed) throw new DOMException('the connection is closed', 'InvalidStateError');
    // "stopped" can be read, not set.
    if (wanted === 'stopped') throw new TypeError('a direction cannot be set to "stopped"');
    if (wanted === this.#direction) return;
    this.#direction = wanted;
    this.owner.setDirection(wanted);
  }

  get currentDirection(): RTCRtpTransceiverDirection | null {
    return this.#currentDirection;
  }

  /** What was negotiated. The wanted direction stays the page's own. */
  negotiated(section: Section): void {
    this.#currentDirection = section.current_direction;
  }

  /** A description of ours says what is wanted now. */
  described(): void {
    this.#describedDirection = this.#direction;
  }

  /** Our description was taken back. */
  takenBack(): void {
    this.#describedDirection = this.#settledDirection;
  }

  /** Our description is agreed on. */
  settled(): void {
    this.#settledDirection = this.#describedDirection;
  }

  /** Whether the other side has yet to hear what is wanted here. To be asked when nothing is under way. */
  get needsNegotiation(): boolean {
    return this.#settledDirection !== this.#direction;
  }
}

export class StandInSender implements RtpSenderLike {
  #track: MediaStreamTrack | null = null;
  #sending = false;
  #encoding: RtpEncodingParametersLike = {};

  constructor(
    private readonly kind: MediaKind,
    private readonly owner: SectionOwner,
    private readonly own: OwnMedia,
  ) {}

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  get transport(): DtlsTransportLike {
    return this.owner.transport;
  }

  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    if (this.owner.isClosed) throw new DOMException('the connection is closed', 'InvalidStateError');
    if (track !== null && track.kind !== this.kind) throw new TypeError(`this section sends ${this.kind}`);
    this.#track = track;
    this.own.use(this, this.kind, track);
    const sending = track !== null;
    if (sending === this.#sending) return;
    this.#sending = sending;
    await this.owner.setSending(sending);
  }

  /** One stream for all senders is what the engine describes, whatever it is called here. */
  setStreams(): void {
    if (this.owner.isClosed) throw new DOMException('the connection is closed', 'InvalidStateError');
  }

  getParameters(): RtpSendParametersLike {
    return { encodings: [{ ...this.#encoding }] };
  }

  async setParameters(parameters: RtpSendParametersLike): Promise<void> {
    const [encoding, ...more] = parameters.encodings;
    if (encoding === undefined || more.length > 0) throw new DOMException('there is one encoding', 'InvalidModificationError');
    const { maxBitrate, maxFramerate, scaleResolutionDownBy: scale } = encoding;
    if (scale !== undefined && !(scale >= 1)) throw new RangeError('scaleResolutionDownBy is at least 1');
    if (maxFramerate !== undefined && !(maxFramerate >= 0)) throw new RangeError('maxFramerate is not negative');
    await this.owner.setParameters({
      max_bitrate_bps: maxBitrate === undefined ? null : Math.round(maxBitrate),
      max_frame_rate: maxFramerate === undefined ? null : Math.ceil(maxFramerate),
      scale_down_percent: scale === undefined ? null : Math.round(scale * 100),
    });
    this.#encoding = { ...encoding };
  }

  /** The connection was closed: gives the track back. */
  release(): void {
    this.#track = null;
    this.own.use(this, this.kind, null);
  }
}

/** What comes in a section. There is nothing to play in it: `RemoteMedia` shows and sounds it. */
export class StandInTrack extends EventTarget implements ReceivedTrackLike {
  #muted = true;

  constructor(readonly kind: MediaKind) {
    super();
  }

  get muted(): boolean {
    return this.#muted;
  }

  become(muted: boolean): void {
    if (muted === this.#muted) return;
    this.#muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }
}
