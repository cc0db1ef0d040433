// A transfer that has ended, as it is kept between visits: what, how much, with whom, when and how. No link, no path, no content.
import type { TransferId } from '../../protocol/TransferId';
import type { Ending } from './ending';

/** One of the past. */
export interface PastTransfer extends Ending {
  readonly id: TransferId;
  /** Of its file or folder; null when it was several that share none. */
  readonly name: string | null;
  readonly bytes: number;
  /** What the other was called then; empty when they had no name. */
  readonly person: string;
  /** Milliseconds since 1970. */
  readonly endedAtMs: number;
}

/** Where they are kept, newest first. */
export interface PastTransfers {
  readonly list: () => readonly PastTransfer[];
  readonly subscribe: (listener: () => void) => () => void;
  readonly clear: () => void;
}
