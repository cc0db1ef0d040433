// A window that waits behind a code in a room it serves itself is found by others of the same network, here over loopback: by another window, in
// front of the room, and by parlor-cli. The words let both in.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RunningCli } from '../web/harness/cli';
import { temporaryFolder } from '../web/harness/files';
import { AppWindow, Display } from './appWindow';
import { Resident } from './resident';

const { by } = AppWindow;
const folder = temporaryFolder();
let display: Display;
const windows: AppWindow[] = [];

async function resident(name: string): Promise<Resident> {
  const app = await AppWindow.open(display, { home: join(folder.path, name) });
  windows.push(app);
  return new Resident(app);
}

beforeAll(async () => {
  display = await Display.start();
});

afterAll(async () => {
  for (const app of windows) await app.close();
  await display.stop();
  folder.remove();
});

it('a code is found nearby and lets a window and a shell in', { timeout: 240_000 }, async () => {
  const ida = await resident('ida');
  await ida.serveAt('lo');
  expect(await ida.start('Ida')).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/#v1\.[\w-]{43}\.[\w-]{43}$/);

  const joe = await resident('joe');
  await joe.app.page.fill(by('name'), 'Joe');
  const first = await ida.openCode();
  await joe.app.page.click(by('nearby-room'), { text: 'Ida' });
  const [number = '', ...words] = first.split('-');
  expect(await joe.app.page.read(by('join-link'))).toBe(`${number}-`);
  await joe.app.page.type(by('join-link'), words.join('-'));
  expect(await joe.app.page.count(by('code-server'))).toBe(0);
  await joe.app.page.click(by('join'));
  await joe.connected();

  await ida.app.page.click(by('people'));
  await ida.app.page.click(by('invite'));
  const cli = new RunningCli(['receive', await ida.openCode(), '--yes', '--into', join(folder.path, 'into')]);
  try {
    await ida.app.page.waitFor(by('person'), { text: 'parlor-cli', limitMs: 60_000 });
    expect(cli.stderr).toMatch(/Ida waits behind this number, at https:\/\/127\.0\.0\.1:\d+/);
    // Whoever came by a code is as much in the room as anybody.
    await joe.write('from next door');
    expect(await cli.link()).toContain('from next door');
  } finally {
    cli.kill();
  }
});
