// Carries out what the texts-and-files machine of one peer orders: channel, picked files, places for received ones, time.
//
// Promises: orders are carried out in their order; results go back as they come; blocks are hashed away from the page's thread; after `close`
// nothing is ordered any more, and what was not finished is kept for a later session. Leaves to others: every rule of the protocol
// (`Exchange`), going on with what is kept (`Return`), what a place is (`storage`).
import type { Control } from '../../../protocol/Control';
import type { Event } from '../../../protocol/Event';
import type { PeerId } from '../../../protocol/PeerId';
import type { Transfer } from '../../../protocol/Transfer';
import type { TransferCode } from '../../../protocol/TransferCode';
import type { TransferId } from '../../../protocol/TransferId';
import { TransferError } from '../../../transfer/error';
import { Exchange } from '../../../transfer/exchange';
import type { Input } from '../../../transfer/input';
import type { ExchangeEvent, Output } from '../../../transfer/output';
import type { Bytes } from '../../../trust/bytes';
import { HostError } from '../../port';
import type { PickedSource } from '../files/PickedFiles';
import { FrameCollector } from '../hashing/FrameCollector';
import { StorageError } from '../storage/entrySink';
import type { EntrySink } from '../storage/entrySink';
import { isWorthKeeping } from './isWorthKeeping';
import { OfferBook } from './OfferBook';
import { Return } from './Return';
import type { TransferIndex } from './TransferIndex';
import type { TransferPlace, TransferPlaces } from './TransferPlaces';

export interface TransferDriverOwner {
  sendControl(message: Control): void;
  sendFrame(frame: Bytes): void;
  emit(event: Event): void;
  /** The peer broke the protocol outside of any transfer. */
  broken(detail: string): void;
}

type Decision = 'accept-transfer' | 'decline-transfer' | 'cancel-transfer';

export class TransferDriver {
  readonly #exchange: Exchange;
  readonly #frames: FrameCollector;
  readonly #offers = new OfferBook();
  /** Transfers to us that were accepted. */
  readonly #places = new Map<TransferId, Promise<TransferPlace>>();
  readonly #returns = new Map<TransferId, Return>();
  /** Ended transfers to us, until they are released: whether their parts stay. */
  readonly #kept = new Map<TransferId, boolean>();
  readonly #sources = new Map<TransferId, readonly PickedSource[]>();
  /** Places of entries under way, by transfer and entry. */
  readonly #sinks = new Map<TransferId, Map<number, Promise<EntrySink>>>();
  /** Transfers told of and not ended. */
  readonly #known = new Set<TransferId>();
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
  }

  get isBusy(): boolean {
    return this.#exchange.isBusy;
  }

  knows(transfer: TransferId): boolean {
    return this.#known.has(transfer);
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
  }

  /** Throws a `HostError` when the machine refuses. */
  decide(transfer: TransferId, decision: Decision): void {
    const type = ({ 'accept-transfer': 'accept', 'decline-transfer': 'decline', 'cancel-transfer': 'cancel' } as const)[
      decision
    ];
    const offer = this.#offers.get(transfer);
    this.#wish({ type, transfer });
    if (type === 'decline' && offer !== null) this.places.declined(offer.name);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#frames.drop();
    for (const transfer of [...this.#places.keys()]) this.#release(transfer, true);
    for (const transfer of this.#known) this.index.ended(transfer, this.peer);
    this.#sources.clear();
  }

  #dropLink(): void {
    this.#frames.drop();
    this.#offers.linkLost();
    for (const returning of this.#returns.values()) returning.linkLost();
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
        this.#say(output.message);
        break;
      case 'send-frame':
        this.owner.sendFrame(output.frame);
        break;
      case 'read-block':
        void this.#read(output);
        break;
      case 'open-entry':
        this.#open(output);
        break;
      case 'write-block':
        void this.#write(output);
        break;
      case 'finish-entry':
        void this.#finish(output);
        break;
      case 'discard-entry':
        void this.#discard(output.transfer, output.entry);
        break;
      case 'release-transfer':
        this.#release(output.transfer, this.#kept.get(output.transfer) ?? false);
        this.#sources.delete(output.transfer);
        this.#known.delete(output.transfer);
        this.#foreign.delete(output.transfer);
        this.index.ended(output.transfer, this.peer);
        break;
      case 'event':
        this.#tell(output.event);
        break;
    }
  }

  async #read({ transfer, entry, block, offset, length }: Extract<Output, { type: 'read-block' }>): Promise<void> {
    const source = this.#sources.get(transfer)?.[entry];
    const result = source === undefined ? 'read-failed' : await source.read(offset, length);
    if (typeof result === 'string') {
      this.#handle({ type: 'block-read', transfer, entry, block, result });
      return;
    }
    try {
      const { bytes, proof } = await this.places.hasher.hash([result]);
      this.#handle({ type: 'block-read', transfer, entry, block, result: bytes, proof });
    } catch {
      this.#handle({ type: 'block-read', transfer, entry, block, result: 'read-failed' });
    }
  }

  /** Says a message of the machine; those of a transfer to us by way of its return. */
  #say(message: Control): void {
    const transfer = 'transfer' in message ? message.transfer : null;
    let returning = transfer === null ? undefined : this.#returns.get(transfer);
    if (returning === undefined && message.type === 'accept') returning = this.#return(message.transfer);
    if (returning === undefined) this.owner.sendControl(message);
    else returning.say(message);
  }

  #return(transfer: TransferId): Return {
    const offer = this.#offers.get(transfer);
    const returning = new Return(transfer, offer?.sizes ?? [], {
      hasher: this.places.hasher,
      // A place that cannot be had shows when its first entry is opened.
      left: () => this.#place(transfer).then((place) => place.left()).catch(() => []),
      handIn: (input) => this.#handle(input),
      say: (message) => {
        if (!this.#closed) this.owner.sendControl(message);
      },
    });
    this.#returns.set(transfer, returning);
    void returning.run();
    return returning;
  }

  #place(transfer: TransferId): Promise<TransferPlace> {
    const known = this.#places.get(transfer);
    if (known !== undefined) return known;
    const place = this.places.accept(transfer, this.#offers.get(transfer)?.name ?? null);
    this.#places.set(transfer, place);
    return place;
  }

  #open({ transfer, entry, path, size }: Extract<Output, { type: 'open-entry' }>): void {
    const sink = this.#place(transfer).then((place) => place.open(entry, path, size));
    // A failure to open is told by the writes that follow; without this it would also count as nobody's.
    sink.catch(() => undefined);
    const entries = this.#sinks.get(transfer) ?? new Map<number, Promise<EntrySink>>();
    entries.set(entry, sink);
    this.#sinks.set(transfer, entries);
  }

  async #write({ transfer, entry, block, offset, bytes, proof }: Extract<Output, { type: 'write-block' }>): Promise<void> {
    const isStored = this.#returns.get(transfer)?.isHandingIn === true;
    const result = isStored ? null : await this.#store(transfer, entry, (sink) => sink.write(offset, bytes, proof));
    this.#handle({ type: 'block-written', transfer, entry, block, result });
  }

  async #finish({ transfer, entry }: Extract<Output, { type: 'finish-entry' }>): Promise<void> {
    const result = await this.#store(transfer, entry, (sink) => sink.finish());
    if (result === null) {
      this.#sinks.get(transfer)?.delete(entry);
      this.index.received(transfer);
    }
    this.#handle({ type: 'entry-finished', transfer, entry, result });
    this.#returns.get(transfer)?.entryFinished();
  }

  async #store(
    transfer: TransferId,
    entry: number,
    act: (sink: EntrySink) => Promise<void>,
  ): Promise<TransferCode | null> {
    try {
      const sink = await this.#sinks.get(transfer)?.get(entry);
      if (sink === undefined) return 'write-failed';
      await act(sink);
      return null;
    } catch (error) {
      return error instanceof StorageError ? error.code : 'write-failed';
    }
  }

  async #discard(transfer: TransferId, entry: number): Promise<void> {
    const sink = this.#sinks.get(transfer)?.get(entry);
    this.#sinks.get(transfer)?.delete(entry);
    try {
      await (await sink)?.discard();
    } catch {
      // What cannot be opened or removed holds nothing that was shown as received; the storage clears leftovers at its start.
    }
  }

  /** The transfer has ended here; what did not get its name is kept, or thrown away. */
  #release(transfer: TransferId, keep: boolean): void {
    this.#returns.get(transfer)?.stop();
    this.#returns.delete(transfer);
    // What cannot be kept or removed now is found by the next visit, which proves it or clears it.
    this.#places.get(transfer)?.then((place) => place.end(keep)).catch(() => undefined);
    this.#places.delete(transfer);
    this.#sinks.delete(transfer);
    this.#kept.delete(transfer);
    this.#offers.forget(transfer);
  }

  #tell(event: ExchangeEvent): void {
    switch (event.type) {
      case 'transfer-changed':
        if (isWorthKeeping(event.transfer)) this.#kept.set(event.transfer.id, true);
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
  #isOurs({ id, direction }: Transfer): boolean {
    if (this.#foreign.has(id)) return false;
    if (this.#known.has(id) || this.index.claim(id, this.peer)) {
      this.#known.add(id);
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
