// The window by itself: it opens, shows the lobby, goes nowhere foreign, asks about links from outside, and ends in order.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binary } from '../web/harness/binaries';
import { launchChromium } from '../web/harness/chromium';
import { temporaryFolder } from '../web/harness/files';
import { AppWindow, Display, appEnvironment } from './appWindow';

const { by } = AppWindow;

describe('the app window', () => {
  const folder = temporaryFolder();
  let display: Display;
  let app: AppWindow;

  beforeAll(async () => {
    display = await Display.start();
    app = await AppWindow.open(display, { home: join(folder.path, 'home') });
  });

  afterAll(async () => {
    await app.close();
    await display.stop();
    folder.remove();
  });

  it('opens with the lobby, from what it carries', async () => {
    await app.page.waitFor(by('lobby'));
    expect(await app.page.url()).toBe('tauri://localhost/app.html');
  });

  it('goes to no foreign address', async () => {
    const after = await app.page.runAsync<string>(`
      const done = arguments[0];
      // A refused navigation makes no event; a later one to our own page comes after it and does.
      addEventListener('hashchange', () => done(location.href), { once: true });
      location.href = 'https://example.org/';
      setTimeout(() => { location.hash = 'still-here'; }, 500);
    `);
    expect(after).toBe('tauri://localhost/app.html#still-here');
    expect(app.log).toContain('kept from going to a foreign address');
  });

  it('runs no script that it does not carry', async () => {
    const blocked = await app.page.runAsync<string>(`
      const done = arguments[0];
      document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), { once: true });
      const script = document.createElement('script');
      script.src = 'https://example.org/evil.js';
      document.head.append(script);
    `);
    expect(blocked).toMatch(/^script-src/);
  });

  it('lets the page call nothing of the plugins by itself', async () => {
    const refused = await app.page.runAsync<string>(`
      const done = arguments[0];
      window.__TAURI_INTERNALS__.invoke('plugin:dialog|open', { options: {} }).then(() => done('allowed'), (reason) => done(String(reason)));
    `);
    expect(refused).toContain('not allowed');
  });

  it('keeps settings, one broken value apart', async () => {
    const stored = await app.page.runAsync<Record<string, unknown>>(`
      const done = arguments[0];
      const { invoke } = window.__TAURI_INTERNALS__;
      invoke('load_settings')
        .then((settings) => invoke('save_settings', { settings: { ...settings, name: 'Ida', server: 'ftp://nowhere', downloadFolder: '/etc' } }))
        .then(() => invoke('load_settings'))
        .then(done, (reason) => done({ failed: String(reason) }));
    `);
    expect(stored).toMatchObject({ name: 'Ida', server: '', downloadFolder: app.downloads });
  });
});

describe('a link from outside', () => {
  it('is filled in and waits: it never joins by itself', async () => {
    const folder = temporaryFolder();
    const display = await Display.start();
    const link = `parlor://join?server=${encodeURIComponent('http://127.0.0.1:9')}#v1.${'A'.repeat(43)}`;
    const app = await AppWindow.open(display, { home: join(folder.path, 'home'), args: [link] });
    try {
      await app.page.waitFor(`${by('join-link')}[value^="parlor://join"]`);
      expect(await app.page.read(by('join-link'))).toBe(link);
      expect(await app.page.count(by('entering'))).toBe(0);
      expect(await app.page.count(by('room'))).toBe(0);
    } finally {
      await app.close();
      await display.stop();
      folder.remove();
    }
  });
});

describe('a second start', () => {
  it('hands its link to the window that is open, and ends', async () => {
    const folder = temporaryFolder();
    const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [address] = (await once(createInterface({ input: bus.stdout }), 'line')) as [string];
    const display = await Display.start();
    const link = `parlor://join?server=${encodeURIComponent('http://127.0.0.1:9')}#v1.${'E'.repeat(43)}`;
    const app = await AppWindow.open(display, {
      home: join(folder.path, 'home'),
      env: { DBUS_SESSION_BUS_ADDRESS: address },
    });
    try {
      await app.page.waitFor(by('lobby'));
      const second = spawn(binary('parlor'), [link], { env: app.environment, stdio: 'ignore' });
      const [code] = (await once(second, 'exit')) as [number | null];
      expect(code).toBe(0);
      await app.page.waitFor(`${by('join-link')}[value="${link}"]`);
      expect(await app.page.count(by('entering'))).toBe(0);
    } finally {
      await app.close();
      await display.stop();
      bus.kill('SIGTERM');
      folder.remove();
    }
  });
});

describe('the program', () => {
  it('ends in order on SIGTERM when nobody reads any more what it says', async () => {
    const folder = temporaryFolder();
    const display = await Display.start();
    const program = spawn(binary('parlor'), [], {
      env: appEnvironment(display.name, { home: join(folder.path, 'home') }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      await once(createInterface({ input: program.stderr }), 'line');
      program.stderr.destroy();
      program.kill('SIGTERM');
      const [code] = (await once(program, 'exit')) as [number | null];
      expect(code).toBe(0);
    } finally {
      program.kill('SIGKILL');
      await display.stop();
      folder.remove();
    }
  });

  it('serves the room to browsers where there is no display, and ends in order on SIGTERM', async () => {
    const folder = temporaryFolder();
    const { DISPLAY: _, ...env } = appEnvironment('', { home: join(folder.path, 'home') });
    const program = spawn(binary('parlor'), [], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const browser = await launchChromium();
    try {
      const [line] = (await once(createInterface({ input: program.stdout }), 'line')) as [string];
      const address = /^open (https:\/\/\S+) in a browser$/.exec(line)?.[1];
      expect(address, line).toBeDefined();
      const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
      await page.goto(address ?? '');
      await page.getByTestId('lobby').waitFor();
      program.kill('SIGTERM');
      const [code] = (await once(program, 'exit')) as [number | null];
      expect(code).toBe(0);
    } finally {
      program.kill('SIGKILL');
      await browser.close();
      folder.remove();
    }
  });
});
