// Lies about certificates, told to two pages by a server whose owner holds their link: on the data plane no connection is proven, on the
// media plane no call is shown.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { Person } from '../harness/person';
import { RunningServer } from '../harness/server';
import { LIES } from './certificateLies';
import { HostileServer } from './HostileServer';
import { PageSide } from './sides';
import { dataTrial, tell, VERDICT_MS, type Where } from './trial';

const [swapped] = LIES;
const IS_LONG = process.env['PARLOR_SOAK'] === 'long';
// 104 trials a plane.
const ROUNDS = IS_LONG ? 13 : 1;
const ALL = LIES.flatMap((lie) => (['offer', 'answer'] as const).map((where) => ({ lie, where })));
const of = (name: string, where: Where) => ALL.filter((trial) => trial.lie.name === name && trial.where === where);
const TRIALS = IS_LONG
  ? { data: ALL, media: ALL }
  : { data: [...of('swapped', 'answer'), ...of('duplicated', 'offer')], media: of('swapped', 'offer') };

describe('two pages on a server that lies about certificates', () => {
  let real: RunningServer;
  let server: HostileServer;
  let browser: Browser;
  let ada: PageSide;
  let ben: PageSide;

  beforeAll(async () => {
    real = await RunningServer.start();
    server = await HostileServer.stand(real.url);
    browser = await launchChromium();
    ada = await PageSide.of(await Person.arrive(await browser.newContext(), server.url, 'Ada'));
    ben = await PageSide.of(await Person.arrive(await browser.newContext(), server.url, 'Ben'));
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
    await real.stop();
  });

  it.each(TRIALS.data)('a $lie.name one in an $where is refused on the data plane', { timeout: 60_000 * ROUNDS }, async ({ lie, where }) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      // Of a refused certificate the other is told by DTLS; of a refused description it learns nothing, and gives up after half a minute.
      const outcome = await dataTrial({ server, starter: ada, joiner: ben, lie, where, both: lie === swapped });
      console.log(`page ↔ page, data, ${lie.name} in an ${where}: ${outcome.tookMs.toFixed(0)} ms; the other: ${outcome.other ?? 'waits'}`);
      if (lie === swapped) expect(['proof-failed', 'connect-failed']).toContain(outcome.other);
    }
  });

  it.each(TRIALS.media)('a $lie.name one in an $where is refused on the media plane', { timeout: 60_000 * ROUNDS }, async ({ lie, where }) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const tookMs = await mediaTrial(lie, where);
      console.log(`page ↔ page, media, ${lie.name} in an ${where}: ${tookMs.toFixed(0)} ms`);
    }
  });

  async function mediaTrial(lie: (typeof LIES)[number], where: Where): Promise<number> {
    const link = await ada.start();
    const told = tell(server, link, lie, 'media', where);
    await ben.join(link);
    try {
      // Both may offer at once, and then the lie is told to both: one of them leaves its offer unheard, the other refuses.
      await Promise.race([ada, ben].map(async ({ person }) => person.page.locator('[data-testid=tile][data-media=refused]').waitFor()));
      const tookMs = performance.now() - told.at;
      expect(tookMs).toBeLessThan(VERDICT_MS);
      // What is said over the other plane still goes, and no picture was shown meanwhile.
      await Promise.all([ada.person.connected(), ben.person.connected()]);
      for (const { person } of [ada, ben]) {
        expect(await person.by('remote-video').count()).toBe(0);
        expect((await person.received()).frames).toBe(0);
      }
      return tookMs;
    } finally {
      await ben.leave();
      await ada.leave();
    }
  }

  it('an honest meeting on the same server goes well afterwards', async () => {
    server.script = (signal) => [signal];
    await ben.join(await ada.start());
    await Promise.all([ada.person.connected(), ben.person.connected()]);
    await ada.person.write('at last');
    await ben.person.reads('at last');
    await ben.leave();
    await ada.leave();
  });
});
