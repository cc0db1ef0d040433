// A file goes from page to page without the pages growing with it, however large it is. `PARLOR_SOAK=long` sends 2 GiB, with the receiver's
// tab reloaded half-way.
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { launchProfile } from './harness/chromium';
import { randomFile, temporaryFolder } from './harness/files';
import { memoryByPage } from './harness/memory';
import { Person, sha256 } from './harness/person';
import { RunningServer } from './harness/server';

const MIB = 1024 * 1024;
const IS_LONG = process.env['PARLOR_SOAK'] === 'long';
const FILE_BYTES = (IS_LONG ? 2048 : 64) * MIB;
/** Above what a page takes in a room before anything is offered. */
const GROWN_BYTES = 200 * MIB;
/** For a machine that moves 2 MiB a second. */
const LIMIT_MS = 120_000 + (FILE_BYTES / MIB) * 500;

describe('a large file between two pages', () => {
  const folder = temporaryFolder();
  let server: RunningServer;
  let profiles: readonly BrowserContext[] = [];
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    server = await RunningServer.start();
    const [hers, his] = await Promise.all(['ada', 'ben'].map((name) => launchProfile(join(folder.path, name))));
    if (hers === undefined || his === undefined) throw new Error('no browser');
    profiles = [hers, his];
    ada = await Person.arrive(hers, server.url, 'Ada');
    ben = await Person.arrive(his, server.url, 'Ben');
    await ben.join(await ada.start());
    await Promise.all([ada.connected(), ben.connected()]);
    for (const person of [ada, ben]) await person.by('toggle-camera').click();
  });

  afterAll(async () => {
    await Promise.all(profiles.map((profile) => profile.close()));
    await server.stop();
    folder.remove();
  });

  it(`of ${FILE_BYTES / MIB} MiB does not stay in their memory`, { timeout: LIMIT_MS }, async () => {
    const path = randomFile(folder.path, 'large.bin', FILE_BYTES);
    let idle = memoryByPage();
    const grown = new Map<number, number>();
    const look = setInterval(() => {
      for (const [pid, { nowBytes }] of memoryByPage()) {
        const before = idle.get(pid)?.nowBytes;
        if (before !== undefined) grown.set(pid, Math.max(grown.get(pid) ?? 0, nowBytes - before));
      }
    }, 250);
    try {
      await ada.offer(path);
      await ben.accept();
      if (IS_LONG) {
        const bar = ben.card().getByRole('progressbar');
        await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow')), { timeout: LIMIT_MS, interval: 200 }).toBeGreaterThan(50);
        await ben.page.reload();
        await ben.by('file-card').first().waitFor({ state: 'detached' });
        await Promise.all([ada.connected(), ben.connected()]);
        // Another page in the same process, which keeps some 80 MiB of the one before until something needs them: its idle is another.
        idle = memoryByPage();
        await ada.offer(path);
        await ben.accept();
      }
      await Promise.all([ada.cardSays('proven', LIMIT_MS), ben.cardSays('proven', LIMIT_MS)]);
    } finally {
      clearInterval(look);
    }
    const most = [...grown.values()].map((bytes) => Math.round(bytes / MIB));
    console.log(`pages grew by ${most.join(' and ')} MiB`);
    expect(grown.size).toBeGreaterThanOrEqual(2);
    expect(Math.max(...grown.values())).toBeLessThan(GROWN_BYTES);
    expect(await ben.savedHash()).toBe(await sha256(path));
  });
});
