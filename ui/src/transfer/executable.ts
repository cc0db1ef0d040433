// Which files a system would run: nothing of that kind is ever taken without asking. Twin of `crates/transfer/src/executable.rs`.
//
// Leaves to the screen: asking.

import { EXECUTABLE_TYPES } from '../protocol/limits';
import type { SafePath } from './safeNames';

const TYPES: ReadonlySet<string> = new Set(EXECUTABLE_TYPES.split(' '));

/** Whether the last component ends in one of `EXECUTABLE_TYPES`, in any case. */
export function isExecutable(path: SafePath): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  // The list is ASCII; other letters have no case that would lead to it.
  return dot >= 0 && TYPES.has(name.slice(dot + 1).replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
}
