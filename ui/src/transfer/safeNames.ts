// Turns the paths of an offer into safe relative ones (docs/protocol.md, section 5.4). Twin of `crates/transfer/src/safe_names.rs`.
//
// What it is: the one place through which every offered path goes. Promises: what comes out is relative, has no `..`, no separator,
// drive, stream, device name, control or bidi character, no trailing dot or space, and collides with nothing else of its offer by
// case or NFC, on any of the systems Parlor runs on; the work and the memory are linear in the offer.
// Leaves to others: names that already exist where files go.

import { utf8 } from '../trust/bytes';
import { COMPONENT_BYTES, PATH_BYTES, PATH_COMPONENTS } from '../protocol/limits';

const encoder = new TextEncoder();

declare const safe: unique symbol;

/** A safe relative path, components joined by `/`. Only `SafeNames` makes one. */
export type SafePath = string & { readonly [safe]: true };

/**
 * Why a whole offer is refused (`bad-offer`): no honest sender offers such a path.
 * - `empty`: no component, or an empty one (which is how an absolute path looks in components).
 * - `traversal`: `.` or `..`.
 * - `separator`: `/`, `\` or NUL inside a component.
 * - `too-long`: a component over 255 bytes, over 32 components, or over 1 024 bytes in all.
 */
export type UnsafeName = 'empty' | 'traversal' | 'separator' | 'too-long';

/** A path that makes the whole offer refused. */
export class UnsafeNameError extends Error {
  constructor(readonly reason: UnsafeName) {
    super(`unsafe name: ${reason}`);
    this.name = 'UnsafeNameError';
  }
}

/** What stands under a name of a folder. */
interface Node {
  /** Set when offered paths go on below this name: the folder's number, and its name as it is written. */
  folder: { readonly number: number; readonly written: string } | null;
}

/** The paths of one offer, in order. Feed every path to `add`. */
export class SafeNames {
  readonly #nodes = new Map<string, Node>();
  /** The next number to try, for names that are one once they have one (see `#nextNumber`). */
  readonly #numbers = new Map<string, number>();
  #folders = 0;

  /** The safe form of the next offered path. Throws `UnsafeNameError` when the whole offer is to be refused for it. */
  add(path: readonly string[]): SafePath {
    checkPath(path);
    let parent = 0;
    const written: string[] = [];
    for (const folder of path.slice(0, -1)) {
      const entered = this.#enter(parent, safeComponent(folder));
      parent = entered.number;
      written.push(entered.written);
    }
    written.push(this.#place(parent, safeComponent(path.at(-1) ?? ''), null));
    return written.join('/') as SafePath;
  }

  /** The folder `name` below `parent`: the one offered before, whatever its case, or a new one. */
  #enter(parent: number, name: string): { readonly number: number; readonly written: string } {
    const known = this.#nodes.get(nodeKey(parent, name))?.folder;
    if (known) return known;
    this.#folders += 1;
    const number = this.#folders;
    const folder = { number, written: this.#place(parent, name, number) };
    // Paths below the offered name find the folder even if a file had the name first.
    const node = this.#nodes.get(nodeKey(parent, name));
    if (node) node.folder = folder;
    return folder;
  }

  /** Takes `name` below `parent`, or `name (1)` and so on if it is taken. */
  #place(parent: number, name: string, folder: number | null): string {
    let wanted = name;
    for (;;) {
      const taken = nodeKey(parent, wanted);
      if (!this.#nodes.has(taken)) {
        this.#nodes.set(taken, { folder: folder === null ? null : { number: folder, written: wanted } });
        return wanted;
      }
      wanted = numbered(name, this.#nextNumber(parent, name));
    }
  }

  /**
   * The lowest number below `parent` that was never tried for `name`, nor for a name that is the same once both are cut to make
   * room for it: so a thousand files of one name, or of one long beginning, do not try a million.
   */
  #nextNumber(parent: number, name: string): number {
    for (let digits = '/', end = 10; ; digits += '/', end *= 10) {
      // No name holds a `/`, so this stands for every number of as many digits.
      const family = nodeKey(parent, shortened(name, ` (${digits})`));
      const next = this.#numbers.get(family) ?? end / 10;
      if (next === end) continue;
      this.#numbers.set(family, next + 1);
      return next;
    }
  }
}

/** The rules for which an offer is refused. Throws `UnsafeNameError`. */
export function checkPath(path: readonly string[]): void {
  const lengths = path.map((component) => utf8(component).length);
  const bytes = lengths.reduce((sum, length) => sum + length + 1, 0) - 1;
  if (path.length > PATH_COMPONENTS || bytes > PATH_BYTES) throw new UnsafeNameError('too-long');
  if (path.length === 0) throw new UnsafeNameError('empty');
  for (const [index, component] of path.entries()) {
    if (component === '') throw new UnsafeNameError('empty');
    if (component === '.' || component === '..') throw new UnsafeNameError('traversal');
    if (/[/\\\0]/.test(component)) throw new UnsafeNameError('separator');
    if ((lengths[index] ?? 0) > COMPONENT_BYTES) throw new UnsafeNameError('too-long');
  }
}

// Control characters, what Windows forbids or reads as a stream, bidi controls (they make `gpj.exe` look like `exe.jpg`), line and
// paragraph separators, the byte order mark. Lone surrogates are no characters and could not be written as UTF-8.
const UNSAFE = /[\p{Cc}\p{Cs}<>:"/\\|?*\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

// A name of a device on Windows, with or without an extension.
const RESERVED = /^(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])$/;

/** One component, made safe. */
function safeComponent(offered: string): string {
  // NFC makes some names longer, and the cut of one may leave nothing or a device's name: so it is cut first.
  const name = shortened(trimEnd(offered.normalize('NFC').replace(UNSAFE, '_')), '');
  const stem = (name.split('.')[0] ?? '').replace(/ +$/, '');
  return name === '' || RESERVED.test(asciiUpper(stem)) ? shortened(`_${name}`, '') : name;
}

/** Two names with the same key are one name on some system. The parent's number keeps folders apart. */
function nodeKey(parent: number, name: string): string {
  return `${parent}/${name.toUpperCase().normalize('NFC')}`;
}

/** `name (1).txt` for `name.txt`. */
export function numbered(name: string, number: number): string {
  return shortened(name, ` (${number})`);
}

/** `name` with `suffix` before its extension, cut to what a file system takes. An extension over 32 bytes counts as part of the stem. */
function shortened(name: string, suffix: string): string {
  const lastDot = name.lastIndexOf('.');
  const dot = lastDot > 0 && utf8(name.slice(lastDot)).length <= 32 ? lastDot : name.length;
  const extension = name.slice(dot);
  const whole = name.slice(0, dot);
  const room = COMPONENT_BYTES - utf8(suffix + extension).length;
  let stem = cutToBytes(whole, room);
  // A cut may end in what a name must not end in.
  if (stem.length < whole.length && suffix === '' && extension === '') stem = trimEnd(stem);
  return stem + suffix + extension;
}

/** The longest beginning of `text` that has at most `most` bytes of UTF-8 and ends at a character. */
function cutToBytes(text: string, most: number): string {
  return text.slice(0, encoder.encodeInto(text, new Uint8Array(most)).read);
}

function trimEnd(name: string): string {
  return name.replace(/[. ]+$/, '');
}

function asciiUpper(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
