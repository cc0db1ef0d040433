// Whether what came over the media port is what it should be.
//
// Promises: an outside value passes only in the shape of its generated type. The engine is of this build, so what does not
// pass is a fault of ours; it is dropped and logged by the caller.
import type { CaptureOrder } from '../../../protocol/CaptureOrder';
import type { LayerOrder } from '../../../protocol/LayerOrder';
import type { PortMessage } from '../../../protocol/PortMessage';
import { LAYERS } from './portLimits';

type Fields = Readonly<Record<string, unknown>>;

/** What a text message says; null if it is no message of the engine's. */
export function readPortMessage(text: unknown): PortMessage | null {
  const value = parsed(text);
  return value !== null && isPortMessage(value) ? (value as unknown as PortMessage) : null;
}

/** What the encoder is asked to do; null if it is no order. */
export function readCaptureOrder(text: unknown): CaptureOrder | null {
  const value = parsed(text);
  if (value === null) return null;
  if (value['type'] === 'layers') {
    const { layers } = value;
    if (!Array.isArray(layers) || layers.length > LAYERS || !layers.every(isLayerOrder)) return null;
    return { type: 'layers', layers };
  }
  if (value['type'] === 'key-frame' && isNumber(value['layer'])) return { type: 'key-frame', layer: value['layer'] };
  return null;
}

function isPortMessage(value: Fields): boolean {
  switch (value['type']) {
    case 'done':
      return isNumber(value['rid']);
    case 'described':
      return (
        isNumber(value['rid']) &&
        (value['description'] === null || isDescription(value['description'])) &&
        isArrayOf(value['sections'], isSection)
      );
    case 'stats':
      return isNumber(value['rid']) && isArrayOf(value['entries'], isStatsEntry);
    case 'refused':
      return (value['rid'] === null || isNumber(value['rid'])) && isText(value['name']) && isText(value['detail']);
    case 'candidate':
      return isNumber(value['connection']) && (value['candidate'] === null || isCandidate(value['candidate']));
    case 'state':
      return (
        isNumber(value['connection']) &&
        isOneOf(value['state'], STATES) &&
        isArrayOf(value['certificates'], isText) &&
        typeof value['dtls_failed'] === 'boolean'
      );
    case 'muted':
      return isNumber(value['connection']) && isNumber(value['section']) && typeof value['muted'] === 'boolean';
    case 'levels':
      return isArrayOf(value['levels'], (level) => isFields(level) && isNumber(level['connection']) && isNumber(level['level_db']));
    default:
      return false;
  }
}

const STATES = ['new', 'connecting', 'connected', 'disconnected', 'failed', 'closed'];
const DIRECTIONS = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

function parsed(text: unknown): Fields | null {
  if (typeof text !== 'string') return null;
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function isLayerOrder(value: unknown): value is LayerOrder {
  return (
    isFields(value) &&
    [value['long_side'], value['bitrate_bps'], value['frame_rate']].every((one) => isNumber(one) && one > 0)
  );
}

function isSection(value: unknown): boolean {
  return (
    isFields(value) &&
    isOneOf(value['kind'], ['audio', 'video']) &&
    isOneOf(value['direction'], DIRECTIONS) &&
    (value['current_direction'] === null || isOneOf(value['current_direction'], DIRECTIONS))
  );
}

function isDescription(value: unknown): boolean {
  return isFields(value) && isOneOf(value['type'], ['offer', 'answer']) && isText(value['sdp']);
}

function isCandidate(value: unknown): boolean {
  return isFields(value) && isText(value['candidate']);
}

function isStatsEntry(value: unknown): boolean {
  return isFields(value) && isText(value['id']) && isText(value['type']);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isArrayOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isOneOf(value: unknown, words: readonly string[]): boolean {
  return typeof value === 'string' && words.includes(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);
}
