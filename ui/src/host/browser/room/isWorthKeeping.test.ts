// Whether parts of an ended transfer stay for a later session, as `crates/transfer/src/exchange.rs` decides it.
import { expect, it } from 'vitest';
import type { TransferCode } from '../../../protocol/TransferCode';
import { isWorthKeeping } from './isWorthKeeping';

it.each<[boolean, TransferCode | null, TransferCode | null]>([
  [true, 'no-space', null],
  [true, 'forgotten', null],
  [true, null, 'write-failed'],
  [true, null, 'read-failed'],
  [false, null, null],
  [false, null, 'declined'],
  [false, null, 'source-changed'],
  [false, 'cancelled', null],
  [false, 'cancelled', 'write-failed'],
  [false, 'protocol', null],
])('%s for a transfer with the code %s, of which an entry failed with %s', (isKept, code, failed) => {
  expect(isWorthKeeping({ code, entries: [{ path: 'a', size: 1, proven: false, failed }] })).toBe(isKept);
});
