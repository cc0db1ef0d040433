// @vitest-environment jsdom
import { clearMocks, mockIPC } from '@tauri-apps/api/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Event } from '../../protocol/Event';
import { HostError, type ArrivedLink } from '../port';
import { createHost } from './index';
import type { Message } from './message';

interface Internals {
  runCallback(id: number, message: { index: number; message: unknown }): void;
}

const ENTERING: Event = { type: 'room-changed', state: 'entering', failure: null };
const OPEN: Event = { type: 'room-changed', state: 'open', failure: null };

describe('the host inside the app', () => {
  let asked: { command: string; args: Record<string, unknown> }[];
  let answers: Record<string, (args: Record<string, unknown>) => unknown>;
  let told = 0;

  /** Plays the shell's part: sends a message down the line that `listen` was given. */
  const tell = (message: Message | { type: 'nonsense' }): void => {
    const channel = asked.find((one) => one.command === 'listen')?.args['channel'] as { id: number };
    const internals = (window as unknown as { __TAURI_INTERNALS__: Internals }).__TAURI_INTERNALS__;
    internals.runCallback(channel.id, { index: told++, message });
  };

  beforeEach(() => {
    asked = [];
    answers = {};
    told = 0;
    mockIPC((command, args) => {
      const named = (args ?? {}) as Record<string, unknown>;
      asked.push({ command, args: named });
      return answers[command]?.(named);
    });
  });
  afterEach(() => { clearMocks(); });

  it('passes events on in order, even when a listener causes more', () => {
    const host = createHost({ call: true });
    const first: Event[] = [];
    const second: Event[] = [];
    host.subscribe((event) => {
      first.push(event);
      if (event === ENTERING) tell({ type: 'engine', event: OPEN });
    });
    host.subscribe((event) => second.push(event));
    tell({ type: 'engine', event: ENTERING });
    expect(first).toEqual([ENTERING, OPEN]);
    expect(second).toEqual([ENTERING, OPEN]);
  });

  it('stops telling a listener that went', () => {
    const host = createHost({ call: true });
    const heard: Event[] = [];
    const stop = host.subscribe((event) => heard.push(event));
    stop();
    tell({ type: 'engine', event: OPEN });
    expect(heard).toEqual([]);
  });

  it('lets no command overtake another', async () => {
    const host = createHost({ call: true });
    const order: string[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((done) => { release = done; });
    answers['dispatch'] = async ({ command }) => {
      const { type } = command as { type: string };
      if (type === 'start-room') await held;
      order.push(type);
    };
    const started = host.dispatch({ type: 'start-room', server: '', name: 'Ida' });
    const left = host.dispatch({ type: 'leave-room' });
    release();
    await Promise.all([started, left]);
    expect(order).toEqual(['start-room', 'leave-room']);
  });

  it('goes on after a command that was refused, and says why it was', async () => {
    const host = createHost({ call: true });
    answers['dispatch'] = ({ command }) => {
      if ((command as { type: string }).type === 'leave-room') {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is how the shell rejects
        throw { code: 'not-now', detail: 'not in a room' };
      }
    };
    const refused = host.dispatch({ type: 'leave-room' });
    const next = host.dispatch({ type: 'set-name', name: 'Ida' });
    await expect(refused).rejects.toEqual(new HostError({ code: 'not-now', detail: 'not in a room' }));
    await expect(next).resolves.toBeUndefined();
  });

  it('keeps a link until the screen asks for links, and then tells it once', async () => {
    const host = createHost({ call: true });
    tell({ type: 'link', link: 'parlor://join?a' });
    const heard: ArrivedLink[] = [];
    host.watchLinks((arrived) => heard.push(arrived));
    expect(heard, 'not from within the call').toEqual([]);
    await Promise.resolve();
    const later: ArrivedLink[] = [];
    host.watchLinks((arrived) => later.push(arrived));
    await Promise.resolve();
    expect(heard).toEqual([{ link: 'parlor://join?a' }]);
    expect(later).toEqual([]);
  });

  it('passes drops on', () => {
    const host = createHost({ call: true });
    const heard: unknown[] = [];
    const stop = host.watchDrops((drop) => heard.push(drop));
    tell({ type: 'drop', hovering: true, files: [] });
    tell({ type: 'drop', hovering: false, files: [{ handle: 7, name: 'a.txt', size: 3 }] });
    expect(heard).toEqual([
      { hovering: true, files: [] },
      { hovering: false, files: [{ handle: 7, name: 'a.txt', size: 3 }] },
    ]);
    stop();
  });

  describe('a paste', () => {
    const paste = (types: readonly string[], text = ''): unknown => {
      const event = Object.assign(new window.Event('paste', { cancelable: true }), { clipboardData: { types, getData: () => text } });
      dispatchEvent(event);
      return event.defaultPrevented;
    };

    it.each([
      ['as most systems name them', ['Files', 'text/uri-list']],
      ['as WebKitGTK names files', ['text/uri-list', 'text/plain']],
      ['as WebKitGTK names a picture', []],
    ])('of files, %s, is read by Rust, and is no text', async (_, types) => {
      const heard: unknown[] = [];
      const file = { handle: 7, name: 'a.txt', size: 3 };
      answers['paste_files'] = () => [file];
      const stop = createHost({ call: true }).watchDrops((drop) => heard.push(drop));
      expect(paste(types)).toBe(true);
      await expect.poll(() => heard).toEqual([{ hovering: false, files: [file] }]);
      stop();
      expect(paste(types)).toBe(false);
    });

    it.each([
      ['text', [], 'words'],
      ['text, as most systems name it', ['text/plain'], 'words'],
      ['a link', ['text/uri-list'], 'https://parlor.example'],
      ['cells', ['text/plain', 'text/html', 'Files'], 'words'],
    ])('of %s stays with the field', (_, types, text) => {
      const stop = createHost({ call: true }).watchDrops(() => undefined);
      expect(paste(types, text)).toBe(false);
      expect(asked.some(({ command }) => command === 'paste_files')).toBe(false);
      stop();
    });

    it('of nothing that can be sent tells nothing', async () => {
      const heard: unknown[] = [];
      answers['paste_files'] = () => [];
      const stop = createHost({ call: true }).watchDrops((drop) => heard.push(drop));
      paste(['Files']);
      await expect.poll(() => asked.some(({ command }) => command === 'paste_files')).toBe(true);
      expect(heard).toEqual([]);
      stop();
    });
  });

  it('refuses settings of another shape instead of trusting them', async () => {
    const host = createHost({ call: true });
    answers['load_settings'] = () => ({ name: 'Ida' });
    await expect(host.loadSettings()).rejects.toBeInstanceOf(HostError);
  });

  it('can call where its page found a way to', () => {
    expect([true, false].map((call) => createHost({ call }).can.call)).toEqual([true, false]);
  });
});
