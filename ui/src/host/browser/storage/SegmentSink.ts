// One received entry in segments: a file for every few blocks, each there for good once it is closed.
//
// Promises: as `EntrySink`; what an earlier session left counts until a block before it is written, and is removed then. Blocks of an entry
// come in their order. After `keep` everything written so far is found by a later session.
import { BLOCK_BYTES } from '../../../protocol/limits';
import { concatBytes, type Bytes } from '../../../trust/bytes';
import { StorageError, type EntrySink } from './entrySink';
import { blockWithin, holderOf, readMark, SEGMENT_BLOCKS, segmentEnd, segmentName, type Segment, type SegmentRange } from './segment';
import { translated } from './translated';

interface OpenSegment {
  readonly first: number;
  readonly handle: FileSystemFileHandle;
  readonly stream: FileSystemWritableFileStream;
  readonly proofs: Bytes[];
  bytes: number;
  /** What says that the entry is proven stands behind the blocks already; it counts once the segment is closed. */
  hasEnd: boolean;
}

/** One that is closed. Small files are many, so each is asked of the browser only when somebody wants it. */
interface ClosedSegment extends SegmentRange {
  readonly file: () => Promise<File>;
}

export class SegmentSink implements EntrySink {
  #open: OpenSegment | null = null;
  #segments: readonly ClosedSegment[];
  #isFinished = false;
  #isGone = false;
  /** Calls are carried out one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly folder: FileSystemDirectoryHandle,
    private readonly entry: number,
    private readonly size: number,
    /** Of an earlier session. */
    left: readonly Segment[],
  ) {
    this.#segments = left.map(({ first, count, dataBytes, file }) => ({ first, count, dataBytes, file: () => Promise.resolve(file) }));
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  write(offset: number, bytes: Bytes, proof: Bytes): Promise<void> {
    return this.#inTurn(async () => {
      const block = offset / BLOCK_BYTES;
      const open = await this.#segmentFor(block);
      // With the last block goes what is wanted behind it, in nearly every case: small files need half as many writes.
      const hasEnd = offset + bytes.length === this.size;
      const data = hasEnd ? concatBytes(bytes, segmentEnd([...open.proofs, proof], true)) : bytes;
      try {
        await open.stream.write({ type: 'write', position: open.bytes, data });
      } catch (error) {
        // A stream that failed once is of no use any more.
        this.#open = null;
        throw error;
      }
      open.bytes += bytes.length;
      open.proofs.push(proof);
      open.hasEnd = hasEnd;
    });
  }

  finish(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#open !== null || !(await this.#endsWhole())) {
        await this.#close(this.#open ?? (await this.#begin(Math.ceil(this.size / BLOCK_BYTES))), true);
      }
      this.#isFinished = true;
    });
  }

  /** Closes what is open, for a later session. */
  keep(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#open !== null) await this.#close(this.#open, false);
    });
  }

  async discard(): Promise<void> {
    if (this.#isGone) return;
    this.#isGone = true;
    await this.#inTurn(async () => {
      this.#isFinished = false;
      const open = this.#open;
      this.#open = null;
      // One that failed before is aborted already and says so.
      await open?.stream.abort().catch(() => undefined);
      if (open !== null) await this.#remove(open.first);
      await this.#forget(() => true);
    });
  }

  file(): Promise<File | null> {
    return this.#inTurn(async () => {
      if (!this.#isFinished) return null;
      const parts: Blob[] = [];
      const count = Math.ceil(this.size / BLOCK_BYTES);
      for (let block = 0; block < count; ) {
        const holder = holderOf(this.#segments, block);
        if (holder === undefined) throw new StorageError('write-failed');
        const next = this.#segments.reduce((end, { first }) => (first > block ? Math.min(end, first) : end), holder.first + holder.count);
        parts.push((await holder.file()).slice(blockWithin(holder, block).from, blockWithin(holder, next - 1).to));
        block = next;
      }
      return new File(parts, 'received');
    });
  }

  /** The segment a block goes into; a full one is closed only then, since the last one says that the entry is proven. */
  async #segmentFor(block: number): Promise<OpenSegment> {
    const open = this.#open;
    if (open !== null) {
      if (block === open.first + open.proofs.length && open.proofs.length < SEGMENT_BLOCKS) return open;
      await this.#close(open, false);
    }
    // What lies behind will be written anew.
    await this.#forget(({ first }) => first >= block);
    return this.#begin(block);
  }

  async #begin(first: number): Promise<OpenSegment> {
    const handle = await this.folder.getFileHandle(segmentName(this.entry, first), { create: true });
    const open = { first, handle, stream: await handle.createWritable(), proofs: [], bytes: 0, hasEnd: false };
    this.#open = open;
    return open;
  }

  async #close({ first, handle, stream, proofs, bytes, hasEnd }: OpenSegment, isWhole: boolean): Promise<void> {
    this.#open = null;
    if (!(hasEnd && isWhole)) await stream.write({ type: 'write', position: bytes, data: segmentEnd(proofs, isWhole) });
    await stream.close();
    this.#segments = [...this.#segments, { first, count: proofs.length, dataBytes: bytes, file: () => handle.getFile() }];
  }

  /** An earlier session has finished it. */
  async #endsWhole(): Promise<boolean> {
    const end = Math.ceil(this.size / BLOCK_BYTES);
    const last = this.#segments.filter(({ first, count }) => first + count === end);
    const marks = await Promise.all(last.map(async (segment) => readMark(await segment.file())));
    return marks.includes(true);
  }

  async #forget(which: (segment: ClosedSegment) => boolean): Promise<void> {
    const gone = this.#segments.filter(which);
    this.#segments = this.#segments.filter((segment) => !which(segment));
    for (const { first } of gone) await this.#remove(first);
  }

  async #remove(first: number): Promise<void> {
    try {
      await this.folder.removeEntry(segmentName(this.entry, first));
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
    }
  }

  #inTurn<Value>(act: () => Promise<Value>): Promise<Value> {
    const done = this.#last.then(() => translated(act()));
    this.#last = done.catch(() => undefined);
    return done;
  }
}
