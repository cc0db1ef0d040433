// `cargo xtask bench call [--seconds N] [--size 480p|720p]`: the app's window with Chromium, and Chromium with Chromium, in one run. Absolute figures
// belong to the machine; the ratios and the bars are the result.
//
// Pictures a second, processor time and the first picture are of the platforms' own fake cameras at 30 a second, with nothing looking
// on; delays are of cameras painted with the time, read where they are shown, which costs both pairs the same.
import { CallRoom } from '../src/CallRoom';
import { type CallSide, type SideOptions, source } from '../src/CallSide';
import { eventually } from '../src/eventually';
import { BLUE, RED } from '../src/expectations';
import { cpuSeconds } from './cpu';
import { printTable, rounded } from './table';

interface Size {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

type Pair = 'app' | 'Chromium';

/** What one side of a call shows of the other. */
interface SideFigures {
  readonly name: string;
  readonly shownPerS: number;
  /** Share of the pictures the other side sent. */
  readonly shownShare: number;
  readonly coresUsed: number;
  readonly cpuMsPerShown: number;
  readonly delayMedianMs: number;
  readonly delayP95Ms: number;
}

interface CallFigures {
  readonly first: SideFigures;
  readonly second: SideFigures;
  /** From pressing "join" to the first picture, of the side that joins; middle of several. */
  readonly firstPictureMs: number;
}

const SIZES: readonly Size[] = [
  { name: '480p', width: 640, height: 480 },
  { name: '720p', width: 1280, height: 720 },
];
const FRAME_RATE = 30;
const JOINS = 7;
/** Until congestion control and the choice of size have settled. */
const SETTLE_MS = 10_000;

function option(name: string): string | undefined {
  const index = process.argv.indexOf(name);
  return index < 0 ? undefined : process.argv[index + 1];
}

const seconds = Number(option('--seconds') ?? 15);
const sizes = SIZES.filter(({ name }) => name === (option('--size') ?? name));
if (!Number.isSafeInteger(seconds) || seconds <= 0) throw new Error('--seconds wants a positive number');

async function enter(room: CallRoom, second: Pair, devices: [SideOptions, SideOptions]): Promise<[CallSide, CallSide]> {
  const chromium = { frameRate: FRAME_RATE };
  const host = await room.browser({ ...devices[0], chromium });
  const guest = second === 'app' ? await room.window(devices[1]) : await room.browser({ ...devices[1], chromium });
  await room.enter(host);
  await guest.ask('noteFirstPictures');
  await room.enter(guest);
  return [host, guest];
}

async function pass(what: string, ms: number): Promise<void> {
  const began = performance.now();
  await eventually(what, () => performance.now() - began, (elapsed) => elapsed >= ms, { limitMs: ms + 10_000 });
}

async function firstPicture(side: CallSide): Promise<number> {
  const { joinedAtMs, pictures } = await eventually(`${side.name} has a picture`, () => side.ask('firstPictures'), (noted) => noted.pictures.length > 0);
  const [first] = pictures;
  if (joinedAtMs === null || first === undefined) throw new Error('nobody pressed "join"');
  return first.atMs - joinedAtMs;
}

async function shownSoFar(side: CallSide): Promise<number> {
  return (await side.ask('presented')) ?? (await side.ask('counts')).framesRendered;
}

type Rates = Omit<SideFigures, 'delayMedianMs' | 'delayP95Ms'>;

async function rates(second: Pair, size: Size): Promise<{ first: Rates; second: Rates; firstPictureMs: number }> {
  const room = await CallRoom.open();
  try {
    const fake = source({ width: size.width, height: size.height, frameRate: FRAME_RATE, exactSize: true });
    const sides = await enter(room, second, [
      { name: 'Chromium', source: fake },
      { name: second === 'app' ? 'app' : 'Chromium (2)', source: fake },
    ]);
    const joins = [await firstPicture(sides[1])];
    await pass('settled', SETTLE_MS);
    const read = async () =>
      Promise.all(
        sides.map(async (side) => ({
          atMs: performance.now(),
          shown: await shownSoFar(side),
          sent: (await side.ask('counts')).framesSent,
          cpuS: cpuSeconds(side.pid),
        })),
      );
    const before = await read();
    await pass('measured', seconds * 1000);
    const after = await read();
    const of = (index: 0 | 1): Rates => {
      const [from, to] = [before[index], after[index]];
      const [otherFrom, otherTo] = [before[1 - index], after[1 - index]];
      if (from === undefined || to === undefined || otherFrom === undefined || otherTo === undefined) throw new Error('a side is missing');
      const [elapsedS, shown, cpuS] = [(to.atMs - from.atMs) / 1000, to.shown - from.shown, to.cpuS - from.cpuS];
      return {
        name: sides[index].name,
        shownPerS: shown / elapsedS,
        shownShare: shown / (otherTo.sent - otherFrom.sent),
        coresUsed: cpuS / elapsedS,
        cpuMsPerShown: (cpuS * 1000) / shown,
      };
    };
    const figures = { first: of(0), second: of(1) };
    for (let again = 1; again < JOINS; again += 1) {
      await sides[1].leave();
      await eventually('alone again', () => sides[0].ask('peersShown'), (peers) => peers.length === 0);
      await sides[1].ask('noteFirstPictures');
      await sides[1].join(room.link);
      joins.push(await firstPicture(sides[1]));
    }
    joins.sort((one, other) => one - other);
    return { ...figures, firstPictureMs: joins[Math.floor(JOINS / 2)] ?? Number.NaN };
  } finally {
    await room.close();
  }
}

async function delays(second: Pair, size: Size): Promise<{ medianMs: number; p95Ms: number }[]> {
  const room = await CallRoom.open();
  try {
    const painted = { width: size.width, height: size.height, frameRate: FRAME_RATE };
    const sides = await enter(room, second, [
      { name: 'Chromium', source: source({ ...painted, colours: [RED.colour], toneHz: RED.toneHz }) },
      { name: second, source: source({ ...painted, colours: [BLUE.colour], toneHz: BLUE.toneHz }) },
    ]);
    await room.met();
    await pass('settled', SETTLE_MS);
    for (const side of sides) await side.ask('watchTiles');
    await pass('measured', seconds * 1000);
    return await Promise.all(
      sides.map(async (side) => {
        const [tile] = await side.ask('tiles');
        return { medianMs: tile?.delayMedianMs ?? Number.NaN, p95Ms: tile?.delayP95Ms ?? Number.NaN };
      }),
    );
  } finally {
    await room.close();
  }
}

async function figures(second: Pair, size: Size): Promise<CallFigures> {
  console.error(`measuring Chromium with ${second} at ${size.name} …`);
  const measured = await rates(second, size);
  const [ofFirst, ofSecond] = await delays(second, size);
  const delay = (of: { medianMs: number; p95Ms: number } | undefined) => ({
    delayMedianMs: of?.medianMs ?? Number.NaN,
    delayP95Ms: of?.p95Ms ?? Number.NaN,
  });
  return {
    first: { ...measured.first, ...delay(ofFirst) },
    second: { ...measured.second, ...delay(ofSecond) },
    firstPictureMs: measured.firstPictureMs,
  };
}

/** One bar: what was measured, what it must be, whether it is. */
type Bar = readonly [what: string, measured: string, wanted: string, verdict: string];

function bars(mixed: CallFigures, browsers: CallFigures): Bar[] {
  const [chromium, app] = [mixed.first, mixed.second];
  const atMost = (what: string, value: number, of: number): Bar => {
    const ratio = value / of;
    return [what, `${ratio.toFixed(2)} × (${rounded(value)} to ${rounded(of)})`, 'at most 1.5 ×', ratio <= 1.5 ? 'met' : 'NOT met'];
  };
  const worst = (one: number, other: number): number => Math.max(one, other);
  return [
    ["app's picture shown by Chromium, 1/s", rounded(chromium.shownPerS), '30 (29.5 counts)', chromium.shownPerS >= FRAME_RATE - 0.5 ? 'met' : 'NOT met'],
    ["Chromium's pictures shown by the app", `${rounded(app.shownShare * 100)} %`, 'at least 95 %', app.shownShare >= 0.95 ? 'met' : 'NOT met'],
    atMost('CPU per picture shown, app to Chromium in the same call, ms', app.cpuMsPerShown, chromium.cpuMsPerShown),
    atMost(
      'delay, slower way, to Chromium ↔ Chromium, ms',
      worst(chromium.delayMedianMs, app.delayMedianMs),
      worst(browsers.first.delayMedianMs, browsers.second.delayMedianMs),
    ),
    atMost('first picture after joining, to Chromium ↔ Chromium, ms', mixed.firstPictureMs, browsers.firstPictureMs),
  ];
}

for (const size of sizes) {
  const browsers = await figures('Chromium', size);
  const mixed = await figures('app', size);
  console.log(`\n${size.name} (${size.width}x${size.height}, ${FRAME_RATE} a second asked, ${seconds} s)\n`);
  printTable(
    ['call', 'shown by', 'pictures/s', 'of those sent', 'cores used', 'CPU ms/picture', 'delay ms, median', 'delay ms, p95', 'first picture ms'],
    [browsers, mixed].flatMap((call, index) =>
      [call.first, call.second].map((side, place) => [
        index === 0 ? 'Chromium ↔ Chromium' : 'app ↔ Chromium',
        side.name,
        side.shownPerS,
        `${rounded(side.shownShare * 100)} %`,
        side.coresUsed,
        side.cpuMsPerShown,
        side.delayMedianMs,
        side.delayP95Ms,
        place === 1 ? call.firstPictureMs : '',
      ]),
    ),
  );
  console.log(size.name === '480p' ? '' : '\nBars are of 480p; here they are reported only.\n');
  printTable(['bar', 'measured', 'wanted', ''], bars(mixed, browsers));
}
