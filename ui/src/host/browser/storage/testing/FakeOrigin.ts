// The private file system and the locks of one origin, in memory, with the few calls that are used. For tests.
import type { Bytes } from '../../../../trust/bytes';
import type { OpfsSurroundings } from '../opfs';

export class FakeFolder {
  readonly folders = new Map<string, FakeFolder>();
  readonly files = new Map<string, FakeFile>();

  constructor(private readonly origin: { readonly capBytes: number; nowMs: number }) {}

  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<FakeFolder> {
    return found(this.folders, name, options?.create === true ? () => new FakeFolder(this.origin) : null);
  }

  getFileHandle(name: string, options?: { create?: boolean }): Promise<FakeFile> {
    return found(this.files, name, options?.create === true ? () => new FakeFile(this.origin) : null);
  }

  removeEntry(name: string): Promise<void> {
    const known = this.folders.delete(name) || this.files.delete(name);
    return known ? Promise.resolve() : Promise.reject(new DOMException('gone', 'NotFoundError'));
  }

  async *keys(): AsyncGenerator<string> {
    for (const name of [...this.folders.keys(), ...this.files.keys()]) yield await Promise.resolve(name);
  }
}

function found<Value>(among: Map<string, Value>, name: string, make: (() => Value) | null): Promise<Value> {
  const value = among.get(name) ?? make?.();
  if (value === undefined) return Promise.reject(new DOMException('not there', 'NotFoundError'));
  among.set(name, value);
  return Promise.resolve(value);
}

export class FakeFile {
  content: Bytes = new Uint8Array(0);
  modifiedMs: number;

  constructor(private readonly origin: { readonly capBytes: number; nowMs: number }) {
    this.modifiedMs = origin.nowMs;
  }

  /** What is written shows when the stream is closed, as in a browser. */
  createWritable(): Promise<unknown> {
    let written: Bytes = new Uint8Array(0);
    let isOpen = true;
    return Promise.resolve({
      write: ({ position, data }: { position: number; data: Bytes }) => {
        const end = position + data.length;
        if (!isOpen) return Promise.reject(new TypeError('closed'));
        if (end > this.origin.capBytes) {
          isOpen = false;
          return Promise.reject(new DOMException('full', 'QuotaExceededError'));
        }
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
        this.content = written;
        this.modifiedMs = this.origin.nowMs;
        return Promise.resolve();
      },
      abort: () => {
        isOpen = false;
        return Promise.resolve();
      },
    });
  }

  getFile(): Promise<File> {
    return Promise.resolve(new File([this.content], 'fake', { lastModified: this.modifiedMs }));
  }
}

/** Web Locks. */
class FakeLocks {
  readonly held = new Set<string>();

  async take(tab: FakeTab, name: string, held: (lock: Lock | null) => Promise<void>): Promise<void> {
    if (this.held.has(name)) return held(null);
    this.held.add(name);
    tab.locks.add(name);
    await held({ mode: 'exclusive', name });
    this.held.delete(name);
    return undefined;
  }
}

/** A tab of the origin. */
export class FakeTab {
  readonly locks = new Set<string>();
  readonly around: OpfsSurroundings;

  constructor(private readonly origin: FakeOrigin) {
    this.around = {
      root: () => Promise.resolve(origin.root as unknown as FileSystemDirectoryHandle),
      lock: (name, _, held) => origin.locks.take(this, name, held),
      roomBytes: () => Promise.resolve(origin.roomBytes),
      now: () => origin.nowMs,
    };
  }

  /** Dies in whatever way: its locks are free, and what it had open is lost. */
  die(): void {
    for (const name of this.locks) this.origin.locks.held.delete(name);
  }
}

export class FakeOrigin {
  nowMs = 1_700_000_000_000;
  readonly root: FakeFolder = new FakeFolder(this);
  readonly locks = new FakeLocks();

  constructor(
    /** Bytes a file may have. */
    readonly capBytes = Infinity,
    /** What the browser says it has room for. */
    readonly roomBytes: number | null = null,
  ) {}

  tab(): FakeTab {
    return new FakeTab(this);
  }

  /** Folders of offers, by name. */
  get offers(): ReadonlyMap<string, FakeFolder> {
    return this.root.folders.get('received')?.folders ?? new Map<string, FakeFolder>();
  }
}
