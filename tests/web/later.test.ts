// Transfers between two pages that go on after a tab was reloaded, and are taken by what is kept in the browser.
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from './harness/chromium';
import { randomFile, temporaryFolder } from './harness/files';
import { Person, sha256 } from './harness/person';
import { RunningServer } from './harness/server';

const MIB = 1024 * 1024;
const FILE_BYTES = 64 * MIB;
/** A page that dies loses the segments it had open: a block of the next closes one. */
const LOST_BYTES = 16 * MIB;

describe('a transfer whose tab is reloaded in the middle', () => {
  const folder = temporaryFolder();
  let server: RunningServer;
  let browser: Browser;
  let ada: Person;
  let ben: Person;
  let path: string;
  let link: string;

  beforeAll(async () => {
    server = await RunningServer.start();
    browser = await launchChromium();
    path = randomFile(folder.path, 'long.bin', FILE_BYTES);
  });

  beforeEach(async () => {
    ada = await Person.arrive(await browser.newContext(), server.url, 'Ada');
    link = await ada.start();
    ben = await Person.arrive(await browser.newContext(), server.url, 'Ben');
    await ben.join(link);
    await Promise.all([ada.connected(), ben.connected()]);
  });

  afterEach(async () => {
    await Promise.all([ada, ben].map((person) => person.page.context().close()));
  });

  afterAll(async () => {
    await browser.close();
    await server.stop();
    folder.remove();
  });

  /** Ben has taken this much of the newest offer, as his page tells. */
  async function stored(share: number): Promise<void> {
    const bar = ben.card().getByRole('progressbar');
    await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow')), { timeout: 60_000, interval: 50 }).toBeGreaterThan(share);
  }

  /** A page goes back to its room by itself. */
  async function comeBack(person: Person): Promise<void> {
    await person.page.reload();
    await person.by('file-card').first().waitFor({ state: 'detached' });
    await Promise.all([ada.connected(), ben.connected()]);
  }

  it('by the receiver: it accepts again and is sent only the rest', { timeout: 300_000 }, async () => {
    await ada.offer(path);
    await ben.accept();
    await stored(50);
    await comeBack(ben);
    const before = await ada.sentBytes();
    // A page that is reloaded says goodbye, so its transfers have ended for Ada.
    await ada.offer(path);
    await ben.accept();
    await Promise.all([ada.cardSays('proven', 200_000), ben.cardSays('proven', 200_000)]);
    expect((await ada.sentBytes()) - before).toBeLessThan(FILE_BYTES / 2 + LOST_BYTES);
    expect(await ben.savedHash()).toBe(await sha256(path));
  });

  it('by the sender: it picks the file again, and the receiver knows the offer', { timeout: 300_000 }, async () => {
    await ada.offer(path);
    await ben.accept();
    await stored(50);
    await comeBack(ada);
    const before = await ada.sentBytes();
    await ada.offer(path);
    await ben.accept();
    await Promise.all([ada.cardSays('proven', 200_000), ben.cardSays('proven', 200_000)]);
    expect((await ada.sentBytes()) - before).toBeLessThan(FILE_BYTES / 2 + LOST_BYTES);
    expect(await ben.savedHash()).toBe(await sha256(path));
  });
});
