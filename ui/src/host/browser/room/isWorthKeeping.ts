// Whether a later session may go on where a transfer ended.
import type { Transfer } from '../../../protocol/Transfer';
import type { TransferCode } from '../../../protocol/TransferCode';

/** A disk failed or the sender was restarted, and nobody wished it ended. */
const MENDABLE: readonly (TransferCode | null)[] = ['no-space', 'write-failed', 'read-failed', 'forgotten'];

export function isWorthKeeping({ code, entries }: Transfer): boolean {
  return MENDABLE.includes(code) || entries.some(({ failed }) => failed !== null && MENDABLE.includes(failed));
}
