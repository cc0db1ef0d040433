// The settings of a page, in the origin's localStorage.
//
// Promises: each broken or missing field falls back by itself; storage that is switched off means defaults, not errors.
import type { IceServer } from '../../protocol/IceServer';
import { cutName } from '../../trust/displayName';
import { isDeviceId } from '../../trust/device';
import { ACQUAINTANCES_MAX, SPEED_MAX, type Acquaintance, type Settings } from '../port';
import { guardIceServer } from './signaling/serverGuards';

const KEY = 'parlor.settings';
const TEXT_CHARS = 2048;
const ICE_SERVERS_MAX = 16;

export const DEFAULT_SETTINGS: Settings = {
  name: '',
  theme: 'system',
  language: 'system',
  cameraId: null,
  microphoneId: null,
  speakerId: null,
  startWithCamera: true,
  startWithMicrophone: true,
  iceServers: [],
  relayOnly: false,
  server: '',
  network: null,
  speedLimit: null,
  downloadFolder: null,
  showDevice: true,
  acquaintances: [],
};

export function readSettings(): Settings {
  try {
    return guardSettings(JSON.parse(localStorage.getItem(KEY) ?? 'null'));
  } catch {
    return DEFAULT_SETTINGS;
  }
}

export function writeSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Private windows may refuse; the settings then last as long as the page.
  }
}

/** Settings out of anything. */
export function guardSettings(value: unknown): Settings {
  if (typeof value !== 'object' || value === null) return DEFAULT_SETTINGS;
  const stored = value as Record<string, unknown>;
  const defaults = DEFAULT_SETTINGS;
  const text = (key: string): string | null => {
    const field = stored[key];
    return typeof field === 'string' && field.length <= TEXT_CHARS ? field : null;
  };
  const bool = (key: string, otherwise: boolean): boolean => {
    const field = stored[key];
    return typeof field === 'boolean' ? field : otherwise;
  };
  const speed = (key: string): number | null => {
    const field = stored[key];
    return typeof field === 'number' && Number.isInteger(field) && field >= 1 && field <= SPEED_MAX ? field : null;
  };
  const theme = text('theme');
  const language = text('language');
  return {
    name: cutName(text('name') ?? defaults.name),
    theme: theme === 'day' || theme === 'evening' ? theme : defaults.theme,
    language: language === 'en' || language === 'ko' ? language : defaults.language,
    cameraId: text('cameraId'),
    microphoneId: text('microphoneId'),
    speakerId: text('speakerId'),
    startWithCamera: bool('startWithCamera', defaults.startWithCamera),
    startWithMicrophone: bool('startWithMicrophone', defaults.startWithMicrophone),
    iceServers: guardIceServers(stored['iceServers']),
    relayOnly: bool('relayOnly', defaults.relayOnly),
    server: text('server') ?? defaults.server,
    network: null,
    speedLimit: speed('speedLimit'),
    downloadFolder: null,
    showDevice: bool('showDevice', defaults.showDevice),
    acquaintances: guardAcquaintances(stored['acquaintances']),
  };
}

function guardIceServers(value: unknown): readonly IceServer[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, ICE_SERVERS_MAX).flatMap((server: unknown) => guardIceServer(server) ?? []);
}

function guardAcquaintances(value: unknown): readonly Acquaintance[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, ACQUAINTANCES_MAX).flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return [];
    const { device, name, comparedAtMs } = one as Record<string, unknown>;
    if (typeof device !== 'string' || typeof name !== 'string' || typeof comparedAtMs !== 'number') return [];
    return isDeviceId(device) && Number.isSafeInteger(comparedAtMs) ? [{ device, name: cutName(name), comparedAtMs }] : [];
  });
}
