// The words of spoken codes: 1024 a language, so ten bits each (docs/protocol.md, section 7.1). Twin of `crates/trust/src/words.rs`.
//
// Promises: the lists are those of `crates/trust/words`, which vectors prove; a word stands in one list only, in NFC and lower case.

import { ENGLISH_WORDS } from './words/english';
import { KOREAN_WORDS } from './words/korean';

/** Words in a list. */
export const WORD_COUNT = 1024;

/** Whose words a code is made of. */
export type CodeLanguage = 'english' | 'korean';

/** Its words in the order of code points, for instance to complete what a user types. */
export const WORDS: Readonly<Record<CodeLanguage, readonly string[]>> = { english: ENGLISH_WORDS, korean: KOREAN_WORDS };

const SETS = { english: new Set(ENGLISH_WORDS), korean: new Set(KOREAN_WORDS) };

/** Whether a language has this word, in NFC and lower case. */
export function hasWord(language: CodeLanguage, word: string): boolean {
  return SETS[language].has(word);
}

/** The word of ten bits; higher bits do not count. */
export function wordOf(language: CodeLanguage, value: number): string {
  // A list has WORD_COUNT words: a test counts them.
  return WORDS[language][value % WORD_COUNT] ?? '';
}
