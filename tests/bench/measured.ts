// Runs a program and learns what it and its descendants took of processor and memory. Promises: a program that ends badly is an
// error with what it said, one that says nothing more is not waited for, and none outlives the run. Leaves the counting to measured.py.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

/** What a program took. */
export interface Usage {
  /** User and system, all processes of it. */
  readonly cpuSeconds: number;
  /** Of its largest process; NaN where that is not known. */
  readonly peakBytes: number;
}

/** How to run it. */
export interface MeasuredOptions {
  readonly cwd?: string;
  /** On top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Sees every line of standard output and standard error. */
  readonly onLine?: (line: string) => void;
}

interface Report {
  readonly code: number;
  readonly cpu_seconds: number;
  readonly peak_bytes: number;
}

const WRAPPER = join(import.meta.dirname, 'measured.py');
const LIMIT_SECONDS = 900;
/** What is shown of a program that failed, in characters. */
const COMPLAINT = 2000;

const alive = new Set<ChildProcess>();
process.on('exit', () => alive.forEach((child) => child.kill('SIGTERM')));

/** A program that runs. */
export class Measured {
  private readonly child: ChildProcess;
  private readonly waiting: ((line: string) => boolean)[] = [];
  private stopped = false;
  /** Once it ended well, or was stopped. */
  readonly usage: Promise<Usage>;

  constructor(program: string, words: readonly string[], { cwd, env = {}, onLine = () => undefined }: MeasuredOptions = {}) {
    this.child = spawn('python3', ['-I', '-S', WRAPPER, String(LIMIT_SECONDS), program, ...words], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    alive.add(this.child);
    let [said, reported] = ['', ''];
    const { stdout, stderr } = this.child;
    const report = this.child.stdio[3];
    if (stdout === null || stderr === null || !(report instanceof Readable)) throw new Error('no pipes');
    for (const input of [stdout, stderr]) {
      createInterface({ input }).on('line', (line) => {
        said = `${said}${line}\n`.slice(-COMPLAINT);
        onLine(line);
        const index = this.waiting.findIndex((wants) => wants(line));
        if (index >= 0) this.waiting.splice(index, 1);
      });
    }
    report.setEncoding('utf8').on('data', (text: string) => (reported += text));
    this.usage = once(this.child, 'close').then(() => {
      alive.delete(this.child);
      const { code, cpu_seconds, peak_bytes } = reported === '' ? { code: 'no word', cpu_seconds: 0, peak_bytes: 0 } : (JSON.parse(reported) as Report);
      if (code !== 0 && !this.stopped) throw new Error(`${program} ended with ${String(code)}: ${said}`);
      return { cpuSeconds: cpu_seconds, peakBytes: peak_bytes };
    });
    // Whoever asks is told; a run that failed elsewhere first does not ask.
    this.usage.catch(() => undefined);
  }

  /** The first line from now on for which `read` gives something. */
  async line<T>(read: (line: string) => T | undefined): Promise<T> {
    const found = new Promise<T>((resolve) => {
      this.waiting.push((line) => {
        const value = read(line);
        if (value !== undefined) resolve(value);
        return value !== undefined;
      });
    });
    const ended = this.usage.then(() => {
      throw new Error('the program ended without the line that was waited for');
    });
    return Promise.race([found, ended]);
  }

  /** Asks it to end, if it still runs. */
  async stop(): Promise<Usage> {
    this.stopped = true;
    if (this.child.exitCode === null) this.child.kill('SIGTERM');
    return this.usage;
  }
}
