// Files this page has received: which entries of which transfer, and how the user gets them.
//
// Promises: only finished entries can be saved; everything received is thrown away when another room is entered. Leaves to others:
// where the bytes lie (`storage`).
import type { TransferId } from '../../../protocol/TransferId';
import type { BlockHasher } from '../hashing/BlockHasher';
import { failed } from '../room/failure';
import type { TransferPlace, TransferPlaces } from '../room/TransferPlaces';
import { downloadFile } from '../storage/download';
import type { EntrySink } from '../storage/entrySink';
import { canPickTarget, pickTarget, writeTree } from '../storage/folderTarget';
import { zipOf } from '../storage/zip';
import type { ReceivedStore, StoredOffer } from '../storage/receivedStore';

/** A finished entry. */
export interface ReceivedFile {
  /** Safe, relative. */
  readonly path: string;
  readonly file: File;
}

interface ReceivedEntry {
  /** Safe, relative. */
  readonly path: string;
  readonly sink: EntrySink;
}

interface ReceivedTransfer {
  readonly stored: StoredOffer;
  readonly entries: ReceivedEntry[];
}

export class ReceivedFiles implements TransferPlaces {
  readonly #transfers = new Map<TransferId, ReceivedTransfer>();

  constructor(
    private readonly store: ReceivedStore,
    readonly hasher: BlockHasher,
  ) {}

  async accept(transfer: TransferId, offer: string | null): Promise<TransferPlace> {
    const stored = await this.store.accept(offer);
    const entries: ReceivedEntry[] = [];
    this.#transfers.set(transfer, { stored, entries });
    return {
      left: () => stored.left(),
      open: async (entry, path, size) => {
        const sink = await stored.open(entry, size);
        entries.push({ path, sink });
        return sink;
      },
      end: (keep) => stored.end(keep),
    };
  }

  declined(offer: string): void {
    // What cannot be removed now grows old and goes then.
    this.store.forget(offer).catch(() => undefined);
  }

  /** The finished entries of a transfer, in the order they came. */
  async finished(transfer: TransferId): Promise<ReceivedFile[]> {
    const files: ReceivedFile[] = [];
    for (const { path, sink } of this.#transfers.get(transfer)?.entries ?? []) {
      const file = await sink.file();
      if (file !== null) files.push({ path, file });
    }
    return files;
  }

  /**
   * Hands every finished entry of a transfer to the browser's downloads. Folders go into one that the user picks, or, where a page cannot
   * write there, into one archive. Call from a gesture.
   */
  async save(transfer: TransferId): Promise<void> {
    const hasFolders = this.#transfers.get(transfer)?.entries.some(({ path }) => path.includes('/')) === true;
    // Asked before anything is waited for, while the gesture counts.
    const target = hasFolders && canPickTarget() ? await pickTarget() : null;
    if (target === null && hasFolders && canPickTarget()) throw failed('not-now', 'no folder was picked');
    const files = await this.finished(transfer);
    if (files.length === 0) throw failed('not-now', 'nothing of this transfer can be saved');
    if (target !== null) await writeTree(target, files);
    else if (hasFolders) downloadFile(new File([await zipOf(files, new Date())], 'received.zip'), archiveName(files));
    else for (const { path, file } of files) downloadFile(file, path);
  }

  /** Throws everything away. */
  clear(): void {
    for (const { stored } of this.#transfers.values()) {
      // What cannot be removed now is cleared by the storage at the next visit.
      stored.clear().catch(() => undefined);
    }
    this.#transfers.clear();
  }
}

/** After the folder everything is in; of several folders the first counts. */
function archiveName(files: readonly ReceivedFile[]): string {
  const [folder] = files.map(({ path }) => path.split('/')).find(({ length }) => length > 1) ?? [];
  return `${folder ?? 'received'}.zip`;
}
