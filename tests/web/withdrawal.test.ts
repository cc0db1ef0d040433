// An invitation that is withdrawn, by hand or by the one guest it was for: everybody in the room is told, and nobody new enters.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './harness/chromium';
import { Person } from './harness/person';
import { RunningServer } from './harness/server';

describe('a withdrawn invitation', () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await RunningServer.start();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  const arrive = async (name: string): Promise<Person> => Person.arrive(await browser.newContext(), server.url, name);

  it('lets nobody in any more, and who was in stays and comes back after a reload', { timeout: 120_000 }, async () => {
    const [ada, ben, cem] = [await arrive('Ada'), await arrive('Ben'), await arrive('Cem')];
    const link = await ada.start();
    await ben.join(link);
    await Promise.all([ada.connected(), ben.connected()]);

    await ben.withdraw();
    expect(await ben.withdrawn()).toContain('You');
    expect(await ada.withdrawn()).toContain('Ben');

    await cem.join(link);
    await cem.by('entry-failure').waitFor();

    await ben.page.reload();
    await Promise.all([ada.connected(), ben.connected()]);
    await ben.write('back again');
    await ada.reads('back again');
    expect(await ben.withdrawn()).toContain('withdr');
    await cem.join(link);
    await cem.by('entry-failure').waitFor();
  });

  it('is that by itself when it was for one guest, and he has come', { timeout: 120_000 }, async () => {
    const [ada, ben, cem] = [await arrive('Ada'), await arrive('Ben'), await arrive('Cem')];
    const link = await ada.start();
    await ada.by('for-one').click();
    // A page that is loaded again remembers.
    await ada.page.reload();
    await ada.by('invite-link').first().waitFor();
    await ben.join(link);
    await Promise.all([ada.connected(), ben.connected()]);
    expect(await ada.withdrawn()).toContain('Ben came');
    expect(await ben.withdrawn()).toContain('Ada');

    await cem.join(link);
    await cem.by('entry-failure').waitFor();
    await ben.page.reload();
    await Promise.all([ada.connected(), ben.connected()]);
    await ada.write('still you');
    await ben.reads('still you');
  });
});
