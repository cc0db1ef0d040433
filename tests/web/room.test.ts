// Two people at two browsers, through a real server: they see and hear each other, write, and hand over files; nobody else gets in.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './harness/chromium';
import { DOT } from './harness/dot';
import { randomFile, temporaryFolder } from './harness/files';
import { Person, sha256 } from './harness/person';
import { RunningServer } from './harness/server';

const FILE_BYTES = 64 * 1024 * 1024;

describe('two people at two browsers', () => {
  const folder = temporaryFolder();
  let server: RunningServer;
  let browsers: [Browser, Browser];
  let ada: Person;
  let ben: Person;
  let link: string;

  beforeAll(async () => {
    server = await RunningServer.start();
    browsers = [await launchChromium(), await launchChromium()];
    ada = await Person.arrive(await browsers[0].newContext(), server.url, 'Ada');
    link = await ada.start();
    ben = await Person.arrive(await browsers[1].newContext(), server.url, 'Ben');
    await ben.join(link);
    await Promise.all([ada.connected(), ben.connected()]);
  });

  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await server.stop();
    folder.remove();
  });

  it('the link carries its secret behind # and the server in front', () => {
    expect(link).toMatch(new RegExp(`^${server.url}/#v1\\.[\\w-]{43}$`));
  });

  it('they see frames move and hear packets arrive, both ways', async () => {
    await Promise.all([ada.seesAndHears(), ben.seesAndHears()]);
  });

  it('they read what the other writes', async () => {
    await ada.write('안녕하세요 from Ada');
    await ben.reads('안녕하세요 from Ada');
    await ben.write('Hello from Ben');
    await ada.reads('Hello from Ben');
  });

  it('a 64 MiB file goes each way with equal hashes', { timeout: 600_000 }, async () => {
    for (const [from, to, name] of [[ada, ben, 'from-ada.bin'], [ben, ada, 'from-ben.bin']] as const) {
      const path = randomFile(folder.path, name, FILE_BYTES);
      await from.offer(path);
      await to.accept();
      await Promise.all([from.cardSays('proven', 280_000), to.cardSays('proven', 280_000)]);
      expect(await to.savedHash()).toBe(await sha256(path));
    }
  });

  it('a picture is shown small to its sender at once, and to the other when it is there', async () => {
    const path = join(folder.path, 'dot.png');
    writeFileSync(path, DOT);
    const drawn = (person: Person): Promise<void> =>
      person.page.waitForFunction((): boolean => [...document.querySelectorAll<HTMLImageElement>('.card-picture')].some(({ naturalWidth }) => naturalWidth === 2)).then(() => undefined);
    await ada.offer(path);
    await drawn(ada);
    expect(await ben.page.locator('.card-picture').count()).toBe(0);
    await ben.accept();
    await drawn(ben);
  });

  it('a declined file writes nothing and both sides say so', async () => {
    await ada.offer(randomFile(folder.path, 'unwanted.bin', 1000));
    await ben.by('decline').last().click();
    await Promise.all([ada.cardSays('declined'), ben.cardSays('declined')]);
  });

  it('a second window of the same browser is told of the first before it sits there twice', async () => {
    const again = await Person.arrive(ben.page.context(), server.url, 'Ben');
    await again.join(link);
    await again.by('other-window').waitFor();
    expect(await again.by('chat-input').count()).toBe(0);
    await again.page.close();
  });

  it('a third page cannot enter without the link', async () => {
    const context: BrowserContext = await browsers[1].newContext();
    const eve = await Person.arrive(context, server.url, 'Eve');
    const wrong = link.slice(0, -43) + 'A'.repeat(43);
    await eve.join(wrong);
    await eve.by('entry-failure').waitFor();
    expect(await eve.by('chat-input').count()).toBe(0);
    expect(await ada.by('person').count().catch(() => 0)).toBeLessThanOrEqual(2);
    await context.close();
  });

  it('the other is told when one leaves, and the light goes off', async () => {
    expect(await ben.openDevices()).toBeGreaterThan(0);
    await ben.by('leave').click();
    await ben.by('lobby').waitFor();
    await expect.poll(() => ben.openDevices()).toBe(0);
    await ada.page.locator('[data-testid=trouble], [data-testid=alone]').first().waitFor();
  });
});
