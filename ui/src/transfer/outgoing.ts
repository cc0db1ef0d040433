// One transfer from us: which block is read next, which is sent next, and what the receiver has said of them.
// Twin of `crates/transfer/src/outgoing.rs`.
//
// Promises: blocks leave in order, one after the other, whatever order their reads return in; a block that is sent again is the same
// block or its entry fails. Leaves to the `Exchange`: the window and the turn among transfers.

import type { Control } from '../protocol/Control';
import type { OfferedEntry } from '../protocol/OfferedEntry';
import { RESUME_RANGES } from '../protocol/limits';
import type { ResumePoint } from '../protocol/ResumePoint';
import type { TransferCode } from '../protocol/TransferCode';
import type { TransferId } from '../protocol/TransferId';
import { equalBytes, type Bytes } from '../trust/bytes';
import { blockCount, blockLength, blockOffset, entryProof, type Hash } from './block';
import { lastWordMessages, NO_WORD, type FailedEntry, type LastWord } from './ended';
import { encodeFrame, type FrameKind } from './frame';
import { Hold } from './hold';
import { Meter } from './meter';
import { offerPages, totalBytes } from './offer';
import { OutgoingEntry, type EndedState } from './outgoingEntry';
import type { Output } from './output';
import { SendQueue } from './sendQueue';
import type { View } from './snapshot';

/** A transfer from us. */
export class Outgoing {
  readonly meter = new Meter();
  readonly #entries: OutgoingEntry[];
  /** Of the entries that the receiver wants. */
  #totalBytes: number;
  #provenCount = 0;
  #declinedCount = 0;
  #endedCount = 0;
  #isAccepted = false;
  /** The receiver has said on this connection where to go on. */
  #isFlowing = false;
  readonly #hold = new Hold();
  /** What is read next. */
  #nextEntry = 0;
  #nextBlock = 0;
  readonly #queue = new SendQueue();
  /** Bytes the receiver had at its last `accept`; bytes sent since, and of these stored. */
  #resumed = 0;
  #sent = 0;
  #stored = 0;

  constructor(
    private readonly id: TransferId,
    entries: readonly OfferedEntry[],
    private readonly hash: Hash,
    private readonly order: (output: Output) => void,
  ) {
    this.#entries = entries.map((offered) => new OutgoingEntry(offered));
    this.#totalBytes = totalBytes(entries) ?? 0;
  }

  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  /** The offer as messages. */
  offer(): Control[] {
    const entries = this.#entries.map(({ offered }) => offered);
    return offerPages(this.id, this.#totalBytes, entries);
  }

  /** What the other side of a new link has to hear of our hold. */
  held(): Control | null {
    return this.#hold.here ? { type: 'pause', transfer: this.id, paused: true } : null;
  }

  /** One side holds it up or lets it go on. What was sent before still arrives. */
  hold(change: (hold: Hold) => void): void {
    const wasHere = this.#hold.here;
    change(this.#hold);
    // Where the other side holds it as well, the state does not show whether we do.
    if (this.#hold.here !== wasHere) this.meter.note();
    if (!this.#hold.isFree) this.#forgetAhead();
    this.meter.setMoving(this.#isMoving);
  }

  /** What is read ahead is read again when it goes on: meanwhile the others need the room. */
  #forgetAhead(): void {
    const next = this.#queue.front;
    if (next === undefined) return;
    this.#nextEntry = next.entry;
    this.#nextBlock = next.block;
    this.#queue.clear();
  }

  get #isMoving(): boolean {
    return this.#isFlowing && this.#hold.isFree;
  }

  /** A receiver that knows the offer says on each connection anew what it does not want; one that has forgotten it asks its user. */
  linkUp(): void {
    for (const entry of this.#entries) {
      if (entry.failed !== 'declined') continue;
      entry.state = 'unsent';
      this.#totalBytes += entry.offered.size;
      this.#declinedCount -= 1;
      this.#endedCount -= 1;
    }
  }

  linkLost(): void {
    this.#isFlowing = false;
    this.#hold.there = false;
    this.#queue.clear();
    this.meter.setMoving(false);
  }

  /** Consent, or where to go on. A code when it breaks the protocol. */
  accept(resume: readonly ResumePoint[]): TransferCode | null {
    if (this.#isFlowing) return 'protocol';
    if (resume.reduce((sum, { stored = [] }) => sum + stored.length, 0) > RESUME_RANGES) return 'protocol';
    for (const entry of this.#entries) entry.startAgain();
    for (const point of resume) {
      const entry = this.#entries[point.entry];
      if (entry === undefined) return 'protocol';
      const code = entry.resume(point);
      if (code !== null) return code;
      if (point.proven && entry.state === 'unsent') this.#end(entry, 'proven');
    }
    this.#resumed = this.#entries.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
    this.#sent = 0;
    this.#stored = 0;
    this.#isAccepted = true;
    this.#isFlowing = true;
    this.#moveTo(0);
    this.meter.setMoving(this.#isMoving);
    this.#say({ type: 'outcomes', proven: [], failed: this.#failed() });
    return null;
  }

  /** Orders the next read, or puts a proof into the order. False when there is nothing (more) to read. */
  readNext(): boolean {
    if (!this.#isMoving) return false;
    for (;;) {
      const number = this.#nextEntry;
      const entry = this.#entries[number];
      if (entry === undefined) return false;
      if (entry.state !== 'unsent') {
        this.#moveTo(number + 1);
        continue;
      }
      const { size } = entry.offered;
      const block = this.#nextBlock;
      if (block >= blockCount(size)) {
        this.#queue.pushProof(number, block);
        this.#moveTo(number + 1);
        return true;
      }
      this.#nextBlock = block + 1;
      if (entry.isDoneWith(block)) continue;
      const length = blockLength(size, block);
      this.#queue.pushBlock(number, block, length);
      const last = block + 1 === blockCount(size);
      const offset = blockOffset(block);
      this.order({ type: 'read-block', transfer: this.id, entry: number, block, offset, length, last });
      return true;
    }
  }

  /** Bytes read or being read, not sent. What is read for nothing any more counts until its read returns. */
  get aheadBytes(): number {
    return this.#queue.bytes;
  }

  /** Things read or being read, not sent; counted likewise. */
  get slotCount(): number {
    return this.#queue.length;
  }

  /** A read returned, perhaps with the hash of what was read. */
  blockRead(entry: number, block: number, result: Bytes | TransferCode, proof: Bytes | null): void {
    // An answer of an older connection, or of an entry that failed meanwhile, finds no slot.
    const slot = this.#queue.returned(entry, block);
    if (slot === undefined) return;
    if (typeof result === 'string') this.#failHere(entry, result);
    else if (result.length !== slot.length) this.#failHere(entry, 'source-changed');
    else {
      slot.bytes = result;
      slot.proof = proof;
    }
  }

  /** Bytes the next frames need in the window; null when the next thing is not read yet, there is none, or someone holds it up. */
  nextLength(): number | null {
    if (!this.#isMoving) return null;
    const slot = this.#queue.front;
    if (slot?.bytes == null) return null;
    return this.#entries[slot.entry]?.isStored(slot.block) === true ? 0 : slot.length;
  }

  /** Sends the next thing, which `nextLength` has shown to be there. */
  sendNext(payloadBytes: number): void {
    const slot = this.#queue.pop();
    const entry = this.#entries[slot?.entry ?? -1];
    if (slot?.bytes == null || entry === undefined) return;
    if (!slot.isProof) {
      this.#sendBlock(entry, slot.entry, slot.block, slot.bytes, slot.proof ?? this.hash(slot.bytes), payloadBytes);
      return;
    }
    entry.state = 'sent';
    this.#sendFrame('entry-proof', slot.entry, blockCount(entry.offered.size), 0, entryProof(this.hash, entry.hashes));
  }

  #sendBlock(entry: OutgoingEntry, number: number, block: number, bytes: Bytes, proof: Bytes, payloadBytes: number): void {
    const known = entry.hashes[block];
    if (known === undefined) entry.hashes.push(proof);
    else if (!equalBytes(known, proof)) {
      this.#failHere(number, 'source-changed');
      return;
    }
    // Only its hash was missing here; the receiver has the block.
    if (entry.isStored(block)) return;
    this.#sent += bytes.length;
    for (let offset = 0; offset < bytes.length; offset += payloadBytes) {
      this.#sendFrame('data', number, block, offset, bytes.subarray(offset, offset + payloadBytes));
    }
    this.#sendFrame('block-proof', number, block, 0, proof);
  }

  /** Bytes sent and not stored. */
  get unstoredBytes(): number {
    return this.#sent - this.#stored;
  }

  /** The receiver has stored this much since its `accept`. */
  stored(bytes: number): TransferCode | null {
    if (!this.#isFlowing || bytes < this.#stored || bytes > this.#sent) return 'protocol';
    this.#stored = bytes;
    this.meter.note();
    return null;
  }

  /** The receiver has proven an entry. */
  proven(number: number): TransferCode | null {
    const entry = this.#entries[number];
    if (entry === undefined) return 'protocol';
    if (entry.state === 'proven' || entry.failed !== null) return null;
    // Before the `accept` of a connection: it has it from an earlier connection or session.
    if (entry.state === 'unsent' && this.#isFlowing) return 'protocol';
    this.#end(entry, 'proven');
    return null;
  }

  /** The receiver says that an entry has failed, or, before it accepts, that it does not want it. */
  failedThere(number: number, code: TransferCode): TransferCode | null {
    if (this.#entries[number] === undefined || !(this.#isAccepted || code === 'declined')) return 'protocol';
    this.#fail(number, code);
    // Who wants nothing at all declines the offer.
    return this.#declinedCount === this.#entries.length ? 'protocol' : null;
  }

  #failHere(number: number, code: TransferCode): void {
    this.#fail(number, code);
    this.#send({ type: 'entry-failed', transfer: this.id, entry: number, code });
  }

  #fail(number: number, code: TransferCode): void {
    const entry = this.#entries[number];
    if (entry === undefined || entry.state === 'proven' || entry.failed !== null) return;
    this.#queue.dropEntry(number);
    if (code === 'declined') {
      this.#totalBytes -= entry.offered.size;
      this.#declinedCount += 1;
    }
    this.#end(entry, { failed: code });
  }

  #end(entry: OutgoingEntry, state: EndedState): void {
    entry.state = state;
    entry.hashes = [];
    this.#endedCount += 1;
    if (state === 'proven') this.#provenCount += 1;
    this.meter.note();
  }

  /** Every entry is proven or has failed. */
  get isComplete(): boolean {
    return this.#endedCount === this.#entries.length;
  }

  /** What the receiver has to hear when it is complete. */
  lastWord(): LastWord {
    const failed = this.#failed();
    return failed.length === 0 ? NO_WORD : { type: 'outcomes', proven: [], failed };
  }

  /** Entries that the receiver has not. */
  missing(): number[] {
    return this.#entries.flatMap(({ state }, entry) => (state === 'proven' ? [] : [entry]));
  }

  /** What the receiver does not know better. */
  #failed(): FailedEntry[] {
    return this.#entries.flatMap(({ failed: code }, entry) => (code === null || code === 'declined' ? [] : [{ entry, code }]));
  }

  /** Reading goes on with an entry, at what the receiver lacks of it or what was never hashed here. */
  #moveTo(number: number): void {
    this.#nextEntry = number;
    this.#nextBlock = this.#entries[number]?.start ?? 0;
  }

  view(): View {
    const isProven = this.#provenCount + this.#declinedCount === this.#entries.length;
    return {
      id: this.id,
      direction: 'sending',
      isAccepted: this.#isAccepted,
      isFlowing: this.#isFlowing,
      hold: this.#hold,
      isComplete: this.isComplete,
      entry: (index) => this.#entries[index]?.view() ?? { path: '', size: 0, proven: false, failed: null },
      entryCount: this.#entries.length,
      provenCount: this.#provenCount,
      declinedCount: this.#declinedCount,
      executable: false,
      totalBytes: this.#totalBytes,
      storedBytes: isProven ? this.#totalBytes : Math.min(this.#resumed + this.#stored, this.#totalBytes),
      meter: this.meter,
    };
  }

  #say(word: LastWord): void {
    for (const message of lastWordMessages(word, this.id)) this.#send(message);
  }

  #send(message: Control): void {
    this.order({ type: 'send-control', message });
  }

  #sendFrame(kind: FrameKind, entry: number, block: number, offset: number, payload: Uint8Array): void {
    this.order({ type: 'send-frame', frame: encodeFrame({ kind, transfer: this.id, entry, block, offset }, payload) });
  }
}
