// Inputs for parsers: a kept corpus, replayed as it is, and behind it as many mutations and random strings as wanted. Twin of
// `tests/src/generator.rs`, which reads the same files of tests/corpus.
//
// Promises: the same seed gives the same inputs; the seed is printed first (`PARLOR_SEED` sets it), and the input under which a parser
// threw, as a line for the corpus. 20 000 inputs a parser, with `PARLOR_SOAK=long` a million. Leaves to others: what must be answered.
import process from 'node:process';

import { toHex } from '../id';

const SHORT = 20_000;
const LONG = 1_000_000;
/** Most memory the process may ever hold while it parses. */
const MEMORY_BYTES = 512 * 1024 * 1024;
const USUAL_BYTES = 2_000;
const MOST_BYTES = 160 * 1024;
/** What parsers trip over. */
const TOKENS = [
  '\0', '"', '\\', '\\u0000', '\\ud800', '{', '}', '[', ']', ',', ':', '-', '0', '-1', '1e999', '9007199254740992', '4294967296',
  'null', 'true', '\ufffd', '\u202e', '\ufeff', 'é', '사랑방', '%', '#', '__proto__', 'constructor', 'a=fingerprint:', '\r\n',
].map((token) => new TextEncoder().encode(token));
const NUMBERS = ['0', '1', '255', '65536', '4294967295', '4294967296', '9007199254740991', '9007199254740992', '-1', '0.5', '1e3', '1e400'];

const files = import.meta.glob<string>('../../../../tests/corpus/*.txt', { eager: true, import: 'default', query: '?raw' });

/** A source of generated inputs that mutates `corpus`. */
export class Generator {
  #state: number;

  constructor(
    seed: number,
    private readonly corpus: readonly Uint8Array[],
  ) {
    this.#state = seed >>> 0;
  }

  /** A random number from 0 to below `end` (mulberry32). */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  /** The next input. */
  input(): Uint8Array {
    if (this.below(8) === 0) return this.#random();
    let input = this.#kept();
    for (let left = this.below(3) * this.below(3); left >= 0; left -= 1) input = this.#mutated(input);
    return input.subarray(0, MOST_BYTES);
  }

  #kept(): Uint8Array {
    return this.corpus[this.below(this.corpus.length)] ?? new Uint8Array();
  }

  #random(): Uint8Array {
    const dice = this.below(200);
    return this.#bytes(this.below(dice === 0 ? MOST_BYTES : dice < 20 ? USUAL_BYTES : 80));
  }

  #bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  #token(): Uint8Array {
    return TOKENS[this.below(TOKENS.length)] ?? new Uint8Array();
  }

  #mutated(input: Uint8Array): Uint8Array {
    const at = this.below(input.length + 1);
    const end = Math.min(at + this.below(16), input.length);
    const [before, middle, behind] = [input.subarray(0, at), input.subarray(at, end), input.subarray(end)];
    switch (this.below(9)) {
      case 0:
      case 1: {
        const changed = input.slice();
        if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << this.below(8));
        return changed;
      }
      case 2:
        return before;
      case 3:
        return joined(before, behind);
      case 4:
        return joined(before, middle, middle, middle, behind);
      case 5:
        return joined(before, this.#token(), behind);
      case 6:
        return joined(before, this.#kept().subarray(this.below(60)));
      case 7:
        return this.#otherNumber(input);
      default: {
        const token = this.#token();
        // Now and then deep nesting and long runs, which recursion and copying pay for.
        const times = this.below(60) === 0 ? this.below(MOST_BYTES / token.length) : 1;
        return joined(before, repeated(token, times), middle, behind);
      }
    }
  }

  /** With one of its decimal numbers replaced. */
  #otherNumber(input: Uint8Array): Uint8Array {
    const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
    const starts = [...input.keys()].filter((at) => isDigit(input[at]) && !isDigit(input[at - 1]));
    const start = starts[this.below(starts.length)];
    if (start === undefined) return input;
    let end = start;
    while (isDigit(input[end])) end += 1;
    const number = new TextEncoder().encode(NUMBERS[this.below(NUMBERS.length)]);
    return joined(input.subarray(0, start), number, input.subarray(end));
  }
}

/**
 * Replays the corpus of a parser, then feeds it generated inputs. `parse` says whether it understood: one in a thousand has to be, so that
 * what lies behind the first check is tried as well. Whatever it throws is a fault.
 */
export function feed(name: string, parse: (input: Uint8Array<ArrayBuffer>) => boolean): void {
  const kept = corpus(name);
  const seed = Number(process.env['PARLOR_SEED'] ?? Date.now() % 2 ** 32);
  const count = process.env['PARLOR_SOAK'] === 'long' ? LONG : SHORT;
  console.info(`${name}: ${kept.length} kept and ${count} generated inputs, PARLOR_SEED=${seed}`);
  const generator = new Generator(seed, kept);
  let understood = 0;
  for (let index = 0; index < kept.length + count; index += 1) {
    const input = kept[index] ?? generator.input();
    try {
      if (parse(input.slice())) understood += 1;
    } catch (error) {
      throw new Error(`the input, as a line of the corpus: hex:${toHex(input.subarray(0, 8_192))}`, { cause: error });
    }
  }
  const peak = process.resourceUsage().maxRSS * 1024;
  console.info(`${name}: ${understood} were understood, the process held ${Math.round(peak / 2 ** 20)} MiB at most`);
  if (understood * 1_000 < count) throw new Error(`${name} understands next to nothing`);
  if (peak > MEMORY_BYTES) throw new Error(`${name}: the process held ${peak} bytes`);
}

/** `feed` for a parser of text. */
export function feedText(name: string, parse: (text: string) => boolean): void {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  feed(name, (input) => parse(decoder.decode(input)));
}

/** JSON as a value; undefined where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON is what most generated texts are.
    return undefined;
  }
}

function corpus(name: string): Uint8Array[] {
  const file = Object.entries(files).find(([path]) => path.endsWith(`/${name}.txt`));
  const lines = file?.[1].split('\n').filter((line) => line !== '') ?? [];
  if (lines.length === 0) throw new Error(`${name} has no corpus`);
  return lines.map((line) => {
    if (!line.startsWith('hex:')) return new TextEncoder().encode(line);
    return Uint8Array.from(line.slice(4).match(/../g) ?? [], (digits) => parseInt(digits, 16));
  });
}

function repeated(token: Uint8Array, times: number): Uint8Array {
  const whole = new Uint8Array(token.length * times);
  for (let at = 0; at < whole.length; at += token.length) whole.set(token, at);
  return whole;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
