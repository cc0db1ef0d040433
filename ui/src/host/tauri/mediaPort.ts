// Where the engine's media port is, for a page whose platform cannot make media connections by itself.
import { invoke } from '@tauri-apps/api/core';

import type { MediaPortAddress } from '../../protocol/MediaPortAddress';

/** Null where the engine has none, or does not say. */
export async function mediaPortAddress(): Promise<MediaPortAddress | null> {
  try {
    const address: unknown = await invoke('media_port');
    return isAddress(address) ? address : null;
  } catch (error) {
    // Without it there are no calls, and the page says so; the rest goes on.
    console.error('the media port is not to be had', error);
    return null;
  }
}

function isAddress(value: unknown): value is MediaPortAddress {
  if (typeof value !== 'object' || value === null) return false;
  const { url, secret } = value as Partial<Record<keyof MediaPortAddress, unknown>>;
  return typeof url === 'string' && /^ws:\/\/127\.0\.0\.1:\d{1,5}$/.test(url) && typeof secret === 'string' && secret !== '';
}
