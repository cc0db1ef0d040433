import { describe, expect, it } from 'vitest';

import type { Bytes } from '../../../trust/bytes';
import { BlobRoom } from './blobSink';
import { StorageError, type EntrySink } from './entrySink';
import { openFileSink } from './fileSink';
import { OpfsVisit, type OpfsSurroundings } from './opfsVisit';
import { ReceivedStore } from './receivedStore';

/** A file system in memory with the few calls that are used; a write is refused when `capBytes` is passed. */
class FakeFolder {
  readonly folders = new Map<string, FakeFolder>();
  readonly files = new Map<string, FakeFile>();

  constructor(private readonly capBytes = Infinity) {}

  getDirectoryHandle(name: string): Promise<FakeFolder> {
    const folder = this.folders.get(name) ?? new FakeFolder(this.capBytes);
    this.folders.set(name, folder);
    return Promise.resolve(folder);
  }

  getFileHandle(name: string): Promise<FakeFile> {
    const file = new FakeFile(this.capBytes);
    this.files.set(name, file);
    return Promise.resolve(file);
  }

  removeEntry(name: string): Promise<void> {
    const known = this.folders.delete(name) || this.files.delete(name);
    return known ? Promise.resolve() : Promise.reject(new DOMException('gone', 'NotFoundError'));
  }

  async *keys(): AsyncGenerator<string> {
    for (const name of [...this.folders.keys(), ...this.files.keys()]) yield await Promise.resolve(name);
  }
}

class FakeFile {
  committed: Bytes | null = null;

  constructor(private readonly capBytes: number) {}

  createWritable(): Promise<unknown> {
    let written: Bytes = new Uint8Array(0);
    let isOpen = true;
    return Promise.resolve({
      write: ({ position, data }: { position: number; data: Bytes }) => {
        const end = position + data.length;
        if (!isOpen) return Promise.reject(new TypeError('closed'));
        if (end > this.capBytes) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
        if (end > written.length) {
          const grown = new Uint8Array(end);
          grown.set(written);
          written = grown;
        }
        written.set(data, position);
        return Promise.resolve();
      },
      close: () => {
        isOpen = false;
        this.committed = written;
        return Promise.resolve();
      },
      abort: () => {
        isOpen = false;
        return Promise.resolve();
      },
    });
  }

  getFile(): Promise<File> {
    return Promise.resolve(new File([this.committed ?? new Uint8Array(0)], 'fake'));
  }
}

/** Web Locks of one origin. A tab that dies lets go of its locks. */
class FakeLocks {
  readonly held = new Set<string>();

  lock: OpfsSurroundings['lock'] = async (name, { ifAvailable }, held) => {
    if (this.held.has(name)) {
      if (!ifAvailable) throw new Error('this fake cannot wait');
      return held(null);
    }
    this.held.add(name);
    await held({ mode: 'exclusive', name });
    this.held.delete(name);
  };
}

function origin(capBytes = Infinity, roomBytes: number | null = null): { root: FakeFolder; locks: FakeLocks; around: OpfsSurroundings } {
  const root = new FakeFolder(capBytes);
  const locks = new FakeLocks();
  const around: OpfsSurroundings = {
    root: () => Promise.resolve(root as unknown as FileSystemDirectoryHandle),
    lock: locks.lock,
    roomBytes: () => Promise.resolve(roomBytes),
  };
  return { root, locks, around };
}

let calls = 0;
const random = (length: number): Bytes => {
  calls += 1;
  return new Uint8Array(length).fill(calls);
};

async function content(sink: EntrySink): Promise<number[] | null> {
  const file = await sink.file();
  return file === null ? null : [...new Uint8Array(await file.arrayBuffer())];
}

describe('sinks of every kind', () => {
  const kinds: Record<string, () => Promise<EntrySink>> = {
    blobs: () => Promise.resolve(new BlobRoom().open(4)),
    'the private file system': async () => {
      const sink = await (await OpfsVisit.begin(origin().around, random)).open(4);
      if (sink === null) throw new Error('no room');
      return sink;
    },
  };

  it.each(Object.entries(kinds))('%s: give what was written, in any order of blocks, and only when finished', async (_, open) => {
    const sink = await open();
    await Promise.all([sink.write(2, Uint8Array.of(3, 4)), sink.write(0, Uint8Array.of(1, 2))]);
    expect(await content(sink)).toBeNull();
    await sink.finish();
    expect(await content(sink)).toEqual([1, 2, 3, 4]);
    await sink.discard();
    await sink.discard();
    expect(await content(sink)).toBeNull();
  });

  it.each(Object.entries(kinds))('%s: finish an empty entry', async (_, open) => {
    const sink = await open();
    await sink.finish();
    expect(await content(sink)).toEqual([]);
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

describe('a file sink', () => {
  it('tells a full disk from other trouble', async () => {
    const sink = await openFileSink(new FakeFile(2) as unknown as FileSystemFileHandle, null);
    await expect(sink.write(0, Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'no-space' });
    await sink.discard();
    await expect(sink.write(0, Uint8Array.of(1))).rejects.toMatchObject({ code: 'write-failed' });
  });

  it('leaves a picked file as it was when it is discarded', async () => {
    const file = new FakeFile(Infinity);
    const sink = await openFileSink(file as unknown as FileSystemFileHandle, null);
    await sink.write(0, Uint8Array.of(1));
    await sink.discard();
    expect(file.committed).toBeNull();
  });
});

describe('a visit', () => {
  it('clears what dead visits left and spares those that live', async () => {
    const { root, locks, around } = origin();
    const dead = await OpfsVisit.begin(around, random);
    await dead.open(1);
    const living = await OpfsVisit.begin(around, random);
    await living.open(1);
    dead.leave();
    await expect.poll(() => locks.held.size).toBe(1);
    await OpfsVisit.begin(around, random);
    const folders = root.folders.get('received')?.folders;
    expect([...(folders?.values() ?? [])].map(({ files }) => files.size)).toEqual([1, 0]);
  });

  it('lets its lock go when it cannot begin', async () => {
    const { locks, around } = origin();
    const refusing = { ...around, root: () => Promise.reject(new DOMException('private window', 'SecurityError')) };
    await expect(OpfsVisit.begin(refusing, random)).rejects.toThrow();
    await expect.poll(() => locks.held.size).toBe(0);
  });
});

describe('the store', () => {
  it('prefers the private file system, and takes blobs where it is missing, refuses or is full', async () => {
    const { root, around } = origin();
    await new ReceivedStore(around, random).open(3);
    const [visit] = root.folders.get('received')?.folders.values() ?? [];
    expect(visit?.files.size).toBe(1);
    const refusing = { ...around, root: () => Promise.reject(new DOMException('private window', 'SecurityError')) };
    for (const opfs of [null, refusing, origin(Infinity, 2).around]) {
      const sink = await new ReceivedStore(opfs, random).open(3);
      await sink.write(0, Uint8Array.of(1, 2, 3));
      await sink.finish();
      expect(await content(sink)).toEqual([1, 2, 3]);
    }
  });

  it('says that there is no space when nothing has room', async () => {
    const store = new ReceivedStore(origin(Infinity, 0).around, random);
    await expect(store.open(600 * 1024 * 1024)).rejects.toMatchObject({ code: 'no-space' });
  });
});
