// Whatever a peer calls itself and its files, and whatever it writes: in the app's window it stays text.
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostilePeer, SAID, SHOWN, TRY_THE_WATCH, WATCH, WATCHED, type Watched } from '../src/injections';
import { launchChromium } from '../web/harness/chromium';
import { temporaryFolder } from '../web/harness/files';
import { Person } from '../web/harness/person';
import { AppWindow, Display } from './appWindow';
import { Resident } from './resident';

describe("strings that try to run as script, in the app's window", () => {
  const folder = temporaryFolder();
  let display: Display;
  let app: AppWindow;
  let ida: Resident;
  let browser: Browser;
  let eve: Person;

  beforeAll(async () => {
    display = await Display.start();
    app = await AppWindow.open(display, { home: join(folder.path, 'home') });
    ida = new Resident(app);
    await app.page.run(WATCH);
    const link = await ida.start('Ida');
    // Nobody looks at the pictures.
    browser = await launchChromium(['--use-fake-device-for-media-stream=fps=5']);
    const hostile = await browser.newContext();
    await HostilePeer.prepare(hostile);
    eve = await Person.arrivePastWarning(hostile, link, 'Eve');
    await eve.by('join').click();
    await Promise.all([ida.connected(), eve.connected()]);
    await ida.openChat();
  }, 240_000);

  afterAll(async () => {
    await browser.close();
    await app.close();
    await display.stop();
    folder.remove();
  });

  it('the page has a policy that stops an inline handler, and the watch sees it', async () => {
    const seen = await app.page.runAsync(TRY_THE_WATCH);
    expect(seen).toEqual({ ran: 0, violations: 1, foreign: 1 });
  });

  it(`${SAID.length} of them as name, file and chat: none runs, none becomes an element, and the policy has nothing to stop`, async () => {
    const before = await app.page.url();
    const peer = new HostilePeer(eve);
    for (const [number, injection] of SAID.entries()) {
      await peer.say(number, injection);
      await app.page.runAsync(SHOWN, number);
    }
    const watched = await app.page.run<Watched>(WATCHED);
    expect(watched).toMatchObject({ ran: [], violations: [], foreign: [], url: before });
    expect([watched.names.length, watched.files.length]).toEqual([SAID.length, SAID.length]);
    await ida.write('still here');
    await eve.reads('still here');
  }, 900_000);
});
