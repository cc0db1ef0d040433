// Entry of the page inside the app: Rust does signaling, data and files; the page shows them and makes the call where it can.
import { mount } from './app/mount';
import { nativeMediaConnections } from './call';
import { createHost } from './host/tauri';

void mount(createHost(), nativeMediaConnections());
