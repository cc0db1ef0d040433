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
  { name: 'en', locale: 'en-US', host: 'Ada', guest: 'Ben', text: 'Here are the pictures from yesterday.' },
  { name: 'ko', locale: 'ko-KR', host: '지우', guest: '민준', text: '어제 찍은 사진이에요.' },
] as const;

type Size = (typeof SIZES)[number];
type Theme = (typeof THEMES)[number];
type Language = (typeof LANGUAGES)[number];

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
