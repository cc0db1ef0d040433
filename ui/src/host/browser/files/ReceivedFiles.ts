// Files this page has received: which entries of which transfer, and how the user gets them.
//
// Promises: only finished entries can be saved; everything received is thrown away when another room is entered. Leaves to others:
// where the bytes lie (`storage`).
import type { TransferId } from '../../../protocol/TransferId';
import { failed } from '../room/failure';
import type { TransferPlaces } from '../room/EntrySinks';
import { downloadFile } from '../storage/download';
import type { EntrySink } from '../storage/entrySink';
import type { ReceivedStore } from '../storage/receivedStore';
import { isPicture, previewOf, PREVIEWS } from './preview';

interface ReceivedEntry {
  /** Safe, relative. */
  readonly path: string;
  readonly sink: EntrySink;
}

export class ReceivedFiles implements TransferPlaces {
  readonly #entries = new Map<TransferId, ReceivedEntry[]>();

  constructor(private readonly store: ReceivedStore) {}

  async open(transfer: TransferId, path: string, size: number): Promise<EntrySink> {
    const entries = this.#entries.get(transfer) ?? [];
    this.#entries.set(transfer, entries);
    const sink = await this.store.open(size);
    entries.push({ path, sink });
    return sink;
  }

  /** Hands every finished entry of a transfer to the browser's downloads. Call from a gesture. */
  async save(transfer: TransferId): Promise<void> {
    const files = await Promise.all(
      (this.#entries.get(transfer) ?? []).map(async ({ path, sink }) => ({ path, file: await sink.file() })),
    );
    let saved = 0;
    for (const { path, file } of files) {
      if (file === null) continue;
      downloadFile(file, path);
      saved += 1;
    }
    if (saved === 0) throw failed('not-now', 'nothing of this transfer can be saved');
  }

  /** Small pictures of the first few that are pictures. */
  async previews(transfer: TransferId): Promise<string[]> {
    const pictures = (this.#entries.get(transfer) ?? []).filter(({ path }) => isPicture(path)).slice(0, PREVIEWS);
    const previews: string[] = [];
    for (const { sink } of pictures) {
      const file = await sink.file();
      const preview = file === null ? null : await previewOf(file);
      if (preview !== null) previews.push(preview);
    }
    return previews;
  }

  /** Throws everything away. */
  clear(): void {
    for (const entries of this.#entries.values()) {
      for (const { sink } of entries) {
        // What cannot be removed now is cleared by the storage at the next visit.
        sink.discard().catch(() => undefined);
      }
    }
    this.#entries.clear();
  }
}
