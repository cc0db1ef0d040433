// Some blocks of an entry in one file of the private file system, with the journal of them behind: the hash of each, and a mark.
//
// Promises: the browser shows such a file all at once, when its stream is closed; so the journal never runs ahead of the data. Little in it
// is trusted all the same: blocks are hashed again before they count. Leaves to others: which segments make an entry.
import { BLOCK_BYTES } from '../../../protocol/limits';
import { PROOF_BYTES } from '../../../transfer/frame';
import { concatBytes, equalBytes, utf8, type Bytes } from '../../../trust/bytes';

/** What a segment has. */
export interface SegmentRange {
  /** Its first block. */
  readonly first: number;
  /** Its blocks. */
  readonly count: number;
  readonly dataBytes: number;
}

/** A segment as it lies in its folder. */
export interface Segment extends SegmentRange {
  readonly entry: number;
  readonly file: File;
}

/** Blocks in a segment: what a page that dies loses at most, against files to open. */
export const SEGMENT_BLOCKS = 4;

const MARK = utf8('parlor1');
/** The mark, and a byte that says whether the entry ends here and is proven. */
const END_BYTES = MARK.length + 1;

export function segmentName(entry: number, first: number): string {
  return `${entry}.${first}`;
}

/** A segment by its name and length. Null for any other file, and for one that was never closed. */
export function segmentOf(name: string, file: File): Segment | null {
  const [, entry, first] = /^(\d{1,10})\.(\d{1,10})$/.exec(name) ?? [];
  const bytes = file.size - END_BYTES;
  if (entry === undefined || first === undefined || bytes < 0) return null;
  // Every block but the last is whole, so the length alone says how many there are.
  const count = Math.ceil(bytes / (BLOCK_BYTES + PROOF_BYTES));
  const dataBytes = bytes - count * PROOF_BYTES;
  return { entry: Number(entry), first: Number(first), count, dataBytes, file };
}

/** What stands behind the blocks. */
export function segmentEnd(proofs: readonly Bytes[], isWhole: boolean): Bytes {
  return concatBytes(...proofs, MARK, Uint8Array.of(isWhole ? 1 : 0));
}

/** Whether the file of a segment ends a proven entry; null when its mark is missing. */
export async function readMark(file: File): Promise<boolean | null> {
  const end = new Uint8Array(await file.slice(file.size - END_BYTES).arrayBuffer());
  return equalBytes(end.subarray(0, MARK.length), MARK) ? end.at(-1) === 1 : null;
}

/** Where a block lies in the data of a segment that has it. */
export function blockWithin(segment: SegmentRange, block: number): { readonly from: number; readonly to: number } {
  const from = (block - segment.first) * BLOCK_BYTES;
  return { from, to: Math.min(from + BLOCK_BYTES, segment.dataBytes) };
}

/** A block that a segment has, and the hash noted of it. */
export async function readBlock(segment: Segment, block: number): Promise<{ readonly bytes: Bytes; readonly noted: Bytes }> {
  const { from, to } = blockWithin(segment, block);
  const noted = segment.dataBytes + (block - segment.first) * PROOF_BYTES;
  const [bytes, proof] = await Promise.all([
    segment.file.slice(from, to).arrayBuffer(),
    segment.file.slice(noted, noted + PROOF_BYTES).arrayBuffer(),
  ]);
  return { bytes: new Uint8Array(bytes), noted: new Uint8Array(proof) };
}

/** The segment of an entry that counts for a block: of several the one that begins last. Undefined when none has it. */
export function holderOf<Range extends SegmentRange>(segments: readonly Range[], block: number): Range | undefined {
  let holder: Range | undefined;
  for (const segment of segments) {
    const has = segment.first <= block && block < segment.first + segment.count;
    if (has && (holder === undefined || segment.first > holder.first)) holder = segment;
  }
  return holder;
}
