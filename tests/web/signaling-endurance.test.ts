// Many signals, dead peers, peers that do not read, and the end of the server.
import { afterEach, expect, test } from 'vitest';
import { undisturbed } from './harness/bystanders';
import { Peer, randomRoom } from './harness/peer';
import { RunningServer, runServer } from './harness/server';
import { layWire } from './harness/wire';

const MIB = 1024 * 1024;
const FAST = ['--socket-rate', '100000', '--socket-burst', '100000', '--address-rate', '100000', '--address-burst', '100000'];
const FAST_ROOM = ['--room-rate', '100000', '--room-burst', '100000'];

const servers: RunningServer[] = [];

async function start(args: readonly string[] = []): Promise<RunningServer> {
  const server = await RunningServer.start({ args });
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

test('3 000 signals at once arrive in order and none is lost', async () => {
  const server = await start([...FAST, ...FAST_ROOM]);
  const keys = randomRoom();
  const [sender, receiver] = [await Peer.inRoom(server.url, keys), await Peer.inRoom(server.url, keys)];
  const body = (number: number): string => `${number}-${'x'.repeat(number % 1_500)}`;
  const all = Array.from({ length: 3_000 }, (_, number) => body(number));
  let unsent = all;
  const taken: string[] = [];
  while (unsent.length > 0) {
    // As the protocol asks: what was refused is sent again when it is time. On a slow machine some are refused and later ones
    // taken, so the order promised is that of those the server took.
    const replies = await sender.signals(receiver, unsent);
    for (const reply of replies) expect(reply.ok || reply.code === 'rate-limited', reply.code).toBe(true);
    const retryMs = Math.max(...replies.map((reply) => reply.retry_ms ?? 0));
    taken.push(...unsent.filter((_, index) => replies[index]?.ok === true));
    unsent = unsent.filter((_, index) => replies[index]?.ok !== true);
    if (unsent.length > 0) await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
  await receiver.sees('signal', { body: taken.at(-1) });
  expect(receiver.bodiesFrom(sender)).toEqual(taken);
  expect([...taken].sort()).toEqual([...all].sort());
  sender.close();
  receiver.close();
});

test('a peer that falls silent is gone within the promised time', async () => {
  const server = await start();
  const wire = await layWire(server.url);
  const keys = randomRoom();
  const stays = await Peer.inRoom(server.url, keys);
  const sleeps = await Peer.inRoom(wire.url, keys);
  await stays.sees('peer-joined', { peer: sleeps.id });
  const from = performance.now();
  wire.freeze();
  await stays.sees('peer-left', { peer: sleeps.id });
  // 10 s promised; the rest is for a busy machine.
  expect(performance.now() - from).toBeLessThan(15_000);
  stays.close();
  sleeps.close();
  await wire.close();
});

test('for a peer that does not read memory stays bounded, the sender is told to wait, and it is cut off', async () => {
  const server = await start([...FAST, ...FAST_ROOM]);
  const before = server.rssBytes();
  await undisturbed(server.url, async () => {
    const wire = await layWire(server.url);
    const keys = randomRoom();
    const sender = await Peer.inRoom(server.url, keys);
    const deaf = await Peer.inRoom(wire.url, keys);
    wire.freeze({ upstream: 'flows' });
    const body = 'x'.repeat(60_000);
    let most = 0;
    let isRefused = false;
    for (let sent = 0; sent < 1_000 && !isRefused; sent++) {
      isRefused = (await sender.signal(deaf, body)).code === 'rate-limited';
      most = Math.max(most, server.rssBytes());
    }
    expect(isRefused).toBe(true);
    expect(most - before).toBeLessThan(64 * MIB);
    await sender.sees('peer-left', { peer: deaf.id });
    sender.close();
    deaf.close();
    await wire.close();
  });
});

test('asked to stop, the server tells everybody and ends in order', async () => {
  const server = await start(['--closing-retry-ms', '1234']);
  const keys = randomRoom();
  const seated = [await Peer.inRoom(server.url, keys), await Peer.inRoom(server.url, keys)];
  const waiting = await Peer.connect(server.url);
  const stopped = server.stop();
  for (const peer of [...seated, waiting]) {
    expect(await peer.sees('server-closing')).toEqual({ retry_ms: 1_234 });
    await peer.end();
  }
  expect(await stopped).toBe(0);
});

test('a restarted server takes the same peers back', async () => {
  const first = await start();
  const keys = randomRoom();
  const peer = await Peer.inRoom(first.url, keys);
  await first.kill();
  await peer.end();
  const second = await RunningServer.start({ port: first.port });
  servers.push(second);
  const back = await Peer.inRoom(second.url, keys, peer.seat);
  expect(await back.request('heartbeat', {})).toMatchObject({ ok: true });
  back.close();
});

test('joining hands out the ICE servers of the configuration', async () => {
  const turn = ['--turn', 'turn:turn.example:3478?transport=udp', '--turn-secret', 'north'];
  const server = await start(['--stun', 'stun:stun.example:3478', ...turn, '--turn-ttl-s', '600', '--room-peers', '4']);
  const peer = await Peer.connect(server.url);
  const reply = await peer.join(randomRoom());
  expect(reply).toMatchObject({ ok: true, peers: [], ttl_s: 900, limits: { message_bytes: 65_536, room_peers: 4 } });
  const [stun, relay] = reply.ice_servers;
  expect(stun).toEqual({ urls: ['stun:stun.example:3478'] });
  const expiry = Number(/^(\d+):parlor$/.exec(relay?.username ?? '')?.[1]);
  expect(Math.abs(expiry - (Date.now() / 1_000 + 600))).toBeLessThan(60);
  expect(relay?.credential).toMatch(/^[A-Za-z0-9+/]{27}=$/);
  peer.close();
});

test('a start that cannot be is one sentence and an exit code', async () => {
  const server = await start();
  const taken = await runServer(['--listen', `127.0.0.1:${server.port}`]);
  expect(taken).toMatchObject({ code: 3, stdout: '' });
  expect(taken.stderr).toMatch(/^parlor-server: the address 127\.0\.0\.1:\d+ is taken[^\n]*\n$/);
  const wrong = await runServer(['--room-peers', '1']);
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  expect(wrong.stderr).toMatch(/^parlor-server: room_peers = "1" cannot be: 2 to 256\n$/);
  const unknown = await runServer(['--rooom-peers', '1']);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('--rooom-peers');
});
