// Runs a program and learns its CPU seconds, which only its parent is told: a shell waits for it and prints `times`.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that runs. */
export class Measured {
  private readonly child: ChildProcess;
  private readonly waiting: ((line: string) => boolean)[] = [];
  /** CPU seconds, user and system, once it ended well. */
  readonly cpuSeconds: Promise<number>;

  /** Starts it; `onLine` sees every line of standard output. */
  constructor(program: string, words: readonly string[], onLine: (line: string) => void = () => undefined) {
    this.child = spawn('bash', ['-c', '"$@" || exit; times', 'bash', program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    const { stdout, stderr } = this.child;
    if (stdout === null || stderr === null) throw new Error('no pipes');
    let [last, complaints] = ['', ''];
    stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    createInterface({ input: stdout }).on('line', (line) => {
      last = line;
      onLine(line);
      const index = this.waiting.findIndex((wants) => wants(line));
      if (index >= 0) this.waiting.splice(index, 1);
    });
    this.cpuSeconds = once(this.child, 'close').then(([code]) => {
      if (code !== 0) throw new Error(`${program} ended with ${String(code)}: ${complaints}`);
      // The last line is of children: `0m1.234s 0m0.567s`.
      const parts = [...last.matchAll(/(\d+)m([\d.]+)s/g)];
      return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
    });
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
    const ended = this.cpuSeconds.then(() => found);
    return Promise.race([found, ended]);
  }
}
