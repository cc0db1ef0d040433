// Guard of the messages of `control` (docs/protocol.md, section 5.2).
//
// Promises: what passes has exactly the generated type `Control`, every field checked, unknown fields left out. Takes any value, never
// throws, and tells an unknown kind (to be ignored) from a broken message (a breach). Leaves to others: what a message means, and every
// limit that is about meaning (an offer of too many entries is a right message).

import type { BlockRange } from '../protocol/BlockRange';
import type { Control } from '../protocol/Control';
import type { OfferedEntry } from '../protocol/OfferedEntry';
import type { ResumePoint } from '../protocol/ResumePoint';
import type { Seen } from '../protocol/Seen';
import type { TransferCode } from '../protocol/TransferCode';
import { decodeBase64url } from '../trust/base64url';
import { MAC_BYTES } from '../trust/confirmation';
import { isId } from '../trust/id';
import { cutName } from '../trust/displayName';
import { CONTROL_BYTES } from '../protocol/limits';
import { textBytes } from './texts';

/** What a text on `control` is: a message, of a kind this version does not know, or broken (no JSON, too long, a wrong field). */
export type ParsedControl =
  | { readonly type: 'message'; readonly message: Control }
  | { readonly type: 'unknown' }
  | { readonly type: 'broken' };

const BROKEN: ParsedControl = { type: 'broken' };

/** Reads a message of `control`. */
export function parseControl(text: string): ParsedControl {
  // A character is at least a byte, so the first test spares encoding what is too long anyway.
  if (text.length > CONTROL_BYTES || textBytes(text) > CONTROL_BYTES) return BROKEN;
  try {
    return guardControl(JSON.parse(text));
  } catch {
    // JSON.parse throws on what is no JSON: broken, and nothing more to say about it.
    return BROKEN;
  }
}

/** Judges a value that was JSON. */
export function guardControl(value: unknown): ParsedControl {
  if (!isRecord(value) || typeof value['type'] !== 'string') return BROKEN;
  if (!Object.hasOwn(GUARDS, value['type'])) return { type: 'unknown' };
  const message = GUARDS[value['type'] as Control['type']](value);
  return message === null ? BROKEN : { type: 'message', message };
}

type Fields = Readonly<Record<string, unknown>>;

const GUARDS: { readonly [Kind in Control['type']]: (fields: Fields) => Extract<Control, { type: Kind }> | null } = {
  confirm: ({ mac, seen }) => (isMac(mac) && isSeen(seen) ? { type: 'confirm', mac, seen } : null),
  profile: ({ name }) => (typeof name === 'string' ? { type: 'profile', name: cutName(name) } : null),
  ping: ({ n }) => (isU32(n) ? { type: 'ping', n } : null),
  pong: ({ n }) => (isU32(n) ? { type: 'pong', n } : null),
  text: ({ id, body, sent_at_ms }) =>
    isId(id) && typeof body === 'string' && isCount(sent_at_ms) ? { type: 'text', id, body, sent_at_ms } : null,
  'text-received': ({ id }) => (isId(id) ? { type: 'text-received', id } : null),
  offer: ({ transfer, entry_count, total_bytes, entries, last }) => {
    const guarded = guardList(entries, guardEntry);
    if (!isId(transfer) || !isU32(entry_count) || !isCount(total_bytes) || guarded === null) return null;
    return typeof last === 'boolean' ? { type: 'offer', transfer, entry_count, total_bytes, entries: guarded, last } : null;
  },
  'offer-entries': ({ transfer, entries, last }) => {
    const guarded = guardList(entries, guardEntry);
    if (!isId(transfer) || guarded === null || typeof last !== 'boolean') return null;
    return { type: 'offer-entries', transfer, entries: guarded, last };
  },
  accept: ({ transfer, resume = [] }) => {
    const guarded = guardList(resume, guardResumePoint);
    return isId(transfer) && guarded !== null ? { type: 'accept', transfer, resume: guarded } : null;
  },
  decline: ({ transfer }) => (isId(transfer) ? { type: 'decline', transfer } : null),
  cancel: ({ transfer, code }) => (isId(transfer) && isTransferCode(code) ? { type: 'cancel', transfer, code } : null),
  pause: ({ transfer, paused }) => (isId(transfer) && typeof paused === 'boolean' ? { type: 'pause', transfer, paused } : null),
  stored: ({ transfer, bytes }) => (isId(transfer) && isCount(bytes) ? { type: 'stored', transfer, bytes } : null),
  proven: ({ transfer, entry }) => (isId(transfer) && isU32(entry) ? { type: 'proven', transfer, entry } : null),
  'entry-failed': ({ transfer, entry, code }) =>
    isId(transfer) && isU32(entry) && isTransferCode(code) ? { type: 'entry-failed', transfer, entry, code } : null,
  'media-confirm': ({ link, mac, seen }) =>
    isU32(link) && isMac(mac) && isSeen(seen) ? { type: 'media-confirm', link, mac, seen } : null,
  withdrawn: () => ({ type: 'withdrawn' }),
  'media-state': ({ microphone, camera }) =>
    typeof microphone === 'boolean' && typeof camera === 'boolean' ? { type: 'media-state', microphone, camera } : null,
  'comparison-wanted': () => ({ type: 'comparison-wanted' }),
  'comparison-commit': ({ commitment }) => (isBytes(commitment, 32) ? { type: 'comparison-commit', commitment } : null),
  'comparison-reveal': ({ nonce }) => (isBytes(nonce, 32) ? { type: 'comparison-reveal', nonce } : null),
  device: ({ key, signature }) => (isBytes(key, 32) && isBytes(signature, 64) ? { type: 'device', key, signature } : null),
  bye: () => ({ type: 'bye' }),
};

function guardEntry(value: unknown): OfferedEntry | null {
  if (!isRecord(value)) return null;
  const { path, size, modified_ms } = value;
  if (!isCount(size) || !Array.isArray(path) || !path.every((component) => typeof component === 'string')) return null;
  // JSON without the field and with null mean the same.
  if (modified_ms === undefined || modified_ms === null) return { path, size };
  return isCount(modified_ms) ? { path, size, modified_ms } : null;
}

function guardResumePoint(value: unknown): Required<ResumePoint> | null {
  if (!isRecord(value)) return null;
  const { entry, next_block, proven = false, stored = [] } = value;
  const guarded = guardList(stored, guardBlockRange);
  if (!isU32(entry) || !isU32(next_block) || typeof proven !== 'boolean' || guarded === null) return null;
  return { entry, next_block, proven, stored: guarded };
}

function guardBlockRange(value: unknown): BlockRange | null {
  if (!isRecord(value)) return null;
  const { first, end } = value;
  return isU32(first) && isU32(end) ? { first, end } : null;
}

/** Every item guarded, or null when one of them is wrong or `value` is no list. The length is bounded by the message's. */
function guardList<Item>(value: unknown, guard: (item: unknown) => Item | null): Item[] | null {
  if (!Array.isArray(value)) return null;
  const items: Item[] = [];
  for (const item of value) {
    const guarded = guard(item);
    if (guarded === null) return null;
    items.push(guarded);
  }
  return items;
}

const TRANSFER_CODES: { readonly [Code in TransferCode]: true } = {
  cancelled: true,
  declined: true,
  'no-space': true,
  'write-failed': true,
  'read-failed': true,
  'source-changed': true,
  corrupt: true,
  forgotten: true,
  'bad-offer': true,
  protocol: true,
};

function isTransferCode(value: unknown): value is TransferCode {
  return typeof value === 'string' && Object.hasOwn(TRANSFER_CODES, value);
}

function isSeen(value: unknown): value is Seen {
  return value === 'certificate' || value === 'description';
}

function isMac(value: unknown): value is string {
  return isBytes(value, MAC_BYTES);
}

/** So many bytes as base64url. */
function isBytes(value: unknown, length: number): value is string {
  return typeof value === 'string' && decodeBase64url(value, length) !== null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A number of bytes, milliseconds or the like: 0 … 2^53-1. JSON has a -0 as well, which is no whole number to others. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}

function isU32(value: unknown): value is number {
  return isCount(value) && value <= 0xffffffff;
}
