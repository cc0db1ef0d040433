// A transfer as a screen shows it, made from either direction. Twin of `crates/transfer/src/snapshot.rs`.

import type { Direction } from '../protocol/Direction';
import type { PeerId } from '../protocol/PeerId';
import type { Transfer } from '../protocol/Transfer';
import type { TransferCode } from '../protocol/TransferCode';
import type { TransferEntry } from '../protocol/TransferEntry';
import type { TransferId } from '../protocol/TransferId';
import type { TransferState } from '../protocol/TransferState';
import type { Hold } from './hold';
import type { Meter } from './meter';

/** Entries a snapshot shows: a list on a screen is not longer. */
const ENTRIES = 200;

/** A transfer, seen from outside. */
export interface View {
  readonly id: TransferId;
  readonly direction: Direction;
  /** The receiver's user has consented. */
  readonly isAccepted: boolean;
  /** The receiver has said on this connection where to go on. */
  readonly isFlowing: boolean;
  readonly hold: Readonly<Hold>;
  /** Every entry is proven or has failed. */
  readonly isComplete: boolean;
  /** The entry of that number; asked for only as far as a list is shown. */
  readonly entry: (index: number) => TransferEntry;
  readonly entryCount: number;
  readonly provenCount: number;
  /** Entries that the receiver did not want. */
  readonly declinedCount: number;
  /** Some entry is of a type that systems run. */
  readonly executable: boolean;
  readonly totalBytes: number;
  readonly storedBytes: number;
  readonly meter: Meter;
}

/** How a transfer ended before its time. */
export interface Ending {
  readonly state: TransferState;
  readonly code: TransferCode | null;
  readonly byUs: boolean;
}

/** How a transfer stands as long as no one ends it before its time. */
export function viewState({ isAccepted, isFlowing, hold, isComplete, provenCount, declinedCount, entryCount }: View): TransferState {
  if (isComplete) return provenCount + declinedCount === entryCount ? 'proven' : 'partial';
  if (!isAccepted) return 'waiting';
  if (hold.here || (isFlowing && hold.there)) return 'paused';
  return isFlowing ? 'moving' : 'interrupted';
}

/** The whole state for a screen. */
export function snapshot(view: View, peer: PeerId, ending: Ending | null): Transfer {
  const state = ending?.state ?? viewState(view);
  const isMoving = state === 'moving';
  return {
    id: view.id,
    peer,
    direction: view.direction,
    state,
    code: ending?.code ?? null,
    ended_by_us: ending?.byUs ?? false,
    paused_by_us: ending === null && view.hold.here,
    executable: view.executable,
    entries: Array.from({ length: Math.min(ENTRIES, view.entryCount) }, (_, index) => view.entry(index)),
    entry_count: view.entryCount,
    proven_count: view.provenCount,
    total_bytes: view.totalBytes,
    stored_bytes: view.storedBytes,
    bytes_per_second: isMoving ? view.meter.bytesPerSecond() : null,
    remaining_ms: isMoving ? view.meter.remainingMs(view.totalBytes - view.storedBytes) : null,
  };
}
