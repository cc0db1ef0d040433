// Entry of the page inside the app: Rust does signaling, data and files; the page shows them and makes the call, with its own
// connections where it has them and over the engine where it has not.
import { mount } from './app/mount';
import { nativeMediaConnections, type MediaConnectionFactory } from './call';
import { createHost } from './host/tauri';
import { mediaPortAddress } from './host/tauri/mediaPort';

const connections = nativeMediaConnections() ?? (await standIn());
void mount(createHost({ call: connections !== null }), connections);

/** Loaded only where it is needed. */
async function standIn(): Promise<MediaConnectionFactory | null> {
  const { standInMediaConnections } = await import('./host/tauri/rtc/standIn');
  return standInMediaConnections(await mediaPortAddress());
}
