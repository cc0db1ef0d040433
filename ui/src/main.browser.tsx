// Entry of the page in a browser: the page does everything itself.
import { mount } from './app/mount';
import { nativeMediaConnections } from './call';
import { createHost } from './host/browser';

void mount(createHost(), nativeMediaConnections());
