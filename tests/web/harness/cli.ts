// A real `parlor-cli`: start it, read its lines, wait for its end.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { binary } from './binaries';
import { memoryOf } from './memory';

/** One that runs. */
export class RunningCli {
  private readonly child: ChildProcess;
  private readonly lines: Interface;
  private readonly printed: string[] = [];
  private readonly ended: Promise<number | null>;
  /** What it wrote to standard error. */
  stderr = '';
  /** The most memory seen so far, read at every line it wrote. */
  peakBytes = 0;

  /** `under`: another program that runs it. */
  constructor(words: readonly string[], under: readonly string[] = []) {
    const [program = '', ...rest] = [...under, binary('parlor-cli'), ...words];
    // No test speaks to a network.
    this.child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, PARLOR_NEARBY: 'device' } });
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
    if (this.child.stdout === null || this.child.stderr === null) throw new Error('no pipes');
    this.lines = createInterface({ input: this.child.stdout });
    this.lines.on('line', (line) => {
      this.printed.push(line);
      this.look();
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.look();
    });
  }

  /** The first line of standard output: the link. */
  async link(): Promise<string> {
    if (this.printed[0] !== undefined) return this.printed[0];
    const line = await Promise.race([
      once(this.lines, 'line').then(([first]) => String(first)),
      this.ended.then((code) => {
        throw new Error(`parlor-cli ended with ${code}: ${this.stderr}`);
      }),
    ]);
    return line;
  }

  /** What `--json` makes it print, from the first line on, until it ends. */
  async *jsonLines(): AsyncGenerator<Record<string, unknown>> {
    for (let read = 0; ; read += 1) {
      while (read >= this.printed.length) {
        const isOver = await Promise.race([once(this.lines, 'line').then(() => false), this.ended.then(() => true)]);
        if (isOver && read >= this.printed.length) return;
      }
      yield JSON.parse(this.printed[read] ?? '') as Record<string, unknown>;
    }
  }

  /** What it wrote to standard output so far, by line. */
  get stdout(): readonly string[] {
    return this.printed;
  }

  /** Its exit code. */
  async end(): Promise<number | null> {
    return this.ended;
  }

  /** Ends it without asking, if it still runs. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Asks it to end, as Ctrl+C does, if it still runs. */
  interrupt(): void {
    this.child.kill('SIGINT');
  }

  private look(): void {
    if (this.child.pid === undefined || this.child.exitCode !== null) return;
    try {
      const { peakBytes } = memoryOf(this.child.pid);
      // A process that has ended but was not waited for has no memory left to tell of.
      if (Number.isFinite(peakBytes)) this.peakBytes = Math.max(this.peakBytes, peakBytes);
    } catch {
      // It ended between the line and the look; the peak before that stands.
    }
  }
}
