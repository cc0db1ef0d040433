// Files this page has received: where their bytes lie, and how the user gets them.
//
// Promises: only finished entries can be saved; everything received is thrown away when another room is entered. Leaves to others:
// the places themselves (`storage`).
import type { TransferId } from '../../../protocol/TransferId';
import type { TransferPlaces } from '../room/TransferDriver';
import { failed } from '../room/failure';
import { downloadFile } from '../storage/download';
import type { EntrySink } from '../storage/entrySink';
import type { ReceivedStore } from '../storage/receivedStore';

export class ReceivedFiles implements TransferPlaces {
  readonly #entries = new Map<TransferId, { readonly path: string; readonly sink: EntrySink }[]>();

  constructor(private readonly store: ReceivedStore) {}

  async open(transfer: TransferId, _entry: number, path: string, size: number): Promise<EntrySink> {
    const sink = await this.store.open(size);
    const entries = this.#entries.get(transfer) ?? [];
    entries.push({ path, sink });
    this.#entries.set(transfer, entries);
    return sink;
  }

  /** Hands every finished entry of a transfer to the browser's downloads. */
  async save(transfer: TransferId): Promise<void> {
    let saved = 0;
    for (const { path, sink } of this.#entries.get(transfer) ?? []) {
      const file = await sink.file();
      if (file === null) continue;
      downloadFile(file, path);
      saved += 1;
    }
    if (saved === 0) throw failed('not-now', 'nothing of this transfer can be saved');
  }

  clear(): void {
    for (const entries of this.#entries.values()) for (const { sink } of entries) void sink.discard();
    this.#entries.clear();
  }
}
