// One transfer to us: collects blocks, proves them, has them written, and says so. Twin of `crates/transfer/src/incoming.rs`.
//
// Promises: nothing is written before consent, nothing unproven ever; what waits to be written is bounded by the window. Whatever
// frames come, the answer is a step or a code, never an exception. Leaves to the `Exchange`: ending, and the sum over transfers.

import type { Control } from '../protocol/Control';
import type { OfferedEntry } from '../protocol/OfferedEntry';
import type { TransferCode } from '../protocol/TransferCode';
import type { TransferId } from '../protocol/TransferId';
import { BLOCK_BYTES } from '../protocol/limits';
import type { Bytes } from '../trust/bytes';
import { blockLength, blockOffset, type Hash } from './block';
import { CollectedOffer } from './collectedOffer';
import { isMendable, lastWordMessages, type LastWord } from './ended';
import { isExecutable } from './executable';
import { PROOF_BYTES, type FrameHeader } from './frame';
import { Hold } from './hold';
import { IncomingEntries } from './incomingEntries';
import { isFailed, isWritten } from './incomingEntry';
import type { Input } from './input';
import { Meter } from './meter';
import { OpenEntry } from './openEntry';
import type { Output } from './output';
import { ReceiveWindow } from './receiveWindow';
import type { View } from './snapshot';

/** Entries that have begun and are not whole: an honest sender has one, and those it gave up while their notice is on its way. */
const INCOMPLETE_ENTRIES = 16;

/** A block as `Input` brings it. */
export type ReceivedBlock = Omit<Extract<Input, { type: 'block-received' }>, 'type'>;

/** Pages of the offer are missing; the user has not answered; the user has consented. */
type Phase = CollectedOffer | 'waiting' | 'accepted';

/** A transfer to us. */
export class Incoming {
  readonly meter = new Meter();
  #entries = new IncomingEntries();
  #phase: Phase;
  #totalBytes: number;
  #namesBytes = 0;
  /** Some entry is of a type that systems run. */
  #executable = false;
  readonly #hold = new Hold();
  /** `accept` was sent on this connection. */
  #isFlowing = false;
  /** `accept` is to be sent on this connection, once nothing is under way on the disk. */
  #isAcceptDue = false;
  /** Writes and finishes that have not returned. */
  #orders = 0;
  #incomplete = 0;
  #window = new ReceiveWindow();
  /** Bytes stored over all connections. */
  #doneBytes = 0;

  /** The beginning of an offer. Feed all its entries to `collect`. */
  constructor(
    private readonly id: TransferId,
    entryCount: number,
    totalBytes: number,
    private readonly hash: Hash,
    private readonly order: (output: Output) => void,
  ) {
    this.#totalBytes = totalBytes;
    this.#phase = new CollectedOffer(entryCount, totalBytes);
  }

  get isCollecting(): boolean {
    return this.#phase instanceof CollectedOffer;
  }

  get isWaiting(): boolean {
    return this.#phase === 'waiting';
  }

  get isAccepted(): boolean {
    return this.#phase === 'accepted';
  }

  /** Memory taken by the names of the offer, about. */
  get namesBytes(): number {
    return this.#namesBytes;
  }

  /** `accept` was sent on this connection. */
  get isFlowing(): boolean {
    return this.#isFlowing;
  }

  /** Takes a page of the offer, of which names may take `room` more bytes. A code when the offer must be refused. */
  collect(page: readonly OfferedEntry[], last: boolean, room: number): TransferCode | null {
    const offer = this.#phase;
    if (!(offer instanceof CollectedOffer)) return null;
    const added = offer.add(page, last, room);
    this.#namesBytes = offer.namesBytes;
    if (typeof added === 'string') return added;
    if (added !== null) {
      this.#executable = added.some(({ path }) => isExecutable(path));
      this.#entries = new IncomingEntries(added);
      this.#phase = 'waiting';
    }
    return null;
  }

  /** The user consents, but to what is in `without`. Throws `TransferError`; nothing was changed then. */
  accept(without: readonly number[], linkIsUp: boolean): void {
    this.#totalBytes -= this.#entries.decline(without);
    this.#phase = 'accepted';
    this.#isAcceptDue = linkIsUp;
    this.#sendDueAccept();
  }

  /** One side holds it up or lets it go on. What was sent before still arrives, and counts. */
  hold(change: (hold: Hold) => void): void {
    const wasHere = this.#hold.here;
    change(this.#hold);
    // Where the other side holds it as well, the state does not show whether we do.
    if (this.#hold.here !== wasHere) this.meter.note();
    this.meter.setMoving(this.#isFlowing && this.#hold.isFree);
  }

  linkLost(): void {
    this.#isFlowing = false;
    this.#isAcceptDue = false;
    this.#hold.there = false;
    this.#entries.dropCollected();
    this.meter.setMoving(false);
  }

  linkUp(): void {
    this.#isAcceptDue = this.isAccepted;
    this.#sendDueAccept();
  }

  /** Says where to go on, as soon as that is certain: when nothing is under way on the disk. */
  #sendDueAccept(): void {
    if (!this.#isAcceptDue || this.#orders > 0) return;
    this.#isAcceptDue = false;
    this.#isFlowing = true;
    this.#window = new ReceiveWindow();
    const { resume, word } = this.#entries.resume();
    for (const message of lastWordMessages(word, this.id)) this.#send(message);
    if (this.#hold.here) this.#send({ type: 'pause', transfer: this.id, paused: true });
    this.#send({ type: 'accept', transfer: this.id, resume });
    this.meter.setMoving(this.#hold.isFree);
  }

  /** Takes a frame. A code ends the transfer with it. */
  frame(header: FrameHeader, payload: Uint8Array): TransferCode | null {
    if (header.kind === 'data') {
      const code = this.#isFlowing ? this.#window.arrive(payload.length) : 'protocol';
      if (code !== null) return code;
    } else if (payload.length !== PROOF_BYTES) {
      return 'protocol';
    }
    const next = this.#next(header.entry, header.block, header.kind === 'data' ? payload.length : 0);
    if (next === null || typeof next === 'string') return next;
    const { open, size, length } = next;
    switch (header.kind) {
      case 'data':
        return open.take(header.offset, payload, length);
      case 'block-proof':
        return this.#blockProof(header.entry, open, length, payload);
      case 'entry-proof':
        return this.#entryProof(header.entry, open, size, payload);
    }
  }

  /** Takes a block that was hashed already. A code ends the transfer with it. */
  block({ entry: number, block, bytes, proof, claimed }: ReceivedBlock): TransferCode | null {
    const code = this.#isFlowing ? this.#window.arrive(bytes.length, BLOCK_BYTES) : 'protocol';
    if (code !== null) return code;
    const next = this.#next(number, block, bytes.length);
    if (next === null || typeof next === 'string') return next;
    return next.open.takeWhole(bytes, next.length) ?? this.#blockProof(number, next.open, next.length, claimed, proof);
  }

  /** The entry that a frame with so many bytes of data goes on; null when it has failed, a code when there is no such thing. */
  #next(number: number, block: number, dataBytes: number): { open: OpenEntry; size: number; length: number } | TransferCode | null {
    const entry = this.#entries.get(number);
    if (entry === undefined || !this.#isFlowing) return 'protocol';
    if (isFailed(entry.state)) {
      // It was on its way when the entry failed: nothing is kept, so it takes no room in the window.
      this.#window.store(dataBytes);
      this.#tellStored();
      return null;
    }
    if (entry.state === 'pending') {
      if (this.#incomplete >= INCOMPLETE_ENTRIES) return 'protocol';
      this.#incomplete += 1;
      this.order({ type: 'open-entry', transfer: this.id, entry: number, path: entry.path, size: entry.size });
      entry.state = new OpenEntry(this.hash);
    }
    const { state: open, size } = entry;
    if (!(open instanceof OpenEntry) || open.isWhole || block !== open.nextBlock) return 'protocol';
    return { open, size, length: blockLength(size, block) };
  }

  #blockProof(
    number: number,
    open: OpenEntry,
    length: number,
    claimed: Uint8Array,
    known: Bytes | null = null,
  ): TransferCode | null {
    const proven = open.proveBlock(length, claimed, known);
    if (typeof proven === 'string') return this.#failIfCorrupt(number, proven);
    const { block, bytes, proof } = proven;
    this.#orders += 1;
    this.order({ type: 'write-block', transfer: this.id, entry: number, block, offset: blockOffset(block), bytes, proof });
    return null;
  }

  #entryProof(number: number, open: OpenEntry, size: number, claimed: Uint8Array): TransferCode | null {
    const code = open.proveWhole(size, claimed);
    if (code !== null) return this.#failIfCorrupt(number, code);
    this.#incomplete -= 1;
    this.#finishIfWritten(number);
    return null;
  }

  /** What is corrupt ends its entry alone; any other code ends the transfer. */
  #failIfCorrupt(number: number, code: TransferCode): TransferCode | null {
    if (code !== 'corrupt') return code;
    this.#failHere(number, code);
    return null;
  }

  /** A write returned. A code ends the transfer with it. */
  blockWritten(number: number, block: number, result: TransferCode | null): TransferCode | null {
    const entry = this.#entries.get(number);
    // An answer of an entry that failed meanwhile finds it closed.
    if (!(entry?.state instanceof OpenEntry) || !entry.state.writing.has(block)) return null;
    if (result === 'no-space') return result;
    if (result !== null) {
      this.#failHere(number, result);
    } else {
      const length = blockLength(entry.size, block);
      entry.state.writing.delete(block);
      this.#orders -= 1;
      this.#doneBytes += length;
      if (this.#isFlowing) this.#window.store(length);
      this.meter.note();
      this.#finishIfWritten(number);
      this.#tellStored();
    }
    this.#sendDueAccept();
    return null;
  }

  /** A file stands under its name, or not. A code ends the transfer with it. */
  entryFinished(number: number, result: TransferCode | null): TransferCode | null {
    const entry = this.#entries.get(number);
    if (entry?.state !== 'finishing') return null;
    if (result === 'no-space') return result;
    if (result !== null) {
      this.#failHere(number, result);
    } else {
      this.#entries.prove(number);
      this.#orders -= 1;
      this.meter.note();
      if (this.#isFlowing) this.#send({ type: 'proven', transfer: this.id, entry: number });
    }
    this.#sendDueAccept();
    return null;
  }

  /** The sender says that an entry has failed. */
  failedThere(number: number, code: TransferCode): TransferCode | null {
    // What is declined is declined here.
    if (this.#entries.get(number) === undefined || !this.isAccepted || code === 'declined') return 'protocol';
    this.#fail(number, code);
    this.#sendDueAccept();
    return null;
  }

  #failHere(number: number, code: TransferCode): void {
    this.#fail(number, code);
    // Without a connection it is said before the next `accept`.
    if (this.#isFlowing) this.#send({ type: 'entry-failed', transfer: this.id, entry: number, code });
  }

  #fail(number: number, code: TransferCode): void {
    const failed = this.#entries.fail(number, code);
    if (failed === null) return;
    const { size, before } = failed;
    if (before === 'finishing') this.#orders -= 1;
    if (before instanceof OpenEntry) {
      this.#orders -= before.writing.size;
      if (!before.isWhole) this.#incomplete -= 1;
      if (this.#isFlowing) this.#window.store(before.unstoredBytes(size));
    }
    if (before !== 'pending') this.order({ type: 'discard-entry', transfer: this.id, entry: number, keep: isMendable(code) });
    this.meter.note();
    this.#tellStored();
  }

  #finishIfWritten(number: number): void {
    const entry = this.#entries.get(number);
    if (entry === undefined || !isWritten(entry)) return;
    entry.state = 'finishing';
    this.#orders += 1;
    const { size, modifiedMs } = entry;
    this.order({ type: 'finish-entry', transfer: this.id, entry: number, size, modifiedMs });
  }

  #tellStored(): void {
    const bytes = this.#isFlowing ? this.#window.takeNews() : null;
    if (bytes !== null) this.#send({ type: 'stored', transfer: this.id, bytes });
  }

  /** Bytes arrived and not stored. */
  get unstoredBytes(): number {
    return this.#window.unstoredBytes;
  }

  /** Every entry is proven or has failed. */
  get isComplete(): boolean {
    return this.isAccepted && this.#entries.isEnded;
  }

  /** What became of the entries, for the sender. */
  lastWord(): LastWord {
    return this.#entries.outcomes();
  }

  view(): View {
    return {
      id: this.id,
      direction: 'receiving',
      isAccepted: this.isAccepted,
      isFlowing: this.#isFlowing,
      hold: this.#hold,
      isComplete: this.isComplete,
      entry: (index) => this.#entries.view(index),
      entryCount: this.#entries.length,
      provenCount: this.#entries.provenCount,
      declinedCount: this.#entries.declinedCount,
      executable: this.#executable,
      totalBytes: this.#totalBytes,
      storedBytes: Math.min(this.#doneBytes, this.#totalBytes),
      meter: this.meter,
    };
  }

  #send(message: Control): void {
    this.order({ type: 'send-control', message });
  }
}
