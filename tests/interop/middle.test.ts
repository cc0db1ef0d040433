// A man in the middle with two WebRTC peers of his own, who opens and seals what passes the server: engines and pages refuse him by their
// key confirmation, which is all that is left against him. A spoken code hands on the same link, so this is its room as well.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../web/harness/chromium';
import { temporaryFolder } from '../web/harness/files';
import { Person } from '../web/harness/person';
import { RunningServer } from '../web/harness/server';
import { HostileServer } from '../web/hostile/HostileServer';
import { MiddleMan } from '../web/hostile/MiddleMan';
import { CliSide, PageSide, type Side } from '../web/hostile/sides';

const IS_LONG = process.env['PARLOR_SOAK'] === 'long';
// 102 times in all.
const ROUNDS = IS_LONG ? 34 : 1;

describe('a man in the middle who lies to both sides', () => {
  const folder = temporaryFolder();
  let real: RunningServer;
  let server: HostileServer;
  let browser: Browser;
  let lair: Page;
  let ada: PageSide;
  let ben: PageSide;

  beforeAll(async () => {
    real = await RunningServer.start();
    server = await HostileServer.stand(real.url);
    // The engine need not resolve names of multicast DNS here.
    browser = await launchChromium(['--disable-features=WebRtcHideLocalIpsWithMdns']);
    lair = await (await browser.newContext()).newPage();
    ada = await PageSide.of(await Person.arrive(await browser.newContext(), server.url, 'Ada'));
    ben = await PageSide.of(await Person.arrive(await browser.newContext(), server.url, 'Ben'));
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
    await real.stop();
    folder.remove();
  });

  const cli = (): Side => new CliSide(folder.path);

  it.each([
    ['two engines', cli, cli],
    ['a page and an engine', () => ada, cli],
    ['two pages', () => ada, () => ben],
  ])('is refused by %s', { timeout: 60_000 * ROUNDS }, async (name, starts, joins) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [starter, joiner] = [starts(), joins()];
      const link = await starter.start(server.url);
      const man = await MiddleMan.stand(lair, server, link);
      const between = man.between();
      await joiner.join(link);
      await between;
      const since = performance.now();
      // Whoever refuses first leaves, and the other may learn of that before it could judge; `parlor-cli send` then waits for another.
      const verdicts: string[] = [];
      const refuses = async (side: Side): Promise<void> => {
        const verdict = await side.verdict();
        verdicts.push(verdict);
        if (verdict !== 'proof-failed') throw new Error(verdict);
      };
      await Promise.any([refuses(starter), refuses(joiner)]);
      const tookMs = performance.now() - since;
      console.log(`${name}: ${verdicts.join(' and ')} after ${tookMs.toFixed(0)} ms`);
      for (const verdict of verdicts) expect(['proof-failed', 'connect-failed', 'left']).toContain(verdict);
      const passed = await man.passed();
      expect(passed.length).toBeGreaterThan(0);
      for (const { message } of passed) expect((JSON.parse(message) as { type: string }).type).toBe('confirm');
      expect([...(await starter.received()), ...(await joiner.received())]).toEqual([]);
      await man.end();
      await joiner.leave();
      await starter.leave();
    }
  });
});
