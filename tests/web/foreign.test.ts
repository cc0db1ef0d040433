// What a page of somebody else can do from its visitor's browser to a server that runs as it does inside the app: nothing.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from './harness/chromium';
import { RunningServer } from './harness/server';

/** As the app configures its own. */
const AS_IN_THE_APP = ['--plain=false', '--polling=false', '--hosts=localhost', '--local-pages=false'];
/** What comes about on a server that lets somebody do something. */
const STATE = ['rooms', 'peers', 'sockets', 'plain_sockets', 'joins_total', 'signals_total', 'sockets_refused_total'];

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  server = await RunningServer.start({ args: AS_IN_THE_APP });
  // Not every browser keeps pages of the wide network from the near one: the server must not need it.
  const unguarded = '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests';
  browser = await launchChromium(['--host-resolver-rules=MAP *.test 127.0.0.1', unguarded]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** The server's state, which a test compares, and how many requests it has refused. */
async function look(): Promise<{ state: unknown[]; hosts: number; origins: number }> {
  const metrics = await server.metrics();
  return {
    state: STATE.map((name) => metrics.get(`parlor_${name}`)),
    hosts: metrics.get('parlor_hosts_refused_total') ?? 0,
    origins: metrics.get('parlor_origins_refused_total') ?? 0,
  };
}

/** A page that really is at `origin`, as far as its browser knows; only its document does not come from the network. */
async function pageAt(origin: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.route(`${origin}/hostile`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>hostile</title>' }));
  await page.goto(`${origin}/hostile`);
  return page;
}

/** What fetch gives: a status, `opaque`, or `failed`. */
async function fetched(page: Page, url: string, init: { method?: string; mode?: 'no-cors'; body?: string } = {}): Promise<string> {
  return page.evaluate(
    async ([target, given]) => {
      try {
        const answer = await fetch(target, given);
        return answer.type === 'opaque' ? 'opaque' : `${answer.status} ${await answer.text()}`;
      } catch {
        return 'failed';
      }
    },
    [url, init] as const,
  );
}

/** Whether a WebSocket opens. */
async function opens(page: Page, url: string): Promise<boolean> {
  return page.evaluate(
    (target) =>
      new Promise<boolean>((resolve) => {
        const socket = new WebSocket(target);
        socket.onopen = () => resolve(true);
        socket.onerror = () => resolve(false);
      }),
    url,
  );
}

/** Posts a form to `url` into a frame of its own, and waits for what comes of it. */
async function postForm(page: Page, url: string): Promise<number> {
  const answered = page.waitForResponse((response) => response.url() === url && response.request().method() === 'POST');
  await page.evaluate((target) => {
    document.body.innerHTML = `<iframe name="into"></iframe><form method="post" enctype="text/plain" target="into">
      <input name='42/room,["join",{"rid":1' value='}]' /></form>`;
    const form = document.querySelector('form');
    if (form === null) throw new Error('no form');
    form.action = target;
    form.submit();
  }, url);
  return (await answered).status();
}

const polling = (base: string): string => `${base}/socket.io/?EIO=4&transport=polling`;
const socket = (base: string): string => `${base.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;

test('its own page is served and connects', async () => {
  const page = await (await browser.newContext()).newPage();
  const answer = await page.goto(server.url);
  expect(answer?.status()).toBe(200);
  expect(await opens(page, socket(server.url))).toBe(true);
  await page.context().close();
  await expect.poll(async () => (await server.metrics()).get('parlor_sockets')).toBe(0);
});

test.each(['http://foreign.test:8080', 'http://localhost:8081'])('a page at %s opens nothing', async (origin) => {
  const page = await pageAt(origin);
  const before = await look();
  expect(await opens(page, socket(server.url))).toBe(false);
  for (const url of [polling(server.url), `${server.url}/metrics`, server.url]) {
    expect(await fetched(page, url), url).toBe('failed');
    expect(await fetched(page, url, { method: 'POST', body: '40/room,' }), url).toBe('failed');
    // Refused by `cross-origin-resource-policy`, or an answer that says nothing to the page.
    expect(['opaque', 'failed']).toContain(await fetched(page, url, { mode: 'no-cors' }));
    expect(['opaque', 'failed']).toContain(await fetched(page, url, { mode: 'no-cors', method: 'POST', body: '40/room,' }));
  }
  expect(await postForm(page, polling(server.url))).toBe(403);
  expect(await postForm(page, `${server.url}/metrics`)).toBe(405);
  const after = await look();
  expect(after.state).toEqual(before.state);
  expect(after.origins - before.origins, 'the socket, and what was tried on its path').toBeGreaterThanOrEqual(5);
  await page.context().close();
});

test('a page whose name was made to point here reads nothing and opens nothing', async () => {
  const rebound = `http://rebound.test:${server.port}`;
  const page = await pageAt(rebound);
  const before = await look();
  for (const url of [rebound, `${rebound}/metrics`, `${rebound}/healthz`, polling(rebound)]) {
    // Its own origin, so it may read the answer.
    expect(await fetched(page, url), url).toMatch(/^421 this server goes by another name/);
    expect(await fetched(page, url, { method: 'POST', body: '40/room,' }), url).toMatch(/^421 /);
    expect(await fetched(page, url, { mode: 'no-cors' }), url).toMatch(/^421 /);
  }
  expect(await opens(page, socket(rebound))).toBe(false);
  expect(await postForm(page, polling(rebound))).toBe(421);
  // By the right name it is a foreign page.
  expect(await opens(page, socket(server.url))).toBe(false);
  expect((await page.goto(`${rebound}/`))?.status(), 'nor is the page itself shown under that name').toBe(421);
  const after = await look();
  expect(after.state).toEqual(before.state);
  expect([after.hosts - before.hosts >= 15, after.origins - before.origins]).toEqual([true, 1]);
  await page.context().close();
});
