// Entry of the page inside the app: Rust does signaling, data and files; the page shows them and makes the call, with its own
// connections where it has them and over the engine where it has not.
import { mount } from './app/mount';
import { nativeMediaConnections } from './call';
import { createHost } from './host/tauri';
import { mediaPortAddress } from './host/tauri/mediaPort';
import { standInMediaConnections } from './host/tauri/rtc/standIn';

const connections = nativeMediaConnections() ?? standInMediaConnections(await mediaPortAddress());
void mount(createHost({ call: connections !== null }), connections);
