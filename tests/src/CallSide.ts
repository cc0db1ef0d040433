// One side of a call, whatever shows it: a page in a browser or the app's window. Both are asked through the same probe.
import type { Browser, BrowserContext } from 'playwright-core';
import { AppWindow, type Display } from '../desktop/appWindow';
import { Resident } from '../desktop/resident';
import { Person } from '../web/harness/person';
import type { Probe, ProbeOptions } from './page/probe';
import type { SourceOptions } from './page/source';
import { probeScript } from './pageScript';
import type { Address, RelaySide, UdpRelay } from './UdpRelay';

/** What every side of a call does and tells. */
export interface CallSide {
  readonly name: string;
  /** Processes of this side, by the root of their tree. */
  readonly pid: number;
  /** Asks the probe in the page. */
  ask<K extends keyof Probe>(question: K, ...words: Parameters<Probe[K]>): Promise<Awaited<ReturnType<Probe[K]>>>;
  /** Presses what has this name for tests. */
  press(testId: string): Promise<void>;
  /** Takes another camera than the one in use, in the settings of the room. */
  chooseOtherCamera(): Promise<void>;
  /** Starts a room; gives the link. */
  start(): Promise<string>;
  /** Comes in by the link, with camera and microphone. */
  join(link: string): Promise<void>;
  /** Leaves; is back in the lobby, with nothing open. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

/** How a side is made. */
export interface SideOptions {
  readonly name: string;
  /** None leaves camera and microphone as the platform fakes them. */
  readonly source?: SourceOptions;
}

/** A source with a colour and a tone; everything else as by default. */
export function source(changes: Partial<SourceOptions>): SourceOptions {
  return { colours: [], toneHz: null, width: 640, height: 480, frameRate: 30, detail: 0.2, ...changes };
}

/** For three programs that code six pictures on two cores. */
export const SMALL = { width: 480, height: 360, frameRate: 15 } as const;

/** A page in a browser of its own. */
export class BrowserSide implements CallSide {
  private constructor(
    readonly person: Person,
    readonly pid: number,
    private readonly context: BrowserContext,
  ) {}

  get name(): string {
    return this.person.name;
  }

  /** Opens the page of `url` and asks for devices. `relay`: its connections pass it, as the near side. */
  static async arrive(browser: Browser, pid: number, url: string, options: SideOptions & { readonly relay?: UdpRelay }): Promise<BrowserSide> {
    const context = await browser.newContext();
    const { relay } = options;
    if (relay !== undefined) {
      await context.exposeBinding('parlorStandIn', (_, real: Address, side: RelaySide) => relay.standInFor(real, side));
    }
    const install: ProbeOptions = { source: options.source ?? null, isRelayed: relay !== undefined };
    await context.addInitScript({ content: `${probeScript()}\n;parlorProbe.install(${JSON.stringify(install)});` });
    return new BrowserSide(await Person.arrive(context, url, options.name), pid, context);
  }

  async ask<K extends keyof Probe>(question: K, ...words: Parameters<Probe[K]>): Promise<Awaited<ReturnType<Probe[K]>>> {
    const answer: unknown = await this.person.page.evaluate(
      ([name, values]) => {
        const { parlorProbe } = globalThis as unknown as { parlorProbe: Record<string, (...args: unknown[]) => unknown> };
        return parlorProbe[name]?.(...values);
      },
      [question, words] as [string, unknown[]],
    );
    return answer as Awaited<ReturnType<Probe[K]>>;
  }

  async press(testId: string): Promise<void> {
    await this.person.by(testId).first().click();
  }

  chooseOtherCamera(): Promise<void> {
    return this.person.chooseOtherCamera();
  }

  start(): Promise<string> {
    return this.person.start();
  }

  async join(link: string): Promise<void> {
    await this.person.grantDevices();
    await this.person.join(link);
  }

  async leave(): Promise<void> {
    await this.press('leave');
    await this.person.by('lobby').waitFor();
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** The app's window. */
export class WindowSide implements CallSide {
  private constructor(
    readonly name: string,
    readonly resident: Resident,
    readonly pid: number,
  ) {}

  /** Opens the window with mock devices and asks for them. */
  static async open(display: Display, home: string, options: SideOptions): Promise<WindowSide> {
    const app = await AppWindow.open(display, { home, env: { PARLOR_MOCK_CAPTURE: 'true' } });
    try {
      const resident = new Resident(app);
      await app.page.waitFor(AppWindow.by('lobby'));
      await app.page.run(probeScript());
      const install: ProbeOptions = { source: options.source ?? null, isRelayed: false };
      await app.page.run('globalThis.parlorProbe.install(arguments[0])', install);
      await resident.arrive(options.name);
      return new WindowSide(options.name, resident, app.pid);
    } catch (error) {
      await app.close();
      throw error;
    }
  }

  get app(): AppWindow {
    return this.resident.app;
  }

  async ask<K extends keyof Probe>(question: K, ...words: Parameters<Probe[K]>): Promise<Awaited<ReturnType<Probe[K]>>> {
    const answer = await this.app.page.runAsync<{ value?: unknown; error?: string }>(
      `const [name, values, done] = arguments;
       Promise.resolve().then(() => globalThis.parlorProbe[name](...values)).then((value) => done({ value: value ?? null }), (error) => done({ error: String(error) }));`,
      question,
      words,
    );
    if (answer.error !== undefined) throw new Error(`${this.name}: ${answer.error}`);
    return answer.value as Awaited<ReturnType<Probe[K]>>;
  }

  async press(testId: string): Promise<void> {
    await this.app.page.click(AppWindow.by(testId));
  }

  chooseOtherCamera(): Promise<void> {
    return this.resident.chooseOtherCamera();
  }

  async start(): Promise<string> {
    await this.press('start-room');
    return this.app.page.read(AppWindow.by('invite-link'));
  }

  async join(link: string): Promise<void> {
    await this.resident.grantDevices();
    await this.app.page.fill(AppWindow.by('join-link'), link);
    await this.press('join');
    await this.app.page.waitFor(AppWindow.by('room'));
  }

  async leave(): Promise<void> {
    await this.press('leave');
    await this.app.page.waitFor(AppWindow.by('lobby'));
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
