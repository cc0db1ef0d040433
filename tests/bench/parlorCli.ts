// parlor-cli ↔ parlor-cli over a parlor-server of its own: a whole transfer, and the time to the first byte of a large one.
import { statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { binary } from '../web/harness/binaries';
import { RunningServer } from '../web/harness/server';
import { Measured } from './measured';
import { hasRoom, inMemory, onDisk } from './places';
import type { Moved } from './run';

const HUGE_BYTES = 10 * 2 ** 30;
/** The middle one counts. */
const TRIES = 3;

/** A sender and a receiver that run. */
interface Pair {
  readonly sender: Measured;
  readonly receiver: Measured;
}

async function pair(server: RunningServer, path: string, into: string, onEvent: (type: string) => void): Promise<Pair> {
  const sender = new Measured(binary('parlor-cli'), ['send', path, '--server', server.url, '--quiet']);
  const link = await sender.line((line) => (line.startsWith('http') ? line : undefined));
  const receiver = new Measured(binary('parlor-cli'), ['receive', link, '--into', into, '--yes', '--json'], {
    onLine: (line) => {
      if (line.startsWith('{')) onEvent((JSON.parse(line) as { type: string }).type);
    },
  });
  return { sender, receiver };
}

/** Moves a file or a folder; timed from the offer's arrival to the receiver's word that all of it stands under its name. */
export async function parlorCli(path: string, into: string): Promise<Moved> {
  const server = await RunningServer.start();
  let running: Pair | undefined;
  try {
    let [began, ended] = [0, 0];
    running = await pair(server, path, into, (type) => {
      if (type === 'offer') began = performance.now();
      if (type === 'received' && ended === 0) ended = performance.now();
    });
    const [sender, receiver] = await Promise.all([running.sender.usage, running.receiver.usage]);
    return { seconds: (ended - began) / 1000, sender, receiver };
  } finally {
    await stop(running);
    await server.stop();
  }
}

/**
 * Milliseconds from the receiver's consent (given as the offer is shown) to the first bytes in its part file, of a file of 10 GiB; the
 * transfer is then ended. Undefined where there is no room for such a file.
 */
export async function firstByteMs(): Promise<number | undefined> {
  const onDiskHasRoom = hasRoom(tmpdir(), HUGE_BYTES);
  if (!onDiskHasRoom && !hasRoom('/dev/shm', HUGE_BYTES)) return undefined;
  const times: number[] = [];
  for (let trial = 0; trial < TRIES; trial += 1) {
    const place = onDiskHasRoom ? onDisk(HUGE_BYTES) : inMemory(HUGE_BYTES);
    try {
      times.push(await firstByte(place.source, place.into));
    } finally {
      place.remove();
    }
  }
  return times.sort((one, other) => one - other)[Math.floor(TRIES / 2)];
}

async function firstByte(path: string, into: string): Promise<number> {
  const server = await RunningServer.start();
  let running: Pair | undefined;
  let consent = 0;
  const watcher = watch(into);
  try {
    const stored = new Promise<number>((resolve) => {
      watcher.on('change', (_kind, name) => {
        if (String(name).endsWith('.part') && (statSync(join(into, String(name)), { throwIfNoEntry: false })?.size ?? 0) > 0) resolve(performance.now());
      });
    });
    running = await pair(server, path, into, (type) => {
      if (type === 'offer') consent = performance.now();
    });
    const ended = Promise.race([running.sender.usage, running.receiver.usage]).then(() => {
      throw new Error('the transfer ended before its first byte');
    });
    return (await Promise.race([stored, ended])) - consent;
  } finally {
    watcher.close();
    await stop(running);
    await server.stop();
  }
}

async function stop(running: Pair | undefined): Promise<void> {
  await Promise.allSettled([running?.receiver.stop(), running?.sender.stop()]);
}
