// Display names, as they are shown and sent.
import { NAME_CHARS } from '../protocol/limits';
import { wellFormed } from './bytes';

/** A display name: well-formed, cut to `NAME_CHARS` code points. */
export function cutName(name: string): string {
  return Array.from(wellFormed(name)).slice(0, NAME_CHARS).join('');
}
