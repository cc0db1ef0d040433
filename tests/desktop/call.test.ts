// Calls of the app's window: with a browser, with another window, and three together; over good roads and bad ones. The window's
// camera and microphone are painted and played by the test, so that each side can tell whose picture and sound it gets.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallRoom } from '../src/CallRoom';
import { type BrowserSide, SMALL, source, type WindowSide } from '../src/CallSide';
import {
  badRoad,
  cameraOffAndOn,
  everyoneSeesAndHears,
  expectNeverDropped,
  glare,
  lipsMeetVoice,
  muteAndUnmute,
  narrowRoad,
  type Participant,
  seesSoon,
} from '../src/callScenarios';
import { eventually } from '../src/eventually';
import { BLUE, GREEN, type Look, RED } from '../src/expectations';
import { holdingsOf } from '../src/processes';
import { UdpRelay } from '../src/UdpRelay';
import { AppWindow } from './appWindow';

const { by } = AppWindow;
/** As long as the call is looked at. */
const WATCHED_S = 20;
/** The long run is `npm run soak:call`. */
const IS_LONG = process.env['PARLOR_SOAK'] === 'long';
/** Negotiations from both sides at once. */
const GLARES = IS_LONG ? 200 : 20;

/** Devices that look and sound like `looks`, one after the other. */
function devicesOf(looks: readonly Look[], detail = 0.2) {
  return source({ colours: looks.map(({ colour }) => colour), toneHz: looks[0]?.toneHz ?? null, detail });
}

describe('the app window and a browser', () => {
  let room: CallRoom;
  let relay: UdpRelay;
  let ada: Participant & { readonly side: BrowserSide };
  let ida: Participant & { readonly side: WindowSide };

  beforeAll(async () => {
    room = await CallRoom.open();
    relay = new UdpRelay();
    ada = { look: RED, side: await room.browser({ name: 'Ada', source: { ...devicesOf([RED]), ...SMALL }, relay }) };
    ida = { look: BLUE, side: await room.window({ name: 'Ida', source: { ...devicesOf([BLUE, GREEN]), ...SMALL } }) };
    await room.enter(ada.side);
    await room.enter(ida.side);
    await room.met();
  });

  afterAll(async () => {
    await room.close();
    await relay.close();
  });

  it('the window draws what comes, since it has no connections of its own', async () => {
    expect((await ida.side.ask('tiles'))[0]?.element).toBe('canvas');
  });

  it('see and hear each other', () => everyoneSeesAndHears([ada, ida], WATCHED_S));

  // The other way WebKit holds the microphone's sound for longer than the window can know.
  it('keep lips and voice together in the window', { timeout: 90_000 }, () => lipsMeetVoice(ida, ada));

  it('recover from 3 % loss and 40 ms each way, without a long freeze', () => badRoad(relay, [ada, ida], WATCHED_S));

  it('fall silent at once when one is muted, either way', async () => {
    await muteAndUnmute(ida, ada);
    await muteAndUnmute(ada, ida);
  });

  it('hold nothing of a microphone that is muted often', { timeout: 120_000 }, async () => {
    const before = holdingsOf(ida.side.pid).threads;
    for (let time = 0; time < 10; time += 1) {
      await ida.side.press('toggle-mic');
      await eventually('Ada is told that Ida is muted', () => ada.side.person.by('muted').count(), (count) => count === 1);
      await ida.side.press('toggle-mic');
      await eventually('Ada is told that Ida is not', () => ada.side.person.by('muted').count(), (count) => count === 0);
    }
    // WebKit takes six for each that it holds.
    await eventually('threads of the window', () => holdingsOf(ida.side.pid).threads, (threads) => threads < before + 15);
    await ada.side.ask('listen');
    await eventually('Ada hears Ida', () => ada.side.ask('heard'), ({ moments }) => moments > 10);
  });

  it(`agree each time both negotiate at once, ${GLARES} times`, { timeout: 60_000 + GLARES * 5_000 }, async () => {
    await glare([ada, ida], GLARES);
    // The window's new generation of ICE has sockets of its own, and Chromium looks for them at leisure while the old ones seem alive:
    // up to three seconds after the last of many restarts that no road asked for.
    await Promise.all([seesSoon(ada, ida.look), seesSoon(ida, ada.look)]);
    await everyoneSeesAndHears([ada, ida], 5);
    await expectNeverDropped([ada.side, ida.side]);
  });

  it('show the camera that is on: off, on again, another one', async () => {
    await cameraOffAndOn(ida, ada, GREEN);
    // Each camera that is opened takes the next colour.
    await ida.side.chooseOtherCamera();
    await seesSoon(ada, BLUE);
    await everyoneSeesAndHears([ada, ida], 5);
  });
});

// Minutes long, since two pairs are compared and each climbs slowly: part of the long run.
describe.runIf(IS_LONG)('a road that narrows', () => {
  /** The same road, the same room, another pair. */
  async function adaptation(other: (room: CallRoom) => Promise<Participant>): Promise<Awaited<ReturnType<typeof narrowRoad>>> {
    const room = await CallRoom.open();
    const relay = new UdpRelay();
    try {
      const ada = await room.browser({ name: 'Ada', source: devicesOf([RED], 1), relay });
      const { side } = await other(room);
      await room.enter(ada);
      await room.enter(side);
      await room.met();
      await Promise.all(room.sides.flatMap((one) => [one.ask('unwatchTiles'), one.ask('stopListening')]));
      const adapted = await narrowRoad(relay);
      await expectNeverDropped(room.sides);
      return adapted;
    } finally {
      await room.close();
      await relay.close();
    }
  }

  it('is followed down within 5 s and up again about as fast as between browsers', { timeout: 900_000 }, async () => {
    const browsers = await adaptation(async (room) => ({ look: BLUE, side: await room.browser({ name: 'Ben', source: devicesOf([BLUE], 1) }) }));
    const mixed = await adaptation(async (room) => ({ look: BLUE, side: await room.window({ name: 'Ida', source: devicesOf([BLUE], 1) }) }));
    const figures = JSON.stringify({ browsers, browserOfTheMixedCall: mixed.near, window: mixed.far });
    console.log(figures);
    const slowest = Math.max(browsers.near.upAfterMs, browsers.far.upAfterMs);
    for (const side of [mixed.near, mixed.far]) {
      expect(side.downAfterMs, figures).toBeLessThan(5000);
      expect(side.narrowBps, figures).toBeLessThan(400_000);
      expect(side.upAfterMs, figures).toBeLessThan(1.5 * slowest);
    }
  });
});

describe('two app windows', () => {
  let room: CallRoom;

  beforeAll(async () => {
    room = await CallRoom.open();
  });

  afterAll(() => room.close());

  it('see and hear each other', { timeout: 240_000 }, async () => {
    const ida = { look: BLUE, side: await room.window({ name: 'Ida', source: { ...devicesOf([BLUE]), ...SMALL } }) };
    const joe = { look: RED, side: await room.window({ name: 'Joe', source: { ...devicesOf([RED]), ...SMALL } }) };
    await room.enter(ida.side);
    await room.enter(joe.side);
    await room.met();
    await everyoneSeesAndHears([ida, joe], WATCHED_S);
    await expectNeverDropped([ida.side, joe.side]);
  });
});

describe('two browsers and the app window', () => {
  let room: CallRoom;

  beforeAll(async () => {
    room = await CallRoom.open();
  });

  afterAll(() => room.close());

  it('all see and hear both others', { timeout: 240_000 }, async () => {
    const ada = { look: RED, side: await room.browser({ name: 'Ada', source: { ...devicesOf([RED]), ...SMALL } }) };
    const ida = { look: BLUE, side: await room.window({ name: 'Ida', source: { ...devicesOf([BLUE]), ...SMALL } }) };
    const ben = { look: GREEN, side: await room.browser({ name: 'Ben', source: { ...devicesOf([GREEN]), ...SMALL } }) };
    for (const { side } of [ada, ida, ben]) await room.enter(side);
    await room.met();
    await everyoneSeesAndHears([ada, ida, ben], WATCHED_S);
    expect(await ida.side.app.page.count(by('tile'))).toBe(2);
  });
});
