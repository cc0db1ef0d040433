// What a text of the conversation is made of: plain words, links, inline code, and blocks of code between ``` fences.
//
// Promises: pure; takes time in proportion to the text, whoever wrote it; of plain words not a character is lost or added; a link has one of
// three schemes, is shown as it was written, and names the host it really goes to wherever that is not what one reads. Left to others:
// drawing it, from these values alone.
import { parsedUrl } from './parsedUrl';

/** A stretch within a line. */
export type Inline =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | {
      readonly kind: 'link';
      /** As written. */
      readonly text: string;
      /** Where it goes, its host in ASCII. */
      readonly href: string;
      /** The host in ASCII, when the written one reads otherwise. */
      readonly host: string | null;
    };

/** A stretch of whole lines. */
export type Block = { readonly kind: 'prose'; readonly parts: readonly Inline[] } | { readonly kind: 'fence'; readonly code: string };

/** Texts beyond either are folded: more than a screen of a phone. */
const FOLD_LINES = 12;
const FOLD_CHARS = 1_500;

const OPENING = /^ {0,3}(`{3,})[^`]*$/;
const CLOSING = /^ {0,3}(`{3,})\s*$/;
const MARK = /`+|https?:\/\/|mailto:/gi;
/** Ends a link: white space, what cannot be seen or turns the order of reading, and what quotes or hides another target. */
const LINK_END = /[\s<>"`\\\u2800\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
/** Belongs to the sentence around a link rather than to the link. */
const TRAILING = new Set(".,;:!?'*_~…。、，．！？：；）」』】》’”");
const BRACKETS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** The shape of a text. */
export function textShape(body: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = body.split('\n');
  let prose: string[] = [];
  const endProse = (): void => {
    if (prose.length > 0) blocks.push({ kind: 'prose', parts: inlines(prose.join('\n')) });
    prose = [];
  };
  /** Fences of so many ticks and more are not closed any more. */
  let unclosed = Infinity;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const ticks = OPENING.exec(line)?.[1]?.length ?? 0;
    const end = ticks > 0 && ticks < unclosed ? fenceEnd(lines, at + 1, ticks) : null;
    if (end !== null) {
      endProse();
      blocks.push({ kind: 'fence', code: lines.slice(at + 1, end).join('\n') });
      at = end;
    } else {
      if (ticks > 0) unclosed = Math.min(unclosed, ticks);
      prose.push(line);
    }
  }
  endProse();
  return blocks;
}

/** Whether it is shown folded at first. */
export function isLong(body: string): boolean {
  return body.length > FOLD_CHARS || body.split('\n').length > FOLD_LINES;
}

/** The line that closes a fence of so many ticks, or null. */
function fenceEnd(lines: readonly string[], from: number, ticks: number): number | null {
  for (let at = from; at < lines.length; at += 1) if ((CLOSING.exec(lines[at] ?? '')?.[1]?.length ?? 0) >= ticks) return at;
  return null;
}

function inlines(text: string): readonly Inline[] {
  const parts: Inline[] = [];
  let plainFrom = 0;
  const take = (from: number, to: number, part: Inline): void => {
    if (from > plainFrom) parts.push({ kind: 'plain', text: text.slice(plainFrom, from) });
    parts.push(part);
    plainFrom = to;
  };
  const mark = new RegExp(MARK);
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    const [what] = found;
    const from = found.index;
    if (what.startsWith('`')) {
      const to = codeEnd(text, from, what.length);
      const code = to === null ? '' : trimmedCode(text.slice(from + what.length, to - what.length));
      if (to === null || code.trim() === '') continue;
      take(from, to, { kind: 'code', text: code });
      mark.lastIndex = to;
    } else if (from === 0 || !/[\p{L}\p{N}]/u.test(text[from - 1] ?? '') || /[^\p{ASCII}]/u.test(text[from - 1] ?? '')) {
      // Korean and its like write no space before a link.
      const run = runAt(text, from);
      if (run.length > LINK_CHARS) {
        // Its beginning alone leads elsewhere, and so may what looks like a link within it.
        mark.lastIndex = from + run.length;
        continue;
      }
      const link = linkIn(run);
      if (link === null) continue;
      take(from, from + link.text.length, link);
      mark.lastIndex = from + link.text.length;
    }
  }
  if (plainFrom < text.length) parts.push({ kind: 'plain', text: text.slice(plainFrom) });
  return parts;
}

/** Behind the run of exactly so many ticks on the same line, or null. */
function codeEnd(text: string, from: number, ticks: number): number | null {
  const lineEnd = text.indexOf('\n', from);
  const end = lineEnd < 0 ? text.length : lineEnd;
  for (let at = text.indexOf('`', from + ticks); at >= 0 && at < end; ) {
    let to = at;
    while (text[to] === '`') to += 1;
    if (to - at === ticks) return to;
    at = text.indexOf('`', to);
  }
  return null;
}

/** A space on both sides only keeps ticks apart. */
function trimmedCode(code: string): string {
  return code.startsWith(' ') && code.endsWith(' ') && code.trim() !== '' ? code.slice(1, -1) : code;
}

/** What a link that begins here could reach to. Of what is too long, all of it, since it is passed over. */
function runAt(text: string, from: number): string {
  for (let chars = LINK_CHARS + 1; ; chars *= 2) {
    const rest = text.slice(from, from + chars);
    const end = rest.search(LINK_END);
    // The last character may be half of one.
    if (end >= 0 && end < chars - 1) return rest.slice(0, end);
    if (rest.length < chars) return rest;
  }
}

function linkIn(run: string): Extract<Inline, { kind: 'link' }> | null {
  const isMail = /^mailto:/i.test(run);
  const written = withoutTrailing(isMail ? (/^[!-~]+/.exec(run)?.[0] ?? '') : withinAuthority(run));
  const url = parsedUrl(written);
  if (url === null) return null;
  if (isMail) return url.protocol === 'mailto:' && /^[^@?]+@[^@?]+/.test(url.pathname) ? { kind: 'link', text: written, href: url.href, host: null } : null;
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return null;
  return { kind: 'link', text: written, href: url.href, host: isHostAsRead(written, url) ? null : url.hostname };
}

/** The longest link: what browsers and servers take. */
const LINK_CHARS = 2_048;

/**
 * Without what was written right behind the host, as Korean does with particles: no top-level domain and no port mixes ASCII with other
 * letters.
 */
function withinAuthority(run: string): string {
  const [whole = '', scheme = '', authority = ''] = /^(https?:\/\/)([^/?#]*)/i.exec(run) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const [, before = '', kept] = /^(.*[.。．｡:])([\dA-Za-z][\dA-Za-z-]*)[^\p{ASCII}][^.。．｡:]*$/su.exec(host) ?? [];
  if (kept === undefined || whole === '') return run;
  return scheme + authority.slice(0, authority.length - host.length) + before + kept;
}

/** Without the marks of the sentence around it. A closing bracket belongs to the link when it was opened in it. */
function withoutTrailing(run: string): string {
  const counts = new Map<string, number>();
  for (const character of run) counts.set(character, (counts.get(character) ?? 0) + 1);
  const countOf = (character: string): number => counts.get(character) ?? 0;
  let end = run.length;
  for (;;) {
    const last = run[end - 1] ?? '';
    const opener = BRACKETS[last];
    const isLoose = opener !== undefined && countOf(opener) < countOf(last);
    if (!TRAILING.has(last) && !isLoose) return run.slice(0, end);
    counts.set(last, countOf(last) - 1);
    end -= 1;
  }
}

/** What one reads as the host is the host: written in ASCII, nothing before it that looks like one. */
function isHostAsRead(written: string, url: URL): boolean {
  const [, authority = ''] = /^https?:\/\/([^/?#]*)/i.exec(written) ?? [];
  const host = authority.replace(/:\d*$/, '');
  return !authority.includes('@') && host.toLowerCase() === url.hostname && /^[\p{ASCII}]*$/u.test(host);
}
