// The window goes in and out of a call again and again: every time it is seen and heard, and in the end it holds no more of the machine
// than after the first times. Five times here; `npm run soak:call` makes it fifty.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallRoom } from '../src/CallRoom';
import { source, type WindowSide } from '../src/CallSide';
import { eventually } from '../src/eventually';
import { BLUE, RED } from '../src/expectations';
import { type Holdings, holdingsOf, memoryByName, threadsByName } from '../src/processes';

const IS_LONG = process.env['PARLOR_SOAK'] === 'long';
const TIMES = IS_LONG ? 50 : 5;
/** Caches fill and pools grow in the first stays; the page's heap takes some eight to reach its level. */
const WARM_UP = IS_LONG ? 10 : 2;
/** Threads and files of pools that come and go. */
const SLACK = 8;
/** Gives the page's collector a reason to come by: what nobody holds any more still has threads and files until then. */
const LITTER = 'Array.from({ length: 5 }, () => new Array(100_000).fill(0)); return null';
/** Of the program and its web process together. Garbage is collected when the collector likes, so a bound, not a match. */
const GROWTH_BYTES = 96 * 1024 * 1024;

describe('leaving and returning', () => {
  let room: CallRoom;
  let ida: WindowSide;

  beforeAll(async () => {
    room = await CallRoom.open();
    const ada = await room.browser({ name: 'Ada', source: source({ colours: [RED.colour], toneHz: RED.toneHz }) });
    ida = await room.window({ name: 'Ida', source: source({ colours: [BLUE.colour], toneHz: BLUE.toneHz }) });
    await room.enter(ada);
    await room.enter(ida);
    await room.met();
  });

  afterAll(() => room.close());

  /** Leaves; what is held once the ports of the stay are given back. */
  async function leave(): Promise<Holdings> {
    await ida.leave();
    return eventually('the ports are given back', () => holdingsOf(ida.pid), ({ udpSockets }) => udpSockets === 0, {
      limitMs: 30_000,
      everyMs: 250,
    });
  }

  it(`leaks no port, thread, file or memory in ${TIMES} times`, { timeout: 120_000 + (TIMES + WARM_UP) * 60_000 }, async () => {
    const history: Holdings[] = [];
    let names: Record<string, number> = {};
    const memory: Record<string, number>[] = [];
    for (let time = 0; time < WARM_UP + TIMES; time += 1) {
      history.push(await leave());
      memory.push(memoryByName(ida.pid));
      if (time === WARM_UP) names = threadsByName(ida.pid);
      await ida.join(room.link);
      await room.met();
    }
    await leave();
    const [first] = history.slice(WARM_UP);
    if (first === undefined) throw new Error('there was no stay');
    // What rests ends by itself after a while; what leaked does not.
    const held = async (): Promise<Holdings> => {
      await ida.app.page.run(LITTER);
      return holdingsOf(ida.pid);
    };
    const isEnough = ({ threads, descriptors }: Holdings): boolean => Math.max(threads - first.threads, descriptors - first.descriptors) <= SLACK;
    const last = await eventually('what rests has ended', held, isEnough, { limitMs: 60_000, everyMs: 500 }).catch(held);
    console.log(`held after ${WARM_UP + 1} stays ${JSON.stringify(first)}, after ${WARM_UP + TIMES + 1} ${JSON.stringify(last)}`);
    const grown = Object.entries(threadsByName(ida.pid)).map(([name, count]) => [name, count - (names[name] ?? 0)] as const);
    const hint = `${JSON.stringify(history)}; ${JSON.stringify(memory)}; threads more than at first: ${JSON.stringify(grown.filter(([, more]) => more > 0))}`;
    console.log(hint);
    expect(last.processes, hint).toBe(first.processes);
    expect(last.threads, hint).toBeLessThanOrEqual(first.threads + SLACK);
    expect(last.descriptors, hint).toBeLessThanOrEqual(first.descriptors + SLACK);
    expect(last.residentBytes, hint).toBeLessThanOrEqual(first.residentBytes + GROWTH_BYTES);
  });
});
