// A server without the link that floods two ends with changed, repeated, reflected, withheld and crossed envelopes around the honest ones:
// nothing of it counts, and the two meet all the same.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../src/Line';
import { launchChromium } from '../web/harness/chromium';
import { temporaryFolder } from '../web/harness/files';
import { Person } from '../web/harness/person';
import { RunningServer } from '../web/harness/server';
import { HostileServer, type Script, type Signal } from '../web/hostile/HostileServer';
import { CliSide, MARKER, PageSide } from '../web/hostile/sides';

const SEED = 20261123;
const IS_LONG = process.env['PARLOR_SOAK'] === 'long';
const ROUNDS = IS_LONG ? 20 : 1;
/** Changed copies of each signal. */
const FLIPS = 40;
/** Old signals sent again with each. */
const REPLAYS = 40;

describe('a server that floods two ends with false envelopes', () => {
  const folder = temporaryFolder();
  const random = seededRandom(SEED);
  let real: RunningServer;
  let server: HostileServer;
  let browser: Browser;
  let page: PageSide;
  const counts = { flipped: 0, replayed: 0, reflected: 0, crossed: 0 };

  beforeAll(async () => {
    real = await RunningServer.start();
    server = await HostileServer.stand(real.url);
    browser = await launchChromium();
    page = await PageSide.of(await Person.arrive(await browser.newContext(), server.url, 'Ada'));
  });

  afterAll(async () => {
    console.log(`seed ${SEED}: ${JSON.stringify(counts)}`);
    await browser.close();
    await server.close();
    await real.stop();
    folder.remove();
  });

  /** A copy with one bit flipped, anywhere but in the version: another version is told to the user, who then does not wait. */
  const flipped = (signal: Signal): Signal => {
    const bytes = Buffer.from(signal.body, 'base64url');
    const at = 1 + Math.floor(random() * (bytes.length - 1));
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    counts.flipped += 1;
    return { ...signal, body: bytes.toString('base64url') };
  };

  const anyOf = (signals: readonly Signal[]): Signal | undefined => signals[Math.floor(random() * signals.length)];

  const flood: Script = (signal) => {
    const { from, to, body } = signal;
    const delivered = Array.from({ length: FLIPS }, () => flipped(signal));
    // Back to who said it, as if the other had.
    delivered.push({ from: to, to: from, body });
    counts.reflected += 1;
    for (let number = 0; number < REPLAYS; number += 1) {
      const old = anyOf(server.seen);
      if (old === undefined) continue;
      if (old.from === from && old.to === to) {
        // Again only what came before: in front of this one, and so never in its place.
        if (old !== signal) {
          delivered.push(old);
          counts.replayed += 1;
        }
      } else {
        // From another direction, another session or another room.
        delivered.push({ from, to, body: old.body });
        counts.crossed += 1;
      }
    }
    return [...delivered, signal, signal, flipped(signal)];
  };

  it('does not keep an engine from an engine', { timeout: 60_000 * ROUNDS }, async () => {
    server.script = flood;
    for (let round = 0; round < ROUNDS; round += 1) {
      const [ada, ben] = [new CliSide(folder.path), new CliSide(folder.path)];
      await ben.join(await ada.start(server.url));
      expect(await ben.ended()).toBe(0);
      expect(await ada.ended()).toBe(0);
      expect((await ben.received()).join('')).toContain(MARKER);
    }
  });

  it('does not keep a page from an engine', { timeout: 60_000 * ROUNDS }, async () => {
    server.script = flood;
    for (let round = 0; round < ROUNDS; round += 1) {
      const ada = new CliSide(folder.path);
      await page.join(await ada.start(server.url));
      await page.person.reads(MARKER);
      expect(await ada.ended()).toBe(0);
      await page.leave();
    }
  });
});
