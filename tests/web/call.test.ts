// A call between two browsers, looked into as the calls of the app's window are: what those must equal, and proof that the looking
// glass itself is true (colours, time codes, tones, the bad road).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallRoom } from '../src/CallRoom';
import { SMALL, source } from '../src/CallSide';
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
import { BLUE, GREEN, RED } from '../src/expectations';
import { UdpRelay } from '../src/UdpRelay';

describe('a call between two browsers over a road that can be bad', () => {
  let room: CallRoom;
  let relay: UdpRelay;
  let ada: Participant;
  let ben: Participant;

  beforeAll(async () => {
    room = await CallRoom.open();
    relay = new UdpRelay();
    const colours = [RED.colour, GREEN.colour];
    ada = { look: RED, side: await room.browser({ name: 'Ada', source: source({ colours, toneHz: RED.toneHz, detail: 1 }), relay, chromium: { cameras: 2 } }) };
    ben = { look: BLUE, side: await room.browser({ name: 'Ben', source: source({ colours: [BLUE.colour], toneHz: BLUE.toneHz, detail: 1 }) }) };
    await room.enter(ada.side);
    await room.enter(ben.side);
    await room.met();
  });

  afterAll(async () => {
    await room.close();
    await relay.close();
  });

  it('shows and plays each the other, and nothing else', () => everyoneSeesAndHears([ada, ben], 5));

  it('keeps lips and voice together', { timeout: 120_000 }, async () => {
    await lipsMeetVoice(ada, ben);
    await lipsMeetVoice(ben, ada);
    for (const { side } of [ada, ben]) {
      // Chromium says when it plays a picture only where it goes by the sound, and not before both were reported on.
      await eventually(
        `${side.name} plays pictures by their sound`,
        async () => (await side.ask('entries')).filter((one) => one['type'] === 'inbound-rtp' && one['kind'] === 'video').map((one) => Number(one['estimatedPlayoutTimestamp'] ?? 0)),
        ([playout]) => playout !== undefined && playout > 0,
        { limitMs: 30_000 },
      );
    }
  });

  it('passes the relay with all its packets', () => {
    expect(relay.counts('near').carried).toBeGreaterThan(200);
    expect(relay.counts('far').carried).toBeGreaterThan(200);
  });

  it('recovers from loss and delay without a long freeze', () => badRoad(relay, [ada, ben], 10));

  // Minutes long: part of the long run.
  it.runIf(process.env['PARLOR_SOAK'] === 'long')('sends what a narrow road carries, and more when it widens', { timeout: 400_000 }, async () => {
    const adapted = await narrowRoad(relay);
    console.log(JSON.stringify(adapted));
    for (const { downAfterMs, narrowBps } of Object.values(adapted)) {
      expect(downAfterMs).toBeLessThan(5000);
      expect(narrowBps).toBeLessThan(400_000);
    }
    await expectNeverDropped([ada.side, ben.side]);
  });

  it('is silent when muted, and heard again after', () => muteAndUnmute(ada, ben));

  it('ends in one agreement when both sides negotiate at once', () => glare([ada, ben], 5));

  it('shows the picture of the camera that is on: off, on again, another one', async () => {
    await cameraOffAndOn(ada, ben, GREEN);
    await ada.side.chooseOtherCamera();
    await seesSoon(ben, RED);
  });
});

describe('three browsers', () => {
  let room: CallRoom;

  beforeAll(async () => {
    room = await CallRoom.open();
  });

  afterAll(() => room.close());

  it('all see and hear both others', { timeout: 240_000 }, async () => {
    const participants: Participant[] = [];
    for (const [name, look] of [['Ada', RED], ['Ben', BLUE], ['Cho', GREEN]] as const) {
      const side = await room.browser({ name, source: source({ colours: [look.colour], toneHz: look.toneHz, ...SMALL }) });
      participants.push({ look, side });
      await room.enter(side);
    }
    await room.met();
    await everyoneSeesAndHears(participants, 10);
  });
});
