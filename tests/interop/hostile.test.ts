// Lies about certificates, told to the Rust engine by a server whose owner holds the link: engine with engine, and engine with page.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../web/harness/chromium';
import { temporaryFolder } from '../web/harness/files';
import { Person } from '../web/harness/person';
import { RunningServer } from '../web/harness/server';
import { LIES } from '../web/hostile/certificateLies';
import { HostileServer } from '../web/hostile/HostileServer';
import { CliSide, MARKER, PageSide, type Side } from '../web/hostile/sides';
import { dataTrial } from '../web/hostile/trial';

const IS_LONG = process.env['PARLOR_SOAK'] === 'long';
// 104 trials a pair.
const ROUNDS = IS_LONG ? 13 : 1;
const [swapped] = LIES;
const TRIALS = LIES.flatMap((lie) => (['offer', 'answer'] as const).map((where) => ({ lie, where })));

describe('on a server that lies about certificates', () => {
  const folder = temporaryFolder();
  let real: RunningServer;
  let server: HostileServer;
  let browser: Browser;
  let page: PageSide;

  beforeAll(async () => {
    real = await RunningServer.start();
    server = await HostileServer.stand(real.url);
    browser = await launchChromium();
    page = await PageSide.of(await Person.arrive(await browser.newContext(), server.url, 'Ada'));
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
    await real.stop();
    folder.remove();
  });

  const cli = (): Side => new CliSide(folder.path);

  const run = async (name: string, starter: Side, joiner: Side, trial: (typeof TRIALS)[number]): Promise<void> => {
    const { lie, where } = trial;
    const outcome = await dataTrial({ server, starter, joiner, lie, where, both: lie === swapped });
    console.log(`${name}, ${lie.name} in an ${where}: ${outcome.tookMs.toFixed(0)} ms; the other: ${outcome.other ?? 'waits'}`);
    // The program that heard the lie ends, and may be gone before the other has understood why.
    if (outcome.other !== null) expect(['proof-failed', 'connect-failed', 'left']).toContain(outcome.other);
  };

  it.each(TRIALS)('the engine refuses another engine: $lie.name in an $where', { timeout: 60_000 * ROUNDS }, async (trial) => {
    for (let round = 0; round < ROUNDS; round += 1) await run('engine ↔ engine', cli(), cli(), trial);
  });

  // Who hears the lie: the page in the first, the engine in the second.
  it.each(IS_LONG ? TRIALS : TRIALS.slice(0, 1))('a page started, the engine joined: $lie.name in an $where', { timeout: 60_000 * ROUNDS }, async (trial) => {
    for (let round = 0; round < ROUNDS; round += 1) await run('page ↔ engine', page, cli(), trial);
  });

  it.each(IS_LONG ? TRIALS : TRIALS.slice(0, 1))('the engine started, a page joined: $lie.name in an $where', { timeout: 60_000 * ROUNDS }, async (trial) => {
    for (let round = 0; round < ROUNDS; round += 1) await run('engine ↔ page', cli(), page, trial);
  });

  it('an honest meeting on the same server goes well afterwards', async () => {
    server.script = (signal) => [signal];
    const [ada, ben] = [new CliSide(folder.path), new CliSide(folder.path)];
    await ben.join(await ada.start(server.url));
    expect(await ben.ended()).toBe(0);
    expect(await ada.ended()).toBe(0);
    expect((await ben.received()).join('')).toContain(MARKER);
  });
});
