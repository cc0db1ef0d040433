// Files this page has received: where their bytes lie, and how the user gets them.
//
// Promises: only finished entries can be saved; everything received is thrown away when another room is entered. Leaves to others:
// the places themselves (`storage`).
import type { TransferId } from '../../../protocol/TransferId';
import type { TransferPlaces } from '../room/TransferDriver';
import { failed } from '../room/failure';
import { StorageError } from '../storage/entrySink';
import type { EntrySink } from '../storage/entrySink';

export class ReceivedFiles implements TransferPlaces {
  readonly #entries = new Map<TransferId, { readonly path: string; readonly sink: EntrySink }[]>();

  open(transfer: TransferId, _entry: number, path: string, size: number): Promise<EntrySink> {
    if (size > 256 * 1024 * 1024) return Promise.reject(new StorageError('no-space'));
    const bytes = new Uint8Array(size);
    let finished = false;
    const sink: EntrySink = {
      write: (offset, block) => {
        bytes.set(block, offset);
        return Promise.resolve();
      },
      finish: () => {
        finished = true;
        return Promise.resolve();
      },
      discard: () => Promise.resolve(),
      file: () => Promise.resolve(finished ? new File([bytes], path) : null),
    };
    const entries = this.#entries.get(transfer) ?? [];
    entries.push({ path, sink });
    this.#entries.set(transfer, entries);
    return Promise.resolve(sink);
  }

  /** Hands every finished entry of a transfer to the browser's downloads. */
  async save(transfer: TransferId): Promise<void> {
    let saved = 0;
    for (const { path, sink } of this.#entries.get(transfer) ?? []) {
      const file = await sink.file();
      if (file === null) continue;
      const url = URL.createObjectURL(file);
      const anchor = document.createElement('a');
      anchor.href = url;
      anchor.download = path.split('/').at(-1) ?? path;
      anchor.click();
      // The download has begun by then, and holds the file itself.
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
      saved += 1;
    }
    if (saved === 0) throw failed('not-now', 'nothing of this transfer can be saved');
  }

  clear(): void {
    for (const entries of this.#entries.values()) for (const { sink } of entries) void sink.discard();
    this.#entries.clear();
  }
}
