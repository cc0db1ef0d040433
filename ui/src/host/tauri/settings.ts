// Settings as they cross from the shell. Rust has validated them; this only keeps a page of another version from trusting blindly.
import type { Settings } from '../port';

/** Whether the shell's answer has the shape of this page's settings. */
export function isSettings(value: unknown): value is Settings {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Record<string, unknown>;
  const isTextOrNull = (key: string): boolean => record[key] === null || typeof record[key] === 'string';
  return (
    ['name', 'theme', 'language', 'server'].every((key) => typeof record[key] === 'string') &&
    ['startWithCamera', 'startWithMicrophone', 'relayOnly'].every((key) => typeof record[key] === 'boolean') &&
    (record['speedLimit'] === null || typeof record['speedLimit'] === 'number') &&
    ['cameraId', 'microphoneId', 'speakerId', 'network', 'downloadFolder'].every(isTextOrNull) &&
    Array.isArray(record['iceServers'])
  );
}
