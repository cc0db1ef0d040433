// Two people compare, between two browsers through a real server: both are shown the same, what they found holds in the next room, and a
// known name on another device is told.
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './harness/chromium';
import { Person } from './harness/person';
import { RunningServer } from './harness/server';

describe('a comparison', () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await RunningServer.start();
    browser = await launchChromium();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  /** Two in a room, connected, who see what is known of the connection. */
  const meet = async (adas: BrowserContext, bens: BrowserContext): Promise<readonly [Person, Person, string]> => {
    const [ada, ben] = [await Person.arrive(adas, server.url, 'Ada'), await Person.arrive(bens, server.url, 'Ben')];
    const link = await ada.start();
    await ben.join(link);
    for (const person of [ada, ben]) {
      await person.connected();
      await person.by('chip').click();
    }
    return [ada, ben, link];
  };

  it('shows both the same, and is remembered in the next room by both', async () => {
    const [adas, bens] = [await browser.newContext(), await browser.newContext()];
    const [ada, ben] = await meet(adas, bens);
    await ada.by('compare-begin').click();
    const [atAda, atBen] = [await ada.compared(), await ben.compared()];
    expect(atAda).toEqual(atBen);
    expect([atAda.emoji.length, atAda.digits]).toEqual([7, expect.stringMatching(/^\d{4} \d{4} \d{4}$/)]);
    for (const person of [ada, ben]) {
      await person.by('compare-same').click();
      await person.safetyIs('compared');
    }
    await Promise.all([ada.page.close(), ben.page.close()]);
    const [adaAgain, benAgain] = await meet(adas, bens);
    for (const person of [adaAgain, benAgain]) {
      await person.safetyIs('compared');
      await person.by('recognised').waitFor();
    }
  });

  it('once done makes another device of that name stand out', async () => {
    const [adas, bens] = [await browser.newContext(), await browser.newContext()];
    const [ada, ben] = await meet(adas, bens);
    await ben.by('compare-begin').click();
    await ada.compared();
    await ada.by('compare-same').click();
    await ada.safetyIs('compared');
    await Promise.all([ada.page.close(), ben.page.close()]);
    const [again] = await meet(adas, await browser.newContext());
    await again.safetyIs('changed');
    await again.by('trouble').filter({ hasText: 'not the device you know as Ben' }).waitFor();
  });

  it('that finds another ends the connection for good', async () => {
    const [ada, ben, link] = await meet(await browser.newContext(), await browser.newContext());
    await ada.by('compare-begin').click();
    await ben.compared();
    await ada.compared();
    await ada.by('compare-different').click();
    await ada.safetyIs('failed');
    await ben.page.locator('[data-testid=chip]:not([data-link=connected])').waitFor();
    // He comes back to his seat, and greets her anew: to her he stays what he was.
    await ben.page.reload();
    await ben.page.locator('[data-testid=chip][data-link=connecting]').waitFor();
    // A third comes in and is connected with both, who had time enough for each other.
    const cleo = await Person.arrive(await browser.newContext(), server.url, 'Cleo');
    await cleo.join(link);
    await cleo.connected();
    await ada.safetyIs('failed');
    await ben.page.locator('[data-testid=chip][data-link=connecting]').waitFor();
  });
});
