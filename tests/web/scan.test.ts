// The invitation that one shows as a QR code is read by the other's camera: the code is photographed from the first one's screen and played to
// the second one as what its camera sees.
import type { Browser } from 'playwright-core';
import encodeQR from 'qr';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium } from './harness/chromium';
import { temporaryFolder } from './harness/files';
import { Person } from './harness/person';
import { RunningServer } from './harness/server';

const WIDTH = 640;
const HEIGHT = 480;
/** Pixels of the code's side, in the middle of what the camera sees. */
const SIDE = 300;
/** What a camera sees around a code: a grey wall. */
const WALL = 0x60;

const folder = temporaryFolder();
let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  server = await RunningServer.start();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  folder.remove();
});

/** A film of one picture without colours: YUV4MPEG2. */
function film(luma: Uint8Array): Buffer {
  const colours = Buffer.alloc((WIDTH * HEIGHT) / 2, 0x80);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\nFRAME\n`), luma, colours]);
}

/** The code as it stands on a screen, before a wall. */
async function photographed(ada: Person): Promise<Uint8Array> {
  const png = await ada.by('qr').first().screenshot();
  const luma = await ada.page.evaluate(
    async ([bytes, width, height, side, wall]) => {
      const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0))]));
      const drawing = new OffscreenCanvas(width, height).getContext('2d');
      if (drawing === null) throw new Error('no canvas');
      drawing.fillStyle = `rgb(${wall} ${wall} ${wall})`;
      drawing.fillRect(0, 0, width, height);
      drawing.drawImage(picture, (width - side) / 2, (height - side) / 2, side, side);
      const { data } = drawing.getImageData(0, 0, width, height);
      return Array.from({ length: width * height }, (_, at) => data[4 * at + 1] ?? 0);
    },
    [png.toString('base64'), WIDTH, HEIGHT, SIDE, WALL] as const,
  );
  return Uint8Array.from(luma);
}

it('a code on the screen of one lets the other in, who presses Join', async () => {
  const ada = await Person.arrive(await browser.newContext(), server.url, 'Ada');
  const link = await ada.start();
  const path = join(folder.path, 'seen.y4m');
  writeFileSync(path, film(await photographed(ada)));
  const looking = await launchChromium([`--use-file-for-fake-video-capture=${path}`]);
  const ben = await Person.arrive(await looking.newContext(), server.url, 'Ben');
  await ben.by('scan').click();
  await ben.by('scan-view').waitFor({ state: 'detached' });
  expect(await ben.by('join-link').inputValue()).toBe(link);
  expect(await ben.by('lobby').isVisible(), 'nobody goes in by itself').toBe(true);
  await ben.by('join').click();
  await Promise.all([ada.connected(), ben.connected()]);
  await looking.close();
});

/** A code that holds something else. */
function foreign(): Uint8Array {
  const rows = encodeQR('https://example.org/menu', 'raw', { border: 4 });
  const module = Math.floor(SIDE / rows.length);
  const luma = new Uint8Array(WIDTH * HEIGHT).fill(WALL);
  rows.forEach((row, y) => {
    row.forEach((isDark, x) => {
      for (let line = 0; line < module; line += 1) {
        const from = (90 + y * module + line) * WIDTH + 170 + x * module;
        luma.fill(isDark ? 0x10 : 0xf0, from, from + module);
      }
    });
  });
  return luma;
}

it('a code that is no invitation is told, and nothing is filled in', async () => {
  const path = join(folder.path, 'foreign.y4m');
  writeFileSync(path, film(foreign()));
  const looking = await launchChromium([`--use-file-for-fake-video-capture=${path}`]);
  const ben = await Person.arrive(await looking.newContext(), server.url, 'Ben');
  await ben.by('scan').click();
  await ben.by('scan-foreign').waitFor();
  await ben.by('close-dialog').click();
  await ben.by('scan-view').waitFor({ state: 'detached' });
  expect(await ben.by('join-link').inputValue()).toBe('');
  await looking.close();
});
