// The host of a plain browser: the page does everything itself.
//
// Promises: as `port.ts` says. The invitation in the address bar stays there, so that a reload works, and is sent nowhere: it stands
// behind `#`. Closing or reloading the page says goodbye. Leaves to others: the rooms (`RoomEngine`), the screen.
import type { Event } from '../../protocol/Event';
import type { Random } from '../../trust/bytes';
import type { DeviceKey } from '../../trust/device';
import type { Host } from '../port';
import { browserDevice } from './deviceKey';
import { PickedFiles } from './files/PickedFiles';
import { previewsOf } from './files/preview';
import { ReceivedFiles } from './files/ReceivedFiles';
import { browserHasher } from './hashing/BlockHasher';
import { askToNotify, copyText, keepScreenAwake, notifyUser } from './page/attention';
import { watchFileDrops } from './page/drops';
import { EventQueue } from './page/EventQueue';
import { chosenFolder } from './page/folders';
import { watchFilePastes } from './page/pastes';
import { canChooseFolder, chooseFiles, chooseFolderFiles } from './page/pickFiles';
import { RoomEngine } from './room/RoomEngine';
import { RoomTabs } from './room/RoomTabs';
import { readSettings, writeSettings } from './settings';
import { browserOpfs } from './storage/opfs';
import { ReceivedStore } from './storage/receivedStore';

/** Makes the host of this page. Once a page. */
export function createHost(): Host {
  const events = new EventQueue<Event>();
  const picked = new PickedFiles();
  const store = new ReceivedStore(browserOpfs());
  const hasher = browserHasher();
  const received = new ReceivedFiles(store, hasher);
  let settings = readSettings();
  let device: DeviceKey | null = null;
  const engine = new RoomEngine({
    ownServer: ownServer(),
    random,
    tabs: new RoomTabs(),
    picked,
    places: received,
    ice: () => ({ servers: settings.iceServers, relayOnly: settings.relayOnly }),
    device: () => (settings.showDevice ? (device ??= browserDevice(random)) : null),
    emit: (event) => events.put(event),
  });
  // Also fires on a reload, which then takes the seat back under the same id.
  addEventListener('pagehide', () => engine.leave(false));

  return {
    kind: 'browser',
    can: { serveRooms: false, chooseFolder: false, pickFolder: canChooseFolder(), lookNearby: false, call: 'RTCPeerConnection' in globalThis },
    dispatch: async (command) => {
      if (command.type === 'start-room' || command.type === 'join-room' || command.type === 'join-by-code') {
        received.clear();
        // With a room its server is there to load from; it may be gone by the time of a transfer, which needs it no more.
        hasher.begin();
      }
      // Whoever writes or offers waits for an answer, perhaps while looking elsewhere; a gesture stands behind both.
      if (command.type === 'send-text' || command.type === 'offer-files') askToNotify();
      await engine.dispatch(command);
    },
    subscribe: (listener) => events.subscribe(listener),

    pickFiles: async () => picked.add(await chooseFiles()),
    pickFolder: async () => {
      const folder = chosenFolder(await chooseFolderFiles());
      return folder === null ? [] : [picked.addFolder(folder)];
    },
    watchDrops: (listener) => {
      const stopDrops = watchFileDrops(({ hovering, files, folders }) =>
        listener({ hovering, files: [...picked.add(files), ...folders.map((folder) => picked.addFolder(folder))] }),
      );
      const stopPastes = watchFilePastes((files) => listener({ hovering: false, files: picked.add(files) }));
      return () => {
        stopDrops();
        stopPastes();
      };
    },
    receivedActions: () => ['save'],
    useReceived: (transfer) => received.save(transfer),
    previews: async (transfer) => {
      const offered = engine.offered(transfer).map(({ path, file }) => ({ path: path.join('/'), file }));
      return previewsOf(offered.length > 0 ? offered : await received.finished(transfer));
    },

    loadSettings: () => Promise.resolve(settings),
    saveSettings: (changed) => {
      settings = changed;
      writeSettings(changed);
      engine.deviceChanged();
      return Promise.resolve();
    },
    chooseFolder: () => Promise.resolve(null),
    networks: () => Promise.resolve([]),
    deviceKey: () => Promise.resolve('there'),
    unfinished: () => store.unfinished(),
    discardUnfinished: () => store.discardUnfinished(),

    watchLinks: (listener) => {
      const tell = (): void => {
        if (location.hash.length > 1) listener({ link: location.href });
      };
      addEventListener('hashchange', tell);
      // After the caller is done subscribing, as every later one.
      queueMicrotask(tell);
      return () => removeEventListener('hashchange', tell);
    },
    notify: (title, body) => {
      notifyUser(title, body);
      return Promise.resolve();
    },
    keepAwake: keepScreenAwake,
    copy: copyText,
  };
}

/** Where this page came from: its own server, with the folder it lies in. */
function ownServer(): string {
  return new URL('.', location.href.replace(/[?#].*$/, '')).href.replace(/\/+$/, '');
}

/** `crypto.getRandomValues` is there in insecure pages too. */
const random: Random = (length) => crypto.getRandomValues(new Uint8Array(length));
