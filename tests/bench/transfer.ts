// `cargo xtask bench transfer [--bytes N]`: the same bytes over loopback by parlor-cli, by a bare `webrtc` channel with the same
// settings, and between two Chromium processes; then ten thousand small files beside what the disk can do; in one run. Absolute figures belong to the machine; the ratios are the result.
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../web/harness/files';
import { RunningServer } from '../web/harness/server';
import { binary } from '../web/harness/binaries';
import { chromiumRun } from './chromium';
import { Measured } from './measured';
import { FILE_BYTES, FILES, smallFiles } from './smallFiles';
import { printTable } from './table';

/** One way to move the bytes. */
export interface Run {
  readonly name: string;
  readonly bytes: number;
  readonly seconds: number;
  readonly sendCpuSeconds: number;
  readonly receiveCpuSeconds: number;
}

const GIB = 1024 ** 3;

async function parlorRun(bytes: number): Promise<Run> {
  // Memory where there is such a folder: what is measured is the way, not the disk.
  const folder = temporaryFolder(existsSync('/dev/shm') ? '/dev/shm' : undefined);
  const server = await RunningServer.start();
  try {
    const path = join(folder.path, 'bytes.bin');
    // A hole: reads as zeros.
    const file = openSync(path, 'w');
    ftruncateSync(file, bytes);
    closeSync(file);
    const into = join(folder.path, 'into');
    mkdirSync(into);
    const sender = new Measured(binary('parlor-cli'), ['send', path, '--server', server.url, '--quiet']);
    const link = await sender.line((line) => (line.startsWith('http') ? line : undefined));
    let [began, ended] = [0, 0];
    const receiver = new Measured(binary('parlor-cli'), ['receive', link, '--into', into, '--yes', '--json'], (line) => {
      if (!line.startsWith('{')) return;
      const { type } = JSON.parse(line) as { type: string };
      if (type === 'offer') began = performance.now();
      if (type === 'received') ended = performance.now();
    });
    const [sendCpuSeconds, receiveCpuSeconds] = await Promise.all([sender.cpuSeconds, receiver.cpuSeconds]);
    return { name: 'parlor-cli ↔ parlor-cli', bytes, seconds: (ended - began) / 1000, sendCpuSeconds, receiveCpuSeconds };
  } finally {
    await server.stop();
    folder.remove();
  }
}

/** What the example prints on each side. */
interface BareReport {
  readonly seconds: number;
  readonly cpu_seconds: number;
}

async function bareRun(bytes: number): Promise<Run> {
  const program = binary('examples/bare_channel');
  const report = (line: string): BareReport | undefined =>
    line.startsWith('{') ? (JSON.parse(line) as BareReport) : undefined;
  const receiver = new Measured(program, ['receive', '127.0.0.1:0']);
  const received = receiver.line(report);
  const address = await receiver.line((line) => /^listening on (\S+)$/.exec(line)?.[1]);
  const sender = new Measured(program, ['send', address, String(bytes)]);
  const [sent, got] = await Promise.all([sender.line(report), received]);
  return {
    name: 'bare webrtc channel',
    bytes,
    seconds: got.seconds,
    sendCpuSeconds: sent.cpu_seconds,
    receiveCpuSeconds: got.cpu_seconds,
  };
}

const asked = process.argv.indexOf('--bytes');
const bytes = asked < 0 ? GIB : Number(process.argv[asked + 1]);
if (!Number.isSafeInteger(bytes) || bytes <= 0) throw new Error('--bytes wants a positive number');

const runs: Run[] = [];
for (const run of [parlorRun, bareRun, chromiumRun]) runs.push(await run(bytes));
const speed = (run: Run | undefined): number => (run === undefined ? Number.NaN : run.bytes / 1e6 / run.seconds);
printTable(
  ['way', 'MB/s', 'CPU s/GB send', 'CPU s/GB receive', 'parlor-cli is'],
  runs.map((run) => [
    run.name,
    speed(run),
    run.sendCpuSeconds / (run.bytes / 1e9),
    run.receiveCpuSeconds / (run.bytes / 1e9),
    `${(speed(runs[0]) / speed(run)).toFixed(2)} ×`,
  ]),
);

const small = await smallFiles();
const smallMb = (filesPerSecond: number): number => (filesPerSecond * FILE_BYTES) / 1e6;
console.log(`\n${FILES} files of ${FILE_BYTES} bytes onto the disk, each synced:\n`);
printTable(
  ['way', 'files/s', 'MB/s', 'CPU s/GB send', 'CPU s/GB receive', 'parlor-cli is'],
  [
    [
      'parlor-cli ↔ parlor-cli',
      small.filesPerSecond,
      smallMb(small.filesPerSecond),
      small.sendCpuSeconds / ((FILES * FILE_BYTES) / 1e9),
      small.receiveCpuSeconds / ((FILES * FILE_BYTES) / 1e9),
      '1.00 ×',
    ],
    ['the disk alone', small.diskFilesPerSecond, smallMb(small.diskFilesPerSecond), 0, 0, `${(small.filesPerSecond / small.diskFilesPerSecond).toFixed(2)} ×`],
  ],
);
