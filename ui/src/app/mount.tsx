// Puts the screen on the page, with the host that the entry file chose.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { MediaConnectionFactory } from '../call';
import type { Host, Settings } from '../host/port';
import '../shared/tokens/tokens.css';
import '../shared/tokens/base.css';
import { App } from './App';
import './app.css';
import { ErrorBoundary } from './ErrorBoundary';
import { lockedRooms } from './OtherWindows';
import { windowRoomMemory } from './RoomMemory';
import { Session } from './Session';
import { TransferHistory } from './TransferHistory';

/** What holds until something was stored, or when what was stored cannot be read. */
const DEFAULTS: Settings = {
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

/** Shows Parlor. Once a page. */
export async function mount(host: Host, connect: MediaConnectionFactory | null): Promise<void> {
  const element = document.getElementById('root');
  if (element === null) throw new Error('the page has no #root');
  const settings = await host.loadSettings().catch(() => DEFAULTS);
  const session = new Session({
    host,
    connect,
    settings,
    memory: windowRoomMemory(),
    otherWindows: lockedRooms(),
    history: new TransferHistory(),
    now: () => Date.now(),
    randomId: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(''),
  });
  const { goesBack } = session;
  session.start();
  createRoot(element).render(
    <StrictMode>
      <ErrorBoundary>
        <App session={session} />
      </ErrorBoundary>
    </StrictMode>,
  );
  if (host.can.call && !goesBack && (await wasGranted())) {
    session.startMedia({ camera: settings.startWithCamera, microphone: settings.startWithMicrophone });
  }
}

/** Whether camera and microphone were allowed before, so that opening them asks nothing. */
async function wasGranted(): Promise<boolean> {
  const { permissions } = navigator as Partial<Navigator>;
  if (permissions === undefined) return false;
  try {
    const states = await Promise.all((['camera', 'microphone'] as const).map((name) => permissions.query({ name })));
    return states.every(({ state }) => state === 'granted');
  } catch {
    // Firefox and older WebKit do not know these names: they are asked for by the button.
    return false;
  }
}
