// One line on how far a spoken code has come.
import type { Words } from '../i18n/en';
import type { ShownCode } from './ShownCode';

/** The sentence. Never the code itself. */
export function codeLine({ state, failure }: ShownCode, words: Words): string {
  const says = words.room.code;
  if (state !== 'failed') return says.state[state];
  return failure === null || failure.code === 'not-now' ? says.noNumber : `${words.failure[failure.code].title}. ${says.notMade}`;
}
