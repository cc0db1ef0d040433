// The host inside the app: Rust does signaling, data connections, files and settings; this passes wishes and events on.
//
// Promises: commands reach Rust in the order they were dispatched; everything Rust tells comes over one channel, in order. Only this
// folder imports @tauri-apps/api.
import { Channel, invoke } from '@tauri-apps/api/core';

import type { Command } from '../../protocol/Command';
import type { Event } from '../../protocol/Event';
import type { PickedFile } from '../../protocol/PickedFile';
import type { TransferId } from '../../protocol/TransferId';
import type { Unfinished } from '../../protocol/Unfinished';
import { HostError, type ArrivedLink, type DeviceKeyState, type Host, type Network, type ReceivedAction, type Settings } from '../port';
import { toHostError } from './failure';
import { Listeners } from './listeners';
import { isMessage, type Message } from './message';
import { watchFilePastes } from './pastes';
import { isSettings } from './settings';
import { keepAwake } from './wakeLock';

type Drop = { hovering: boolean; files: PickedFile[] };

async function call<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (reason) {
    throw toHostError(reason);
  }
}

async function order(command: string, args: Record<string, unknown>): Promise<void> {
  await call<unknown>(command, args);
}

function isPhoneOrTablet(): boolean {
  return /Android|iPhone|iPad/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);
}

/** Makes the host of the app, for a page that can make calls or not. Once a page. */
export function createHost({ call: canCall }: { readonly call: boolean }): Host {
  const events = new Listeners<Event>();
  const drops = new Listeners<Drop>();
  const links = new Listeners<ArrivedLink>();
  let waitingLink: ArrivedLink | null = null;

  const heard = (message: Message): void => {
    switch (message.type) {
      case 'engine':
        events.tell(message.event);
        return;
      case 'drop':
        drops.tell({ hovering: message.hovering, files: message.files });
        return;
      case 'link':
        // The screen that asks about links may not be there yet: the latest one waits for it.
        if (links.isEmpty) waitingLink = { link: message.link };
        else links.tell({ link: message.link });
    }
  };

  const channel = new Channel<unknown>();
  channel.onmessage = (message) => {
    if (isMessage(message)) heard(message);
    else console.error('the shell said something this page does not know');
  };

  // One command at a time: calls into Rust run in parallel and may overtake each other.
  let last: Promise<void> = order('listen', { channel, language: navigator.language });
  const inOrder = (work: () => Promise<void>): Promise<void> => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
  last.catch((error: unknown) => { console.error('the shell does not answer', error); });

  return {
    kind: 'app',
    can: {
      serveRooms: true,
      chooseFolder: !isPhoneOrTablet(),
      pickFolder: !isPhoneOrTablet(),
      lookNearby: true,
      call: canCall,
    },

    dispatch: (command: Command) => inOrder(() => order('dispatch', { command })),
    subscribe: (listener) => events.add(listener),

    pickFiles: () => call<PickedFile[]>('pick_files'),
    pickFolder: () => call<PickedFile[]>('pick_folder'),
    watchDrops: (listener) => {
      const stopDrops = drops.add(listener);
      if (isPhoneOrTablet()) return stopDrops;
      const stopPastes = watchFilePastes(() => call<PickedFile[]>('paste_files'), (files) => listener({ hovering: false, files }));
      return () => {
        stopDrops();
        stopPastes();
      };
    },
    receivedActions: (): readonly ReceivedAction[] => (isPhoneOrTablet() ? ['open'] : ['open', 'show-in-folder']),
    useReceived: (transfer: TransferId, action: ReceivedAction) => order('use_received', { transfer, action }),
    previews: (transfer: TransferId) => call<string[]>('previews', { transfer }),

    async loadSettings(): Promise<Settings> {
      const settings: unknown = await call('load_settings');
      if (isSettings(settings)) return settings;
      throw new HostError({ code: 'internal', detail: 'the stored settings are of another version' });
    },
    saveSettings: (settings: Settings) => inOrder(() => order('save_settings', { settings })),
    chooseFolder: () => call<string | null>('choose_folder'),
    networks: () => call<Network[]>('networks'),
    deviceKey: () => call<DeviceKeyState>('device_key'),
    unfinished: () => call<Unfinished>('unfinished'),
    discardUnfinished: () => order('discard_unfinished', {}),

    watchLinks(listener) {
      const stop = links.add(listener);
      if (waitingLink !== null) {
        const arrived = waitingLink;
        waitingLink = null;
        // Never from within the call that asks for it.
        queueMicrotask(() => { listener(arrived); });
      }
      return stop;
    },
    notify: (title: string, body: string) => order('notify', { title, body }),
    keepAwake,
    async copy(text: string): Promise<void> {
      try {
        await navigator.clipboard.writeText(text);
      } catch (reason) {
        throw toHostError(reason);
      }
    },
  };
}
