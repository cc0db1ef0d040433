// The window's web process dies in the middle of a call, as it does when memory runs out: the page comes back by itself, into the room
// and the call, as the same person, though the invitation was for one guest and nobody new may enter.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallRoom } from '../src/CallRoom';
import { source, type WindowSide } from '../src/CallSide';
import { eventually } from '../src/eventually';
import { pidsByName } from '../src/processes';

/** WebKit's fake camera and microphone: what the driver paints goes with the page. */
const DEVICES = source({ width: 320, height: 240, frameRate: 15, exactSize: true });
/** As the kernel cuts it. */
const WEB_PROCESS = 'WebKitWebProces';
const LIMITS = { limitMs: 60_000 };

describe('a web process that is gone', () => {
  let room: CallRoom;
  let ida: WindowSide;
  let ada: Awaited<ReturnType<CallRoom['browser']>>;

  beforeAll(async () => {
    room = await CallRoom.open();
    ada = await room.browser({ name: 'Ada', source: DEVICES });
    ida = await room.window({ name: 'Ida', source: DEVICES });
    await room.enter(ada);
    await ada.press('for-one');
    await room.enter(ida);
    await room.met();
  });

  afterAll(() => room.close());

  it('comes back into the room, and is seen and heard again', { timeout: 240_000 }, async () => {
    const [old] = pidsByName(ida.pid, WEB_PROCESS);
    const before = await ada.ask('peersShown');
    if (old === undefined) throw new Error('no web process is there');
    process.kill(old, 'SIGKILL');
    // The driver's session went with the process, so what happens is seen from the other side.
    await eventually('her window has a page again', () => Promise.resolve(pidsByName(ida.pid, WEB_PROCESS)), (pids) => pids.some((pid) => pid !== old), LIMITS);
    await ada.ask('watchTiles');
    await eventually('her picture moves', () => ada.ask('tiles'), ([tile]) => (tile?.pictures ?? 0) > 10, LIMITS);
    const { audioPacketsReceived } = await ada.ask('counts');
    await eventually('her sound comes', () => ada.ask('counts'), (now) => now.audioPacketsReceived > audioPacketsReceived + 50, LIMITS);
    expect(pidsByName(ida.pid, WEB_PROCESS)).not.toContain(old);
    expect(await ada.ask('peersShown')).toEqual(before);
  });
});
