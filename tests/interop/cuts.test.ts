// The way between a browser and a shell is cut, for a second and for longer, and leads elsewhere afterwards: the transfer goes on by
// itself, soon after there is a way again, and what arrives is whole.
//
// The shell tool's addresses and the page's pass a relay in user space (see `UdpRelay.ts`). `PARLOR_SOAK=long` cuts for up to five
// minutes and holds the time to the bar; the short run only wants the transfer to go on.
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserSide } from '../src/CallSide';
import { UdpRelay } from '../src/UdpRelay';
import { launchChromium } from '../web/harness/chromium';
import { RunningCli } from '../web/harness/cli';
import { randomFile, temporaryFolder } from '../web/harness/files';
import { sha256 } from '../web/harness/person';
import { RunningServer } from '../web/harness/server';

const MIB = 1024 * 1024;
const IS_LONG = process.env['PARLOR_SOAK'] === 'long';
/** Seconds without a way. webrtc's SCTP gives up in silence after about 31. */
const CUTS_S = IS_LONG ? [1, 5, 30, 60, 300] : [1, 5];
/** Milliseconds from a way to the next byte. */
const BAR_MS = IS_LONG ? 10_000 : 90_000;
/** So slow that every cut falls into the transfer, on whatever machine. */
const RATE_BPS = 24_000_000;
const FILE_BYTES = (IS_LONG ? 320 : 72) * MIB;

describe('a way that is cut', () => {
  const folder = temporaryFolder();
  let server: RunningServer;
  let browser: Browser;
  let relay: UdpRelay;
  let ada: BrowserSide;

  beforeAll(async () => {
    server = await RunningServer.start();
    browser = await launchChromium();
    relay = new UdpRelay();
    relay.set({ rateBps: RATE_BPS });
    ada = await BrowserSide.arrive(browser, 0, server.url, { name: 'Ada', relay });
  });

  afterAll(async () => {
    await browser.close();
    await relay.close();
    await server.stop();
    folder.remove();
  });

  it(`lets a transfer go on after ${CUTS_S.join(', ')} s and after a change of address`, { timeout: 1_500_000 }, async () => {
    const path = randomFile(folder.path, 'large.bin', FILE_BYTES);
    const into = join(folder.path, 'into');
    const receiver = new RunningCli(['receive', await ada.start(), '--into', into, '--yes', '--json']);
    let stored = 0;
    let tellMore = (): void => undefined;
    const reading = (async () => {
      for await (const line of receiver.jsonLines()) {
        stored = (line['transfer'] as { stored_bytes?: number } | undefined)?.stored_bytes ?? stored;
        tellMore();
      }
    })();
    const more = async (bytes: number): Promise<void> => {
      const target = stored + bytes;
      while (stored < target) {
        await new Promise<void>((resolve) => {
          tellMore = resolve;
        });
      }
    };
    await ada.person.connected();
    await ada.person.offer(path);
    await more(4 * MIB);
    const took: Record<string, number> = {};
    const returns = async (name: string): Promise<void> => {
      const began = performance.now();
      await more(1);
      took[name] = Math.round(performance.now() - began);
      await more(2 * MIB);
    };
    for (const seconds of CUTS_S) {
      relay.set({ loss: 1 });
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      relay.set({ loss: 0 });
      await returns(`${seconds} s`);
    }
    await relay.moveAway();
    await returns('another address');
    console.log(`milliseconds until it moved again: ${JSON.stringify(took)}`);
    relay.set({ rateBps: null });
    expect(await receiver.end(), receiver.stderr).toBe(0);
    await reading;
    expect(await sha256(join(into, 'large.bin'))).toBe(await sha256(path));
    // What an address that is gone costs is for ICE to find out, so only the cuts have a bar.
    for (const seconds of CUTS_S) expect(took[`${seconds} s`], JSON.stringify(took)).toBeLessThan(BAR_MS);
  });
});
