// Somebody guesses rooms and tokens over real sockets: what comes back is the same to the byte, no guess is right, nobody in a room hears
// of it, and an address has only so many. With PARLOR_SOAK=long ten times as many.
import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { Peer, type RoomKeys, randomRoom, randomSecret } from './harness/peer';
import { RunningServer } from './harness/server';

/** Guesses of each of the three kinds. */
const EACH = process.env['PARLOR_SOAK'] === 'long' ? 33_000 : 3_300;
/** Guesses of each kind under way at a time: fewer than a socket's outbox holds. */
const BATCH = 300;
const UNHURRIED = ['socket', 'address', 'join'].flatMap((of) => [`--${of}-rate`, '1000000', `--${of}-burst`, '1000000']);

const servers: RunningServer[] = [];
const peers: Peer[] = [];

async function start(args: readonly string[]): Promise<RunningServer> {
  const server = await RunningServer.start({ args });
  servers.push(server);
  return server;
}

async function seated(server: RunningServer, keys: RoomKeys): Promise<Peer> {
  const peer = await Peer.inRoom(server.url, keys);
  peers.push(peer);
  return peer;
}

/** Every packet that comes for a socket, as it comes. Pings of Engine.IO apart. */
function packetsOf(peer: Peer): string[] {
  const packets: string[] = [];
  peer.socket.io.engine.on('packet', ({ type, data }: { type: string; data?: unknown }) => {
    if (type === 'message') packets.push(String(data));
  });
  return packets;
}

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  for (const server of servers.splice(0)) await server.stop();
});

test('every wrong guess is answered with the same bytes, and no guess is right', async () => {
  const server = await start([...UNHURRIED, '--room-peers', '2']);
  const [open, full] = [randomRoom(), randomRoom()];
  const [first, second, third] = [await seated(server, open), await seated(server, full), await seated(server, full)];
  await second.sees('peer-joined', { peer: third.id });
  const inside = [first, second, third];
  const heard = inside.map(({ seen }) => seen.length);
  const stranger = await Peer.connect(server.url);
  peers.push(stranger);
  const packets = packetsOf(stranger);
  const guess = (room: string, token: string): void => {
    stranger.socket.emit('join', { rid: 7, version: 1, room, token, peer: stranger.id, resume: stranger.resume });
  };
  for (let made = 0; made < EACH; made += BATCH) {
    for (let number = made; number < made + BATCH; number++) {
      // Rooms that nobody has, with tokens that somebody has; rooms that are there, with tokens like theirs.
      guess(createHash('sha256').update(String(number)).digest('hex').slice(0, 32), open.token);
      guess(open.room, number % 2 === 0 ? randomSecret() : full.token);
      guess(full.room, number % 2 === 0 ? randomSecret() : open.token);
    }
    await expect.poll(() => packets.length, { timeout: 60_000 }).toBe((made + BATCH) * 3);
  }
  expect(new Set(packets)).toEqual(new Set(['2/room,["reply",{"rid":7,"ok":false,"code":"room-refused"}]']));
  expect(inside.map(({ seen }) => seen.length), 'nobody in a room hears of it').toEqual(heard);
  const metrics = await server.metrics();
  expect([metrics.get('parlor_rooms'), metrics.get('parlor_peers'), metrics.get('parlor_joins_total')]).toEqual([2, 3, 3]);
  expect(metrics.get('parlor_refusals_total{code="room-refused"}')).toBe(packets.length);
  expect((await stranger.join(open)).ok, 'control: the right token opens').toBe(true);
});

test('an address has only so many guesses, whatever it claims to be', async () => {
  const server = await start(['--join-rate', '1', '--join-burst', '20']);
  const begun = performance.now();
  const codes: (string | undefined)[] = [];
  for (let number = 0; number < 6; number++) {
    const stranger = await Peer.connect(server.url, { headers: { 'x-forwarded-for': `198.51.100.${number}` } });
    peers.push(stranger);
    for (let guess = 0; guess < 10; guess++) codes.push((await stranger.join(randomRoom(), { create: false })).code);
  }
  const judged = codes.filter((code) => code === 'room-refused').length;
  expect(new Set(codes)).toEqual(new Set(['room-refused', 'rate-limited']));
  // One more comes back each second.
  expect(judged).toBeLessThanOrEqual(20 + Math.ceil((performance.now() - begun) / 1_000));
});

test('behind a proxy that the configuration names, each household has its own guesses', async () => {
  const server = await start(['--join-rate', '1', '--join-burst', '20', '--trusted-proxies', '::ffff:127.0.0.1']);
  const begun = performance.now();
  const judged = async (address: string): Promise<number> => {
    const stranger = await Peer.connect(server.url, { headers: { 'x-forwarded-for': `203.0.113.9, ${address}` } });
    peers.push(stranger);
    let count = 0;
    for (let guess = 0; guess < 20; guess++) {
      if ((await stranger.join(randomRoom(), { create: false })).code === 'room-refused') count += 1;
    }
    return count;
  };
  expect(await judged('198.51.100.1')).toBe(20);
  expect(await judged('2001:db8:1:2::1'), 'another address').toBe(20);
  expect(await judged('2001:db8:1:3::1'), 'another household').toBe(20);
  const [household, mapped] = [await judged('2001:db8:1:2:ffff::9'), await judged('::ffff:198.51.100.1')];
  // One more comes back each second.
  const seconds = Math.ceil((performance.now() - begun) / 1_000);
  expect(household, 'the same household').toBeLessThanOrEqual(seconds);
  expect(mapped, 'the same address').toBeLessThanOrEqual(seconds);
});
