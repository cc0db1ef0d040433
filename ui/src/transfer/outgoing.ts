// One transfer from us: which block is read next, which is sent next, and what the receiver has said of them.
// Twin of `crates/transfer/src/outgoing.rs`.
//
// Promises: blocks leave in order, one after the other, whatever order their reads return in; a block that is sent again is the same
// block or its entry fails. Leaves to the `Exchange`: the window and the turn among transfers.

import type { Control } from '../protocol/Control';
import type { OfferedEntry } from '../protocol/OfferedEntry';
import type { ResumePoint } from '../protocol/ResumePoint';
import type { TransferCode } from '../protocol/TransferCode';
import type { TransferId } from '../protocol/TransferId';
import type { TransferState } from '../protocol/TransferState';
import { equalBytes, type Bytes } from '../trust/bytes';
import { blockCount, blockLength, blockOffset, entryProof, type Hash } from './block';
import { lastWordMessages, NO_WORD, type FailedEntry, type LastWord } from './ended';
import { encodeFrame, type FrameKind } from './frame';
import { Meter } from './meter';
import { offerPages, totalBytes } from './offer';
import type { Output } from './output';
import type { View } from './snapshot';

/**
 * How an entry stands: blocks or the proof are still to be sent on this connection; the proof was sent; the receiver has proven it; or
 * why it ended without proof.
 */
type EntryState = 'unsent' | 'sent' | 'proven' | { readonly failed: TransferCode };

/** A file we offered. */
interface Entry {
  readonly offered: OfferedEntry;
  /** Of the blocks read so far, in order: for the entry's proof, and to know a block again. */
  hashes: Bytes[];
  /** The first block that the receiver lacks. */
  firstBlock: number;
  state: EntryState;
}

/** Something to send, in its place in the order. A proof has no length and is always there. */
interface Slot {
  readonly entry: number;
  readonly block: number;
  readonly length: number;
  readonly isProof: boolean;
  bytes: Bytes | null;
}

const NOTHING: Bytes = new Uint8Array(0);

/** A transfer from us. */
export class Outgoing {
  readonly meter = new Meter();
  readonly #entries: Entry[];
  readonly #totalBytes: number;
  #provenCount = 0;
  #endedCount = 0;
  #isAccepted = false;
  /** The receiver has said on this connection where to go on. */
  #isFlowing = false;
  /** What is read next. */
  #nextEntry = 0;
  #nextBlock = 0;
  #slots: Slot[] = [];
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
    this.#entries = entries.map((offered) => ({ offered, hashes: [], firstBlock: 0, state: 'unsent' }));
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

  linkLost(): void {
    this.#isFlowing = false;
    this.#slots = [];
    this.meter.setMoving(false);
  }

  /** Consent, or where to go on. A code when it breaks the protocol. */
  accept(resume: readonly ResumePoint[]): TransferCode | null {
    if (this.#isFlowing) return 'protocol';
    for (const entry of this.#entries) {
      entry.firstBlock = 0;
      if (entry.state === 'sent') entry.state = 'unsent';
    }
    for (const point of resume) {
      const entry = this.#entries[point.entry];
      if (entry === undefined || point.next_block > blockCount(entry.offered.size)) return 'protocol';
      entry.firstBlock = point.next_block;
      if (point.proven && entry.state === 'unsent') this.#end(entry, 'proven');
    }
    this.#resumed = this.#entries.reduce((sum, entry) => sum + storedBytes(entry), 0);
    this.#sent = 0;
    this.#stored = 0;
    this.#isAccepted = true;
    this.#isFlowing = true;
    this.#moveTo(0);
    this.meter.setMoving(true);
    this.#say({ type: 'outcomes', proven: [], failed: this.#failed() });
    return null;
  }

  /** Orders the next read, or puts a proof into the order. False when there is nothing (more) to read. */
  readNext(): boolean {
    if (!this.#isFlowing) return false;
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
        this.#slots.push({ entry: number, block, length: 0, isProof: true, bytes: NOTHING });
        this.#moveTo(number + 1);
        return true;
      }
      const length = blockLength(size, block);
      this.#slots.push({ entry: number, block, length, isProof: false, bytes: null });
      this.#nextBlock = block + 1;
      const last = block + 1 === blockCount(size);
      const offset = blockOffset(block);
      this.order({ type: 'read-block', transfer: this.id, entry: number, block, offset, length, last });
      return true;
    }
  }

  /** Bytes read or being read, not sent. */
  get aheadBytes(): number {
    return this.#slots.reduce((sum, slot) => sum + slot.length, 0);
  }

  /** Things read or being read, not sent. */
  get slotCount(): number {
    return this.#slots.length;
  }

  /** A read returned. */
  blockRead(entry: number, block: number, result: Bytes | TransferCode): void {
    // An answer of an older connection, or of an entry that failed meanwhile, finds no slot.
    const slot = this.#slots.find((waiting) => waiting.entry === entry && waiting.block === block && waiting.bytes === null);
    if (slot === undefined) return;
    if (typeof result === 'string') this.#failHere(entry, result);
    else if (result.length !== slot.length) this.#failHere(entry, 'source-changed');
    else slot.bytes = result;
  }

  /** Bytes the next frames need in the window; null when the next thing is not read yet or there is none. */
  nextLength(): number | null {
    const slot = this.#slots[0];
    if (slot?.bytes == null) return null;
    return slot.block < (this.#entries[slot.entry]?.firstBlock ?? 0) ? 0 : slot.length;
  }

  /** Sends the next thing, which `nextLength` has shown to be there. */
  sendNext(payloadBytes: number): void {
    const slot = this.#slots.shift();
    const entry = this.#entries[slot?.entry ?? -1];
    if (slot?.bytes == null || entry === undefined) return;
    if (!slot.isProof) {
      this.#sendBlock(entry, slot.entry, slot.block, slot.bytes, payloadBytes);
      return;
    }
    entry.state = 'sent';
    this.#sendFrame('entry-proof', slot.entry, blockCount(entry.offered.size), 0, entryProof(this.hash, entry.hashes));
  }

  #sendBlock(entry: Entry, number: number, block: number, bytes: Bytes, payloadBytes: number): void {
    const proof = this.hash(bytes);
    const known = entry.hashes[block];
    if (known === undefined) entry.hashes.push(proof);
    else if (!equalBytes(known, proof)) {
      this.#failHere(number, 'source-changed');
      return;
    }
    // Only its hash was missing here; the receiver has the block.
    if (block < entry.firstBlock) return;
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
    if (entry.state === 'proven' || typeof entry.state === 'object') return null;
    // An unsent one may have been sent on an earlier connection, as its blocks' hashes tell.
    const wasSent = !this.#isFlowing && entry.hashes.length === blockCount(entry.offered.size);
    if (entry.state === 'unsent' && !wasSent) return 'protocol';
    this.#end(entry, 'proven');
    return null;
  }

  /** The receiver says that an entry has failed. */
  failedThere(number: number, code: TransferCode): TransferCode | null {
    if (this.#entries[number] === undefined || !this.#isAccepted) return 'protocol';
    this.#fail(number, code);
    return null;
  }

  #failHere(number: number, code: TransferCode): void {
    this.#fail(number, code);
    this.#send({ type: 'entry-failed', transfer: this.id, entry: number, code });
  }

  #fail(number: number, code: TransferCode): void {
    const entry = this.#entries[number];
    if (entry === undefined || entry.state === 'proven' || typeof entry.state === 'object') return;
    this.#slots = this.#slots.filter((slot) => slot.entry !== number);
    this.#end(entry, { failed: code });
  }

  #end(entry: Entry, state: 'proven' | { readonly failed: TransferCode }): void {
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

  #failed(): FailedEntry[] {
    return this.#entries.flatMap(({ state }, entry) => (typeof state === 'object' ? [{ entry, code: state.failed }] : []));
  }

  /** Reading goes on with an entry, at what the receiver lacks of it or what was never hashed here. */
  #moveTo(number: number): void {
    const entry = this.#entries[number];
    this.#nextEntry = number;
    this.#nextBlock = entry === undefined ? 0 : Math.min(entry.firstBlock, entry.hashes.length);
  }

  view(): View {
    const state = this.#state();
    return {
      id: this.id,
      direction: 'sending',
      state,
      entry: (index) => {
        const entry = this.#entries[index];
        const failed = typeof entry?.state === 'object' ? entry.state.failed : null;
        const { path = [], size = 0 } = entry?.offered ?? {};
        return { path: path.join('/'), size, proven: entry?.state === 'proven', failed };
      },
      entryCount: this.#entries.length,
      provenCount: this.#provenCount,
      totalBytes: this.#totalBytes,
      storedBytes: state === 'proven' ? this.#totalBytes : Math.min(this.#resumed + this.#stored, this.#totalBytes),
      meter: this.meter,
    };
  }

  #state(): TransferState {
    if (this.isComplete) return this.#provenCount === this.#entries.length ? 'proven' : 'partial';
    if (!this.#isAccepted) return 'waiting';
    return this.#isFlowing ? 'moving' : 'interrupted';
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

/** Bytes of an entry that the receiver has, as far as it has said. */
function storedBytes({ offered, firstBlock, state }: Entry): number {
  if (state === 'proven') return offered.size;
  return typeof state === 'object' ? 0 : Math.min(blockOffset(firstBlock), offered.size);
}
