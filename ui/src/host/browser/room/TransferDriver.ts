// Carries out what the texts-and-files machine of one peer orders: channel, picked files, places for received ones, time.
//
// Promises: orders are carried out in their order; results go back as they come; blocks are hashed away from the page's thread; after `close`
// nothing is ordered any more, and what was not finished is kept for a later session. Leaves to others: every rule of the protocol
// (`Exchange`), the places of received entries (`EntrySinks`), going on with what is kept (`Returns`), how fast frames leave (`SharedPace`).
import type { Control } from '../../../protocol/Control';
import type { Event } from '../../../protocol/Event';
import type { PeerId } from '../../../protocol/PeerId';
import type { Transfer } from '../../../protocol/Transfer';
import type { TransferId } from '../../../protocol/TransferId';
import { TransferError } from '../../../transfer/error';
import { Exchange } from '../../../transfer/exchange';
import type { Input } from '../../../transfer/input';
import type { ExchangeEvent, Output } from '../../../transfer/output';
import type { Bytes } from '../../../trust/bytes';
import { HostError } from '../../port';
import type { PickedSource } from '../files/PickedFiles';
import { FrameCollector } from '../hashing/FrameCollector';
import { filesOf } from './Again';
import type { Decision } from './Decision';
import { EntrySinks } from './EntrySinks';
import { failed } from './failure';
import { OfferBook } from './OfferBook';
import { readProven } from './readProven';
import { Returns } from './Returns';
import type { TransferIndex } from './TransferIndex';
import type { TransferPlaces } from './TransferPlaces';

export interface TransferDriverOwner {
  sendControl(message: Control): void;
  sendFrame(frame: Bytes): void;
  emit(event: Event): void;
  /** The peer broke the protocol outside of any transfer. */
  broken(detail: string): void;
}

export class TransferDriver {
  readonly #exchange: Exchange;
  readonly #frames: FrameCollector;
  readonly #offers = new OfferBook();
  readonly #returns: Returns;
  readonly #sinks: EntrySinks;
  /** Transfers whose parts stay for a later session when they are released. */
  readonly #sources = new Map<TransferId, readonly PickedSource[]>();
  /** Transfers told of and not ended, as they were told of last. */
  readonly #known = new Map<TransferId, Transfer>();
  /** Transfers with the id of another peer's: refused, and never told of. */
  readonly #foreign = new Set<TransferId>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #draining = false;
  #closed = false;

  constructor(
    private readonly peer: PeerId,
    private readonly places: TransferPlaces,
    /** Of the whole room. */
    private readonly index: TransferIndex,
    private readonly owner: TransferDriverOwner,
  ) {
    this.#exchange = new Exchange(peer);
    this.#frames = new FrameCollector(places.hasher, {
      handOn: (received) => this.#handle(received),
      broken: (detail) => owner.broken(detail),
    });
    this.#sinks = new EntrySinks(places, (transfer) => this.#offers.get(transfer)?.name ?? null);
    this.#returns = new Returns({
      hasher: places.hasher,
      isUnderWay: (transfer) => this.#known.has(transfer),
      sizes: (transfer) => this.#offers.get(transfer)?.sizes ?? [],
      left: (transfer) => this.#sinks.left(transfer),
      handIn: (input) => this.#handle(input),
      say: (message) => {
        if (!this.#closed) owner.sendControl(message);
      },
    });
  }

  get isBusy(): boolean {
    return this.#exchange.isBusy;
  }

  /** It was told of and has not ended. */
  knows(transfer: TransferId): boolean {
    return this.#known.has(transfer);
  }

  /** It was ours, has ended, and something of it could be offered again. */
  remembers(transfer: TransferId): boolean {
    return this.index.remembers(transfer, this.peer);
  }

  linkUp(maxMessageBytes: number): void {
    this.#dropLink();
    this.#handle({ type: 'link-up', maxMessageBytes });
  }

  linkLost(): void {
    this.#dropLink();
    this.#handle({ type: 'link-lost' });
  }

  controlReceived(message: Control): void {
    this.#offers.read(message);
    if (message.type === 'entry-failed') this.#returns.entryFailed(message.transfer, message.entry);
    this.#handle({ type: 'control-received', message });
  }

  frameReceived(frame: Uint8Array): void {
    // A message of a data channel has a buffer of its own.
    if (!this.#closed) this.#frames.take(frame as Bytes);
  }

  /** Throws a `HostError` when the machine refuses. */
  sendText(id: string, body: string, sentAtMs: number): void {
    this.#wish({ type: 'send-text', id, body, sentAtMs });
  }

  /** Offers files. Throws a `HostError` when the machine refuses. */
  offer(transfer: TransferId, sources: readonly PickedSource[]): void {
    const entries = sources.map(({ path, size, modifiedMs }) => ({
      path: [...path],
      size,
      modified_ms: Math.max(0, Math.trunc(modifiedMs)),
    }));
    this.#sources.set(transfer, sources);
    try {
      this.#wish({ type: 'offer-files', transfer, entries });
    } catch (error) {
      this.#sources.delete(transfer);
      throw error;
    }
    this.index.offered(transfer, sources);
  }

  /**
   * Offers as transfer `as` what of an ended one did not arrive, as it is now; the whole of it where the other side goes on with what it has. Throws a `HostError` when there is none such or the machine
   * refuses.
   */
  offerAgain(transfer: TransferId, as: TransferId): void {
    const unsent = this.index.takeUnsent(transfer, this.peer);
    if (unsent === null) throw failed('not-now', 'nothing of that transfer is missing');
    try {
      this.offer(as, filesOf(unsent));
    } catch (error) {
      this.index.putBack(transfer, unsent);
      throw error;
    }
    this.index.ended(transfer, this.peer);
  }

  /** Throws a `HostError` when the machine refuses. */
  decide(decision: Decision): void {
    const { transfer } = decision;
    switch (decision.type) {
      case 'accept-transfer':
        this.#wish({ type: 'accept', transfer, without: decision.without });
        break;
      case 'decline-transfer': {
        const offer = this.#offers.get(transfer);
        this.#wish({ type: 'decline', transfer });
        if (offer !== null) this.places.declined(offer.name);
        break;
      }
      case 'cancel-transfer':
        this.#wish({ type: 'cancel', transfer });
        break;
      case 'pause-transfer':
        this.#wish({ type: 'pause', transfer, paused: decision.paused });
        break;
    }
  }

  /** How fast frames leave, to all peers together: no more is sent ahead than that is worth. */
  limitSpeed(bytesPerSecond: number | null): void {
    this.#handle({ type: 'limit-speed', bytesPerSecond });
  }

  /** The peer left: what was under way with it ends, and who sees it hears so. `close` is to follow. */
  peerLeft(): void {
    const end = { state: 'cancelled', code: null, ended_by_us: false, bytes_per_second: null, remaining_ms: null } as const;
    for (const transfer of this.#known.values()) {
      this.#ended(transfer.id, this.#exchange.missing(transfer.id), true);
      this.owner.emit({ type: 'transfer-changed', transfer: { ...transfer, ...end } });
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#frames.drop();
    this.#returns.stopAll();
    this.#sinks.keepAll();
    for (const transfer of this.#known.keys()) this.index.ended(transfer, this.peer);
    this.#sources.clear();
  }

  #dropLink(): void {
    this.#frames.drop();
    this.#offers.linkLost();
    this.#returns.linkLost();
  }

  #wish(input: Input): void {
    try {
      this.#handle(input);
    } catch (error) {
      throw error instanceof TransferError ? new HostError(error.failure) : error;
    }
  }

  #handle(input: Input): void {
    if (this.#closed) return;
    this.#exchange.handle(performance.now(), input);
    this.#drain();
  }

  #drain(): void {
    // Carrying out an order can lead back here (a channel that ends while it is written to); the outer round goes on then.
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let output = this.#exchange.pollOutput(); output !== null; output = this.#exchange.pollOutput()) {
        if (!this.#closed) this.#carryOut(output);
      }
    } finally {
      this.#draining = false;
    }
    this.#arm();
  }

  #carryOut(output: Output): void {
    switch (output.type) {
      case 'send-control':
        this.#returns.say(output.message);
        break;
      case 'send-frame':
        this.owner.sendFrame(output.frame);
        break;
      case 'read-block':
        void this.#read(output);
        break;
      case 'open-entry':
        this.#sinks.open(output.transfer, output.entry, output.path, output.size);
        break;
      case 'write-block':
        void this.#write(output);
        break;
      case 'finish-entry':
        void this.#finish(output);
        break;
      case 'discard-entry':
        void this.#sinks.discard(output.transfer, output.entry, output.keep);
        this.#returns.entryFailed(output.transfer, output.entry);
        break;
      case 'release-transfer':
        this.#release(output);
        break;
      case 'event':
        this.#tell(output.event);
        break;
    }
  }

  async #read({ transfer, entry, block, offset, length }: Extract<Output, { type: 'read-block' }>): Promise<void> {
    const read = await readProven(this.#sources.get(transfer)?.[entry], this.places.hasher, offset, length);
    this.#handle({ type: 'block-read', transfer, entry, block, ...read });
  }

  async #write({ transfer, entry, block, offset, bytes, proof }: Extract<Output, { type: 'write-block' }>): Promise<void> {
    const isStored = this.#returns.isHandingIn(transfer);
    const result = isStored ? null : await this.#sinks.write(transfer, entry, offset, bytes, proof);
    this.#handle({ type: 'block-written', transfer, entry, block, result });
  }

  async #finish({ transfer, entry }: Extract<Output, { type: 'finish-entry' }>): Promise<void> {
    const result = await this.#sinks.finish(transfer, entry);
    if (result === null) this.index.received(transfer);
    this.#handle({ type: 'entry-finished', transfer, entry, result });
    this.#returns.entryFinished(transfer, entry);
  }

  #release({ transfer, keep, missing }: Extract<Output, { type: 'release-transfer' }>): void {
    this.#returns.stop(transfer);
    this.#sinks.release(transfer, keep);
    this.#offers.forget(transfer);
    this.#foreign.delete(transfer);
    this.#ended(transfer, missing, keep);
  }

  /** What of ours is missing may be offered again; `isKept`: the other side keeps what it has of it. */
  #ended(transfer: TransferId, missing: readonly number[], isKept: boolean): void {
    this.index.ended(transfer, this.peer, { files: this.#sources.get(transfer) ?? [], missing, isKept });
    this.#sources.delete(transfer);
    this.#known.delete(transfer);
  }

  #tell(event: ExchangeEvent): void {
    switch (event.type) {
      case 'transfer-changed':
        if (this.#isOurs(event.transfer)) this.owner.emit(event);
        break;
      case 'text-received':
        this.owner.emit({
          type: 'text-received',
          peer: this.peer,
          id: event.id,
          body: event.body,
          sent_at_ms: event.sentAtMs,
        });
        break;
      case 'text-delivered':
        this.owner.emit({ type: 'text-delivered', peer: this.peer, id: event.id });
        break;
      case 'protocol-broken':
        this.owner.broken(event.fault);
        break;
    }
  }

  /** False when the id is another peer's: the screen knows a transfer by its id alone. */
  #isOurs(transfer: Transfer): boolean {
    const { id, direction } = transfer;
    if (this.#foreign.has(id)) return false;
    if (this.#known.has(id) || this.index.claim(id, this.peer)) {
      this.#known.set(id, transfer);
      return true;
    }
    this.#foreign.add(id);
    try {
      this.#handle({ type: direction === 'receiving' ? 'decline' : 'cancel', transfer: id });
    } catch (error) {
      // It may have ended in the meantime, which is as good.
      if (!(error instanceof TransferError)) throw error;
    }
    return false;
  }

  #arm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const due = this.#closed ? null : this.#exchange.nextTimeoutMs();
    if (due === null) return;
    this.#timer = setTimeout(() => this.#handle({ type: 'tick' }), Math.max(0, due - performance.now()));
  }
}
