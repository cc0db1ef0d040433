// The server goes away in the middle of a call and a transfer, or before a transfer: all go on. It comes back: the peers find it, and can
// renegotiate.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './harness/chromium';
import { randomFile, temporaryFolder } from './harness/files';
import { Person, sha256 } from './harness/person';
import { RunningServer } from './harness/server';

describe('a server that goes and comes back', () => {
  const folder = temporaryFolder();
  let server: RunningServer;
  let browser: Browser;
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    server = await RunningServer.start();
    browser = await launchChromium();
    ada = await Person.arrive(await browser.newContext(), server.url, 'Ada');
    const link = await ada.start();
    ben = await Person.arrive(await browser.newContext(), server.url, 'Ben');
    await ben.join(link);
    await Promise.all([ada.connected(), ben.connected()]);
    await Promise.all([ada.seesAndHears(), ben.seesAndHears()]);
  });

  afterAll(async () => {
    await browser.close();
    await server.stop();
    folder.remove();
  });

  it('leaves call and transfer alone while it is away, and takes the peers back', { timeout: 600_000 }, async () => {
    const path = randomFile(folder.path, 'meanwhile.bin', 96 * 1024 * 1024);
    await ada.offer(path);
    await ben.accept();
    await ada.cardSays('moving');
    const { port } = server;
    await server.kill();
    await Promise.all([ada, ben].map((person) => person.page.locator('[data-testid=trouble]').first().waitFor({ timeout: 60_000 })));
    await Promise.all([ada.cardSays('proven', 280_000), ben.cardSays('proven', 280_000)]);
    expect(await ben.savedHash()).toBe(await sha256(path));
    await Promise.all([ada.seesAndHears(), ben.seesAndHears()]);

    server = await RunningServer.start({ port });
    const back = async (): Promise<number> => (await server.metrics()).get('parlor_peers') ?? 0;
    await expect.poll(back, { timeout: 60_000 }).toBe(2);
    await Promise.all([ada, ben].map((person) => person.by('trouble').waitFor({ state: 'hidden', timeout: 60_000 })));
  });

  it('carries a renegotiation afterwards', async () => {
    const before = await Promise.all([ada.iceGenerations(), ben.iceGenerations()]);
    await ada.page.evaluate(() => {
      for (const connection of (globalThis as unknown as { parlorConnections: RTCPeerConnection[] }).parlorConnections) {
        if (connection.connectionState === 'connected') connection.restartIce();
      }
    });
    // A restart shows as a new ICE user name in what both sides agreed on; it can only have come through the server.
    const renewed = async (): Promise<boolean> => {
      const after = await Promise.all([ada.iceGenerations(), ben.iceGenerations()]);
      return after.every((generations, side) => generations.every((generation) => !before[side]?.includes(generation)));
    };
    await expect.poll(renewed, { timeout: 60_000 }).toBe(true);
    await Promise.all([ada.seesAndHears(), ben.seesAndHears()]);
    await ada.write('still here');
    await ben.reads('still here');
  });
});

describe('a server that goes before a transfer begins', () => {
  const folder = temporaryFolder();

  afterAll(() => folder.remove());

  it('is not missed: the pages have what they need of it, and hash beside their own threads', { timeout: 120_000 }, async () => {
    const server = await RunningServer.start();
    const browser = await launchChromium();
    try {
      const ada = await Person.arrive(await browser.newContext(), server.url, 'Ada');
      const link = await ada.start();
      const ben = await Person.arrive(await browser.newContext(), server.url, 'Ben');
      await ben.join(link);
      await Promise.all([ada.connected(), ben.connected()]);
      await server.kill();
      const path = randomFile(folder.path, 'later.bin', 8 * 1024 * 1024);
      await ada.offer(path);
      await ben.accept();
      await Promise.all([ada.cardSays('proven'), ben.cardSays('proven')]);
      expect(await ben.savedHash()).toBe(await sha256(path));
      for (const { page } of [ada, ben]) expect(page.workers().filter((worker) => worker.url().includes('hash')).length).toBeGreaterThan(0);
    } finally {
      await browser.close();
      await server.kill();
    }
  });
});
