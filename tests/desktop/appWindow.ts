// The real app window on a display of its own, with a profile of its own, driven through WebKitWebDriver.
//
// Promises: nothing of the machine's user is touched (HOME is a folder of this run, no session bus is spoken to unless given);
// `close` leaves no process behind.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { binary } from '../web/harness/binaries';
import { WebDriver } from './webdriver';

/** How to start the window. */
export interface AppOptions {
  /** A folder that is the user's home for this run. */
  readonly home: string;
  /** What the file dialog answers. */
  readonly picks?: readonly string[];
  /** Arguments of the program. */
  readonly args?: readonly string[];
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A virtual X display. */
export class Display {
  private constructor(
    readonly name: string,
    private readonly server: ChildProcess,
  ) {}

  /** Starts one on a number that is free. */
  static async start(): Promise<Display> {
    const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1366x1024x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const number = await new Promise<string>((found, failed) => {
      server.once('error', failed);
      server.once('exit', (code) => failed(new Error(`Xvfb ended with ${code}`)));
      server.stdio[3]?.once('data', (data: Buffer) => found(data.toString().trim()));
    });
    return new Display(`:${number}`, server);
  }

  /** Puts something into its clipboard, as a program would in which it was copied. */
  copy(type: string, content: string | Buffer): void {
    // It returns when the clipboard is its own, and stays behind until that is somebody else's or the display ends.
    const { error, status } = spawnSync('xclip', ['-display', this.name, '-selection', 'clipboard', '-t', type, '-i'], {
      input: content,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    if (error !== undefined || status !== 0) throw new Error(`xclip ended with ${status}`, { cause: error });
  }

  /** Ends it. */
  async stop(): Promise<void> {
    await ended(this.server);
  }
}

/** The window and its driver. */
export class AppWindow {
  private isTerminated = false;

  private constructor(
    readonly page: WebDriver,
    readonly home: string,
    readonly environment: Readonly<Record<string, string>>,
    private readonly driver: ChildProcess,
  ) {}

  /** Opens the window on `display`. */
  static async open(display: Display, options: AppOptions): Promise<AppWindow> {
    const port = await freePort();
    const environment = appEnvironment(display.name, options);
    const driver = spawn('WebKitWebDriver', [`--port=${port}`], { env: environment, stdio: 'inherit' });
    try {
      const address = `http://127.0.0.1:${port}`;
      await driverAnswers(address, driver);
      const page = await WebDriver.start(address, binary('parlor'), options.args);
      await ownPage(page);
      return new AppWindow(page, options.home, environment, driver);
    } catch (error) {
      await ended(driver);
      throw error;
    }
  }

  /** The process id of the program. */
  get pid(): number {
    const child = childrenOf(this.driver.pid ?? 0).find((one) => one.name === 'parlor');
    if (child === undefined) throw new Error('the program does not run under its driver');
    return child.pid;
  }

  /** Something on the page, by the name it has for tests. */
  static by(testId: string): string {
    return `[data-testid="${testId}"]`;
  }

  /** The log of the program. */
  get log(): string {
    const path = join(this.home, '.local/share/kr.parlor.app/logs/parlor.log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** Where received files lie. */
  get downloads(): string {
    return join(this.home, 'Downloads/Parlor');
  }

  /** Asks the program to end, as the system does. */
  terminate(): void {
    process.kill(this.pid, 'SIGTERM');
    this.isTerminated = true;
  }

  /** Ends the program without asking. */
  kill(): void {
    process.kill(this.pid, 'SIGKILL');
    this.isTerminated = true;
  }

  /** Ends the window and the driver. */
  async close(): Promise<void> {
    try {
      // With the program its session is gone as well.
      if (!this.isTerminated) await this.page.end();
    } finally {
      await ended(this.driver);
    }
  }
}

/** What the program sees of the environment. */
export function appEnvironment(display: string, options: AppOptions): Record<string, string> {
  mkdirSync(options.home, { recursive: true });
  return {
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    HOME: options.home,
    XDG_RUNTIME_DIR: options.home,
    DISPLAY: display,
    GDK_BACKEND: 'x11',
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    NO_AT_BRIDGE: '1',
    TAURI_WEBVIEW_AUTOMATION: 'true',
    // No test speaks to a network.
    PARLOR_NEARBY: 'device',
    ...(options.picks === undefined ? {} : { PARLOR_PICK: options.picks.join(':') }),
    ...options.env,
  };
}

function childrenOf(parent: number): { pid: number; name: string }[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        // pid (name) state ppid …; the name may hold anything but ends with the last parenthesis.
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return ppid === parent ? [{ pid: Number(entry), name }] : [];
      } catch {
        return []; // Ended while we looked.
      }
    });
}

async function driverAnswers(address: string, driver: ChildProcess): Promise<void> {
  // The driver says nothing when it is ready; its port can only be tried.
  for (const deadline = Date.now() + 10_000; Date.now() < deadline && driver.exitCode === null; ) {
    const ready = await fetch(`${address}/status`).then((response) => response.ok, () => false);
    if (ready) return;
    await new Promise((next) => setTimeout(next, 25));
  }
  throw new Error('WebKitWebDriver does not answer');
}

/** On a busy machine the session begins before the window has gone to its page; what waits in the empty one waits for ever. */
async function ownPage(page: WebDriver): Promise<void> {
  let url = '';
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    url = await page.url();
    if (url.startsWith('tauri://')) return;
    await new Promise((next) => setTimeout(next, 25));
  }
  throw new Error(`the window does not show its page but ${url}`);
}

async function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? found(address.port) : failed(new Error('no port'))));
    });
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await over;
  clearTimeout(limit);
}
