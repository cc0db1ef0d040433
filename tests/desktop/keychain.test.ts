// Where the key of this device is kept: in a real keychain (GNOME's, on a session bus of its own) when there is one, in a file when not.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../web/harness/files';
import { AppWindow, Display } from './appWindow';

const { by } = AppWindow;
/** Whether there is a Secret Service. Asking it anything would start another one. */
const HAS_SECRETS = ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner', 'string:org.freedesktop.secrets'];

/** A session bus, and on it the keychain of the user of `home`. */
class Session {
  private constructor(
    readonly address: string,
    private readonly processes: readonly ChildProcess[],
  ) {}

  static async begin(home: string): Promise<Session> {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const bus = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address=1'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [address] = (await once(createInterface(bus.stdout), 'line')) as [string];
    const env = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_RUNTIME_DIR: home, DBUS_SESSION_BUS_ADDRESS: address };
    // The installed one wants to lock memory, which not every container grants, and then does not start; a copy does without.
    const daemon = join(home, 'gnome-keyring-daemon');
    copyFileSync('/usr/bin/gnome-keyring-daemon', daemon);
    const chain = spawn(daemon, ['--foreground', '--unlock', '--components=secrets'], { env, stdio: ['pipe', 'ignore', 'inherit'] });
    chain.stdin.end('open sesame');
    // It says nothing when its keyring is open; the bus knows.
    const hasSecrets = (): string => spawnSync('dbus-send', HAS_SECRETS, { env, encoding: 'utf8' }).stdout;
    await expect.poll(hasSecrets, { timeout: 20_000 }).toContain('boolean true');
    return new Session(address, [chain, bus]);
  }

  async end(): Promise<void> {
    for (const one of this.processes) {
      const ended = once(one, 'exit');
      one.kill();
      await ended;
    }
  }
}

describe('the key of this device', () => {
  const folder = temporaryFolder();
  const home = join(folder.path, 'home');
  const data = join(home, '.local/share/kr.parlor.app');
  let display: Display;

  beforeAll(async () => {
    display = await Display.start();
  });

  afterAll(async () => {
    await display.stop();
    folder.remove();
  });

  /** Starts the app, waits until its key was found or not, and does something there. */
  async function start(bus: string, look: (app: AppWindow) => Promise<void> = () => Promise.resolve()): Promise<{ state: string; id: string; hasFile: boolean }> {
    const app = await AppWindow.open(display, { home, env: { DBUS_SESSION_BUS_ADDRESS: bus } });
    try {
      await app.page.waitFor(by('lobby'));
      const key = () => app.page.runAsync<string>(`const done = arguments[0]; window.__TAURI_INTERNALS__.invoke('device_key').then(done, (error) => done(String(error)));`);
      await expect.poll(key, { timeout: 30_000 }).not.toBe('opening');
      await look(app);
      const note = join(data, 'device.id');
      return { state: await key(), id: existsSync(note) ? readFileSync(note, 'utf8') : '', hasFile: existsSync(join(data, 'device.key')) };
    } finally {
      await app.close();
    }
  }

  it('is a file without a keychain, moves into one, stays the same, and is missed while the keychain is gone', { timeout: 240_000 }, async () => {
    expect(await start('disabled:')).toEqual({ state: 'there', id: '', hasFile: true });

    let session = await Session.begin(home);
    const moved = await start(session.address);
    expect(moved).toMatchObject({ state: 'there', hasFile: false });
    expect(moved.id).toMatch(/^[\w-]{43}$/);
    await session.end();

    const missing = await start('disabled:', async (app) => {
      await app.page.click(by('settings'));
      await app.page.waitFor(`${by('device-key')}[data-state=missing]`);
    });
    expect(missing).toEqual({ ...moved, state: 'missing' });

    session = await Session.begin(home);
    expect(await start(session.address)).toEqual(moved);
    await session.end();
  });
});
