// A real coturn on the loopback address, with long-term credentials and nothing else open.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** User name and credential that it knows. */
export const USER = 'parlor';
export const CREDENTIAL = 'a good credential';

/** One that runs. */
export class RunningTurn {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
    private readonly log: string[],
  ) {}

  /** Starts one and waits until it answers a STUN binding request. */
  static async start(): Promise<RunningTurn> {
    const folder = mkdtempSync(join(tmpdir(), 'parlor-turn-'));
    const port = await freePort();
    const words = [
      '-n', '--no-cli', '--no-tls', '--no-dtls', '--lt-cred-mech', '--fingerprint', '--verbose',
      '--realm', 'parlor.test', '--user', `${USER}:${CREDENTIAL}`,
      '--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1', '--listening-port', String(port),
      '--allow-loopback-peers', '--log-file', 'stdout',
      '--userdb', join(folder, 'turn.db'), '--pidfile', join(folder, 'turn.pid'),
    ];
    const child = spawn('turnserver', words, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
    const log: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => log.push(text));
    const ended = once(child, 'exit').then(() => {
      throw new Error(`turnserver ended at once: ${log.join('')}`);
    });
    await Promise.race([answers(port), ended]);
    ended.catch(() => undefined);
    return new RunningTurn(child, folder, `turn:127.0.0.1:${port}?transport=udp`, log);
  }

  /** How many allocations it made so far, by its log. */
  allocations(): number {
    return this.log.join('').split('new, ').length - 1;
  }

  /** Ends it. */
  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Asks by STUN (RFC 8489) every 100 ms, as the RFC's retransmission would, until there is an answer. */
async function answers(port: number): Promise<void> {
  const socket = createSocket('udp4');
  const request = Buffer.concat([Buffer.from('000100002112a442', 'hex'), Buffer.alloc(12, 7)]);
  const timer = setInterval(() => socket.send(request, port, '127.0.0.1'), 100);
  await once(socket, 'message');
  clearInterval(timer);
  socket.close();
}
