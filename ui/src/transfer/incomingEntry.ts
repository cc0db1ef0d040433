// One file offered to us, and how far it is. Twin of `crates/transfer/src/incoming_entry.rs`.
//
// Leaves to `Incoming`: the steps from state to state, and telling anyone of them.

import type { TransferCode } from '../protocol/TransferCode';
import type { TransferEntry } from '../protocol/TransferEntry';
import { OpenEntry } from './openEntry';
import type { SafePath } from './safeNames';

/** Nothing has arrived; something has; whole, and the driver gives it its name; under its name; or why it ended without proof. */
export type IncomingState = 'pending' | OpenEntry | 'finishing' | 'proven' | FailedState;

interface FailedState {
  readonly failed: TransferCode;
}

/** A file offered to us. */
export interface IncomingEntry {
  readonly path: SafePath;
  readonly size: number;
  readonly modifiedMs: number | null;
  state: IncomingState;
}

export function isFailed(state: IncomingState): state is FailedState {
  return typeof state === 'object' && !(state instanceof OpenEntry);
}

/** Whether everything is written, so that it may get its name. */
export function isWritten({ state }: IncomingEntry): boolean {
  return state instanceof OpenEntry && state.isWhole && state.writing.size === 0;
}

/** An entry as a screen shows it. */
export function viewOfIncoming({ path, size, state }: IncomingEntry): TransferEntry {
  return { path, size, proven: state === 'proven', failed: isFailed(state) ? state.failed : null };
}
