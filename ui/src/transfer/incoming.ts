// One transfer to us: collects blocks, proves them, has them written, and says so. Twin of `crates/transfer/src/incoming.rs`.
//
// Promises: nothing is written before consent, nothing unproven ever; what waits to be written is bounded by the window. Whatever
// frames come, the answer is a step or a code, never an exception. Leaves to the `Exchange`: ending, and the sum over transfers.

import type { Control } from '../protocol/Control';
import type { OfferedEntry } from '../protocol/OfferedEntry';
import type { ResumePoint } from '../protocol/ResumePoint';
import type { TransferCode } from '../protocol/TransferCode';
import type { TransferId } from '../protocol/TransferId';
import type { TransferState } from '../protocol/TransferState';
import { equalBytes, type Bytes } from '../trust/bytes';
import { blockCount, blockLength, blockOffset, entryProof, type Hash } from './block';
import { lastWordMessages, type FailedEntry, type LastWord } from './ended';
import { PROOF_BYTES, type FrameHeader } from './frame';
import { BLOCK_BYTES, FRAME_PAYLOAD_BYTES, WINDOW_BYTES } from '../protocol/limits';
import { Meter } from './meter';
import { totalBytes } from './offer';
import type { Output } from './output';
import { SafeNames, UnsafeNameError, type SafePath } from './safeNames';
import type { View } from './snapshot';
import { textBytes } from './texts';

/** Entries that have begun and are not whole: an honest sender has one, and those it gave up while their notice is on its way. */
const INCOMPLETE_ENTRIES = 16;
/** Bytes newly stored that are worth a word: half a block keeps the window open without chatter. */
const STORED_STEP_BYTES = BLOCK_BYTES / 2;
/** Points of an `accept`: at 60 bytes each they fit a message of `control` twice over. */
const RESUME_POINTS = 512;
/** What an entry costs in memory besides its path, generously. */
const ENTRY_OVERHEAD_BYTES = 128;

/** An entry of which something has arrived. */
interface OpenEntry {
  /** The block that is collected, or comes next. */
  nextBlock: number;
  /** What has arrived of it, in a buffer of the block's length. */
  buffer: Bytes | null;
  collectedBytes: number;
  /** The proofs of the blocks before. */
  proofs: Bytes[];
  /** Blocks whose writes have not returned. */
  writing: Set<number>;
  /** The entry's proof came and is right. */
  isWhole: boolean;
}

/** Nothing has arrived; something has; whole, and the driver gives it its name; under its name; or why it ended without proof. */
type EntryState = 'pending' | OpenEntry | 'finishing' | 'proven' | { readonly failed: TransferCode };

/** A file offered to us. */
interface Entry {
  readonly path: SafePath;
  readonly size: number;
  readonly modifiedMs: number | null;
  state: EntryState;
}

/** Pages of the offer are missing; the user has not answered; the user has consented. */
type Phase = 'collecting' | 'waiting' | 'accepted';

/** A transfer to us. */
export class Incoming {
  readonly meter = new Meter();
  readonly #names = new SafeNames();
  readonly #entries: Entry[] = [];
  #phase: Phase = 'collecting';
  #namesBytes = 0;
  #provenCount = 0;
  #endedCount = 0;
  /** `accept` was sent on this connection. */
  #isFlowing = false;
  /** `accept` is to be sent on this connection, once nothing is under way on the disk. */
  #isAcceptDue = false;
  /** Writes and finishes that have not returned. */
  #orders = 0;
  #incomplete = 0;
  /** Bytes arrived since `accept`, of these stored, and of these told. */
  #arrived = 0;
  #stored = 0;
  #told = 0;
  /** Bytes stored over all connections. */
  #doneBytes = 0;

  /** The beginning of an offer. Feed all its entries to `collect`. */
  constructor(
    private readonly id: TransferId,
    private readonly entryCount: number,
    private readonly totalBytes: number,
    private readonly hash: Hash,
    private readonly order: (output: Output) => void,
  ) {}

  get isCollecting(): boolean {
    return this.#phase === 'collecting';
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

  /** Takes a page of the offer, of which names may take `room` more bytes. A code when the offer must be refused. */
  collect(page: readonly OfferedEntry[], last: boolean, room: number): TransferCode | null {
    if (this.#phase !== 'collecting') return null;
    const limit = this.#namesBytes + room;
    if (page.length === 0 || page.length + this.#entries.length > this.entryCount) return 'bad-offer';
    for (const { path: offered, size, modified_ms } of page) {
      // Each folder of a path may become a name to remember.
      for (const component of offered) this.#namesBytes += textBytes(component) + ENTRY_OVERHEAD_BYTES;
      if (this.#namesBytes > limit) return 'bad-offer';
      try {
        const path = this.#names.add(offered);
        this.#entries.push({ path, size, modifiedMs: modified_ms ?? null, state: 'pending' });
      } catch (error) {
        if (error instanceof UnsafeNameError) return 'bad-offer';
        throw error;
      }
    }
    if (last) {
      if (this.#entries.length !== this.entryCount || totalBytes(this.#entries) !== this.totalBytes) return 'bad-offer';
      this.#phase = 'waiting';
    }
    return null;
  }

  /** The user consents. */
  accept(linkIsUp: boolean): void {
    this.#phase = 'accepted';
    this.#isAcceptDue = linkIsUp;
    this.#sendDueAccept();
  }

  linkLost(): void {
    this.#isFlowing = false;
    this.#isAcceptDue = false;
    for (const { state } of this.#entries) {
      if (!isOpen(state)) continue;
      state.buffer = null;
      state.collectedBytes = 0;
    }
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
    this.#arrived = 0;
    this.#stored = 0;
    this.#told = 0;
    const resume: ResumePoint[] = [];
    for (const [entry, { state }] of this.#entries.entries()) {
      if (isOpen(state) && state.nextBlock > 0) resume.push({ entry, next_block: state.nextBlock, proven: false });
    }
    const { proven, failed } = this.#outcomes();
    const asMessages = proven.slice(0, Math.max(0, proven.length - Math.max(0, RESUME_POINTS - resume.length)));
    for (const entry of proven.slice(asMessages.length)) {
      resume.push({ entry, next_block: blockCount(this.#entries[entry]?.size ?? 0), proven: true });
    }
    const word: LastWord = { type: 'outcomes', proven: asMessages, failed };
    for (const message of lastWordMessages(word, this.id)) this.#send(message);
    this.#send({ type: 'accept', transfer: this.id, resume });
    this.meter.setMoving(true);
  }

  /** Takes a frame. A code ends the transfer with it. */
  frame(header: FrameHeader, payload: Uint8Array): TransferCode | null {
    const entry = this.#entries[header.entry];
    if (entry === undefined || !this.#isFlowing) return 'protocol';
    if (header.kind === 'data') {
      this.#arrived += payload.length;
      if (payload.length === 0 || payload.length > FRAME_PAYLOAD_BYTES || this.unstoredBytes > WINDOW_BYTES) return 'protocol';
    } else if (payload.length !== PROOF_BYTES) {
      return 'protocol';
    }
    if (isFailed(entry.state)) {
      // It was on its way when the entry failed: nothing is kept, so it takes no room in the window.
      if (header.kind === 'data') {
        this.#stored += payload.length;
        this.#tellStored();
      }
      return null;
    }
    if (entry.state === 'pending') {
      if (this.#incomplete >= INCOMPLETE_ENTRIES) return 'protocol';
      this.#incomplete += 1;
      this.order({ type: 'open-entry', transfer: this.id, entry: header.entry, path: entry.path, size: entry.size });
      entry.state = freshEntry();
    }
    if (!isOpen(entry.state) || entry.state.isWhole || header.block !== entry.state.nextBlock) return 'protocol';
    switch (header.kind) {
      case 'data':
        return take(entry.state, header.offset, payload, blockLength(entry.size, entry.state.nextBlock));
      case 'block-proof':
        return this.#blockProof(header.entry, entry.size, entry.state, payload);
      case 'entry-proof':
        return this.#entryProof(header.entry, entry.size, entry.state, payload);
    }
  }

  #blockProof(number: number, size: number, open: OpenEntry, claimed: Uint8Array): TransferCode | null {
    const block = open.nextBlock;
    const bytes = open.buffer;
    if (bytes === null || open.collectedBytes !== blockLength(size, block)) return 'protocol';
    const proof = this.hash(bytes);
    if (!equalBytes(proof, claimed)) {
      this.#failHere(number, 'corrupt');
      return null;
    }
    open.proofs.push(proof);
    open.buffer = null;
    open.collectedBytes = 0;
    open.nextBlock += 1;
    open.writing.add(block);
    this.#orders += 1;
    this.order({ type: 'write-block', transfer: this.id, entry: number, block, offset: blockOffset(block), bytes });
    return null;
  }

  #entryProof(number: number, size: number, open: OpenEntry, claimed: Uint8Array): TransferCode | null {
    if (open.nextBlock !== blockCount(size)) return 'protocol';
    if (!equalBytes(entryProof(this.hash, open.proofs), claimed)) {
      this.#failHere(number, 'corrupt');
      return null;
    }
    open.isWhole = true;
    this.#incomplete -= 1;
    this.#finishIfWritten(number);
    return null;
  }

  /** A write returned. A code ends the transfer with it. */
  blockWritten(number: number, block: number, result: TransferCode | null): TransferCode | null {
    const entry = this.#entries[number];
    // An answer of an entry that failed meanwhile finds it closed.
    if (entry === undefined || !isOpen(entry.state) || !entry.state.writing.has(block)) return null;
    if (result === 'no-space') return result;
    if (result !== null) {
      this.#failHere(number, result);
    } else {
      const length = blockLength(entry.size, block);
      entry.state.writing.delete(block);
      this.#orders -= 1;
      this.#doneBytes += length;
      if (this.#isFlowing) this.#stored += length;
      this.meter.note();
      this.#finishIfWritten(number);
      this.#tellStored();
    }
    this.#sendDueAccept();
    return null;
  }

  /** A file stands under its name, or not. A code ends the transfer with it. */
  entryFinished(number: number, result: TransferCode | null): TransferCode | null {
    const entry = this.#entries[number];
    if (entry?.state !== 'finishing') return null;
    if (result === 'no-space') return result;
    if (result !== null) {
      this.#failHere(number, result);
    } else {
      entry.state = 'proven';
      this.#orders -= 1;
      this.#provenCount += 1;
      this.#endedCount += 1;
      this.meter.note();
      if (this.#isFlowing) this.#send({ type: 'proven', transfer: this.id, entry: number });
    }
    this.#sendDueAccept();
    return null;
  }

  /** The sender says that an entry has failed. */
  failedThere(number: number, code: TransferCode): TransferCode | null {
    if (this.#entries[number] === undefined || !this.isAccepted) return 'protocol';
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
    const entry = this.#entries[number];
    if (entry === undefined || entry.state === 'proven' || isFailed(entry.state)) return;
    if (entry.state === 'finishing') this.#orders -= 1;
    if (isOpen(entry.state)) {
      this.#orders -= entry.state.writing.size;
      if (!entry.state.isWhole) this.#incomplete -= 1;
      if (this.#isFlowing) {
        this.#stored += entry.state.collectedBytes;
        for (const block of entry.state.writing) this.#stored += blockLength(entry.size, block);
      }
    }
    if (entry.state !== 'pending') this.order({ type: 'discard-entry', transfer: this.id, entry: number });
    entry.state = { failed: code };
    this.#endedCount += 1;
    this.meter.note();
    this.#tellStored();
  }

  #finishIfWritten(number: number): void {
    const entry = this.#entries[number];
    if (entry === undefined || !isOpen(entry.state) || !entry.state.isWhole || entry.state.writing.size > 0) return;
    entry.state = 'finishing';
    this.#orders += 1;
    const { size, modifiedMs } = entry;
    this.order({ type: 'finish-entry', transfer: this.id, entry: number, size, modifiedMs });
  }

  #tellStored(): void {
    const news = this.#stored - this.#told;
    if (!this.#isFlowing || news === 0 || (news < STORED_STEP_BYTES && this.#stored !== this.#arrived)) return;
    this.#told = this.#stored;
    this.#send({ type: 'stored', transfer: this.id, bytes: this.#stored });
  }

  /** Bytes arrived and not stored. */
  get unstoredBytes(): number {
    return this.#arrived - this.#stored;
  }

  /** Every entry is proven or has failed. */
  get isComplete(): boolean {
    return this.isAccepted && this.#endedCount === this.#entries.length;
  }

  /** What became of the entries, for the sender. */
  lastWord(): LastWord {
    return { type: 'outcomes', ...this.#outcomes() };
  }

  #outcomes(): { proven: number[]; failed: FailedEntry[] } {
    const proven: number[] = [];
    const failed: FailedEntry[] = [];
    for (const [entry, { state }] of this.#entries.entries()) {
      if (state === 'proven') proven.push(entry);
      else if (isFailed(state)) failed.push({ entry, code: state.failed });
    }
    return { proven, failed };
  }

  view(): View {
    return {
      id: this.id,
      direction: 'receiving',
      state: this.#state(),
      entry: (index) => {
        const entry = this.#entries[index];
        const failed = entry !== undefined && isFailed(entry.state) ? entry.state.failed : null;
        return { path: entry?.path ?? '', size: entry?.size ?? 0, proven: entry?.state === 'proven', failed };
      },
      entryCount: this.#entries.length,
      provenCount: this.#provenCount,
      totalBytes: this.totalBytes,
      storedBytes: Math.min(this.#doneBytes, this.totalBytes),
      meter: this.meter,
    };
  }

  #state(): TransferState {
    if (this.isComplete) return this.#provenCount === this.#entries.length ? 'proven' : 'partial';
    if (!this.isAccepted) return 'waiting';
    return this.#isFlowing ? 'moving' : 'interrupted';
  }

  #send(message: Control): void {
    this.order({ type: 'send-control', message });
  }
}

function freshEntry(): OpenEntry {
  return { nextBlock: 0, buffer: null, collectedBytes: 0, proofs: [], writing: new Set(), isWhole: false };
}

function isOpen(state: EntryState): state is OpenEntry {
  return typeof state === 'object' && 'nextBlock' in state;
}

function isFailed(state: EntryState): state is { readonly failed: TransferCode } {
  return typeof state === 'object' && 'failed' in state;
}

/** Takes the next bytes of a block of `length` bytes. */
function take(open: OpenEntry, offset: number, payload: Uint8Array, length: number): TransferCode | null {
  if (offset !== open.collectedBytes || open.collectedBytes + payload.length > length) return 'protocol';
  // Incomplete entries are few, so whole blocks are reserved at once and never copied again.
  open.buffer ??= new Uint8Array(length);
  open.buffer.set(payload, offset);
  open.collectedBytes += payload.length;
  return null;
}
