// Files and folders the user picked or dropped, by the number the screen knows them by.
//
// Promises: a number is never used twice in one page; a block is read only from a file that is still what was picked. Leaves to others:
// when to read, and whether all of it fits an offer. Nothing is read before it is asked for, and never more than the slice.
import type { PickedFile } from '../../../protocol/PickedFile';
import type { TransferCode } from '../../../protocol/TransferCode';
import type { Bytes } from '../../../trust/bytes';

/** A picked file and what it was then. */
export class PickedSource {
  readonly #size: number;
  readonly #modifiedMs: number;

  constructor(
    readonly file: File,
    /** Its name, behind the folders it was picked within. */
    readonly path: readonly string[] = [file.name],
  ) {
    this.#size = file.size;
    this.#modifiedMs = file.lastModified;
  }

  get size(): number {
    return this.#size;
  }

  get modifiedMs(): number {
    return this.#modifiedMs;
  }

  /** It is still what was picked. */
  isUnchanged(): boolean {
    return this.file.size === this.#size && this.file.lastModified === this.#modifiedMs;
  }

  /** The same file as it is now. */
  again(): PickedSource {
    return new PickedSource(this.file, this.path);
  }

  /** `length` bytes at `offset`, or why not. */
  async read(offset: number, length: number): Promise<Bytes | TransferCode> {
    if (!this.isUnchanged()) return 'source-changed';
    let bytes: Bytes;
    try {
      bytes = new Uint8Array(await this.file.slice(offset, offset + length).arrayBuffer());
    } catch (error) {
      // A file that was touched since it was picked does not read any more: browsers tell by this name.
      return error instanceof DOMException && error.name === 'NotReadableError' ? 'source-changed' : 'read-failed';
    }
    return !this.isUnchanged() || bytes.length !== length ? 'source-changed' : bytes;
  }
}

/** A folder as it was picked, with everything in it. */
export interface PickedFolder {
  readonly name: string;
  readonly files: readonly PickedSource[];
}

export class PickedFiles {
  readonly #sources = new Map<number, readonly PickedSource[]>();
  #next = 1;

  add(files: Iterable<File>): PickedFile[] {
    return Array.from(files, (file) => this.#number(file.name, [new PickedSource(file)]));
  }

  /** One number stands for all that is in a folder. */
  addFolder({ name, files }: PickedFolder): PickedFile {
    return this.#number(name, files);
  }

  /** What a number stands for; null for none that was given. */
  get(handle: number): readonly PickedSource[] | null {
    return this.#sources.get(handle) ?? null;
  }

  /** The room was left: all numbers end. */
  clear(): void {
    this.#sources.clear();
  }

  #number(name: string, sources: readonly PickedSource[]): PickedFile {
    const handle = this.#next;
    this.#next += 1;
    this.#sources.set(handle, sources);
    return { handle, name, size: sources.reduce((sum, { size }) => sum + size, 0) };
  }
}
