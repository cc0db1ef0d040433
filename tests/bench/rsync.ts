// rsync over loopback ssh, the honest limit: whole files, no compression, and an sshd of its own with keys of its own, so that nothing of the
// machine's ssh is read or touched. The receiving side is sshd with all it starts.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../web/harness/files';
import { Measured } from './measured';
import { type Moved, NotHere } from './run';

const SSHD = '/usr/sbin/sshd';
/** Where sshd's unprivileged half lives; it does not start as root without. */
const SSHD_EMPTY = '/run/sshd';

/** Moves a file or a folder into a folder, with further flags for rsync; timed from sshd's letting it in to rsync's end. */
export async function rsync(source: string, into: string, flags: readonly string[] = []): Promise<Moved> {
  for (const program of [SSHD, '/usr/bin/rsync', '/usr/bin/ssh', '/usr/bin/ssh-keygen']) {
    if (!existsSync(program)) throw new NotHere(`${program} is missing`);
  }
  const folder = temporaryFolder();
  let daemon: Measured | undefined;
  try {
    const port = await freePort();
    keys(folder.path);
    writeFileSync(join(folder.path, 'sshd_config'), daemonConfig(folder.path, port));
    writeFileSync(join(folder.path, 'ssh_config'), clientConfig(port));
    if (process.getuid?.() === 0) mkdirSync(SSHD_EMPTY, { recursive: true, mode: 0o755 });
    let began = 0;
    daemon = new Measured(SSHD, ['-D', '-e', '-f', join(folder.path, 'sshd_config')], {
      onLine: (line) => {
        if (line.startsWith('Accepted publickey')) began = performance.now();
      },
    });
    await daemon.line((line) => (line.startsWith('Server listening') ? line : undefined));
    const words = ['--recursive', '--times', '--whole-file', '--no-inplace', ...flags, '--rsh', 'ssh -F ssh_config', source, `here:${into}/`];
    const sender = await new Measured('rsync', words, { cwd: folder.path }).usage;
    const seconds = (performance.now() - began) / 1000;
    return { seconds, sender, receiver: await daemon.stop() };
  } finally {
    await daemon?.stop();
    folder.remove();
  }
}

function keys(folder: string): void {
  for (const name of ['host', 'client']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  renameSync(join(folder, 'client.pub'), join(folder, 'authorized_keys'));
}

function daemonConfig(folder: string, port: number): string {
  return `ListenAddress 127.0.0.1
Port ${port}
HostKey "${folder}/host"
AuthorizedKeysFile "${folder}/authorized_keys"
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
`;
}

/** Paths are relative to where rsync starts it. */
function clientConfig(port: number): string {
  return `Host here
HostName 127.0.0.1
Port ${port}
IdentityFile client
IdentitiesOnly yes
IdentityAgent none
BatchMode yes
StrictHostKeyChecking no
UserKnownHostsFile /dev/null
LogLevel ERROR
Compression no
`;
}

/** sshd cannot be asked to pick one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
