// What `PeerConnectionLike` promises, asked of a browser's own RTCPeerConnection: the measure for every stand-in.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import type { Probe } from '../src/page/probe';
import { probeScript } from '../src/pageScript';
import { launchChromium } from './harness/chromium';
import { RunningServer } from './harness/server';

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

it("the browser's own connections keep every promise of the interface", { timeout: 300_000 }, async () => {
  const page = await (await browser.newContext()).newPage();
  // Any page of a secure origin.
  await page.goto(server.url);
  await page.evaluate(probeScript());
  const verdicts = await page.evaluate(() => (globalThis as unknown as { parlorProbe: Probe }).parlorProbe.conformance());
  expect(verdicts.filter(({ error }) => error !== null)).toEqual([]);
  expect(verdicts.length).toBeGreaterThan(20);
});
