// The places of transfers and entries that one peer is sending: what the machine orders for an entry is done to its place.
//
// Promises: what is done answers with a code, never by a rejection; a transfer has one place from the first use to its release, which keeps
// parts for a later session or throws them away. Leaves to others: what a place is (`storage`), and what a code means (`Exchange`).
import type { TransferCode } from '../../../protocol/TransferCode';
import type { TransferId } from '../../../protocol/TransferId';
import type { Bytes } from '../../../trust/bytes';
import { StorageError } from '../storage/entrySink';
import type { EntrySink } from '../storage/entrySink';
import type { LeftEntry } from '../storage/OfferFolder';
import type { TransferPlace, TransferPlaces } from './TransferPlaces';

export class EntrySinks {
  /** Of transfers that were accepted. */
  readonly #accepted = new Map<TransferId, Promise<TransferPlace>>();
  /** Of entries under way, by transfer and entry. */
  readonly #sinks = new Map<TransferId, Map<number, Promise<EntrySink>>>();

  constructor(
    private readonly places: Pick<TransferPlaces, 'accept'>,
    /** The name of the offer that a transfer is of; null for one that is not known. */
    private readonly nameOf: (transfer: TransferId) => string | null,
  ) {}

  /** What an earlier session left of a transfer. Never rejects. */
  async left(transfer: TransferId): Promise<readonly LeftEntry[]> {
    try {
      return await (await this.#place(transfer)).left();
    } catch {
      // A place that cannot be had shows when its first entry is opened.
      return [];
    }
  }

  open(transfer: TransferId, entry: number, path: string, size: number): void {
    const sink = this.#place(transfer).then((place) => place.open(entry, path, size));
    // A failure to open is told by the writes that follow; without this it would also count as nobody's.
    sink.catch(() => undefined);
    const entries = this.#sinks.get(transfer) ?? new Map<number, Promise<EntrySink>>();
    entries.set(entry, sink);
    this.#sinks.set(transfer, entries);
  }

  /** Null when the bytes are written, else why not. `proof` is their hash. */
  write(transfer: TransferId, entry: number, offset: number, bytes: Bytes, proof: Bytes): Promise<TransferCode | null> {
    return this.#store(transfer, entry, (sink) => sink.write(offset, bytes, proof));
  }

  /** Null when the entry has its name, else why not. */
  async finish(transfer: TransferId, entry: number): Promise<TransferCode | null> {
    const result = await this.#store(transfer, entry, (sink) => sink.finish());
    if (result === null) this.#sinks.get(transfer)?.delete(entry);
    return result;
  }

  /** Nothing more is written of the entry; with `keep` what is there of it waits for the end of its transfer. */
  async discard(transfer: TransferId, entry: number, keep: boolean): Promise<void> {
    const sink = this.#sinks.get(transfer)?.get(entry);
    this.#sinks.get(transfer)?.delete(entry);
    if (keep) return;
    try {
      await (await sink)?.discard();
    } catch {
      // What cannot be opened or removed holds nothing that was shown as received; the storage clears leftovers at its start.
    }
  }

  /** The transfer has ended here; what did not get its name is kept, or thrown away. */
  release(transfer: TransferId, keep: boolean): void {
    // What cannot be kept or removed now is found by the next visit, which proves it or clears it.
    this.#accepted.get(transfer)?.then((place) => place.end(keep)).catch(() => undefined);
    this.#accepted.delete(transfer);
    this.#sinks.delete(transfer);
  }

  /** Keeps what there is of every transfer. */
  keepAll(): void {
    for (const transfer of [...this.#accepted.keys()]) this.release(transfer, true);
  }

  #place(transfer: TransferId): Promise<TransferPlace> {
    const known = this.#accepted.get(transfer);
    if (known !== undefined) return known;
    const place = this.places.accept(transfer, this.nameOf(transfer));
    this.#accepted.set(transfer, place);
    return place;
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
