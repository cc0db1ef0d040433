// magic-wormhole over loopback: a mailbox server of its own introduces the two sides, no transit relay, so the bytes go straight from
// process to process. Packages are PyPI's. It syncs nothing, and sends a folder as one zip.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../web/harness/files';
import { Measured } from './measured';
import { type Moved, NotHere } from './run';
import { venv } from './venv';

/** A secret of nobody's: the mailbox is on loopback and gone after the run. */
const CODE = '1-parlor-bench';

/** Moves a file or a folder into a folder; timed from the receiver's consent to its word that all is written. */
export async function wormhole(source: string, into: string): Promise<Moved> {
  const programs = installed();
  const folder = temporaryFolder();
  let mailbox: Measured | undefined;
  let sender: Measured | undefined;
  let receiver: Measured | undefined;
  try {
    const log = ['--log-format=text', '--log-file=-'];
    const words = ['--port', 'tcp:0:interface=127.0.0.1', '--channel-db', 'mailbox.sqlite', '--usage-db', 'usage.sqlite'];
    const env = { PYTHONUNBUFFERED: '1' };
    mailbox = new Measured(join(programs, 'twist'), [...log, 'wormhole-mailbox', ...words], { cwd: folder.path, env });
    const port = await mailbox.line((line) => /Site starting on (\d+)/.exec(line)?.[1]);
    const common = ['--relay-url', `ws://127.0.0.1:${port}/v1`, '--transit-helper='];
    const program = join(programs, 'wormhole');
    sender = new Measured(program, [...common, 'send', '--hide-progress', '--no-qr', '--code', CODE, source], { env });
    let [began, ended] = [0, 0];
    receiver = new Measured(program, [...common, 'receive', '--accept-file', '--hide-progress', CODE], {
      cwd: into,
      env,
      onLine: (line) => {
        if (line.startsWith('Receiving ')) began = performance.now();
        if (/^Received files? written/.test(line)) ended = performance.now();
      },
    });
    const [sent, received] = await Promise.all([sender.usage, receiver.usage]);
    return { seconds: (ended - began) / 1000, sender: sent, receiver: received };
  } finally {
    await Promise.allSettled([sender?.stop(), receiver?.stop(), mailbox?.stop()]);
    folder.remove();
  }
}

function installed(): string {
  try {
    const programs = venv(['magic-wormhole', 'magic-wormhole-mailbox-server'], ['wormhole', 'wormhole_mailbox_server']);
    if (!existsSync(join(programs, 'twist'))) throw new Error('twist is missing');
    return programs;
  } catch (error) {
    throw new NotHere(error instanceof Error ? error.message : String(error));
  }
}
