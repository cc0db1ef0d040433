// One data connection to one peer: a numbered RTCPeerConnection with the channels `control` and `bulk`.
//
// Promises: before both sides have proven their keys nothing is sent and nothing received but the confirmation
// (docs/protocol.md, section 5.1); silence leads to an ICE restart and then to `ended`; the owner hears `ended` once, and nothing after
// it. Leaves to others: numbers and rebuilding (`DataPlane`), what the messages mean.
import type { Control } from '../../../protocol/Control';
import type { FailureCode } from '../../../protocol/FailureCode';
import type { Seen } from '../../../protocol/Seen';
import { localFingerprint, remoteFingerprint } from '../../../shared/rtc/fingerprint';
import { Negotiation, WrongCertificate } from '../../../shared/rtc/Negotiation';
import type { NegotiationSignal } from '../../../shared/rtc/Negotiation';
import { parseControl } from '../../../transfer/controlGuard';
import type { Bytes } from '../../../trust/bytes';
import { parseFingerprint } from '../../../trust/fingerprint';
import type { Epoch } from '../../../trust/Epoch';
import { BulkSender } from './BulkSender';
import { LinkWatch } from './LinkWatch';
import type { LinkWatchOutput } from './LinkWatch';
import { RelayTrouble } from './RelayTrouble';
import { selectedPath } from './selectedPath';
import type { SelectedPath } from './selectedPath';
import type { SharedPace } from './SharedPace';

/** What a link says to its owner. */
export interface DataLinkOwner {
  send(signal: NegotiationSignal): void;
  /** Both sides have proven their keys. `seen` is the weaker of both ways. */
  proven(proof: { readonly seen: Seen; readonly maxMessageBytes: number }): void;
  /** A message other than confirmations, pings and pongs. */
  controlReceived(message: Control): void;
  frameReceived(frame: Uint8Array): void;
  interrupted(interrupted: boolean): void;
  pathMeasured(path: SelectedPath): void;
  /** The connection cannot go on. */
  ended(code: FailureCode, detail: string): void;
}

/** A new connection has this long until key confirmation. */
const CONNECT_MS = 30_000;
/** What a peer must at least take, where it does not say (RFC 8841 section 6). */
const DEFAULT_MESSAGE_BYTES = 64 * 1024;
/** Unsent control messages beyond which the connection is given up: nobody reads the other end. */
const CONTROL_BUFFER_MAX_BYTES = 4 * 1024 * 1024;

/** SHA-256 of both certificates of a connection, as it was proven. */
export interface Ends {
  readonly local: Bytes;
  readonly remote: Bytes;
}

interface Confirmation extends Ends {
  readonly seen: Seen;
}

export class DataLink {
  readonly #connection: RTCPeerConnection;
  readonly #negotiation: Negotiation;
  readonly #control: RTCDataChannel;
  readonly #bulk: BulkSender;
  readonly #relay: RelayTrouble;
  #confirmation: Confirmation | null = null;
  #watch: LinkWatch | null = null;
  #timer: ReturnType<typeof setTimeout> | null;
  #closed = false;

  constructor(
    readonly number: number,
    private readonly epoch: Epoch,
    configuration: RTCConfiguration,
    /** Of all links together. */
    pace: SharedPace,
    private readonly owner: DataLinkOwner,
  ) {
    this.#connection = new RTCPeerConnection(configuration);
    this.#control = this.#connection.createDataChannel('control', { negotiated: true, id: 0 });
    const bulk = this.#connection.createDataChannel('bulk', { negotiated: true, id: 1 });
    bulk.binaryType = 'arraybuffer';
    this.#bulk = new BulkSender(bulk, pace);
    this.#relay = new RelayTrouble(this.#connection, configuration, (code) => this.#end(code, 'no relay candidate'));
    this.#negotiation = new Negotiation(this.#connection, () => epoch.polite, {
      send: (signal) => owner.send(signal),
      failed: (error) => this.#end(error instanceof WrongCertificate ? 'proof-failed' : 'connect-failed', error.name),
    });
    this.#control.addEventListener('open', () => this.#confirm());
    this.#control.addEventListener('message', (event: MessageEvent<unknown>) => this.#controlReceived(event.data));
    bulk.addEventListener('message', (event: MessageEvent<unknown>) => this.#bulkReceived(event.data));
    for (const channel of [this.#control, bulk]) {
      channel.addEventListener('close', () => this.#end('connect-failed', 'channel closed'));
    }
    this.#connection.addEventListener('connectionstatechange', () => {
      if (this.#connection.connectionState !== 'failed') return;
      // DTLS fails when either side refuses the other's certificate; ICE when there is no way.
      if (this.#connection.sctp?.transport.state === 'failed') this.#end('proof-failed', 'a certificate was refused');
      else this.#end(this.#relay.code ?? 'connect-failed', 'no path');
    });
    this.#timer = setTimeout(() => this.#end(this.#relay.code ?? 'connect-failed', 'not proven in time'), CONNECT_MS);
  }

  /** True from the proof on. */
  get isProven(): boolean {
    return this.#watch !== null && !this.#closed;
  }

  /** What both sides have proven; null before. */
  get ends(): Ends | null {
    return this.isProven ? this.#confirmation : null;
  }

  /** Makes the first offer. */
  begin(): void {
    void this.#negotiation.offer();
  }

  receive(signal: NegotiationSignal): void {
    void this.#negotiation.receive(signal);
  }

  /** Sends a message; before the proof and after the end it is dropped. */
  sendControl(message: Control): void {
    if (!this.isProven) return;
    this.#sendText(message);
  }

  /** Sends a frame, when the channel has room and the pace allows it. */
  sendFrame(frame: Bytes): void {
    if (this.isProven) this.#bulk.send(frame);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#bulk.close();
    this.#negotiation.close();
    this.#connection.close();
  }

  /** The channels are open: say which certificates we see. */
  #confirm(): void {
    if (this.#closed) return;
    const local = parseFingerprint(localFingerprint(this.#connection) ?? '');
    const remote = remoteFingerprint(this.#connection, this.#connection.sctp?.transport ?? null);
    const remoteBytes = parseFingerprint(remote?.fingerprint ?? '');
    if (local === null || remote === null || remoteBytes === null) {
      this.#end('proof-failed', 'a fingerprint is missing');
      return;
    }
    if (remote.fingerprint !== this.#negotiation.named) {
      // The platform has compared them already. Should one not have done so, it ends here.
      this.#end('proof-failed', 'the live certificate is another than the one named');
      return;
    }
    this.#confirmation = { local, remote: remoteBytes, seen: remote.seen };
    const mac = this.epoch.confirm('data', this.number, local, remoteBytes);
    this.#sendText({ type: 'confirm', mac, seen: remote.seen });
  }

  #controlReceived(data: unknown): void {
    if (this.#closed) return;
    const parsed = typeof data === 'string' ? parseControl(data) : null;
    const message = parsed?.type === 'message' ? parsed.message : null;
    if (this.#watch === null) {
      this.#prove(message);
      return;
    }
    this.#follow(this.#watch.heard(performance.now()));
    // Unknown types and broken messages are ignored once the peer is proven.
    if (message === null || message.type === 'confirm' || message.type === 'pong') return;
    if (message.type === 'ping') this.#sendText({ type: 'pong', n: message.n });
    else this.owner.controlReceived(message);
  }

  /** The first message: it must be the right confirmation. */
  #prove(message: Control | null): void {
    const ours = this.#confirmation;
    if (message?.type !== 'confirm' || ours === null) {
      this.#end('proof-failed', 'no confirmation came first');
      return;
    }
    if (!this.epoch.isConfirmed(message.mac, 'data', this.number, ours.local, ours.remote)) {
      this.#end('proof-failed', 'a wrong confirmation');
      return;
    }
    this.#watch = new LinkWatch(performance.now());
    this.#arm();
    const seen = ours.seen === 'certificate' && message.seen === 'certificate' ? 'certificate' : 'description';
    // Chromium says the negotiated size here; where it is missing or infinite the frame's own limit decides.
    const maxMessageBytes = this.#connection.sctp?.maxMessageSize ?? DEFAULT_MESSAGE_BYTES;
    this.owner.proven({ seen, maxMessageBytes });
    this.#measure();
  }

  #bulkReceived(data: unknown): void {
    if (this.#closed) return;
    if (this.#watch === null) {
      this.#end('proof-failed', 'a frame before the confirmation');
      return;
    }
    this.#follow(this.#watch.heard(performance.now()));
    if (data instanceof ArrayBuffer) this.owner.frameReceived(new Uint8Array(data));
  }

  #sendText(message: Control): void {
    if (this.#control.readyState !== 'open') return;
    if (this.#control.bufferedAmount > CONTROL_BUFFER_MAX_BYTES) {
      this.#end('connect-failed', 'control messages pile up');
      return;
    }
    this.#control.send(JSON.stringify(message));
  }

  #follow(outputs: readonly LinkWatchOutput[]): void {
    for (const output of outputs) {
      if (this.#isClosed()) return;
      switch (output.type) {
        case 'send-ping':
          this.#sendText({ type: 'ping', n: output.n });
          this.#measure();
          break;
        case 'interrupted':
          this.owner.interrupted(true);
          void this.#negotiation.restart();
          break;
        case 'mended':
          this.owner.interrupted(false);
          break;
        case 'lost':
          this.#end('connect-failed', 'silent for too long');
          break;
      }
    }
  }

  #measure(): void {
    this.#connection.getStats().then(
      (report) => {
        if (!this.#closed) this.owner.pathMeasured(selectedPath(report));
      },
      // Without statistics the path stays unknown; a closed connection has none.
      () => undefined,
    );
  }

  #arm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const deadline = this.#watch?.deadlineMs ?? null;
    if (deadline === null || this.#closed) return;
    this.#timer = setTimeout(
      () => {
        if (this.#watch !== null) this.#follow(this.#watch.tick(performance.now()));
        this.#arm();
      },
      Math.max(0, deadline - performance.now()),
    );
  }

  #end(code: FailureCode, detail: string): void {
    if (this.#closed) return;
    this.close();
    this.owner.ended(code, detail);
  }

  #isClosed(): boolean {
    return this.#closed;
  }
}
