// What a call has to stand, whoever the two sides are: the same steps for a browser and for the app's window.
import { expect } from 'vitest';
import type { CallSide } from './CallSide';
import { eventually } from './eventually';
import { attend, expectHeard, type Look, shows, tileOf } from './expectations';
import { BURST_PERIOD_MS } from './page/source';
import type { RelaySide, UdpRelay } from './UdpRelay';

/** Somebody, and how the other side recognises them. */
export interface Participant {
  readonly side: CallSide;
  readonly look: Look;
}

/** Pictures a second and tile that a busy machine must still show. Smoothness is the benchmark's. */
const PICTURES_PER_S = { two: 4, more: 2 };

/** Everyone sees everyone's own picture move and hears everyone's own tone, for `seconds`. */
export async function everyoneSeesAndHears(participants: readonly Participant[], seconds: number): Promise<void> {
  const perS = participants.length > 2 ? PICTURES_PER_S.more : PICTURES_PER_S.two;
  const before = await Promise.all(participants.map(({ side }) => side.ask('counts')));
  await attend(participants.map(({ side }) => side), seconds * 1000);
  for (const [index, { side, look }] of participants.entries()) {
    const others = participants.filter((one) => one.side !== side);
    const counts = await side.ask('counts');
    const wanted = seconds * perS * others.length;
    expect(counts.framesDecoded - (before[index]?.framesDecoded ?? 0), `frames ${side.name} decoded`).toBeGreaterThanOrEqual(wanted);
    // Pauses between bursts may be left out by discontinuous transmission.
    const packets = counts.audioPacketsReceived - (before[index]?.audioPacketsReceived ?? 0);
    expect(packets, `packets of sound ${side.name} received`).toBeGreaterThanOrEqual(seconds * 10 * others.length);
    expect(counts.codecs, `codecs of ${side.name}`).toEqual(['audio/opus', 'video/VP8']);
    const tiles = await side.ask('tiles');
    expect(tiles).toHaveLength(others.length);
    expect(tiles.some((tile) => shows(tile, look)), `${side.name} does not show itself as somebody else`).toBe(false);
    for (const other of others) {
      const tile = await tileOf(side, other.look);
      expect(tile.pictures, `pictures of ${other.side.name} that ${side.name} showed`).toBeGreaterThanOrEqual(seconds * perS);
      expect(tile.codes / tile.pictures, `share of pictures whose time code could be read`).toBeGreaterThan(0.9);
      expect(tile.delayMedianMs, `delay from ${other.side.name} to ${side.name}, ms`).toBeLessThan(2000);
    }
    await expectHeard(side, others.map((other) => other.look));
  }
}

/** How much later than its picture `listener` hears the sound of `speaker`, ms: mean of the sound, median of the pictures. */
export async function soundLaterMs(listener: Participant, speaker: Participant, seconds: number): Promise<number> {
  await attend([listener.side], seconds * 1000);
  const [{ delayMedianMs }, heard, begun] = [await tileOf(listener.side, speaker.look), await listener.side.ask('heard'), await speaker.side.ask('burstMiddleAtMs')];
  if (delayMedianMs === null || heard.burstMiddleAtMs === null || begun === null) throw new Error(`${listener.side.name} does not see and hear ${speaker.side.name}`);
  // Bursts are alike: only what passed since the last one is known, and it is the difference nearest to none.
  const later = (heard.burstMiddleAtMs - begun - delayMedianMs) % BURST_PERIOD_MS;
  return later - Math.round(later / BURST_PERIOD_MS) * BURST_PERIOD_MS;
}

/** `listener` sees and hears `speaker` within 80 ms of each other. What is received is brought together gently: it may take a while. */
export async function lipsMeetVoice(listener: Participant, speaker: Participant): Promise<void> {
  await eventually(
    `${listener.side.name} hears ${speaker.side.name} in time with the picture`,
    () => soundLaterMs(listener, speaker, 4),
    (later) => Math.abs(later) < 80,
    { limitMs: 40_000 },
  );
}

/** Loss and delay: the picture comes back every time, the sound goes on. */
export async function badRoad(relay: UdpRelay, participants: readonly [Participant, Participant], seconds: number): Promise<void> {
  relay.set({ loss: 0.03, delayMs: 40 });
  const before = [relay.counts('near'), relay.counts('far')];
  await attend(participants.map(({ side }) => side), seconds * 1000);
  for (const [index, from] of (['near', 'far'] as const).entries()) {
    expect(relay.counts(from).lost - (before[index]?.lost ?? 0), `packets lost from the ${from} side`).toBeGreaterThan(seconds / 2);
  }
  for (const [index, { side }] of participants.entries()) {
    const other = participants[1 - index];
    if (other === undefined) continue;
    const tile = await tileOf(side, other.look);
    const hint = `seed ${relay.seed}: ${JSON.stringify(tile)}`;
    expect(tile.longestFreezeMs, `longest freeze at ${side.name}; ${hint}`).toBeLessThan(2000);
    expect(tile.pictures, hint).toBeGreaterThanOrEqual(seconds * PICTURES_PER_S.two);
    const heard = await side.ask('heard');
    expect(heard.longestSilenceMs, `longest silence at ${side.name}; seed ${relay.seed}`).toBeLessThan(1000);
    await expectHeard(side, [other.look]);
  }
  relay.set({ loss: 0, delayMs: 0 });
}

/** How the sender of a direction behaved on a road that narrowed and widened again. */
export interface Adaptation {
  readonly beforeBps: number;
  /** From the cut until a second's worth fits the road. */
  readonly downAfterMs: number;
  /** Mean once the first five seconds are over. */
  readonly narrowBps: number;
  /** From the widening until twice the narrow rate. */
  readonly upAfterMs: number;
}

const NARROW_BPS = 300_000;
/** Probes and repairs overshoot a little; what does not fit is dropped by the road. */
const FITS_BPS = NARROW_BPS * 1.15;
const UP_BPS = 2 * NARROW_BPS;
const WINDOW_MS = 1000;
const STEP_MS = 100;
/** How long the road stays narrow. */
const NARROW_MS = 12_000;

/** Narrows the road of a call to 300 kbit/s both ways and widens it again; tells what each sender did. */
export async function narrowRoad(relay: UdpRelay): Promise<Readonly<Record<RelaySide, Adaptation>>> {
  const samples: { atMs: number; near: number; far: number }[] = [];
  const sample = (): void => void samples.push({ atMs: performance.now(), near: relay.counts('near').offeredBytes, far: relay.counts('far').offeredBytes });
  const rate = (side: RelaySide, fromMs: number, toMs: number): number => {
    const within = samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
    const [first, last] = [within[0], within.at(-1)];
    return first === undefined || last === undefined || last === first ? Number.NaN : ((last[side] - first[side]) * 8000) / (last.atMs - first.atMs);
  };
  const lastSecond = (side: RelaySide): number => {
    const now = performance.now();
    return rate(side, now - WINDOW_MS - STEP_MS, now);
  };
  const timer = setInterval(sample, STEP_MS);
  const since = async (what: string, isSo: (bps: number) => boolean, limitMs: number): Promise<Record<RelaySide, number>> => {
    const began = performance.now();
    const times: Record<RelaySide, number> = { near: Number.NaN, far: Number.NaN };
    const step = (): Record<RelaySide, string> => {
      for (const side of ['near', 'far'] as const) {
        if (Number.isNaN(times[side]) && performance.now() - began > WINDOW_MS && isSo(lastSecond(side))) times[side] = performance.now() - began;
      }
      return { near: `${times.near} at ${lastSecond('near')}`, far: `${times.far} at ${lastSecond('far')}` };
    };
    await eventually(what, step, () => !Number.isNaN(times.near + times.far), { limitMs });
    return times;
  };
  try {
    await since('both sides send a good picture', (bps) => bps >= UP_BPS, 90_000);
    const cutAt = performance.now();
    const before = { near: lastSecond('near'), far: lastSecond('far') };
    relay.set({ rateBps: NARROW_BPS });
    const down = await since('both sides send what fits', (bps) => bps <= FITS_BPS, 30_000);
    await eventually('the road was narrow for a while', () => performance.now() - cutAt, (elapsed) => elapsed >= NARROW_MS, { limitMs: NARROW_MS * 2 });
    const narrow = { near: rate('near', cutAt + 5000, performance.now()), far: rate('far', cutAt + 5000, performance.now()) };
    relay.set({ rateBps: null });
    const up = await since('both sides send a good picture again', (bps) => bps >= UP_BPS, 180_000);
    const of = (side: RelaySide): Adaptation => ({
      beforeBps: before[side],
      downAfterMs: down[side],
      narrowBps: narrow[side],
      upAfterMs: up[side],
    });
    return { near: of('near'), far: of('far') };
  } finally {
    clearInterval(timer);
  }
}

/** Nothing of the other is heard once the microphone is off, at once; everything again once it is on. */
export async function muteAndUnmute(talker: Participant, listener: Participant): Promise<void> {
  await listener.side.ask('listen');
  await eventually(`${listener.side.name} hears ${talker.side.name}`, () => listener.side.ask('heard'), ({ moments }) => moments > 10);
  await talker.side.press('toggle-mic');
  const pressedAt = Date.now();
  const { lastLoudAtMs } = await eventually(
    `${talker.side.name} is silent`,
    () => listener.side.ask('heard'),
    (heard) => heard.lastLoudAtMs !== null && Date.now() - heard.lastLoudAtMs > 2000,
  );
  await talker.side.press('toggle-mic');
  // What is on the way and in the jitter buffer is still heard; on a busy machine the buffer grows to most of a second.
  expect((lastLoudAtMs ?? 0) - pressedAt, 'heard after muting, ms').toBeLessThan(1500);
  await listener.side.ask('listen');
  await eventually(`${listener.side.name} hears ${talker.side.name} again`, () => listener.side.ask('heard'), ({ moments }) => moments > 10);
  await expectHeard(listener.side, [talker.look]);
}

/** The picture stops with the camera, and comes back with it: painted cameras take their next colour when opened anew. */
export async function cameraOffAndOn(talker: Participant, watcher: Participant, next: Look): Promise<void> {
  await talker.side.press('toggle-camera');
  await watcher.side.ask('watchTiles');
  await eventually(
    `${watcher.side.name} sees no picture of ${talker.side.name}`,
    async () => {
      const [tile] = await watcher.side.ask('tiles');
      // A last picture may still be under way.
      if (tile !== undefined && tile.pictures > 0) await watcher.side.ask('watchTiles');
      return tile;
    },
    (tile) => tile !== undefined && tile.pictures === 0 && tile.watchedMs > 2000,
    { everyMs: 500 },
  );
  await talker.side.press('toggle-camera');
  await seesSoon(watcher, next);
}

/** Waits until a picture of this look moves on a side. */
export async function seesSoon(watcher: Participant, look: Look): Promise<void> {
  await watcher.side.ask('watchTiles');
  await eventually(
    `${watcher.side.name} sees ${look.colour.join(' ')}`,
    () => watcher.side.ask('tiles'),
    (tiles) => tiles.some((tile) => tile.pictures > 5 && shows(tile, look)),
  );
}

/** Both sides begin a negotiation at the same moment, `times` over; each ends in one agreement on the same connection. */
export async function glare([one, other]: readonly [Participant, Participant], times: number): Promise<void> {
  const made = async (): Promise<number[]> => Promise.all([one, other].map(async ({ side }) => (await side.ask('connectionStates')).now.length));
  const connections = await made();
  for (let time = 0; time < times; time += 1) {
    const before = await Promise.all([one.side.ask('generations'), other.side.ask('generations')]);
    const began = await Promise.all([one.side.ask('renegotiate'), other.side.ask('renegotiate')]);
    expect(began, `time ${time}: connections of each side`).toEqual([1, 1]);
    await Promise.all([one.side.ask('renegotiated', before[0], 30_000), other.side.ask('renegotiated', before[1], 30_000)]);
    expect(await made(), `time ${time}: connections made so far, of each side`).toEqual(connections);
  }
}

/** No connection was lost, not even for a moment. */
export async function expectNeverDropped(sides: readonly CallSide[]): Promise<void> {
  for (const side of sides) {
    const { lived } = await side.ask('connectionStates');
    expect(lived.filter((state) => state === 'failed' || state === 'disconnected'), `states of ${side.name}`).toEqual([]);
  }
}
