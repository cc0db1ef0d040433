// A headless Chromium with a fake camera and microphone.
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
];

/** How to start one. */
export interface ChromiumOptions {
  readonly flags?: readonly string[];
  /** Pictures a second of the fake cameras; Chromium's own choice is 20. */
  readonly frameRate?: number;
  /** How many fake cameras there are. */
  readonly cameras?: number;
}

/** One that runs. */
export interface LaunchedChromium {
  readonly browser: Browser;
  /** Root of its processes. */
  readonly pid: number;
  close(): Promise<void>;
}

/** Starts one; the caller closes it. `CHROMIUM` in the environment names another program. */
export async function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch(launchOptions({ flags }));
}

/** Starts one that keeps its profile in `folder`, as an everyday window does; a `newContext` is a private window, which keeps files in memory. */
export async function launchProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, launchOptions({}));
}

/** Starts one whose processes can be looked at. */
export async function launchMeasuredChromium(options: ChromiumOptions = {}): Promise<LaunchedChromium> {
  const server = await chromium.launchServer(launchOptions(options));
  const { pid } = server.process();
  if (pid === undefined) throw new Error('Chromium has no process');
  const browser = await chromium.connect(server.wsEndpoint());
  return {
    browser,
    pid,
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

function launchOptions({ flags = [], frameRate, cameras }: ChromiumOptions) {
  const devices = [...(frameRate === undefined ? [] : [`fps=${frameRate}`]), ...(cameras === undefined ? [] : [`device-count=${cameras}`])];
  const fake = `--use-fake-device-for-media-stream${devices.length === 0 ? '' : `=${devices.join(',')}`}`;
  return { executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', headless: true, args: [...FLAGS, fake, ...flags] };
}
