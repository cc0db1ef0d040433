// What `PeerConnectionLike` promises, asked in the app's window of what stands in for the RTCPeerConnection that it lacks.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CallRoom } from '../src/CallRoom';
import type { WindowSide } from '../src/CallSide';

let room: CallRoom;
let ida: WindowSide;

beforeAll(async () => {
  room = await CallRoom.open();
  // A call has to have been, since only then the page makes connections.
  const ada = await room.browser({ name: 'Ada' });
  ida = await room.window({ name: 'Ida' });
  await room.enter(ada);
  await room.enter(ida);
  await room.met();
});

afterAll(() => room.close());

it("the stand-in's connections keep every promise of the interface", { timeout: 600_000 }, async () => {
  const verdicts = await ida.ask('conformance');
  for (const { promise, error } of verdicts) if (error !== null) console.log(`${promise}: ${error}`);
  expect(verdicts.filter(({ error }) => error !== null)).toEqual([]);
  expect(verdicts.length).toBeGreaterThan(20);
});
