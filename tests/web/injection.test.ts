// Whatever a peer calls itself and its files, and whatever it writes: in Chromium it stays text.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostilePeer, INJECTIONS, SAID, SHOWN, TRY_THE_WATCH, WATCH, WATCHED, type Watched } from '../src/injections';
import { launchChromium } from './harness/chromium';
import { Person } from './harness/person';
import { RunningServer } from './harness/server';

describe('strings that try to run as script, in Chromium', () => {
  let server: RunningServer;
  let browsers: [Browser, Browser];
  let ada: Person;
  let eve: Person;

  beforeAll(async () => {
    server = await RunningServer.start();
    // Nobody looks at the pictures.
    const flags = ['--use-fake-device-for-media-stream=fps=5'];
    browsers = [await launchChromium(flags), await launchChromium(flags)];
    const watched = await browsers[0].newContext();
    await watched.addInitScript(WATCH);
    ada = await Person.arrive(watched, server.url, 'Ada');
    const link = await ada.start();
    const hostile = await browsers[1].newContext();
    await HostilePeer.prepare(hostile);
    eve = await Person.arrive(hostile, server.url, 'Eve');
    await eve.join(link);
    await Promise.all([ada.connected(), eve.connected()]);
    await ada.openChat();
  });

  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await server.stop();
  });

  it('the page has a policy that stops an inline handler, and the watch sees it', async () => {
    const seen = await ada.page.evaluate(`new Promise((done) => (function () {${TRY_THE_WATCH}})(done))`);
    expect(seen).toEqual({ ran: 0, violations: 1, foreign: 1 });
  });

  it(`${SAID.length} of them as name, file and chat: none runs, none becomes an element, and the policy has nothing to stop`, async () => {
    expect(new Set(INJECTIONS).size).toBe(500);
    const peer = new HostilePeer(eve);
    for (const [number, injection] of SAID.entries()) {
      await peer.say(number, injection);
      await ada.page.evaluate(`new Promise((done) => (function () {${SHOWN}})(${number}, done))`);
    }
    const watched = await ada.page.evaluate<Watched>(`(() => {${WATCHED}})()`);
    expect(watched).toMatchObject({ ran: [], violations: [], foreign: [] });
    expect([watched.names.length, watched.files.length]).toEqual([SAID.length, SAID.length]);
    expect(watched.url.startsWith(server.url)).toBe(true);
    await ada.write('still here');
  }, 600_000);
});
