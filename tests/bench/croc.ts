// croc over loopback, through a relay of its own, which croc always needs; the relay's processor time is nobody's here. The program is the
// one on PATH, else that of its GitHub release, checked against the release's own sums and kept in tests/output; neither is a
// reason to fail.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Measured } from './measured';
import { type Moved, NotHere } from './run';

const VERSION = '10.2.5';
const RELEASE = `https://github.com/schollz/croc/releases/download/v${VERSION}`;
const FOLDER = join(import.meta.dirname, '../output/croc');
const FETCH_MS = 10_000;
const FIRST = 47_309;
const PORTS = [FIRST, FIRST + 1, FIRST + 2, FIRST + 3, FIRST + 4];
const CODE = '1234-parlor-bench-croc';

/** Moves a file or a folder into a folder; timed from the receiver's consent to its end. */
export async function croc(source: string, into: string): Promise<Moved> {
  const program = await installed();
  const relay = new Measured(program, ['relay', '--host', '127.0.0.1', '--ports', PORTS.join(',')]);
  let sender: Measured | undefined;
  let receiver: Measured | undefined;
  try {
    // The first port is the last that it opens. It listens on every address, whatever it is told.
    await relay.line((line) => (line.includes('starting TCP server') && line.includes(`:${FIRST}`) ? line : undefined));
    const common = ['--relay', `127.0.0.1:${FIRST}`, '--yes', '--no-compress', '--ignore-stdin'];
    // The only way a code is taken on Unix.
    const env = { CROC_SECRET: CODE };
    sender = new Measured(program, [...common, 'send', '--no-local', source], { env });
    await sender.line((line) => (line.includes('Code is:') ? line : undefined));
    let began = 0;
    receiver = new Measured(program, [...common, '--out', into], {
      env,
      onLine: (line) => {
        if (began === 0 && line.includes('Receiving')) began = performance.now();
      },
    });
    const received = await receiver.usage;
    const seconds = (performance.now() - began) / 1000;
    return { seconds, sender: await sender.usage, receiver: received };
  } finally {
    await Promise.allSettled([sender?.stop(), receiver?.stop(), relay.stop()]);
  }
}

async function installed(): Promise<string> {
  try {
    return execFileSync('sh', ['-c', 'command -v croc'], { encoding: 'utf8' }).trim();
  } catch {
    // Not on PATH.
  }
  const program = join(FOLDER, VERSION, 'croc');
  if (existsSync(program)) return program;
  const archive = `croc_v${VERSION}_Linux-${process.arch === 'arm64' ? 'ARM64' : '64bit'}.tar.gz`;
  const [sums, bytes] = await Promise.all([download(`croc_v${VERSION}_checksums.txt`), download(archive)]);
  const sum = createHash('sha256').update(bytes).digest('hex');
  if (!sums.toString().split('\n').includes(`${sum}  ${archive}`)) throw new NotHere(`${archive} is not what its release says`);
  mkdirSync(join(FOLDER, VERSION), { recursive: true });
  writeFileSync(join(FOLDER, archive), bytes);
  execFileSync('tar', ['-xzf', join(FOLDER, archive), '-C', join(FOLDER, VERSION), 'croc']);
  return program;
}

async function download(name: string): Promise<Buffer> {
  try {
    const response = await fetch(`${RELEASE}/${name}`, { signal: AbortSignal.timeout(FETCH_MS) });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw new NotHere(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
