// Spoken codes (docs/protocol.md, section 7.1): `<number>-<word>-<word>-<word>`, an invitation to read out over a telephone.
//
// Promises: what is printed reads back as the same, also when typed in another case, with other separators, without any between Korean
// words, or in a decomposed form; a word of no list is named by its place, before a try is spent on it. Leaves to others: which number
// is free (the server says), how long a code lives (`CodeOwner`). Twin of `crates/trust/src/spoken_code.rs`.

import { utf8, type Random } from './bytes';
import { TrustError } from './TrustError';
import { hasWord, wordOf, type CodeLanguage } from './words';

/** Words in a code: 30 bits. */
export const CODE_WORDS = 3;
/** Highest number of a code: six digits. */
export const CODE_NUMBER_MAX = 999_999;
/** Longest text that is looked at, in bytes of UTF-8: six decomposed Korean syllables take 54. */
const TEXT_BYTES = 256;
/** White space, dashes, and what people put between parts of a list. */
const SEPARATORS = /[\p{White_Space}\-_.,\u2010-\u2015\u2212\u3001\u3002]+/u;

/** A spoken code. Who knows the words gets one try at the invitation behind them. */
export interface SpokenCode {
  /** Under which the server finds the code's owner: 1 … `CODE_NUMBER_MAX`. Not secret. */
  readonly number: number;
  readonly language: CodeLanguage;
  /** The secret: three words in NFC and lower case, joined by `-`. */
  readonly words: string;
}

/** A code with fresh words under a number that the server has given out. Throws `not-a-code` when the number is out of range. */
export function createSpokenCode(number: number, language: CodeLanguage, random: Random): SpokenCode {
  const bytes = random(4);
  const bits = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return codeOf(number, language, [bits >>> 20, bits >>> 10, bits].map((value) => wordOf(language, value)));
}

/** The whole code for people, `7-apricot-lantern-tulip`. Holds the secret: never for logs. */
export function spokenCodeText(code: SpokenCode): string {
  return `${code.number}-${code.words}`;
}

/**
 * Reads a code as people type it. Throws `not-a-code` when the text has not a number and three words, `unknown-word` when one of these
 * stands in no list, or not in that of the first.
 */
export function parseSpokenCode(text: string): SpokenCode {
  if (text.length > TEXT_BYTES || utf8(text).length > TEXT_BYTES) throw new TrustError('not-a-code', 'too long');
  // Compatibility forms too: Korean keyboards make digits and letters of full width.
  const lower = text.normalize('NFKC').replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const tokens = lower.split(SEPARATORS).filter((token) => token !== '');
  const [, digits, behind] = /^([0-9]{1,6})([^0-9].*)?$/s.exec(tokens[0] ?? '') ?? [];
  if (digits === undefined) throw new TrustError('not-a-code', 'it does not begin with a number');
  const words = [...(behind === undefined ? [] : [behind]), ...tokens.slice(1)].flatMap(cut);
  const [first] = words;
  if (first === undefined || words.length !== CODE_WORDS) throw new TrustError('not-a-code', 'it has not three words');
  const language = (['english', 'korean'] as const).find((name) => hasWord(name, first));
  const wrong = language === undefined ? 0 : words.findIndex((word) => !hasWord(language, word));
  if (language === undefined || wrong >= 0) throw new TrustError('unknown-word', 'a word stands in no list', wrong);
  return codeOf(Number(digits), language, words);
}

function codeOf(number: number, language: CodeLanguage, words: readonly string[]): SpokenCode {
  if (!Number.isInteger(number) || number < 1 || number > CODE_NUMBER_MAX) throw new TrustError('not-a-code', 'no such number');
  return { number, language, words: words.join('-') };
}

/** Cuts two or three Korean words that were typed as one: each has two syllables. */
function cut(token: string): string[] {
  return /^(?:[\uac00-\ud7a3]{4}|[\uac00-\ud7a3]{6})$/.test(token) ? (token.match(/../g) ?? [token]) : [token];
}
