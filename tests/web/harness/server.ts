// A real `parlor-server` on a port of its own: start it, read where it listens, ask it, stop it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { binary } from './binaries';

/** How to start one. */
export interface ServerOptions {
  /** Further flags. */
  readonly args?: readonly string[];
  /** 0, the default, picks a free port. */
  readonly port?: number;
  /** Further environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A server that runs. */
export class RunningServer {
  private constructor(
    private readonly child: ChildProcess,
    /** `http://127.0.0.1:PORT`. */
    readonly url: string,
    private readonly log: string[],
  ) {}

  /** Starts one on the loopback address and waits until it says where it listens. */
  static async start({ args = [], port = 0, env = {} }: ServerOptions = {}): Promise<RunningServer> {
    const child = spawn(binary('parlor-server'), ['--listen', `127.0.0.1:${port}`, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const log: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
    const lines = createInterface({ input: child.stdout });
    const line = await Promise.race([
      once(lines, 'line').then(([first]) => String(first)),
      once(child, 'exit').then(() => {
        throw new Error(`parlor-server ended at once: ${log.join('')}`);
      }),
    ]);
    const url = /^listening on (http:\/\/\S+)$/.exec(line)?.[1];
    if (url === undefined) throw new Error(`unexpected first line: ${line}`);
    return new RunningServer(child, url, log);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Everything it logged so far. */
  get stderr(): string {
    return this.log.join('');
  }

  /** Asks it to end in order (SIGTERM) and waits for that; gives its exit code. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** Ends it without asking. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Bytes of memory it has resident (Linux). */
  rssBytes(): number {
    const status = readFileSync(`/proc/${this.child.pid ?? 0}/status`, 'utf8');
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kib === undefined) throw new Error('no VmRSS');
    return Number(kib) * 1024;
  }

  /** Its metrics, by name and labels. */
  async metrics(): Promise<Map<string, number>> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]));
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      this.child.kill(signal);
      await exited;
    }
    return this.child.exitCode;
  }
}

/** Runs the program to its end; for starts that must fail. */
export async function runServer(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(binary('parlor-server'), [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...texts };
}
