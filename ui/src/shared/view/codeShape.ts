// Says whether something typed is a spoken code rather than a link, and what is wrong with it, before a try is spent.
import { parseSpokenCode } from '../../trust/spokenCode';
import { TrustError } from '../../trust/TrustError';

/** What a code lacks. `place` is that of the word, from 0. */
export type CodeFault = { readonly kind: 'not-a-code' } | { readonly kind: 'unknown-word'; readonly place: number };

/** Whether it is meant as a code: it begins with a number, and has nothing that only links have. A link may come without its beginning. */
export function isCodeLike(text: string): boolean {
  return /^[^\p{L}\p{N}]*\p{Nd}/u.test(text) && !/[/#:]/.test(text) && !/^\s*\d+(\.\d+){3}/.test(text);
}

/** The number that a code begins with, also while its words are still being typed; null before. */
export function codeNumber(text: string): number | null {
  const [, digits] = /^[^\p{L}\p{N}]*(\p{Nd}+)/u.exec(text.normalize('NFKC')) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** What is wrong with a code as it was typed (docs/protocol.md, section 7.1), or null. */
export function codeFault(text: string): CodeFault | null {
  try {
    parseSpokenCode(text);
    return null;
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    return error.code === 'unknown-word' && error.place !== null ? { kind: 'unknown-word', place: error.place } : { kind: 'not-a-code' };
  }
}
