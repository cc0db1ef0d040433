// `cargo xtask screenshots`: the real page in a real room, in every size, theme and language, into tests/output/screenshots.
// Pictures are for people to look at: names are LOOK-WIDTH-THEME-LANGUAGE.png.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { ROOT } from '../web/harness/binaries';
import { launchChromium } from '../web/harness/chromium';
import { randomFile, temporaryFolder } from '../web/harness/files';
import { Person } from '../web/harness/person';
import { RunningServer } from '../web/harness/server';

const OUTPUT = join(ROOT, 'tests/output/screenshots');
/** Phone, tablet upright, tablet across, large tablet across. */
const SIZES = [
  { width: 390, height: 844 },
  { width: 834, height: 1194 },
  { width: 1194, height: 834 },
  { width: 1366, height: 1024 },
] as const;
const THEMES = [
  { name: 'day', colorScheme: 'light' },
  { name: 'evening', colorScheme: 'dark' },
] as const;
const LANGUAGES = [
  { name: 'en', locale: 'en-US', host: 'Ada', guest: 'Ben', second: 'Chiara', text: 'Here are the pictures from yesterday.' },
  { name: 'ko', locale: 'ko-KR', host: '지우', guest: '민준', second: '하윤', text: '어제 찍은 사진이에요.' },
] as const;

/** Of whoever shares a screen: where the bar has room for it. */
const ACROSS = { viewport: SIZES[3] };

type Size = (typeof SIZES)[number];
type Theme = (typeof THEMES)[number];
type Language = (typeof LANGUAGES)[number];

/** Waits until so many others are seen. */
async function seesOthers(person: Person, others: number): Promise<void> {
  await person.page.waitForFunction(
    (wanted) => document.querySelectorAll('[data-testid=tile] > .tile-video:not(.tile-video-hidden)').length === wanted,
    others,
    { timeout: 60_000 },
  );
}

async function shoot(browser: Browser, url: string, file: string, size: Size, theme: Theme, language: Language): Promise<void> {
  const look = { viewport: size, colorScheme: theme.colorScheme, locale: language.locale };
  const host = await Person.arrive(await browser.newContext(look), url, language.host);
  const picture = async (name: string): Promise<void> => {
    await host.page.screenshot({ path: join(OUTPUT, `${name}-${size.width}-${theme.name}-${language.name}.png`) });
  };
  await picture('lobby');
  const link = await host.start();
  await picture('alone');
  const guest = await Person.arrive(await browser.newContext(look), url, language.guest);
  await guest.join(link);
  await Promise.all([host.connected(), guest.connected()]);
  await host.showsTheOther();
  await picture('room');
  const second = await Person.arrive(await browser.newContext(ACROSS), url, language.second);
  await second.join(link);
  await seesOthers(host, 2);
  await picture('room-three');
  await second.by('toggle-screen').click();
  await host.page.locator('.tile-large [data-testid=remote-video]').waitFor();
  await picture('room-screen');
  await second.by('toggle-screen').click();
  await second.by('leave').click();
  await host.page.waitForFunction(() => document.querySelectorAll('[data-testid=tile]').length === 1);
  await second.page.context().close();
  await guest.write(language.text);
  await guest.offer(file);
  await host.accept();
  await host.reads(language.text);
  await host.cardSays('proven');
  await picture('room-chat');
  await Promise.all([host.page.context().close(), guest.page.context().close()]);
}

mkdirSync(OUTPUT, { recursive: true });
const folder = temporaryFolder();
const file = randomFile(folder.path, 'holiday-2026.zip', 3_400_000);
const server = await RunningServer.start();
const browser = await launchChromium();
try {
  for (const size of SIZES) {
    for (const theme of THEMES) {
      for (const language of LANGUAGES) {
        await shoot(browser, server.url, file, size, theme, language);
        console.log(`${size.width} ${theme.name} ${language.name}`);
      }
    }
  }
  console.log(`in ${OUTPUT}`);
} finally {
  await browser.close();
  await server.stop();
  folder.remove();
}
