// `cargo xtask bench transfer [--bytes N]`: the same bytes over loopback by parlor-cli, by a bare `webrtc` channel with the same settings,
// by Chromium, and by those who do the same work (rsync over ssh, magic-wormhole, croc); one file, then ten thousand small ones; beside what
// the machine has room for; in one run. Absolute figures belong to the machine; the ratios and the bars are the result.
import { bareChannel } from './bareChannel';
import { type Ceiling, ceiling, wanted } from './ceiling';
import { chromiumChannel } from './chromium';
import { croc } from './croc';
import { firstByteMs, parlorCli } from './parlorCli';
import { type Place, inMemory, onDisk } from './places';
import { rsync } from './rsync';
import { type Missing, type Moved, type Run, COLUMNS, cells, opponent, speed } from './run';
import { FILES, FILE_BYTES, smallFiles } from './smallFiles';
import { printTable, rounded } from './table';
import { wormhole } from './wormhole';

const BYTES = 2 * 2 ** 30;
const CHROMIUM_PART = 8;
const FIRST_BYTE_MS = 100;
const PEAK_MIB = 150;

type Move = (source: string, into: string) => Promise<Moved>;

async function within(place: Place, move: Move): Promise<Moved> {
  try {
    return await move(place.source, place.into);
  } finally {
    place.remove();
  }
}

async function measured(name: string, bytes: number, move: () => Promise<Moved>): Promise<Run> {
  console.error(`measuring ${name} …`);
  return { name, bytes, ...(await move()) };
}

/** The ways of one file, parlor-cli's two first and the bare channel third. */
async function ways(bytes: number): Promise<{ memory: Run; disk: Run; bare: Run; others: (Run | Missing)[] }> {
  const place = inMemory(bytes);
  const where = place.inMemory ? 'in memory' : 'onto the disk, as memory has no room';
  const memory = await measured(`parlor-cli ↔ parlor-cli, ${where}`, bytes, () => within(place, parlorCli));
  const disk = await measured('parlor-cli ↔ parlor-cli, onto the disk, synced', bytes, () => within(onDisk(bytes), parlorCli));
  const bare = await measured('bare webrtc channel', bytes, () => bareChannel(bytes));
  const part = Math.ceil(bytes / CHROMIUM_PART);
  const others = [
    await opponent('Chromium ↔ Chromium bare channel, an eighth of the bytes', part, () => chromiumChannel(part)),
    await opponent(`rsync over ssh, ${where}`, bytes, () => within(inMemory(bytes), rsync)),
    await opponent(`magic-wormhole, ${where}`, bytes, () => within(inMemory(bytes), wormhole)),
    await opponent(`croc, ${where}`, bytes, () => within(inMemory(bytes), croc)),
  ];
  return { memory, disk, bare, others };
}

/** One bar: what was measured, what it must be, whether it is. */
type Bar = readonly [what: string, measured: string, wanted: string, verdict: string];

function verdict(isMet: boolean): string {
  return isMet ? 'met' : 'NOT met';
}

function bigFileBar(run: Run, room: Ceiling, isOnDisk: boolean): Bar {
  const least = wanted(room, isOnDisk);
  const share = `${rounded((speed(run) / room.channel) * 100)} % of the bare channel`;
  return [`${run.name}, MB/s`, `${rounded(speed(run))} (${share})`, `${rounded(least.speed)} (90 % of ${least.of})`, verdict(speed(run) >= least.speed)];
}

function smallFilesBar(small: Run, big: Run, diskMbs: number): Bar {
  const half = speed(big) / 2;
  const [least, of] = half < diskMbs ? [half, "half the big file's"] : [diskMbs, 'the disk alone'];
  return [`${FILES} files of ${FILE_BYTES} bytes, MB/s`, rounded(speed(small)), `${rounded(least)} (${of})`, verdict(speed(small) >= least)];
}

function firstByteBar(ms: number | undefined): Bar {
  const shown = ms === undefined ? ['no room for the file', 'not measured'] : [rounded(ms), verdict(ms <= FIRST_BYTE_MS)];
  return ['first byte of 10 GiB stored after consent, ms', shown[0] ?? '', `at most ${FIRST_BYTE_MS}`, shown[1] ?? ''];
}

function memoryBar(side: 'sender' | 'receiver', runs: readonly Run[]): Bar {
  const peak = Math.max(...runs.map((run) => run[side].peakBytes)) / 2 ** 20;
  return [`${side}'s memory, largest of these runs, MiB`, rounded(peak), `under ${PEAK_MIB}`, verdict(peak < PEAK_MIB)];
}

const asked = process.argv.indexOf('--bytes');
const bytes = asked < 0 ? BYTES : Number(process.argv[asked + 1]);
if (!Number.isSafeInteger(bytes) || bytes <= 0) throw new Error('--bytes wants a positive number');

const { memory, disk, bare, others } = await ways(bytes);
console.error('measuring the ceiling …');
const room = await ceiling(bytes, bare);
console.error('measuring the first byte …');
const firstByte = await firstByteMs();
console.error('measuring small files …');
const small = await smallFiles();

console.log(`\nOne file of ${bytes} bytes over loopback\n`);
printTable(COLUMNS, [memory, disk, bare, ...others].map((way) => cells(way, memory)));

console.log('\nThe ceiling: each alone, in the same run\n');
printTable(
  ['what', 'MB/s'],
  [
    ['the bare channel', room.channel],
    ['the hash: BLAKE3 over blocks of 1 MiB, one thread', room.hash],
    ['the disk: the same bytes written and synced', room.disk],
    ['the cores: both ends of the channel, both hashes, memory read and written, all cores busy', room.coresInMemory],
    ['the cores: the same with the disk read and written', room.coresOnDisk],
  ],
);

const filesPerSecond = (way: Run | Missing): number | string => ('seconds' in way ? FILES / way.seconds : '');
const diskMbs = (small.diskFilesPerSecond * FILE_BYTES) / 1e6;
console.log(`\n${FILES} files of ${FILE_BYTES} bytes onto the disk\n`);
printTable(
  [...COLUMNS, 'files/s'],
  [
    ...[small.ours, ...small.others].map((way) => [...cells(way, small.ours), filesPerSecond(way)]),
    ['the disk alone, each file synced', diskMbs, '', '', '', '', `${(speed(small.ours) / diskMbs).toFixed(2)} ×`, small.diskFilesPerSecond],
  ],
);

console.log();
printTable(
  ['bar', 'measured', 'wanted', ''],
  [
    bigFileBar(memory, room, false),
    bigFileBar(disk, room, true),
    firstByteBar(firstByte),
    smallFilesBar(small.ours, disk, diskMbs),
    memoryBar('sender', [memory, disk, small.ours]),
    memoryBar('receiver', [memory, disk, small.ours]),
  ],
);
