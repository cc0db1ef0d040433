// Killed in the middle, the shell tool goes on where it was when it is called again; so it does when the sender is killed.
//
// Kills are real (SIGKILL), at moments drawn from the transfer's own progress, of the receiver, of the sender and of both in turn.
// `PARLOR_SOAK=long` kills each fifty times in the middle of a gibibyte.
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningCli } from '../web/harness/cli';
import { randomFile, temporaryFolder } from '../web/harness/files';
import { sha256 } from '../web/harness/person';
import { RunningServer } from '../web/harness/server';

const MIB = 1024 * 1024;
const IS_LONG = process.env['PARLOR_SOAK'] === 'long';
const KILLS = IS_LONG ? 150 : 6;
/** Beside what is in flight at the kill: one block, and what the last sync of a journal line may lack. */
const WINDOW_BYTES = 8 * MIB;
/** Several kills must fit into it. */
const LARGE_BYTES = (IS_LONG ? 1024 : 192) * MIB;
/** Who is killed, in turn; who is not is asked to end when the other is gone. */
const VICTIMS = ['receiver', 'sender', 'both'] as const;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

describe('a transfer from shell to shell that is killed', () => {
  const folder = temporaryFolder();
  let server: RunningServer;
  let trip: string;

  beforeAll(async () => {
    server = await RunningServer.start();
    trip = join(folder.path, 'trip');
    mkdirSync(join(trip, 'small'), { recursive: true });
    for (let n = 0; n < 40; n += 1) randomFile(join(trip, 'small'), `${n}.bin`, 1000 * n);
    randomFile(trip, 'large.bin', LARGE_BYTES);
    randomFile(trip, 'other.bin', 3 * MIB + 1);
  });

  afterAll(async () => {
    await server.stop();
    folder.remove();
  });

  /** What `--json` says of a transfer, read as it comes; resolves when `stored` bytes are there or it has ended. */
  async function until(cli: RunningCli, stored: number): Promise<{ first: number | null; last: number }> {
    let first: number | null = null;
    for await (const line of cli.jsonLines()) {
      if (line['type'] !== 'progress') continue;
      const { state, stored_bytes: now } = line['transfer'] as { state: string; stored_bytes: number };
      if (state === 'moving' && now > 0) first ??= now;
      if (now >= stored || state === 'proven') return { first, last: now };
    }
    throw new Error(`it ended: ${cli.stderr}`);
  }

  it(`goes on where it was, ${KILLS} times, with nothing stored sent again`, { timeout: 60_000 + KILLS * 15_000 }, async () => {
    const into = join(folder.path, 'into');
    let sender = new RunningCli(['send', trip, '--server', server.url]);
    let link = await sender.link();
    let stored = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const receiver = new RunningCli(['receive', link, '--into', into, '--yes', '--json']);
      const goal = stored + Math.random() * ((LARGE_BYTES - stored) / 8);
      const { first, last } = await until(receiver, goal);
      if (stored > 0) expect(first ?? last, `kill ${kill}`).toBeGreaterThanOrEqual(stored - WINDOW_BYTES - MIB);
      const victim = VICTIMS[kill % VICTIMS.length] ?? 'both';
      if (victim !== 'sender') receiver.kill();
      if (victim !== 'receiver') {
        sender.kill();
        await sender.end();
      }
      if (victim === 'sender') receiver.interrupt();
      await receiver.end();
      stored = last;
      // What has its name is whole; the transfer may have been quicker than the kill, and begins anew then.
      const isOver = filesBelow(into).includes('large.bin');
      if (isOver) {
        expect(await sha256(join(into, 'trip/large.bin'))).toBe(await sha256(join(trip, 'large.bin')));
        rmSync(into, { recursive: true });
        stored = 0;
      }
      if (isOver && victim === 'receiver') {
        sender.kill();
        await sender.end();
      }
      if (isOver || victim !== 'receiver') {
        // Another room, another link, the same files.
        sender = new RunningCli(['send', trip, '--server', server.url]);
        link = await sender.link();
      }
    }
    const receiver = new RunningCli(['receive', link, '--into', into, '--yes']);
    expect(await receiver.end(), receiver.stderr).toBe(0);
    expect(await sender.end(), sender.stderr).toBe(0);
    expect(readdirSync(into)).toEqual(['trip']);
    expect(filesBelow(into)).toEqual(filesBelow(trip));
    for (const name of ['large.bin', 'other.bin', 'small/0.bin', 'small/39.bin']) {
      expect(await sha256(join(into, 'trip', name)), name).toBe(await sha256(join(trip, name)));
      expect(Math.trunc(statSync(join(into, 'trip', name)).mtimeMs)).toBe(Math.trunc(statSync(join(trip, name)).mtimeMs));
    }
  });
});
