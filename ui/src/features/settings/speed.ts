// A speed as people type it, in megabytes per second, and as it is kept, in whole bytes per second.
import { SPEED_MAX } from '../../host/port';

/** Slower than this nothing arrives in any patience. */
const LEAST = 1_000;

/** Bytes per second, or null when it is no such speed. */
export function speedFrom(text: string): number | null {
  if (!/^\d{1,7}(\.\d{1,6})?$/.test(text.trim())) return null;
  const bytes = Math.round(Number(text) * 1_000_000);
  return bytes >= LEAST && bytes <= SPEED_MAX ? bytes : null;
}

/** As it would be typed. */
export function speedText(bytesPerSecond: number): string {
  return String(bytesPerSecond / 1_000_000);
}
