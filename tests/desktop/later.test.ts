// A window that is killed in the middle of receiving: what it has stays, is shown in its settings, and is not sent again.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../src/eventually';
import { launchChromium } from '../web/harness/chromium';
import { randomFile, temporaryFolder } from '../web/harness/files';
import { Person, sha256 } from '../web/harness/person';
import { RunningServer } from '../web/harness/server';
import { AppWindow, Display } from './appWindow';
import { Resident } from './resident';

const { by } = AppWindow;
const MIB = 1024 * 1024;
const FILE_BYTES = 48 * MIB;

async function arrive(display: Display, home: string, link: string): Promise<{ app: AppWindow; ida: Resident }> {
  const app = await AppWindow.open(display, { home });
  const ida = new Resident(app);
  await app.page.fill(by('name'), 'Ida');
  await app.page.fill(by('join-link'), link);
  await app.page.click(by('join'));
  await ida.connected();
  return { app, ida };
}

/** Blocks that the journal in the folder for received files knows. */
function blocksKept(downloads: string): number {
  if (!existsSync(downloads)) return 0;
  const journals = readdirSync(downloads).filter((name) => name.endsWith('.journal'));
  const lines = journals.flatMap((name) => readFileSync(join(downloads, name), 'utf8').split('\n'));
  return lines.filter((line) => line.includes('"what":"block"')).length;
}

it('a window that was killed takes the rest when the file is offered again', { timeout: 300_000 }, async () => {
  const folder = temporaryFolder();
  const home = join(folder.path, 'home');
  const server = await RunningServer.start();
  const display = await Display.start();
  const browser = await launchChromium();
  const windows: AppWindow[] = [];
  try {
    const path = randomFile(folder.path, 'large.bin', FILE_BYTES);
    const ben = await Person.arrive(await browser.newContext(), server.url, 'Ben');
    const link = await ben.start();
    const first = await arrive(display, home, link);
    windows.push(first.app);
    await ben.offer(path);
    await first.ida.accept();
    await eventually('some of it is kept', () => blocksKept(first.app.downloads), (blocks) => blocks > 8, { limitMs: 60_000 });
    first.app.kill();
    const kept = blocksKept(first.app.downloads);
    expect(readdirSync(first.app.downloads)).not.toContain('large.bin');

    const second = await arrive(display, home, link);
    windows.push(second.app);
    await second.app.page.click(by('more'));
    await second.app.page.click(by('settings'));
    await second.app.page.waitFor(by('unfinished'), { text: 'One transfer stopped halfway' });
    await second.app.page.click(by('close-dialog'));
    const before = await ben.sentBytes();
    await ben.offer(path);
    // Until her first window is known to be gone there are two of her, and she who came last is meant.
    const question = ben.page.getByRole('dialog').getByRole('button', { name: 'Ida' }).last();
    await question.or(ben.by('file-card').nth(1)).first().waitFor();
    if (await question.isVisible()) await question.click();
    await second.ida.accept();
    await second.ida.cardSays('receiving', 'proven');
    const sent = (await ben.sentBytes()) - before;
    expect(sent).toBeGreaterThan(FILE_BYTES - (kept + 1) * MIB);
    expect(sent).toBeLessThan(FILE_BYTES - (kept - 1) * MIB);
    expect(await sha256(join(second.app.downloads, 'large.bin'))).toBe(await sha256(path));
    await eventually('nothing else is left', () => readdirSync(second.app.downloads), (names) => names.length === 1);
  } finally {
    await browser.close();
    for (const window of windows) await window.close();
    await display.stop();
    await server.stop();
    folder.remove();
  }
});
