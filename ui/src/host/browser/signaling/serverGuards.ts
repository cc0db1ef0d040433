// Guards of everything the server sends in namespace `/room` (docs/protocol.md, section 3).
//
// Promises: what passes has exactly the generated types, unknown fields left out, lists and texts bounded; takes any value and
// never throws. Leaves to others: what a message means now (`SignalingSupervisor`).
import type { IceServer } from '../../../protocol/IceServer';
import type { Joined } from '../../../protocol/Joined';
import type { PeerPresence } from '../../../protocol/PeerPresence';
import type { ReplyCode } from '../../../protocol/ReplyCode';
import type { ServerClosing } from '../../../protocol/ServerClosing';
import type { SignalDelivered } from '../../../protocol/SignalDelivered';
import { isId } from '../../../trust/id';
import { MESSAGE_BYTES } from '../../../protocol/limits';

/** A reply, told apart by `ok`; `joined` is there when the reply carries what a join learns. */
export type GuardedReply =
  | { readonly rid: number; readonly ok: true; readonly joined: Joined | null }
  | { readonly rid: number; readonly ok: false; readonly code: ReplyCode; readonly retry_ms: number | null };

/** The events a client of namespace `/room` listens for; anything else is not heard. */
export const SERVER_EVENTS = ['reply', 'peer-joined', 'peer-left', 'signal', 'server-closing'] as const;
export type ServerEvent = (typeof SERVER_EVENTS)[number];

/** More peers than any room has; a longer list is no list of peers. */
const PEERS_MAX = 256;
const ICE_SERVERS_MAX = 16;
const ICE_URLS_MAX = 16;
const ICE_TEXT_CHARS = 1024;
/** Longest wait a server can impose: beyond it the user would think the program dead. */
const RETRY_MAX_MS = 60_000;

const REPLY_CODES: ReadonlySet<string> = new Set<ReplyCode>([
  'bad-request',
  'too-large',
  'unauthorized',
  'version',
  'room-refused',
  'room-full',
  'create-refused',
  'not-in-room',
  'no-such-peer',
  'rate-limited',
  'server-closing',
]);

export function guardReply(value: unknown): GuardedReply | null {
  if (!isRecord(value)) return null;
  const { rid, ok, code, retry_ms } = value;
  if (!isInteger(rid, 0xffffffff) || typeof ok !== 'boolean') return null;
  if (ok) return { rid, ok, joined: guardJoined(value) };
  if (typeof code !== 'string' || !REPLY_CODES.has(code)) return null;
  return { rid, ok, code: code as ReplyCode, retry_ms: guardRetry(retry_ms) };
}

export function guardPresence(value: unknown): PeerPresence | null {
  return isRecord(value) && isId(value['peer']) ? { peer: value['peer'] } : null;
}

export function guardSignal(value: unknown): SignalDelivered | null {
  if (!isRecord(value)) return null;
  const { from, body } = value;
  if (!isId(from) || typeof body !== 'string' || body.length > MESSAGE_BYTES) return null;
  return { from, body };
}

export function guardServerClosing(value: unknown): ServerClosing | null {
  return isRecord(value) ? { retry_ms: guardRetry(value['retry_ms']) ?? 0 } : null;
}

function guardJoined(value: Record<string, unknown>): Joined | null {
  const { peers, ice_servers, ttl_s, limits } = value;
  if (!Array.isArray(peers) || peers.length > PEERS_MAX || !peers.every(isId)) return null;
  if (!Array.isArray(ice_servers) || !isInteger(ttl_s, 0xffffffff) || !isRecord(limits)) return null;
  const { message_bytes, room_peers } = limits;
  if (!isInteger(message_bytes, 0xffffffff) || !isInteger(room_peers, 0xffffffff)) return null;
  const servers = ice_servers.slice(0, ICE_SERVERS_MAX).flatMap((server) => guardIceServer(server) ?? []);
  return { peers, ice_servers: servers, ttl_s, limits: { message_bytes, room_peers } };
}

/** An ICE server, or null. A browser throws on one it cannot parse, so what is passed on has been looked at. */
export function guardIceServer(value: unknown): IceServer | null {
  if (!isRecord(value)) return null;
  const { urls, username, credential } = value;
  if (!Array.isArray(urls) || urls.length === 0 || urls.length > ICE_URLS_MAX) return null;
  if (!urls.every(isIceUrl)) return null;
  const relay = urls.some((url) => url.startsWith('turn'));
  if (!isText(username) || !isText(credential)) return relay ? null : { urls };
  return { urls, username, credential };
}

/** RFC 7064 and 7065, loosely: the scheme, a host, and nothing that would need quoting. */
function isIceUrl(value: unknown): value is string {
  return typeof value === 'string' && value.length <= ICE_TEXT_CHARS && /^(stuns?|turns?):[^\s/@#]+$/.test(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= ICE_TEXT_CHARS;
}

function guardRetry(value: unknown): number | null {
  return isInteger(value, Number.MAX_SAFE_INTEGER) ? Math.min(value, RETRY_MAX_MS) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInteger(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && !Object.is(value, -0) && value <= most;
}
