import { describe, expect, it } from 'vitest';

import { BLOCK_BYTES } from '../../../protocol/limits';
import { concatBytes, equalBytes, type Bytes } from '../../../trust/bytes';
import { BlobRoom } from './blobSink';
import { StorageError, type EntrySink } from './entrySink';
import { openFileSink } from './fileSink';
import { KEPT_MS, OfferFolders } from './OfferFolders';
import type { OfferFolder } from './OfferFolder';
import { ReceivedStore } from './receivedStore';
import { FakeFile, FakeOrigin } from './testing/FakeOrigin';

/** A block that is like no other, and what stands for its hash. */
const block = (number: number, length = BLOCK_BYTES): Bytes => new Uint8Array(length).fill(number + 1);
const proof = (number: number): Bytes => new Uint8Array(32).fill(200 + number);

async function write(sink: EntrySink, numbers: readonly number[], lastLength = BLOCK_BYTES): Promise<void> {
  for (const number of numbers) await sink.write(number * BLOCK_BYTES, block(number, number === numbers.at(-1) ? lastLength : BLOCK_BYTES), proof(number));
}

async function content(sink: EntrySink): Promise<Bytes | null> {
  const file = await sink.file();
  return file === null ? null : new Uint8Array(await file.arrayBuffer());
}

/** Whether a sink gives these; comparing megabytes one by one would take a test minutes. */
async function holds(sink: EntrySink, ...parts: readonly Bytes[]): Promise<boolean> {
  const [bytes, wanted] = [await content(sink), concatBytes(...parts)];
  return bytes?.length === wanted.length && equalBytes(bytes, wanted);
}

async function folderOf(origin: FakeOrigin, offer = 'a'): Promise<{ folder: OfferFolder; die: () => void }> {
  const tab = origin.tab();
  const folder = await (await OfferFolders.begin(tab.around)).open(offer);
  if (folder === null) throw new Error('not opened');
  return { folder, die: () => tab.die() };
}

describe('sinks of every kind', () => {
  const kinds: Record<string, () => Promise<EntrySink>> = {
    blobs: () => Promise.resolve(new BlobRoom().open(BLOCK_BYTES + 4)),
    'the private file system': async () => (await folderOf(new FakeOrigin())).folder.open(0, BLOCK_BYTES + 4),
  };

  it.each(Object.entries(kinds))('%s: give what was written, and only when finished', async (_, open) => {
    const sink = await open();
    await Promise.all([sink.write(0, block(0), proof(0)), sink.write(BLOCK_BYTES, block(1, 4), proof(1))]);
    expect(await content(sink)).toBeNull();
    await sink.finish();
    expect(await holds(sink, block(0), block(1, 4))).toBe(true);
    await sink.discard();
    await sink.discard();
    expect(await content(sink)).toBeNull();
  });

  it.each(Object.entries(kinds))('%s: finish an empty entry', async (kind, open) => {
    const sink = kind === 'blobs' ? await open() : await (await folderOf(new FakeOrigin())).folder.open(0, 0);
    await sink.finish();
    expect(await content(sink)).toEqual(new Uint8Array(0));
  });
});

describe('blobs', () => {
  it('share one cap, and give their room back', () => {
    const room = new BlobRoom(10);
    const sink = room.open(6);
    expect(() => room.open(5)).toThrow(new StorageError('no-space'));
    void sink.discard();
    void sink.discard();
    expect(() => room.open(10)).not.toThrow();
    expect(() => room.open(1)).toThrow(StorageError);
  });
});

describe('a picked file', () => {
  const open = async (capBytes: number): Promise<{ file: FakeFile; sink: EntrySink }> => {
    const file = new FakeFile({ capBytes, nowMs: 0 });
    return { file, sink: await openFileSink(file as unknown as FileSystemFileHandle) };
  };

  it('tells a full disk from other trouble', async () => {
    const { sink } = await open(2);
    await expect(sink.write(0, Uint8Array.of(1, 2, 3), proof(0))).rejects.toMatchObject({ code: 'no-space' });
    await sink.discard();
    await expect(sink.write(0, Uint8Array.of(1), proof(0))).rejects.toMatchObject({ code: 'write-failed' });
  });

  it('stays as it was when it is discarded', async () => {
    const { file, sink } = await open(Infinity);
    await sink.write(0, Uint8Array.of(1), proof(0));
    await sink.discard();
    expect(file.content).toHaveLength(0);
  });
});

describe('the folder of an offer', () => {
  it('shows a later session the blocks of segments that were closed, with their hashes, and no others', async () => {
    const origin = new FakeOrigin();
    const { folder, die } = await folderOf(origin);
    await write(await folder.open(3, 20 * BLOCK_BYTES), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    die();
    const [left, ...others] = await (await folderOf(origin)).folder.left();
    expect(others).toEqual([]);
    // Two segments of four; the third was open when the page died.
    expect(left).toMatchObject({ entry: 3, blocks: 8, isWhole: false });
    const read = await left?.read(6);
    expect(read?.noted).toEqual(proof(6));
    expect(read?.bytes.length === BLOCK_BYTES && equalBytes(read.bytes, block(6))).toBe(true);
  });

  it('keeps everything when the transfer ends for a later session, and goes on anywhere in it', async () => {
    const origin = new FakeOrigin();
    const first = await folderOf(origin);
    await write(await first.folder.open(0, 7 * BLOCK_BYTES), [0, 1, 2, 3, 4, 5]);
    await first.folder.end(true);
    const second = await folderOf(origin);
    expect((await second.folder.left())[0]).toMatchObject({ blocks: 6 });
    // Block 3 was not right: everything from there on comes anew.
    const sink = await second.folder.open(0, 7 * BLOCK_BYTES);
    await write(sink, [3, 4]);
    second.die();
    const third = await folderOf(origin);
    expect((await third.folder.left())[0]).toMatchObject({ blocks: 4 });
    const last = await third.folder.open(0, 6 * BLOCK_BYTES + 5);
    await write(last, [2, 3, 4, 5, 6], 5);
    await last.finish();
    expect(await holds(last, ...[0, 1, 2, 3, 4, 5].map((number) => block(number)), block(6, 5))).toBe(true);
  });

  it('knows an entry that was proven, an empty one too', async () => {
    const origin = new FakeOrigin();
    const { folder, die } = await folderOf(origin);
    const [whole, empty] = [await folder.open(0, BLOCK_BYTES), await folder.open(1, 0)];
    await write(whole, [0]);
    await whole.finish();
    await empty.finish();
    await write(await folder.open(2, BLOCK_BYTES), [0]);
    die();
    const again = await folderOf(origin);
    expect((await again.folder.left()).map(({ entry, blocks, isWhole }) => [entry, blocks, isWhole])).toEqual([[0, 1, true], [1, 0, true]]);
    const known = await again.folder.open(0, BLOCK_BYTES);
    await known.finish();
    expect(await holds(known, block(0))).toBe(true);
  });

  it('keeps an entry of which only the proof of the whole is missing as one that is not proven', async () => {
    const origin = new FakeOrigin();
    const { folder } = await folderOf(origin);
    await write(await folder.open(0, BLOCK_BYTES + 4), [0, 1], 4);
    await folder.end(true);
    const again = await folderOf(origin);
    expect((await again.folder.left()).map(({ blocks, isWhole }) => [blocks, isWhole])).toEqual([[2, false]]);
    const sink = await again.folder.open(0, BLOCK_BYTES + 4);
    await sink.finish();
    expect(await holds(sink, block(0), block(1, 4))).toBe(true);
    again.die();
    expect((await (await folderOf(origin)).folder.left()).map(({ isWhole }) => isWhole)).toEqual([true]);
  });

  it('goes with a transfer that was cancelled, and after the visit with one that is whole', async () => {
    const origin = new FakeOrigin();
    const cancelled = await folderOf(origin, 'cancelled');
    const part = await cancelled.folder.open(0, BLOCK_BYTES);
    await write(part, [0]);
    await part.discard();
    await cancelled.folder.end(false);
    const whole = await folderOf(origin, 'whole');
    const sink = await whole.folder.open(0, 4);
    await write(sink, [0], 4);
    await sink.finish();
    await whole.folder.end(false);
    expect([...origin.offers.keys()]).toEqual(['whole']);
    expect(await content(sink)).toEqual(block(0, 4));
    whole.die();
    await folderOf(origin, 'next');
    expect([...origin.offers.keys()]).toEqual(['next']);
  });

  it('is another one for a second tab, and damaged files count for nothing', async () => {
    const origin = new FakeOrigin();
    const first = await folderOf(origin);
    await write(await first.folder.open(0, 9 * BLOCK_BYTES), [0, 1, 2, 3, 4]);
    const second = await folderOf(origin);
    expect(await second.folder.left()).toEqual([]);
    expect([...origin.offers.keys()]).toEqual(['a', 'a-1']);
    first.die();
    const files = origin.offers.get('a')?.files;
    const segment = files?.get('0.0');
    if (segment !== undefined) segment.content = segment.content.slice(0, -3);
    const again = await folderOf(origin);
    const [left] = await again.folder.left();
    // A length that was cut shows in the last block, which then has another hash; nothing is read outside of the file.
    expect((await left?.read(3))?.bytes).not.toHaveLength(BLOCK_BYTES);
  });
});

describe('what is unfinished', () => {
  async function leave(origin: FakeOrigin, offer: string): Promise<void> {
    const { folder } = await folderOf(origin, offer);
    await write(await folder.open(0, 9 * BLOCK_BYTES), [0, 1]);
    await folder.end(true);
  }

  it('is told and thrown away, but for what is in use', async () => {
    const origin = new FakeOrigin();
    await leave(origin, 'a');
    await leave(origin, 'b');
    await folderOf(origin, 'b');
    const folders = await OfferFolders.begin(origin.tab().around);
    expect(await folders.unfinished()).toEqual({ transfers: 1, bytes: 2 * BLOCK_BYTES });
    await folders.discard();
    expect(await folders.unfinished()).toEqual({ transfers: 0, bytes: 0 });
    expect([...origin.offers.keys()]).toEqual(['b']);
  });

  it('is removed when it is old, and the oldest when it is too much', async () => {
    const origin = new FakeOrigin();
    await leave(origin, 'old');
    origin.nowMs += 1_000;
    await leave(origin, 'large');
    // A length that no memory is needed for.
    const large = origin.offers.get('large')?.files.get('0.0');
    origin.nowMs += KEPT_MS - 500;
    await leave(origin, 'new');
    expect([...origin.offers.keys()]).toEqual(['large', 'new']);
    if (large !== undefined) {
      large.getFile = () => Promise.resolve({ size: 2 * 1024 * BLOCK_BYTES, lastModified: large.modifiedMs } as File);
    }
    await folderOf(origin, 'new');
    expect([...origin.offers.keys()]).toEqual(['new']);
  });
});

describe('the store', () => {
  it('takes blobs where the private file system is missing, refuses or is full', async () => {
    const refusing = { ...new FakeOrigin().tab().around, root: () => Promise.reject(new DOMException('private window', 'SecurityError')) };
    for (const opfs of [null, refusing, new FakeOrigin(Infinity, 2).tab().around]) {
      const sink = await (await new ReceivedStore(opfs).accept('a')).open(0, 3);
      await sink.write(0, Uint8Array.of(1, 2, 3), proof(0));
      await sink.finish();
      expect(await content(sink)).toEqual(Uint8Array.of(1, 2, 3));
    }
  });

  it('says that there is no space when nothing has room', async () => {
    const offer = await new ReceivedStore(new FakeOrigin(Infinity, 0).tab().around).accept('a');
    await expect(offer.open(0, 600 * 1024 * 1024)).rejects.toMatchObject({ code: 'no-space' });
  });

  it('counts what is here already as room', async () => {
    const origin = new FakeOrigin(Infinity, BLOCK_BYTES);
    const { folder } = await folderOf(origin);
    await write(await folder.open(0, 3 * BLOCK_BYTES), [0, 1]);
    await folder.end(true);
    const sink = await (await new ReceivedStore(origin.tab().around).accept('a')).open(0, 3 * BLOCK_BYTES);
    await write(sink, [2]);
    await sink.finish();
    expect(await content(sink)).toHaveLength(3 * BLOCK_BYTES);
  });
});
