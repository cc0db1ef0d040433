// The key by which peers recognise this browser, in the origin's localStorage.
//
// Promises: the same key as long as the storage keeps it, and one for as long as the page lasts where it keeps nothing. As safe as the
// origin: whatever the page's server sends can read it, which is why a browser's end is never more than that (SECURITY.md).
import { decodeBase64url, encodeBase64url } from '../../trust/base64url';
import type { Random } from '../../trust/bytes';
import { DeviceKey } from '../../trust/device';

const KEY = 'parlor.device';
const SEED_BYTES = 32;

/** The key of this browser, made at the first call. */
export function browserDevice(random: Random): DeviceKey {
  const kept = stored();
  if (kept !== null) return new DeviceKey(kept);
  const seed = random(SEED_BYTES);
  try {
    localStorage.setItem(KEY, encodeBase64url(seed));
  } catch {
    // Private windows may refuse; the key then lasts as long as the page.
  }
  return new DeviceKey(seed);
}

function stored(): Uint8Array | null {
  try {
    return decodeBase64url(localStorage.getItem(KEY) ?? '', SEED_BYTES);
  } catch {
    // Storage that is switched off has kept nothing.
    return null;
  }
}
