// A hostile peer's file names: a hundred thousand made-up paths, and what no vector can hold.
//
// Judges what SafeNames gives by rules written a second time, from what file systems do and not from its code.
import { describe, expect, it, vi } from 'vitest';

import { SafeNames, UnsafeNameError } from './safeNames';
import { seeded } from './testNetwork';

vi.setConfig({ testTimeout: 120_000 });

const SEED = 0x5afe;
const PATHS = 100_000;

// Few, so that they meet: as they are, in another case or composition, and once made safe.
const MEETING = [
  ...['a', 'A', 'a ', 'a.', 'a:', 'a?', 'a_', 'a (1)', 'A (1)', 'a (2)', 'a (1) (1)', 'a.b', 'a (1).b', 'A.B', 'a.b ', 'b', '_', '?'],
  ...['...', ' ', 'é', 'e\u0301', 'É', 'E\u0301', '한', '\u1112\u1161\u11ab', '하\u11ab', 'ß', 'ss', 'SS', 'ẞ', 'ſs', 'ı', 'i', 'I', 'İ'],
  ...['i\u0307', 'k', '\u212a', 'Å', '\u212b', 'å', 'CON', 'con', '_con', '_CON', 'con.b', '_con.b', 'COM¹', '_com¹', 'Σ', 'ς', 'σ', 'ǆ'],
  ...['ǅ', 'ᾳ', 'ΑΙ', 'α\u0345', '\ud800', '\udc00'],
];

// Anything a name may be made of without the offer being refused.
const PIECES = [
  ...['a', 'B', '0', '-', '~', '$', 'photo', '사진', 'é', 'e\u0301', '\u0301', '\u0345', '\u0344', '\u0338', '\u3099', '\u1112', '\u1161'],
  ...['\u11ab', '하', '한', 'ß', 'ẞ', 'ı', 'İ', 'ſ', '\u212a', '\u2126', 'ŉ', 'ﬃ', 'ΐ', 'ς', 'ᾳ', 'ǅ', '.', '..', '...', ' ', '  ', '. '],
  ...['．', '∕', 'C:', ':', '::$DATA', ':stream', '<', '>', '"', '|', '?', '*', '%2e%2e%2f', '\u0001', '\t', '\n', '\u001b[', '\u007f'],
  ...['\u0085', '\u009f', '\u00ad', '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u061c', '\u2028', '\u2029', '\u202a', '\u202d'],
  ...['\u202e', '\u2060', '\u2066', '\u2069', '\u206f', '\ufeff', '\ufff9', '\u{e0001}', '\ufdd0', '\uffff', '\u{10ffff}', '\ue000', '😀'],
  ...['👨\u200d👩\u200d👧', '\u{1d15e}', '\u{1d160}', '\ufa6c', '\ufad7', '\u0958', '\ufb2c', '\ud83d', '\ude00', 'CON', 'con', 'NUL', 'aux'],
  ...['COM1', 'com¹', 'LPT³', 'lpt9', 'CONIN$', 'COM', '.txt', '.tar.gz', '.part', '.journal', '.1a2b3c4d.part', ' (1)', ' (2)', ' (10)'],
  ...['_', '\u00a0', '\u3000'],
];

const DEVICES = ['CON', 'prn', 'Aux', 'nul', 'COM0', 'com1', 'Com¹', 'COM²', 'lpt³', 'LPT9', 'CONIN$', 'conout$'];
const AFTER_A_DEVICE = ['', '.', ' ', '. .', '.txt', ' .txt', '  . x', ':', ':x', '.a.b', '\u202e', '\t', '\u200b', '1', '²'];

// What the border of 255 bytes is filled with, and what may stand there: some of it is longer in NFC, some shorter.
const FILL = [' ', ' ', '.', 'x', 'x', 'é', 'e\u0301', '한', '😀', 'a ', '. ', '\u1112\u1161', 'ΐ', '\u{1d15e}', '\ud800'];
const AT_THE_BORDER = ['', '😀', 'é', '\ufa6c', '\ufad7', '\u{1d160}', '\u0958', '\ufb2c', '\u0344', '\u1112\u1161\u11ab', '.', ' ', '.😀'];
const EXTENSIONS = ['', '', '.txt', '.x', '. x', '.a (1)', '.e\u0301\ufa6c', '.part', `.${'x'.repeat(31)}`];

// For these the offer is refused.
const REFUSED = [
  ...['', '.', '..', '../..', '..\\..', '/', '\\', '/etc/passwd', 'C:\\Windows', 'C:/', '\\\\server\\share', '\\\\?\\C:\\a', '//server/share'],
  ...['a\0b', '\0', 'a/', 'a\\', './a', 'CON/a', '\u202e/a', 'x'.repeat(256), '한'.repeat(86), ' '.repeat(4096), 'é'.repeat(2048)],
];

const CASED = ['straße', 'kiſs', 'ılık', 'read.me', 'Σίσυφος', 'ﬃ\ufb05ᾳ', 'ÿĳǆ', 'ꭰꮿ', 'აბ', 'ⱥɐ'];

const bytes = (text: string): number => Buffer.byteLength(text);

/** Makes offers from a seed. */
class Maker {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seeded(seed);
  }

  offer(): string[][] {
    const isWild = this.#below(4) === 0;
    const onlyMeeting = this.#below(3) === 0;
    const kind = this.#below(20);
    const length = 1 + this.#below(kind === 0 ? 1_000 : kind < 5 ? 200 : 30);
    return Array.from({ length }, () => this.#path(isWild, onlyMeeting));
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  #pick(from: readonly string[]): string {
    return from[this.#below(from.length)] ?? '';
  }

  #path(isWild: boolean, onlyMeeting: boolean): string[] {
    const kind = this.#below(100);
    const length = kind === 0 && isWild ? this.#below(35) : kind < 2 ? 1 + this.#below(32) : kind < 21 ? 3 : kind < 51 ? 2 : 1;
    const path = Array.from({ length }, () => this.#component(onlyMeeting));
    if (isWild && length > 0 && this.#below(20) === 0) path[this.#below(length)] = this.#pick(REFUSED);
    return path;
  }

  /** A name for which no offer is refused. */
  #component(onlyMeeting: boolean): string {
    let name = onlyMeeting ? this.#pick(MEETING) : this.#anything();
    while (bytes(name) > 255) name = name.slice(0, -1);
    return ['', '.', '..'].includes(name) ? `${name}x` : name;
  }

  #anything(): string {
    const kind = this.#below(32);
    if (kind < 10) return this.#pick(MEETING);
    if (kind < 21) return this.#several(6, () => this.#pick(PIECES));
    if (kind < 24) return this.#pick(DEVICES) + this.#pick(AFTER_A_DEVICE) + this.#pick(AFTER_A_DEVICE);
    if (kind < 27) return this.#atTheBorder();
    if (kind < 28) return this.#several(9, () => this.#character());
    if (kind < 29) return this.#cased();
    if (kind < 30) return (this.#pick(PIECES) + this.#pick(MEETING)).normalize('NFD');
    return `${this.#pick(MEETING)} (${this.#below(12)})${this.#pick(EXTENSIONS)}`;
  }

  #several(most: number, make: () => string): string {
    return Array.from({ length: 1 + this.#below(most) }, make).join('');
  }

  /** A name of 250 to 255 bytes. */
  #atTheBorder(): string {
    const head = [this.#pick(DEVICES), this.#pick(MEETING), ''][this.#below(3)] ?? '';
    const [fill, tail] = [this.#pick(FILL), this.#pick(AT_THE_BORDER) + this.#pick(EXTENSIONS)];
    const room = 250 + this.#below(6) - bytes(head) - bytes(tail);
    const odd = 'x'.repeat(room % bytes(fill));
    return head + fill.repeat(Math.floor(room / bytes(fill))) + odd + tail;
  }

  /** Any character, lone surrogates too, but those for which an offer is refused. */
  #character(): string {
    const character = String.fromCodePoint(this.#below([0x80, 0x800, 0x1_0000, 0x11_0000][this.#below(4)] ?? 0));
    return '/\\\0'.includes(character) ? 'x' : character;
  }

  /** One of a few words in any case. */
  #cased(): string {
    return Array.from(this.#pick(CASED)).map((c) => (this.#below(2) === 0 ? c.toUpperCase() : c.toLowerCase())).join('');
  }
}

/** What no honest sender offers (docs/protocol.md, section 5.4). */
function isRefused(path: readonly string[]): boolean {
  const isHostile = (name: string): boolean =>
    ['', '.', '..'].includes(name) || bytes(name) > 255 || ['/', '\\', '\0'].some((character) => name.includes(character));
  return path.length === 0 || path.length > 32 || bytes(path.join('/')) > 1024 || path.some(isHostile);
}

/** As Windows reads a name: what is before the first dot or colon, without spaces at its end. */
function isDevice(name: string): boolean {
  const end = name.search(/[.:]/);
  const base = name.slice(0, end < 0 ? undefined : end).replace(/ +$/, '');
  return /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d\u00b9\u00b2\u00b3])$/i.test(base);
}

/** What makes a component dangerous on some system, or nothing. */
function unsafeComponent(name: string): string | undefined {
  const codes = Array.from(name, (character) => character.codePointAt(0) ?? 0);
  const within = (...ranges: readonly (readonly [number, number])[]): boolean =>
    codes.some((code) => ranges.some(([first, last]) => code >= first && code <= last));
  const faults: [boolean, string][] = [
    [name === '', 'empty'],
    [name === '.' || name === '..', 'leads out'],
    [['/', '\\', '\0', ':'].some((character) => name.includes(character)), 'a separator, NUL or colon'],
    [within([0, 0x1f], [0x7f, 0x9f]), 'a control character'],
    [within([0x61c, 0x61c], [0x200e, 0x200f], [0x202a, 0x202e], [0x2066, 0x2069]), 'a bidi control'],
    [within([0xd800, 0xdfff]), 'a lone surrogate'],
    [bytes(name) > 255, 'over 255 bytes'],
    [name.endsWith('.') || name.endsWith(' '), 'ends in a dot or space'],
    [isDevice(name), 'a device'],
    [name.normalize('NFC') !== name, 'not NFC'],
  ];
  return faults.find(([isSo]) => isSo)?.[1];
}

/** The promises of the paths of one offer: what the first that breaks one breaks, or null. */
function fault(given: readonly string[]): string | null {
  // By what a file system that minds neither case nor composition sees.
  const folders = new Map<string, string>();
  const files = new Set<string>();
  for (const [index, path] of given.entries()) {
    const parts = path.split('/');
    const unsafe = parts.map(unsafeComponent).find((what) => what !== undefined);
    if (unsafe !== undefined) return `${index}: ${unsafe}: ${JSON.stringify(path)}`;
    for (let depth = 1; depth < parts.length; depth += 1) {
      const folder = parts.slice(0, depth).join('/');
      const key = folder.toUpperCase().normalize('NFC');
      if (files.has(key)) return `${index}: a folder has a file's name: ${JSON.stringify(path)}`;
      if ((folders.get(key) ?? folder) !== folder) return `${index}: a folder in two spellings: ${JSON.stringify(path)}`;
      folders.set(key, folder);
    }
    const key = path.toUpperCase().normalize('NFC');
    if (folders.has(key)) return `${index}: a file has a folder's name: ${JSON.stringify(path)}`;
    if (files.has(key)) return `${index}: two files of one name: ${JSON.stringify(path)}`;
    files.add(key);
  }
  return null;
}

/** The safe forms up to the path for which the offer is refused. */
function safeForms(offer: readonly string[][]): { given: string[]; refusedAt: number | null } {
  const names = new SafeNames();
  const given: string[] = [];
  for (const [index, path] of offer.entries()) {
    try {
      given.push(names.add(path));
    } catch (error) {
      if (!(error instanceof UnsafeNameError)) throw error;
      return { given, refusedAt: index };
    }
  }
  return { given, refusedAt: null };
}

describe('the names of a hostile peer', () => {
  it('become safe paths, apart from one another, whatever they are', () => {
    console.info(`seed ${SEED}`);
    const maker = new Maker(SEED);
    let [paths, safe, refused] = [0, 0, 0];
    for (let number = 0; paths < PATHS; number += 1) {
      const offer = maker.offer();
      const { given, refusedAt } = safeForms(offer);
      const told = `seed ${SEED}, offer ${number}`;
      const hostileAt = offer.findIndex(isRefused);
      if ((refusedAt ?? -1) !== hostileAt) expect.fail(`${told}: refused at ${refusedAt ?? -1}, not ${hostileAt}`);
      const what = fault(given);
      if (what !== null) expect.fail(`${told}, ${what}, offered ${JSON.stringify(offer[Number.parseInt(what)])}`);
      // What is safe and apart already stays as it is.
      const again = given.map((path) => path.split('/'));
      if (!again.some(isRefused)) expect(safeForms(again).given, told).toEqual(given);
      paths += given.length + (refusedAt === null ? 0 : 1);
      safe += given.length;
      refused += refusedAt === null ? 0 : 1;
    }
    console.info(`${paths} paths: ${safe} made safe, ${refused} offers refused`);
    expect([safe > PATHS / 2, refused > 100]).toEqual([true, true]);
  });

  it('are named at once, although a whole offer of them is alike after a cut', () => {
    // Twenty thousand entries, every second one a twin, all numbered with the same beginning.
    const begun = performance.now();
    for (const [stem, extension] of [['x'.repeat(250), ''], ['가'.repeat(80), '.jpg'], ['x', '']] as const) {
      const names = new SafeNames();
      const given: string[] = [];
      for (let number = 0; number < 10_000; number += 1) {
        const name = `${stem}${String(number).padStart(5, '0')}${extension}`;
        given.push(names.add([name]), names.add([name]));
        if (performance.now() - begun > 20_000) expect.fail(`${given.length} names took 20 s`);
      }
      expect(fault(given)).toBeNull();
    }
  });

  it('hold no half of a character', () => {
    const { given } = safeForms([['a\ud83d'], ['\ude00b'], ['a\ude00'], ['😀'], [`${'x'.repeat(252)}\ud83d`], ['\ud83d', '\ude00']]);
    expect(given).toEqual(['a_', '_b', 'a_ (1)', '😀', `${'x'.repeat(252)}_`, '_/_']);
  });
});
