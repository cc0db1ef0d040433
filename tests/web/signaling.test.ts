// The server against clients that break the rules: each gets its code or is cut off, and nobody else notices.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { undisturbed } from './harness/bystanders';
import { Peer, type RoomKeys, randomId, randomRoom, randomSecret } from './harness/peer';
import { RunningServer } from './harness/server';

const MIB = 1024 * 1024;

let server: RunningServer;
let rssAtRestBytes: number;
const peers: Peer[] = [];

async function connect(seat: { id?: string; resume?: string; headers?: Record<string, string> } = {}): Promise<Peer> {
  const peer = await Peer.connect(server.url, seat);
  peers.push(peer);
  return peer;
}

async function seated(keys: RoomKeys, seat: { id?: string; resume?: string } = {}): Promise<Peer> {
  const peer = await Peer.inRoom(server.url, keys, seat);
  peers.push(peer);
  return peer;
}

beforeAll(async () => {
  server = await RunningServer.start({ env: { PARLOR_LOG: 'info' } });
  // One round first, so that what the program sets up once is not counted as growth.
  await undisturbed(server.url, () => Promise.resolve());
  rssAtRestBytes = server.rssBytes();
});

afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
});

afterAll(async () => {
  expect(server.rssBytes() - rssAtRestBytes, 'growth over all these tests').toBeLessThan(64 * MIB);
  expect(await server.stop()).toBe(0);
  // No address and nothing a client said may be in the log at info.
  expect(server.stderr).not.toMatch(/127\.0\.0\.1|localhost|secretbody/);
});

test('malformed requests are answered with bad-request and their rid', async () => {
  await undisturbed(server.url, async () => {
    const keys = randomRoom();
    const peer = await seated(keys);
    const cases: [number | null, string, unknown[]][] = [
      [null, 'join', []],
      [null, 'join', ['text']],
      [null, 'join', [null]],
      [null, 'join', [[1, 2, 3]]],
      [null, 'heartbeat', [{ rid: -1 }]],
      [null, 'heartbeat', [{ rid: 2 ** 32 }]],
      [null, 'heartbeat', [{ rid: '1' }]],
      [7, 'join', [{ rid: 7, version: 1 }]],
      [8, 'join', [{ rid: 8, version: 1, ...keys, token: 'short', peer: peer.id, resume: peer.resume }]],
      [9, 'signal', [{ rid: 9, to: peer.id.toUpperCase(), body: 'a' }]],
      [10, 'signal', [{ rid: 10, to: peer.id, body: { nested: true } }]],
      [11, 'signal', [{ rid: 11, to: peer.id, body: 'not base64url!' }]],
      [12, 'signal', [{ rid: 12, to: peer.id }]],
    ];
    for (const [rid, event, args] of cases) {
      const reply = await peer.provoke(event, ...args);
      expect(reply, JSON.stringify([event, args])).toEqual({ rid, ok: false, code: 'bad-request' });
    }
    expect(await peer.request('heartbeat', {}), 'and the socket lives on').toMatchObject({ ok: true });
  });
});

test('events that do not exist are answered, lifecycle names and the server’s own among them', async () => {
  await undisturbed(server.url, async () => {
    const peer = await seated(randomRoom());
    for (const event of ['nothing', 'reply', 'peer-left', 'server-closing', 'open', 'close', 'error', 'offer', '__proto__']) {
      expect(await peer.provoke(event, { rid: 5 }), event).toEqual({ rid: 5, ok: false, code: 'bad-request' });
    }
  });
});

test('another version is told apart from nonsense', async () => {
  const peer = await connect();
  expect(await peer.join(randomRoom(), { version: 2 })).toMatchObject({ ok: false, code: 'version' });
});

test('a message over the limit is answered with too-large, one far over it cuts its socket off', async () => {
  await undisturbed(server.url, async () => {
    const keys = randomRoom();
    const [peer, other] = [await seated(keys), await seated(keys)];
    expect(await peer.signal(other, 'a'.repeat(66_000))).toMatchObject({ ok: false, code: 'too-large' });
    expect(await peer.signal(other, 'a'.repeat(65_000))).toMatchObject({ ok: true });
    peer.socket.emit('signal', { rid: 1, to: other.id, body: 'a'.repeat(4 * MIB) });
    await peer.end();
    await other.sees('peer-left', { peer: peer.id });
    expect(other.bodiesFrom(peer)).toEqual(['a'.repeat(65_000)]);
  });
});

test('binary attachments cut their socket off', async () => {
  await undisturbed(server.url, async () => {
    const keys = randomRoom();
    const [peer, other] = [await seated(keys), await seated(keys)];
    peer.socket.emit('signal', { rid: 1, to: other.id, body: Buffer.from('binary') });
    await peer.end();
    expect(other.bodiesFrom(peer)).toEqual([]);
  });
});

test('no room and a wrong token get the same answer', async () => {
  await undisturbed(server.url, async () => {
    const keys = randomRoom();
    await seated(keys);
    const stranger = await connect();
    const missing = await stranger.join(randomRoom(), { create: false });
    const wrong = await stranger.join({ ...keys, token: randomSecret() });
    expect({ ...wrong, rid: 0 }).toEqual({ ...missing, rid: 0 });
    expect(wrong).toMatchObject({ ok: false, code: 'room-refused' });
    expect(await stranger.request('signal', { to: randomId(), body: 'a' })).toMatchObject({ code: 'not-in-room' });
    expect(await stranger.request('leave', {})).toMatchObject({ code: 'not-in-room' });
  });
});

test('a full room says so, and only to a right token', async () => {
  await undisturbed(server.url, async () => {
    const keys = randomRoom();
    for (let seat = 0; seat < 16; seat++) await seated(keys);
    const late = await connect();
    expect(await late.join(keys)).toMatchObject({ ok: false, code: 'room-full' });
    expect(await late.join({ ...keys, token: randomSecret() })).toMatchObject({ ok: false, code: 'room-refused' });
  });
});

test('the sender of a signal is stamped by the server, whatever the sender claims', async () => {
  await undisturbed(server.url, async () => {
    const keys = randomRoom();
    const [victim, impostor, target] = [await seated(keys), await seated(keys), await seated(keys)];
    const reply = await impostor.signal(target, 'secretbody', { from: victim.id, peer: victim.id });
    expect(reply).toMatchObject({ ok: true });
    const signal = await target.sees('signal');
    expect(signal).toEqual({ from: impostor.id, body: 'secretbody' });
    expect(victim.hasSeen('signal'), 'nobody else hears it').toBe(false);
    expect(await impostor.request('signal', { to: randomId(), body: 'a' })).toMatchObject({ code: 'no-such-peer' });
  });
});

test('a seat is given back only to its own resume secret', async () => {
  await undisturbed(server.url, async () => {
    const keys = randomRoom();
    const [owner, other] = [await seated(keys), await seated(keys)];
    const thief = await connect({ id: owner.id });
    expect(await thief.join(keys)).toMatchObject({ ok: false, code: 'unauthorized' });
    expect(await owner.signal(other, 'still-here')).toMatchObject({ ok: true });
  });
});

test('who is too fast is told when to come back, and is cut off when it does not listen', async () => {
  await undisturbed(server.url, async () => {
    const keys = randomRoom();
    const [fast, other] = [await seated(keys), await seated(keys)];
    for (let rid = 1_000; rid < 6_000; rid++) fast.socket.emit('signal', { rid, to: other.id, body: String(rid) });
    await fast.end();
    const refused = fast.seen.filter(({ payload }) => payload['code'] === 'rate-limited');
    expect(refused.length).toBeGreaterThan(0);
    for (const { payload } of refused) expect(payload['retry_ms']).toBeGreaterThan(0);
    await other.sees('peer-left', { peer: fast.id });
    const arrived = other.bodiesFrom(fast).map(Number);
    expect(arrived, 'what was accepted came in order').toEqual([...arrived].sort((a, b) => a - b));
    expect(arrived.length).toBeGreaterThan(500);
    expect(arrived.length).toBeLessThan(5_000);
  });
});

test('a peer that comes back in time takes its seat in silence, with what was sent meanwhile', async () => {
  const own = await RunningServer.start();
  const keys = randomRoom();
  const [stays, drops] = [await Peer.inRoom(own.url, keys), await Peer.inRoom(own.url, keys)];
  await stays.sees('peer-joined', { peer: drops.id });
  drops.close();
  await expect.poll(async () => (await own.metrics()).get('parlor_sockets')).toBe(1);
  for (const body of ['one', 'two', 'three']) expect(await stays.signal(drops, body)).toMatchObject({ ok: true });
  const back = await Peer.inRoom(own.url, keys, drops.seat);
  await back.sees('signal', { body: 'three' });
  expect(back.bodiesFrom(stays)).toEqual(['one', 'two', 'three']);
  expect(await back.signal(stays, 'back')).toMatchObject({ ok: true });
  await stays.sees('signal', { from: drops.id, body: 'back' });
  expect(stays.hasSeen('peer-left')).toBe(false);
  expect(stays.seen.filter(({ event }) => event === 'peer-joined')).toHaveLength(1);
  stays.close();
  back.close();
  await own.stop();
});

test('a ghost is cut off when its peer comes back on another socket', async () => {
  const keys = randomRoom();
  const [stays, ghost] = [await seated(keys), await seated(keys)];
  const back = await seated(keys, ghost.seat);
  await ghost.end();
  expect(await stays.signal(back, 'hello')).toMatchObject({ ok: true });
  await back.sees('signal', { body: 'hello' });
  expect(stays.hasSeen('peer-left')).toBe(false);
});

test('who leaves is gone at once, who drops is gone after the grace', async () => {
  const keys = randomRoom();
  const [stays, leaves, drops] = [await seated(keys), await seated(keys), await seated(keys)];
  expect(await leaves.request('leave', {})).toMatchObject({ ok: true });
  await stays.sees('peer-left', { peer: leaves.id });
  expect(stays.hasSeen('peer-left', { peer: drops.id })).toBe(false);
  drops.close();
  await stays.sees('peer-left', { peer: drops.id });
});

test('a socket that began with long-polling is not let into the rooms', async () => {
  const { io } = await import('socket.io-client');
  const socket = io(`${server.url}/room`, { transports: ['polling'], reconnection: false, forceNew: true });
  const error = await new Promise<Error>((resolve) => socket.once('connect_error', resolve));
  socket.close();
  expect(error.message).toBe('websocket only');
});

test('connections that say nothing are ended', async () => {
  await undisturbed(server.url, async () => {
    const open = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`);
    const { sid } = JSON.parse((await open.text()).slice(1)) as { sid: string };
    const poll = `${server.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`;
    let last = await fetch(poll);
    // Answers to pings keep it alive on Engine.IO's level; without a namespace it ends all the same.
    while (last.ok) {
      await last.text();
      await fetch(poll, { method: 'POST', body: '3' });
      last = await fetch(poll);
    }
    expect(last.status).toBe(400);
  });
});

test('requests over HTTP are limited by address', async () => {
  const limited = await RunningServer.start({ args: ['--request-rate', '5', '--request-burst', '20'] });
  const statuses = await Promise.all(
    Array.from({ length: 60 }, async () => (await fetch(`${limited.url}/socket.io/?EIO=4&transport=polling`)).status),
  );
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  expect(statuses.filter((status) => status === 200).length).toBeLessThan(40);
  expect((await fetch(`${limited.url}/healthz`)).status, 'the rest is served').toBe(200);
  await limited.stop();
});

test('every refusal is counted by its code', async () => {
  const metrics = await server.metrics();
  for (const code of ['bad-request', 'too-large', 'unauthorized', 'version', 'room-refused', 'room-full', 'rate-limited']) {
    expect(metrics.get(`parlor_refusals_total{code="${code}"}`), code).toBeGreaterThan(0);
  }
  expect(metrics.get('parlor_sockets_cut_total')).toBeGreaterThan(0);
});
