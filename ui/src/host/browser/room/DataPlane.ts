// The data plane with one peer: which connection is the current one, and when a new one is begun.
//
// Promises: follows docs/protocol.md 4.2. A higher number replaces, a lower one is ignored; the initiator begins, the other side
// steps in only when it does not; after `ATTEMPTS` in a row without proof it gives up, and still takes what the peer offers. Leaves to
// others: what travels, sealing, epochs (`PeerSession`).
import type { Control } from '../../../protocol/Control';
import type { FailureCode } from '../../../protocol/FailureCode';
import type { LinkState } from '../../../protocol/LinkState';
import type { MediaSignal } from '../../../protocol/MediaSignal';
import type { Seen } from '../../../protocol/Seen';
import type { Bytes } from '../../../trust/bytes';
import type { Epoch } from '../../../trust/Epoch';
import { DataLink, type Ends } from '../link/DataLink';
import type { SelectedPath } from '../link/selectedPath';
import type { SharedPace } from '../link/SharedPace';

export interface DataPlaneOwner {
  configuration(): RTCConfiguration;
  send(signal: MediaSignal): void;
  /** A connection was proven: everything that waits may go. */
  up(maxMessageBytes: number): void;
  /** The proven connection is gone. */
  down(): void;
  controlReceived(message: Control): void;
  frameReceived(frame: Uint8Array): void;
  /** `state` or `pathInfo` changed. */
  changed(): void;
}

/** The side that did not begin gives the other one this much time to act first, so that both seldom act at once. */
const YIELD_MS = 5_000;
/** Connections in a row that may fail before the user is told. */
const ATTEMPTS = 3;
/** Highest step of a number taken from a peer; one far above is no repair. */
const LINK_STEP_MAX = 64;

export class DataPlane {
  #link: DataLink | null = null;
  #number = 0;
  #failedInRow = 0;
  #begunByUs = false;
  #answered = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #state: LinkState = 'connecting';
  #failure: { readonly code: FailureCode; readonly detail: string } | null = null;
  #proof: Seen | null = null;
  #path: SelectedPath = { path: null, rttMs: null };
  #closed = false;

  constructor(
    private readonly epoch: Epoch,
    private readonly pace: SharedPace,
    private readonly owner: DataPlaneOwner,
  ) {}

  get state(): LinkState {
    return this.#state;
  }

  get failure(): { readonly code: FailureCode; readonly detail: string } | null {
    return this.#failure;
  }

  get proof(): Seen | null {
    return this.#proof;
  }

  /** The proven connection's number and certificates; null while there is none. */
  get ends(): (Ends & { readonly link: number }) | null {
    const ends = this.#link?.ends ?? null;
    return ends === null ? null : { ...ends, link: this.#number };
  }

  get path(): SelectedPath {
    return this.#path;
  }

  /** Begins the first connection if that is ours to do. */
  begin(): void {
    if (this.epoch.initiator) this.#open(1, true);
  }

  receive(signal: MediaSignal): void {
    if (this.#closed || signal.link < this.#number) return;
    const offer = signal.type === 'description' && signal.description.type === 'offer';
    if (signal.link > this.#number) {
      if (!offer || signal.link > this.#number + LINK_STEP_MAX) return;
      this.#open(signal.link, false);
    } else if (offer && this.#begunByUs && !this.#answered && this.epoch.polite) {
      // Both began this number at once: the polite side takes the other's offer on a connection of its own making.
      this.#open(signal.link, false);
    }
    if (signal.type === 'description') this.#answered = true;
    this.#link?.receive(signal);
  }

  sendControl(message: Control): void {
    this.#link?.sendControl(message);
  }

  sendFrame(frame: Bytes): void {
    this.#link?.sendFrame(frame);
  }

  /** Ends the current connection for the peer's fault. */
  breakOff(code: FailureCode, detail: string): void {
    const link = this.#link;
    link?.close();
    if (link !== null) this.#ended(code, detail);
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #open(number: number, ours: boolean): void {
    this.#drop();
    this.#number = number;
    this.#begunByUs = ours;
    this.#answered = false;
    this.#proof = null;
    this.#path = { path: null, rttMs: null };
    this.#set('connecting');
    let link: DataLink;
    const current = (act: () => void): void => {
      if (this.#link === link) act();
    };
    try {
      link = new DataLink(number, this.epoch, this.owner.configuration(), this.pace, {
        send: (signal) => current(() => this.owner.send({ ...signal, link: number })),
        proven: ({ seen, maxMessageBytes }) =>
          current(() => {
            this.#failedInRow = 0;
            this.#failure = null;
            this.#proof = seen;
            this.#set('connected');
            this.owner.up(maxMessageBytes);
          }),
        controlReceived: (message) => current(() => this.owner.controlReceived(message)),
        frameReceived: (frame) => current(() => this.owner.frameReceived(frame)),
        interrupted: (interrupted) => current(() => this.#set(interrupted ? 'interrupted' : 'connected')),
        pathMeasured: (path) =>
          current(() => {
            if (path.path === this.#path.path && path.rttMs === this.#path.rttMs) return;
            this.#path = path;
            this.owner.changed();
          }),
        ended: (code, detail) => current(() => this.#ended(code, detail)),
      });
    } catch (error) {
      // The configuration was refused, which only an ICE server that passed the guard and yet is none can cause.
      this.#fail('connect-failed', error instanceof Error ? error.name : 'refused');
      return;
    }
    this.#link = link;
    if (ours) link.begin();
  }

  #ended(code: FailureCode, detail: string): void {
    const wasProven = this.#proof !== null;
    this.#drop();
    this.#proof = null;
    if (wasProven) this.#failedInRow = 0;
    else this.#failedInRow += 1;
    // Who failed the proof is not called back; and a TURN server that refused once refuses again.
    const hopeless = code === 'proof-failed' || code === 'turn-refused';
    if (hopeless || this.#failedInRow >= ATTEMPTS) {
      this.#fail(code, detail);
      return;
    }
    this.#set('connecting');
    const next = this.#number + 1;
    this.#timer = setTimeout(
      () => {
        if (!this.#closed && this.#number < next) this.#open(next, true);
      },
      this.epoch.initiator ? 0 : YIELD_MS,
    );
  }

  #fail(code: FailureCode, detail: string): void {
    this.#failure = { code, detail };
    this.#set('failed');
  }

  #drop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const link = this.#link;
    const wasUp = this.#proof !== null && link !== null;
    this.#link = null;
    link?.close();
    if (wasUp) this.owner.down();
  }

  #set(state: LinkState): void {
    this.#state = state;
    if (!this.#closed) this.owner.changed();
  }
}
