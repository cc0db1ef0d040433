// The folders of offers in the origin's private file system, and the clearing of what nobody goes on with.
//
// Promises: a folder belongs to who holds its lock, so tabs never disturb each other; of what nobody holds, finished and damaged ones are
// removed, old ones after `KEPT_MS`, and the oldest as long as all together are over `KEPT_BYTES`. Opening waits for that.
import type { Unfinished } from '../../../protocol/Unfinished';
import { filesIn, OfferFolder, OVER } from './OfferFolder';
import { takeLock, type OpfsSurroundings } from './opfs';
import { segmentOf } from './segment';

/** How long an unfinished transfer is kept. */
export const KEPT_MS = 14 * 24 * 60 * 60 * 1000;
/** How much is kept of all unfinished ones together. */
export const KEPT_BYTES = 2 * 1024 * 1024 * 1024;
/** The same offer at once: from several people, or in several tabs. */
const SAME_OFFER = 16;
const FOLDER = 'received';

interface Kept {
  readonly name: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export class OfferFolders {
  readonly #cleared: Promise<void>;

  private constructor(
    private readonly around: OpfsSurroundings,
    private readonly received: FileSystemDirectoryHandle,
  ) {
    // What could not be removed now is tried again by the next visit.
    this.#cleared = this.#clear().catch(() => undefined);
  }

  /** Begins to clear what earlier visits left. */
  static async begin(around: OpfsSurroundings): Promise<OfferFolders> {
    return new OfferFolders(around, await (await around.root()).getDirectoryHandle(FOLDER, { create: true }));
  }

  /** Takes the folder of an offer, with what is left in it. Null when too many have it. */
  async open(offer: string): Promise<OfferFolder | null> {
    await this.#cleared;
    for (let number = 0; number < SAME_OFFER; number += 1) {
      const name = number === 0 ? offer : `${offer}-${number}`;
      const letGo = await takeLock(this.around, lockName(name));
      if (letGo === null) continue;
      try {
        const folder = await this.received.getDirectoryHandle(name, { create: true });
        return new OfferFolder(folder, () => this.#remove(name), letGo);
      } catch (error) {
        letGo();
        throw error;
      }
    }
    return null;
  }

  /** Throws away what is left of an offer, unless somebody holds it. */
  async forget(offer: string): Promise<void> {
    await this.#cleared;
    await this.#removeIfFree(offer);
  }

  /** Bytes that may still be stored, about; null when the browser does not say. */
  roomBytes(): Promise<number | null> {
    return this.around.roomBytes();
  }

  /** What nobody goes on with at the moment. */
  async unfinished(): Promise<Unfinished> {
    await this.#cleared;
    const kept = await this.#kept();
    return { transfers: kept.length, bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  /** Throws that away. */
  async discard(): Promise<void> {
    await this.#cleared;
    for (const { name } of await this.#kept()) await this.#removeIfFree(name);
  }

  async #clear(): Promise<void> {
    let total = 0;
    for (const { name, bytes, modifiedMs } of (await this.#kept()).sort((one, other) => other.modifiedMs - one.modifiedMs)) {
      total += bytes;
      if (total > KEPT_BYTES || modifiedMs + KEPT_MS < this.around.now()) await this.#removeIfFree(name);
    }
  }

  /** Unfinished ones that nobody holds. Removes those that no one can go on with. */
  async #kept(): Promise<Kept[]> {
    const names: string[] = [];
    for await (const name of this.received.keys()) names.push(name);
    const kept: Kept[] = [];
    for (const name of names) {
      await this.#ifFree(name, async () => {
        const files = await filesIn(await this.received.getDirectoryHandle(name));
        const segments = files.flatMap(([file, content]) => segmentOf(file, content) ?? []);
        if (segments.length === 0 || files.some(([file]) => file === OVER)) await this.#remove(name);
        else {
          const bytes = segments.reduce((sum, { dataBytes }) => sum + dataBytes, 0);
          kept.push({ name, bytes, modifiedMs: files.reduce((latest, [, { lastModified }]) => Math.max(latest, lastModified), 0) });
        }
      });
    }
    return kept;
  }

  #removeIfFree(name: string): Promise<void> {
    return this.#ifFree(name, () => this.#remove(name));
  }

  async #ifFree(name: string, act: () => Promise<void>): Promise<void> {
    const letGo = await takeLock(this.around, lockName(name));
    if (letGo === null) return;
    try {
      await act();
    } catch (error) {
      // Another tab may have been faster, or a file is still open somewhere: the others are looked at all the same.
      if (!(error instanceof DOMException)) throw error;
    } finally {
      letGo();
    }
  }

  #remove(name: string): Promise<void> {
    return this.received.removeEntry(name, { recursive: true });
  }
}

function lockName(name: string): string {
  return `parlor ${FOLDER} ${name}`;
}
