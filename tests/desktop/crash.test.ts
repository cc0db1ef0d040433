// The window's web process dies in the middle of a call, as it does when memory runs out: the page comes back by itself, into the room
// and the call.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallRoom } from '../src/CallRoom';
import { SMALL, source, type WindowSide } from '../src/CallSide';
import { eventually } from '../src/eventually';
import { BLUE, RED } from '../src/expectations';
import { familyOf } from '../src/processes';

describe('a web process that is gone', () => {
  let room: CallRoom;
  let ida: WindowSide;
  let ada: Awaited<ReturnType<CallRoom['browser']>>;

  beforeAll(async () => {
    room = await CallRoom.open();
    ada = await room.browser({ name: 'Ada', source: source({ colours: [RED.colour], toneHz: RED.toneHz, ...SMALL }) });
    ida = await room.window({ name: 'Ida', source: source({ colours: [BLUE.colour], toneHz: BLUE.toneHz, ...SMALL }) });
    await room.enter(ada);
    await room.enter(ida);
    await room.met();
  });

  afterAll(() => room.close());

  const webProcess = (): number | undefined =>
    familyOf(ida.pid).find((pid) => {
      try {
        return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('WebKitWebProces');
      } catch {
        return false; // Ended while we looked.
      }
    });

  it('comes back into the room, and is seen again', { timeout: 240_000 }, async () => {
    const old = webProcess();
    expect(old).toBeDefined();
    process.kill(old ?? 0, 'SIGKILL');
    const limits = { limitMs: 120_000 };
    await eventually('another web process runs', () => Promise.resolve(webProcess()), (pid) => pid !== undefined && pid !== old, limits);
    // The driver's session went with the process, so what happens is seen from the other side: pictures count from one again with a
    // new connection.
    await ada.ask('watchTiles');
    const shown = async (): Promise<number> => (await ada.ask('tiles'))[0]?.pictures ?? 0;
    const first = await eventually('Ada has a tile of Ida', shown, (pictures) => pictures > 5, limits);
    await eventually('Ida’s pictures go on', shown, (pictures) => pictures > first + 10, limits);
    expect((await ada.ask('peersShown')).length).toBe(1);
  });
});
