// Guard of what an opened envelope holds (docs/protocol.md, sections 4.1 and 4.2).
//
// Promises: what passes has exactly the generated type `Sealed`, every field checked, unknown fields left out; a name is cut, not
// refused. Takes any value and never throws.

import type { Candidate } from '../protocol/Candidate';
import type { Hello } from '../protocol/Hello';
import type { Sealed } from '../protocol/Sealed';
import { decodeBase64url } from './base64url';
import { NONCE_BYTES } from './derivation';
import { MESSAGE_BYTES } from '../protocol/limits';
import { cutName } from './displayName';

/** Longest `agent` that is kept, in characters. */
const AGENT_CHARS = 64;
/** Highest connection number: a u32. */
const LINK_MAX = 0xffffffff;

/** The message in `text`, or null when it is none. */
export function parseSealed(text: string): Sealed | null {
  if (text.length > MESSAGE_BYTES) return null;
  try {
    return guardSealed(JSON.parse(text));
  } catch {
    // JSON.parse throws on what is no JSON: that, too, is no message.
    return null;
  }
}

/** `value` as a message, or null when it is none. */
export function guardSealed(value: unknown): Sealed | null {
  if (!isRecord(value)) return null;
  switch (value['type']) {
    case 'hello': {
      const hello = guardHello(value);
      return hello === null ? null : { type: 'hello', ...hello };
    }
    case 'description': {
      const { link, description } = value;
      if (!isLink(link) || !isRecord(description)) return null;
      const { type, sdp } = description;
      if ((type !== 'offer' && type !== 'answer') || typeof sdp !== 'string') return null;
      return { type: 'description', link, description: { type, sdp } };
    }
    case 'candidate': {
      const { link, candidate } = value;
      if (!isLink(link)) return null;
      // Left out means the end of candidates, as null does.
      if (candidate === null || candidate === undefined) return { type: 'candidate', link, candidate: null };
      const guarded = guardCandidate(candidate);
      return guarded === null ? null : { type: 'candidate', link, candidate: guarded };
    }
    default:
      return null;
  }
}

function guardHello(value: Record<string, unknown>): Hello | null {
  const { nonce, echo, name, agent, host } = value;
  if (!isNonce(nonce) || !(echo === null || echo === undefined || isNonce(echo))) return null;
  if (typeof name !== 'string' || typeof agent !== 'string') return null;
  if (host !== 'app' && host !== 'browser' && host !== 'shell') return null;
  return { nonce, echo: echo ?? null, name: cutName(name), agent: agent.slice(0, AGENT_CHARS), host };
}

function guardCandidate(value: unknown): Candidate | null {
  if (!isRecord(value)) return null;
  const { candidate, sdp_mid = null, sdp_m_line_index = null, username_fragment = null } = value;
  if (typeof candidate !== 'string') return null;
  if (sdp_mid !== null && typeof sdp_mid !== 'string') return null;
  if (username_fragment !== null && typeof username_fragment !== 'string') return null;
  if (sdp_m_line_index !== null && !isInteger(sdp_m_line_index, 0xffff)) return null;
  return { candidate, sdp_mid, sdp_m_line_index, username_fragment };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInteger(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && !Object.is(value, -0) && value <= most;
}

function isLink(value: unknown): value is number {
  return isInteger(value, LINK_MAX) && value >= 1;
}

function isNonce(value: unknown): value is string {
  return typeof value === 'string' && decodeBase64url(value, NONCE_BYTES) !== null;
}
