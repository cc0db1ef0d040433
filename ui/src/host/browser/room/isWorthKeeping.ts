// Whether a later session may go on where a transfer ended.
import type { Transfer } from '../../../protocol/Transfer';
import type { TransferCode } from '../../../protocol/TransferCode';

/** A disk failed or the sender was restarted, and nobody wished it ended. */
const MENDABLE: readonly TransferCode[] = ['no-space', 'write-failed', 'read-failed', 'forgotten'];

export function isWorthKeeping({ code, entries }: Pick<Transfer, 'code' | 'entries'>): boolean {
  // What somebody wished ended is ended, whatever had failed of it before.
  if (code !== null) return MENDABLE.includes(code);
  return entries.some(({ failed }) => failed !== null && MENDABLE.includes(failed));
}
