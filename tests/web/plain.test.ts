// The plain dialect: a tutorial's page from another origin, unchanged, meets its twin through our server; other origins do not.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type Socket, io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from './harness/binaries';
import { launchChromium } from './harness/chromium';
import { undisturbed } from './harness/bystanders';
import { RunningServer } from './harness/server';
import { type Site, serveSite } from './harness/site';

/** What `plain/client.js` leaves on its window. */
interface PlainWindow {
  readonly plain: {
    readonly connection: RTCPeerConnection;
    readonly seen: { readonly transports: string[]; readonly events: string[]; readonly error: string | null };
  };
}

let server: RunningServer;
let site: Site;
let browser: Browser;

beforeAll(async () => {
  server = await RunningServer.start();
  const folder = join(ROOT, 'tests/web/plain');
  site = await serveSite({
    '/': join(folder, 'index.html'),
    '/client.js': join(folder, 'client.js'),
    '/socket.io.js': join(ROOT, 'node_modules/socket.io-client/dist/socket.io.js'),
  });
  browser = await launchChromium(['--host-resolver-rules=MAP foreign.test 127.0.0.1']);
});

afterAll(async () => {
  await browser.close();
  await site.close();
  await server.stop();
});

async function open(origin: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${origin}/?server=${encodeURIComponent(`http://localhost:${server.port}`)}`);
  return page;
}

const seenBy = (page: Page): Promise<PlainWindow['plain']['seen']> =>
  page.evaluate(() => (window as unknown as PlainWindow).plain.seen);

async function framesDecoded(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const report = await (window as unknown as PlainWindow).plain.connection.getStats();
    let frames = 0;
    report.forEach((stats: { type: string; kind?: string; framesDecoded?: number }) => {
      if (stats.type === 'inbound-rtp' && stats.kind === 'video') frames += stats.framesDecoded ?? 0;
    });
    return frames;
  });
}

test('two tabs of a tutorial’s page see each other through our server', async () => {
  const [caller, callee] = [await open(site.origin), await open(site.origin)];
  for (const page of [caller, callee]) {
    await expect.poll(async () => (await seenBy(page)).transports, { timeout: 20_000 }).toEqual(['polling', 'websocket']);
  }
  await caller.click('#call');
  for (const page of [caller, callee]) {
    const state = (): Promise<string> =>
      page.evaluate(() => (window as unknown as PlainWindow).plain.connection.connectionState);
    await expect.poll(state, { timeout: 30_000 }).toBe('connected');
    await expect.poll(() => framesDecoded(page), { timeout: 30_000 }).toBeGreaterThan(0);
    const width = (): Promise<number> => page.evaluate(() => document.querySelector<HTMLVideoElement>('#remote')?.videoWidth ?? 0);
    await expect.poll(width).toBeGreaterThan(0);
  }
  const [called, answered] = [(await seenBy(caller)).events, (await seenBy(callee)).events];
  expect(called.filter((event) => event === 'offer'), 'nothing comes back to its sender').toEqual([]);
  expect(called.filter((event) => event === 'answer')).toHaveLength(1);
  expect(answered.filter((event) => event === 'offer')).toHaveLength(1);
  expect(answered.filter((event) => event === 'answer')).toEqual([]);
  await caller.context().close();
  await callee.context().close();
});

test('a page of a foreign origin gets nowhere, by neither transport', async () => {
  const page = await open(`http://foreign.test:${site.port}`);
  await expect.poll(async () => (await seenBy(page)).error, { timeout: 20_000 }).not.toBeNull();
  const opened = await page.evaluate(async (port) => {
    const socket = new WebSocket(`ws://localhost:${port}/socket.io/?EIO=4&transport=websocket`);
    return new Promise<boolean>((resolve) => {
      socket.onopen = () => resolve(true);
      socket.onerror = () => resolve(false);
    });
  }, server.port);
  expect(opened).toBe(false);
  expect((await seenBy(page)).transports).toEqual([]);
  await page.context().close();
});

test('an origin is answered with itself, a foreign one with nothing, and credentials never', async () => {
  const url = `${server.url}/socket.io/?EIO=4&transport=polling`;
  const ask = async (origin: string, method = 'GET'): Promise<Response> => fetch(url, { method, headers: { origin } });
  for (const origin of ['http://localhost:1', 'http://127.0.0.1:8080', 'http://[::1]:3000', 'tauri://localhost', server.url]) {
    for (const method of ['GET', 'OPTIONS']) {
      const response = await ask(origin, method);
      expect(response.ok, origin).toBe(true);
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
      expect(response.headers.get('vary')).toContain('origin');
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    }
  }
  for (const origin of ['http://foreign.test', 'null', 'http://localhost.foreign.test', 'https://localhost@foreign.test']) {
    for (const method of ['GET', 'OPTIONS', 'POST']) {
      const response = await ask(origin, method);
      expect(response.status, origin).toBe(403);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  }
  const metrics = await server.metrics();
  expect(metrics.get('parlor_origins_refused_total')).toBeGreaterThanOrEqual(12);
});

test('an origin on the list is let in', async () => {
  const open = await RunningServer.start({ args: ['--origins', 'https://friend.example,https://other.example:8443'] });
  const status = async (origin: string): Promise<number> =>
    (await fetch(`${open.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } })).status;
  expect(await status('https://friend.example')).toBe(200);
  expect(await status('https://other.example:8443')).toBe(200);
  expect(await status('https://other.example')).toBe(403);
  await open.stop();
});

async function plainSocket(transports: ('polling' | 'websocket')[]): Promise<Socket> {
  const socket = io(server.url, { transports, reconnection: false, forceNew: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

test('any JSON passes to everyone else as it is, over both transports, in order', async () => {
  const sockets = [await plainSocket(['polling']), await plainSocket(['websocket']), await plainSocket(['websocket'])];
  const values: unknown[] = [{ type: 'offer', sdp: 'v=0\r\n' }, null, 1.5, 'text', [1, [2, { a: null }]], { 'ключ': '사랑방' }];
  const heard = sockets.map(() => [] as unknown[]);
  const done = Promise.all(
    sockets.slice(0, 2).map(
      (socket, index) =>
        new Promise<void>((resolve) =>
          socket.onAny((event: string, value: unknown) => {
            heard[index]?.push([event, value]);
            if (heard[index]?.length === values.length) resolve();
          }),
        ),
    ),
  );
  sockets[2]?.onAny((event: string) => heard[2]?.push(event));
  for (const value of values) sockets[2]?.emit('candidate', value);
  await done;
  expect(heard[0]).toEqual(values.map((value) => ['candidate', value]));
  expect(heard[1]).toEqual(heard[0]);
  expect(heard[2], 'never back to the sender').toEqual([]);
  for (const socket of sockets) socket.close();
});

test('other events, floods and binary of plain clients disturb nobody', async () => {
  await undisturbed(server.url, async () => {
    const [wild, calm] = [await plainSocket(['websocket']), await plainSocket(['websocket'])];
    const heard: string[] = [];
    calm.onAny((event: string) => heard.push(event));
    wild.emit('join', { rid: 1 });
    wild.emit('server-closing', {});
    const ended = new Promise((resolve) => wild.once('disconnect', resolve));
    for (let number = 0; number < 5_000; number++) wild.emit('candidate', { number });
    await ended;
    await expect.poll(() => [...new Set(heard)]).toEqual(['candidate']);
    expect(heard.length).toBeLessThan(5_000);
    const binary = await plainSocket(['websocket']);
    const cut = new Promise((resolve) => binary.once('disconnect', resolve));
    binary.emit('offer', Buffer.from('binary'));
    await cut;
    expect(calm.connected).toBe(true);
    calm.close();
  });
});

test('switched off, the dialect is not there', async () => {
  const off = await RunningServer.start({ args: ['--plain=false'] });
  const socket = io(off.url, { reconnection: false, forceNew: true });
  const error = await new Promise<Error>((resolve) => socket.once('connect_error', resolve));
  expect(error.message).toBe('Invalid namespace');
  socket.close();
  await off.stop();
});

test('the root answers text to who prefers text, and everything carries its headers', async () => {
  const text = await fetch(`${server.url}/`, { headers: { accept: 'text/plain' } });
  expect(await text.text()).toBe('WebRTC Signaling Server is Running');
  expect(text.headers.get('content-type')).toMatch(/^text\/plain/);
  const page = await fetch(`${server.url}/`, { headers: { accept: 'text/html,*/*;q=0.8' } });
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toMatch(/script-src|unsafe|\*/);
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  expect(page.headers.get('permissions-policy')).toContain('camera=(self)');
  expect(await (await fetch(`${server.url}/healthz`)).text()).toBe('ok');
  for (const path of ['/../Cargo.toml', '/%2e%2e/Cargo.toml', '/nothing.js']) {
    expect((await fetch(`${server.url}${path}`)).status, path).toBe(404);
  }
});
