// The folder of one accepted offer in the private file system, held by its lock.
//
// Promises: it is this transfer's alone until it is given up; what is kept of an unfinished one is found again by the next who is offered
// the same. What has ended whole carries a mark, so that the next visit clears it. Leaves to others: proving what is left.
import type { Bytes } from '../../../trust/bytes';
import type { EntrySink } from './entrySink';
import { holderOf, readBlock, readMark, segmentOf, type Segment } from './segment';
import { SegmentSink } from './SegmentSink';

/** What an earlier session left of an entry. Nothing of it is proven. */
export interface LeftEntry {
  readonly entry: number;
  /** Blocks that are there, from the first one on without a gap. */
  readonly blocks: number;
  /** It was proven as a whole. */
  readonly isWhole: boolean;
  /** A block, and the hash that was noted of it. */
  read(block: number): Promise<{ readonly bytes: Bytes; readonly noted: Bytes }>;
}

/** The file that marks a folder as one that nobody goes on with. */
export const OVER = 'over';
/** Files that are looked at together. */
const AT_ONCE = 64;

export class OfferFolder {
  readonly #sinks = new Map<number, SegmentSink>();
  #left: Promise<Map<number, Segment[]>> | null = null;

  constructor(
    private readonly folder: FileSystemDirectoryHandle,
    /** Removes the folder. */
    private readonly remove: () => Promise<void>,
    private readonly letGo: () => void,
  ) {}

  /** What is left of its entries, in their order. */
  async left(): Promise<LeftEntry[]> {
    const entries = [...(await this.#segments())].sort(([one], [other]) => one - other);
    return Promise.all(entries.map(([entry, segments]) => leftEntry(entry, segments)));
  }

  /** A place for an entry; goes on with what is left of it, as far as its blocks are not written again. */
  async open(entry: number, size: number): Promise<EntrySink> {
    const sink = new SegmentSink(this.folder, entry, size, (await this.#segments()).get(entry) ?? []);
    this.#sinks.set(entry, sink);
    return sink;
  }

  /** Bytes that are here of an entry. */
  async bytesOf(entry: number): Promise<number> {
    const segments = (await this.#segments()).get(entry) ?? [];
    return segments.reduce((sum, { dataBytes }) => sum + dataBytes, 0);
  }

  /** Ends the transfer: parts stay for a later session, or go. What was finished can be had until `giveUp`. */
  async end(keep: boolean): Promise<void> {
    if (keep) {
      await Promise.allSettled([...this.#sinks.values()].map((sink) => sink.keep()));
      this.letGo();
      return;
    }
    if ([...this.#sinks.values()].some(({ isFinished }) => isFinished)) await this.folder.getFileHandle(OVER, { create: true });
    else await this.giveUp();
  }

  /** Throws everything away. */
  async giveUp(): Promise<void> {
    try {
      await this.remove();
    } finally {
      this.letGo();
    }
  }

  #segments(): Promise<Map<number, Segment[]>> {
    this.#left ??= segmentsIn(this.folder);
    return this.#left;
  }
}

async function leftEntry(entry: number, segments: readonly Segment[]): Promise<LeftEntry> {
  let blocks = 0;
  for (let holder = holderOf(segments, 0); holder !== undefined; holder = holderOf(segments, blocks)) blocks = holder.first + holder.count;
  // The mark stands behind the last block; of none at all in an empty entry.
  const ends = segments.filter(({ first, count }) => first + count === blocks);
  const marks = await Promise.all(ends.map(({ file }) => readMark(file)));
  const read = (block: number): ReturnType<LeftEntry['read']> => {
    const holder = holderOf(segments, block);
    if (holder === undefined) throw new RangeError('no such block');
    return readBlock(holder, block);
  };
  return { entry, blocks, isWhole: marks.includes(true), read };
}

/** The files of a folder, some at once. */
export async function filesIn(folder: FileSystemDirectoryHandle): Promise<[string, File][]> {
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  const files: [string, File][] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE).map(async (name): Promise<[string, File]> => [name, await (await folder.getFileHandle(name)).getFile()]);
    for (const file of await Promise.allSettled(some)) if (file.status === 'fulfilled') files.push(file.value);
  }
  return files;
}

async function segmentsIn(folder: FileSystemDirectoryHandle): Promise<Map<number, Segment[]>> {
  const entries = new Map<number, Segment[]>();
  for (const [name, file] of await filesIn(folder)) {
    const segment = segmentOf(name, file);
    if (segment === null) continue;
    const known = entries.get(segment.entry) ?? [];
    known.push(segment);
    entries.set(segment.entry, known);
  }
  return entries;
}
