// Everything between us and one peer of the room: sealed signals, the data connection, texts and files, proofs of media.
//
// Promises: a snapshot of the peer is emitted whenever something of it changed; a new epoch ends everything of the old one but the
// transfers, which go on over the next connection; after `close` nothing is emitted. Leaves to others: who is in the room (`RoomEngine`).
import type { Command } from '../../../protocol/Command';
import type { Control } from '../../../protocol/Control';
import type { Event } from '../../../protocol/Event';
import type { Peer } from '../../../protocol/Peer';
import type { PeerId } from '../../../protocol/PeerId';
import type { Random } from '../../../trust/bytes';
import { parseFingerprint } from '../../../trust/fingerprint';
import { Correspondence } from '../../../trust/Correspondence';
import type { About, CorrespondenceOutput } from '../../../trust/Correspondence';
import type { RoomKeys } from '../../../trust/derivation';
import type { DeviceKey } from '../../../trust/device';
import type { Epoch } from '../../../trust/Epoch';
import { isPolite } from '../../../trust/Epoch';
import type { SharedPace } from '../link/SharedPace';
import { failed } from './failure';
import { Comparing } from './Comparing';
import { DataPlane } from './DataPlane';
import { MediaProofs } from './MediaProofs';
import type { MediaVerdict } from './MediaProofs';
import { TransferDriver } from './TransferDriver';
import type { TransferPlaces } from './TransferPlaces';
import type { TransferIndex } from './TransferIndex';

/** What a session needs around it. */
export interface SessionSurroundings {
  readonly keys: RoomKeys;
  readonly self: PeerId;
  readonly random: Random;
  readonly places: TransferPlaces;
  readonly transfers: TransferIndex;
  /** Of all peers together. */
  readonly pace: SharedPace;
  /** In whose place the user found somebody else: nothing more goes to it while the room lasts. */
  readonly refused: Set<PeerId>;
  about(): About;
  /** By which peers recognise us; null while the user does not want it. */
  device(): DeviceKey | null;
  mediaState(): { readonly microphone: boolean; readonly camera: boolean };
  configuration(): RTCConfiguration;
  /** Carries a sealed body to the peer. */
  send(body: string): void;
  emit(event: Event): void;
  /** Whether the room's invitation is withdrawn. */
  isWithdrawn(): boolean;
  /** The peer says that it is. */
  withdrawn(): void;
  /** The peer proved itself on a new connection. */
  proven(): void;
  /** The peer said goodbye. */
  saidBye(): void;
  /** The connection came up or went down: the engine may have been waiting for either. */
  linkChanged(): void;
}

/** A hello without an answer is said again after this long. */
const HELLO_AGAIN_MS = 10_000;
/** A newcomer that did not bring about an epoch is greeted after this long: a little later than it would say its hello again. */
const HELLO_INSTEAD_MS = 13_000;

/** What is shown of a peer in whose place the user found somebody else. */
const REFUSED = {
  link: 'failed',
  comparison: { state: 'different' },
  failure: { code: 'proof-failed', detail: 'the user found the short strings different' },
} as const;

export class PeerSession {
  readonly transfers: TransferDriver;
  readonly #comparing: Comparing;
  readonly #correspondence: Correspondence;
  #plane: DataPlane | null = null;
  #epoch: Epoch | null = null;
  #proofs: MediaProofs | null = null;
  #peer: Peer;
  /** The name our hello of this epoch said, so that a later one is told by `profile`. */
  #saidName = '';
  #helloTimer: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  constructor(
    readonly id: PeerId,
    private readonly around: SessionSurroundings,
  ) {
    const { keys, self, random } = around;
    this.#correspondence = new Correspondence(keys, self, id, around.about(), random);
    this.transfers = new TransferDriver(id, around.places, around.transfers, {
      sendControl: (message) => this.#plane?.sendControl(message),
      sendFrame: (frame) => this.#plane?.sendFrame(frame),
      emit: (event) => this.#emit(event),
      broken: (detail) => this.#plane?.breakOff('connect-failed', detail),
    });
    this.keepToThePace();
    this.#comparing = new Comparing({
      self,
      peer: id,
      random,
      ends: () => {
        const [ends, epoch] = [this.#plane?.ends ?? null, this.#epoch];
        return ends === null || epoch === null ? null : { ...ends, epoch };
      },
      media: () => this.#proofs?.confirmed ?? null,
      device: () => around.device(),
      sendControl: (message) => this.#plane?.sendControl(message),
      changed: (change) => this.#change(change),
    });
    this.#peer = {
      id,
      name: '',
      host: null,
      epoch: null,
      initiator: false,
      polite: isPolite(self, id),
      link: 'connecting',
      proof: null,
      path: null,
      rtt_ms: null,
      comparison: null,
      device: null,
      microphone: false,
      camera: false,
      failure: null,
      // It may have left and come back since.
      ...(this.#isRefused ? REFUSED : {}),
    };
  }

  /** The data connection is proven and answers. */
  get isConnected(): boolean {
    return this.#peer.link === 'connected';
  }

  /** The data connection lives, though it may be silent for the moment. */
  get isAlive(): boolean {
    return this.#peer.link === 'connected' || this.#peer.link === 'interrupted';
  }

  /** Tells the screen that the peer is there. */
  announce(): void {
    this.#emit({ type: 'peer-changed', peer: this.#peer });
  }

  /** How fast files may leave has changed, or is to be known. */
  keepToThePace(): void {
    this.transfers.limitSpeed(this.around.pace.bytesPerSecond);
  }

  /** Begins a handshake, again and again until an epoch comes of it or the connection is back. */
  greet(): void {
    if (this.#isRefused) return;
    this.#armHello(HELLO_AGAIN_MS);
    this.#follow(this.#correspondence.begin());
  }

  /** Leaves the greeting to the peer, who came after us; steps in when it does not, since it may think its old epoch alive. */
  awaitHello(): void {
    this.#armHello(HELLO_INSTEAD_MS);
  }

  /** A sealed body of the peer came. */
  receive(body: string): void {
    if (this.#isRefused) return;
    this.#follow(this.#correspondence.receive(body));
  }

  /** Our name changed. */
  renamed(): void {
    this.#correspondence.about = this.around.about();
    this.#tellName();
  }

  /** What of our media is on changed. */
  tellMediaState(): void {
    this.#plane?.sendControl({ type: 'media-state', ...this.around.mediaState() });
  }

  /** Tells that the room's invitation is withdrawn. */
  tellWithdrawn(): void {
    this.#plane?.sendControl({ type: 'withdrawn' });
  }

  sayBye(): void {
    this.#plane?.sendControl({ type: 'bye' });
  }

  sendMediaSignal(command: Extract<Command, { type: 'send-media-signal' }>): void {
    const body = this.#correspondence.seal('media', command.signal);
    if (body === null) throw failed('not-now', 'no epoch with this peer');
    this.around.send(body);
  }

  confirmMedia(command: Extract<Command, { type: 'confirm-media' }>): void {
    const { link, seen } = command;
    const local = parseFingerprint(command.local);
    const remote = parseFingerprint(command.remote);
    if (local === null || remote === null || this.#proofs === null) throw failed('not-now', 'nothing to confirm');
    const verdict = this.#proofs.see({ link, local, remote, seen });
    const { message } = this.#proofs;
    if (message !== null) this.#plane?.sendControl(message);
    this.#judge(verdict);
  }

  /** Proves our device, if the user wants to be recognised from now on. */
  showDevice(): void {
    this.#comparing.showDevice();
  }

  /** Begins a comparison. */
  compare(): void {
    this.#comparing.begin();
  }

  /** What the user found of it. Who is another is not spoken with again. */
  judgeComparison(same: boolean): void {
    this.#comparing.judge(same);
    if (same) return;
    this.around.refused.add(this.id);
    const media = this.#proofs?.message ?? null;
    if (media !== null) this.#emit({ type: 'media-refused', peer: this.id, link: media.link });
    // An honest peer that was mistaken for another need not try in vain.
    this.sayBye();
    this.#plane?.breakOff('proof-failed', REFUSED.failure.detail);
    this.#disarmHello();
  }

  close(): void {
    this.#closed = true;
    this.#disarmHello();
    this.#plane?.close();
    this.transfers.close();
  }

  #follow(outputs: readonly CorrespondenceOutput[]): void {
    for (const output of outputs) {
      if (this.#closed) return;
      switch (output.type) {
        case 'send-signal':
          this.around.send(output.body);
          break;
        case 'peer-introduced':
          // A replayed hello may say an old name; a live epoch's own `profile` is better.
          if (this.#peer.epoch === null) this.#change({ name: output.about.name, host: output.about.host, failure: null });
          else this.#change({ host: output.about.host });
          break;
        case 'epoch-began':
          this.#beginEpoch(output.epoch);
          break;
        case 'negotiation-received': {
          const { plane, message } = output;
          if (plane === 'data') this.#plane?.receive(message);
          else this.#emit({ type: 'media-signal-received', peer: this.id, signal: message });
          break;
        }
        case 'body-dropped':
          if (output.code === 'another-version' && this.#peer.epoch === null) {
            this.#change({ failure: { code: 'peer-version', detail: 'an envelope of another version' } });
          }
          break;
      }
    }
  }

  #beginEpoch(epoch: Epoch): void {
    this.#disarmHello();
    this.#plane?.close();
    this.transfers.linkLost();
    this.#epoch = epoch;
    this.#proofs = new MediaProofs(epoch);
    this.#comparing.forget();
    this.#saidName = this.#correspondence.about.name;
    const plane: DataPlane = new DataPlane(epoch, this.around.pace, {
      configuration: () => this.around.configuration(),
      send: (signal) => {
        const body = this.#correspondence.seal('data', signal);
        if (body !== null) this.around.send(body);
      },
      up: (maxMessageBytes) => this.#up(maxMessageBytes),
      down: () => {
        this.transfers.linkLost();
        this.#comparing.forget();
      },
      controlReceived: (message) => this.#controlReceived(message),
      frameReceived: (frame) => this.transfers.frameReceived(frame),
      changed: () => {
        if (plane === this.#plane) this.#planeChanged(plane);
      },
    });
    this.#plane = plane;
    this.#change({ epoch: epoch.id, initiator: epoch.initiator, polite: epoch.polite, microphone: false, camera: false });
    plane.begin();
    this.#planeChanged(plane);
  }

  #up(maxMessageBytes: number): void {
    this.transfers.linkUp(maxMessageBytes);
    if (this.around.isWithdrawn()) this.tellWithdrawn();
    else this.around.proven();
    this.#comparing.showDevice();
    this.tellMediaState();
    this.#tellName();
    const message = this.#proofs?.message ?? null;
    if (message !== null) this.#plane?.sendControl(message);
  }

  #controlReceived(message: Control): void {
    switch (message.type) {
      case 'profile':
        this.#change({ name: message.name });
        break;
      case 'media-state':
        this.#change({ microphone: message.microphone, camera: message.camera });
        break;
      case 'media-confirm':
        this.#judge(this.#proofs?.receive(message) ?? null);
        break;
      case 'device':
        this.#comparing.deviceReceived(message);
        break;
      case 'comparison-wanted':
      case 'comparison-commit':
      case 'comparison-reveal':
        this.#comparing.receive(message);
        break;
      case 'withdrawn':
        this.around.withdrawn();
        break;
      case 'bye':
        this.around.saidBye();
        break;
      default:
        this.transfers.controlReceived(message);
    }
  }

  #judge(verdict: MediaVerdict | null): void {
    if (verdict === null) return;
    if (verdict.type === 'refused') this.#emit({ type: 'media-refused', peer: this.id, link: verdict.link });
    else this.#emit({ type: 'media-confirmed', peer: this.id, link: verdict.link, seen: verdict.seen });
  }

  #tellName(): void {
    const { name } = this.#correspondence.about;
    if (name === this.#saidName || this.#plane === null) return;
    this.#plane.sendControl({ type: 'profile', name });
    // Said over a proven connection only; before that the next one tells it.
    if (this.isConnected) this.#saidName = name;
  }

  /** The user found somebody else in this peer's place. */
  get #isRefused(): boolean {
    return this.around.refused.has(this.id);
  }

  #planeChanged(plane: DataPlane): void {
    const before = this.#peer.link;
    this.#change({
      link: plane.state,
      proof: plane.proof,
      path: plane.path.path,
      rtt_ms: plane.path.rttMs,
      failure: plane.failure === null ? null : { code: plane.failure.code, detail: plane.failure.detail },
    });
    if (before !== plane.state) this.around.linkChanged();
  }

  /** Only our own wish for an epoch arms it: a hello the server says once more must not make us end a live epoch. */
  #armHello(waitMs: number): void {
    this.#disarmHello();
    this.#helloTimer = setTimeout(() => {
      this.#helloTimer = null;
      if (!this.isConnected) this.greet();
    }, waitMs);
  }

  #disarmHello(): void {
    if (this.#helloTimer !== null) clearTimeout(this.#helloTimer);
    this.#helloTimer = null;
  }

  #change(change: Partial<Peer>): void {
    const next = { ...this.#peer, ...change };
    const same = (Object.keys(change) as (keyof Peer)[]).every((key) => Object.is(next[key], this.#peer[key]));
    if (same) return;
    this.#peer = next;
    this.announce();
  }

  #emit(event: Event): void {
    if (!this.#closed) this.around.emit(event);
  }
}
