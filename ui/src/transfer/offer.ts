// Offers on the wire: what may be offered, and how a long offer is cut into messages of `control`.
// Twin of `crates/transfer/src/offer.rs`.

import type { Control } from '../protocol/Control';
import type { OfferedEntry } from '../protocol/OfferedEntry';
import type { TransferId } from '../protocol/TransferId';
import { wellFormed } from '../trust/bytes';
import { ENTRY_BYTES } from './block';
import { TransferError } from './error';
import { CONTROL_BYTES, OFFER_ENTRIES } from '../protocol/limits';
import { checkPath, UnsafeNameError } from './safeNames';
import { textBytes } from './texts';

/** Bytes left for what stands around the entries of a message: ids, counts, keys. */
const AROUND_BYTES = 512;

/** Brings the entries of a user into the form that is sent. Throws `TransferError` `offer-invalid`. */
export function prepareEntries(entries: readonly OfferedEntry[]): OfferedEntry[] {
  if (entries.length === 0 || entries.length > OFFER_ENTRIES) throw new TransferError('offer-invalid');
  const prepared = entries.map(prepareEntry);
  if (totalBytes(prepared) === null) throw new TransferError('offer-invalid');
  return prepared;
}

function prepareEntry({ path, size, modified_ms }: OfferedEntry): OfferedEntry {
  const harmless = path.map((name) => wellFormed(name.replace(/[/\\\0]/g, '_')));
  try {
    checkPath(harmless);
  } catch (error) {
    if (error instanceof UnsafeNameError) throw new TransferError('offer-invalid');
    throw error;
  }
  const isTime = modified_ms !== undefined && Number.isSafeInteger(modified_ms) && modified_ms >= 0;
  return isTime ? { path: harmless, size, modified_ms } : { path: harmless, size };
}

/** The sum of sizes; null when one or all are over what the wire can count. */
export function totalBytes(entries: readonly { readonly size: number }[]): number | null {
  let total = 0;
  for (const { size } of entries) {
    total += size;
    if (!Number.isSafeInteger(size) || size < 0 || size > ENTRY_BYTES || !Number.isSafeInteger(total)) return null;
  }
  return total;
}

/** The messages that make an offer, each within `CONTROL_BYTES`. */
export function offerPages(transfer: TransferId, total: number, entries: readonly OfferedEntry[]): Control[] {
  const pages: OfferedEntry[][] = [[]];
  let bytes = AROUND_BYTES;
  for (const entry of entries) {
    const entryBytes = textBytes(JSON.stringify(entry)) + 1;
    if (bytes + entryBytes > CONTROL_BYTES) {
      pages.push([]);
      bytes = AROUND_BYTES;
    }
    bytes += entryBytes;
    pages.at(-1)?.push(entry);
  }
  return pages.map((page, index): Control => {
    const last = index === pages.length - 1;
    if (index > 0) return { type: 'offer-entries', transfer, entries: page, last };
    return { type: 'offer', transfer, entry_count: entries.length, total_bytes: total, entries: page, last };
  });
}
