// The places of entries that one peer is sending: what the machine orders for an entry is done to its place.
//
// Promises: what is done answers with a code, never by a rejection; what is released or discarded and did not get its name is thrown away.
// Leaves to others: what a place is (`storage`), and what a code means (`Exchange`).
import type { TransferCode } from '../../../protocol/TransferCode';
import type { TransferId } from '../../../protocol/TransferId';
import type { Bytes } from '../../../trust/bytes';
import { StorageError } from '../storage/entrySink';
import type { EntrySink } from '../storage/entrySink';

/** Where received entries go. */
export interface TransferPlaces {
  /** A place for one entry; `path` is safe. Rejects with a `StorageError`. */
  open(transfer: TransferId, path: string, size: number): Promise<EntrySink>;
}

export class EntrySinks {
  /** Of entries under way, by transfer and entry. */
  readonly #sinks = new Map<TransferId, Map<number, Promise<EntrySink>>>();

  constructor(private readonly places: TransferPlaces) {}

  open(transfer: TransferId, entry: number, path: string, size: number): void {
    const sink = this.places.open(transfer, path, size);
    // A failure to open is told by the writes that follow; without this it would also count as nobody's.
    sink.catch(() => undefined);
    const entries = this.#sinks.get(transfer) ?? new Map<number, Promise<EntrySink>>();
    entries.set(entry, sink);
    this.#sinks.set(transfer, entries);
  }

  /** Null when the bytes are written, else why not. */
  write(transfer: TransferId, entry: number, offset: number, bytes: Bytes): Promise<TransferCode | null> {
    return this.#store(transfer, entry, (sink) => sink.write(offset, bytes));
  }

  /** Null when the entry has its name, else why not. */
  async finish(transfer: TransferId, entry: number): Promise<TransferCode | null> {
    const result = await this.#store(transfer, entry, (sink) => sink.finish());
    if (result === null) this.#sinks.get(transfer)?.delete(entry);
    return result;
  }

  async discard(transfer: TransferId, entry: number): Promise<void> {
    const sink = this.#sinks.get(transfer)?.get(entry);
    this.#sinks.get(transfer)?.delete(entry);
    try {
      await (await sink)?.discard();
    } catch {
      // What cannot be opened or removed holds nothing that was shown as received; the storage clears leftovers at its start.
    }
  }

  /** Throws away every entry of a transfer that did not get its name. */
  release(transfer: TransferId): void {
    for (const entry of [...(this.#sinks.get(transfer)?.keys() ?? [])]) void this.discard(transfer, entry);
    this.#sinks.delete(transfer);
  }

  releaseAll(): void {
    for (const transfer of [...this.#sinks.keys()]) this.release(transfer);
  }

  async #store(
    transfer: TransferId,
    entry: number,
    act: (sink: EntrySink) => Promise<void>,
  ): Promise<TransferCode | null> {
    try {
      const sink = await this.#sinks.get(transfer)?.get(entry);
      if (sink === undefined) return 'write-failed';
      await act(sink);
      return null;
    } catch (error) {
      return error instanceof StorageError ? error.code : 'write-failed';
    }
  }
}
