// A room is handed over by a spoken code, between two browsers through a real server: who knows the words comes in, a wrong try burns the
// code, and it ends with its room.
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './harness/chromium';
import { Person } from './harness/person';
import { RunningServer } from './harness/server';

/** Other words than those, of the same list. */
function wrongWordsFor(code: string): string {
  const number = code.split('-')[0] ?? '';
  return code.endsWith('-tulip') ? `${number}-apple-lantern-kitten` : `${number}-apple-lantern-tulip`;
}

describe('a spoken code', () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await RunningServer.start();
    browser = await launchChromium();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  const arrive = async (name: string, look: BrowserContextOptions = {}): Promise<Person> => Person.arrive(await browser.newContext(look), server.url, name);

  /** Waits until the door says why it stayed shut; gives its words. */
  const refused = async (person: Person): Promise<string> => {
    const failure = person.by('entry-failure');
    await failure.waitFor();
    return (await failure.textContent()) ?? '';
  };

  it.each([
    ['in capitals with spaces', (code: string) => ` ${code.toUpperCase().replaceAll('-', '  ')} `],
    ['in small letters with commas', (code: string) => code.replace('-', ' ').replaceAll('-', ', ')],
  ])('typed %s lets the guest in, and they are connected', async (_, typed) => {
    const [ada, ben] = [await arrive('Ada'), await arrive('Ben')];
    const link = await ada.start();
    const code = await ada.readOut();
    expect(code).toMatch(/^\d{1,4}(-[a-z]{4,8}){3}$/);
    await ben.join(typed(code));
    await Promise.all([ada.connected(), ben.connected()]);
    await ada.write('by word of mouth');
    await ben.reads('by word of mouth');
    await ben.by('invite').click();
    expect(await ben.by('invite-link').inputValue()).toBe(link);
    await ada.by('invite').click();
    await ada.codeIs('used');
  });

  it('of Korean words lets the guest in, also without anything between them', async () => {
    const look = { locale: 'ko-KR' };
    const [ada, ben] = [await arrive('지우', look), await arrive('민준', look)];
    await ada.start();
    const code = await ada.readOut();
    expect(code).toMatch(/^\d{1,4}(-[가-힣]{2}){3}$/);
    await ben.join(code.replaceAll('-', ''));
    await Promise.all([ada.connected(), ben.connected()]);
  });

  it('is burnt by a wrong try: both are told, and the right words come too late', async () => {
    const [ada, ben] = [await arrive('Ada'), await arrive('Ben')];
    await ada.start();
    const code = await ada.readOut();
    await ben.join(wrongWordsFor(code));
    expect(await refused(ben)).toContain('used up now');
    await ada.codeIs('burnt');
    await ben.join(code);
    expect(await refused(ben)).toContain('Nobody waits behind this code');
    // The owner makes another, and all is well.
    await ben.join(await ada.readOut());
    await Promise.all([ada.connected(), ben.connected()]);
  });

  it('ends with the room, and when its owner ends it', async () => {
    const [ada, ben] = [await arrive('Ada'), await arrive('Ben')];
    await ada.start();
    const left = await ada.readOut();
    await ada.by('leave').click();
    await ada.by('start-room').waitFor();
    await ben.join(left);
    expect(await refused(ben)).toContain('Nobody waits behind this code');
    await ada.start();
    const ended = await ada.readOut();
    await ada.by('close-code').click();
    await ada.codeIs('closed');
    await ben.join(ended);
    expect(await refused(ben)).toContain('Nobody waits behind this code');
    expect(server.stderr).not.toContain(ended.split('-').slice(1).join('-'));
  });
});
