// Where the bytes of one received entry go in a browser. Three kinds, best first: a file the user picked (`pickedFileSink`), the origin's
// private file system (`SegmentSink`), memory up to a stated cap (`BlobRoom`). `ReceivedStore` chooses.
//
// Promises of a sink: a resolved `write` has stored its bytes; what is not finished is never shown as received; after `discard` nothing of
// it is left. A failed call rejects with a `StorageError`. Calls may overlap; a sink puts them in order itself.

import type { Bytes } from '../../../trust/bytes';

/** Why bytes could not be kept: no room, or anything else. The codes are those of `TransferCode`. */
export class StorageError extends Error {
  constructor(
    readonly code: 'no-space' | 'write-failed',
    options?: ErrorOptions,
  ) {
    super(code, options);
    this.name = 'StorageError';
  }
}

/** Takes one entry. */
export interface EntrySink {
  /** Stores a block at `offset` (bytes from the beginning), with its hash. `bytes` are not used after the promise has settled. */
  write(offset: number, bytes: Bytes, proof: Bytes): Promise<void>;
  /** The entry is whole and proven: from now on `file` gives it. */
  finish(): Promise<void>;
  /** `finish` has succeeded, and nothing was thrown away since. */
  readonly isFinished: boolean;
  /** Throws away what was stored, finished or not. Harmless when nothing was, or twice. */
  discard(): Promise<void>;
  /** The finished entry. Null before `finish`, and where the bytes went into a file of the user's own. */
  file(): Promise<File | null>;
}
