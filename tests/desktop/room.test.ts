// The app's window and a browser in one room that the app serves itself: they write to each other and hand over files, straight from
// device to device, and the guest is told when the window goes. `PARLOR_SOAK=long` hands over 2 GiB.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { pathToFileURL } from 'node:url';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../src/eventually';
import { launchProfile } from '../web/harness/chromium';
import { randomFile, temporaryFolder } from '../web/harness/files';
import { DOT } from '../web/harness/dot';
import { memoryOfPages } from '../web/harness/memory';
import { Person, sha256 } from '../web/harness/person';
import { AppWindow, Display } from './appWindow';
import { Resident } from './resident';

const MIB = 1024 * 1024;
const FILE_MIB = process.env['PARLOR_SOAK'] === 'long' ? 2048 : 64;
const FILE_BYTES = FILE_MIB * MIB;
/** Above what the page takes in the room before anything is offered. */
const GROWN_BYTES = 200 * MIB;

/** SHA-256 of the certificate that a server shows. */
async function certificateOf(host: string, port: number): Promise<Buffer> {
  const socket = connect({ host, port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return createHash('sha256').update(raw).digest();
}

/** Generous: this is no benchmark, and the machine may be busy. */
const FILE_LIMIT_MS = 300_000 + FILE_MIB * 500;

describe('the app window and a browser', () => {
  const folder = temporaryFolder();
  let display: Display;
  let app: AppWindow;
  let ida: Resident;
  let browser: BrowserContext;
  let ben: Person;
  let link: string;
  let fromIda: string;

  beforeAll(async () => {
    fromIda = randomFile(folder.path, 'from-ida.bin', FILE_BYTES);
    display = await Display.start();
    app = await AppWindow.open(display, { home: join(folder.path, 'home'), picks: [fromIda] });
    ida = new Resident(app);
    browser = await launchProfile(join(folder.path, 'ben'));
    link = await ida.start('Ida');
    await ida.copyLink();
    ben = await Person.arrivePastWarning(browser, link, 'Ben');
    await ben.by('join').click();
    await Promise.all([ida.connected(), ben.connected()]);
  });

  afterAll(async () => {
    await browser.close();
    await app.close();
    await display.stop();
    folder.remove();
  });

  it('the link names an address of this device, with the secret behind #, and the certificate that is shown there', async () => {
    const [, host, port, pin] = /^https:\/\/([\d.]+):(\d+)\/#v1\.[\w-]{43}\.([\w-]{43})$/.exec(link) ?? [];
    const shown = await certificateOf(host ?? '', Number(port));
    expect(shown.toString('base64url')).toBe(pin);
  });

  it('the guest past the warning has what only secure pages have', async () => {
    expect(await ben.page.evaluate(() => [isSecureContext, 'mediaDevices' in navigator])).toEqual([true, true]);
  });

  it('they read what the other writes', async () => {
    await ida.write('안녕하세요 from Ida');
    await ben.reads('안녕하세요 from Ida');
    await ben.write('Hello from Ben');
    await ida.reads('Hello from Ben');
  });

  it('they compare, and both are shown the same by their two engines', async () => {
    await ben.by('chip').click();
    await ben.by('compare-begin').click();
    const atBen = await ben.compared();
    expect(await ida.compared()).toEqual(atBen);
    await Promise.all([ida.findsTheSame(), ben.by('compare-same').click()]);
    await Promise.all([ida.safetyIs('compared'), ben.safetyIs('compared')]);
  });

  it(`a ${FILE_MIB} MiB file goes from the window to the browser, whose page does not grow with it`, async () => {
    // The call's own pictures are not what is asked about.
    await Promise.all([ida.app.page.click('[data-testid=toggle-camera]'), ben.by('toggle-camera').click()]);
    const idle = memoryOfPages().nowBytes;
    await ida.offer();
    await ben.accept();
    await Promise.all([ida.cardSays('sending', 'proven'), ben.cardSays('proven', FILE_LIMIT_MS)]);
    expect(memoryOfPages().peakBytes - idle).toBeLessThan(GROWN_BYTES);
    expect(await ben.savedHash()).toBe(await sha256(fromIda));
  }, FILE_LIMIT_MS);

  it(`a ${FILE_MIB} MiB file goes from the browser to the window, under its name in the folder for received files`, async () => {
    const fromBen = randomFile(folder.path, 'from-ben.bin', FILE_BYTES);
    await ben.offer(fromBen);
    await ida.accept();
    await ida.cardSays('receiving', 'proven');
    await eventually('nothing else is left', () => readdirSync(app.downloads), (names) => names.join() === 'from-ben.bin');
    expect(await sha256(join(app.downloads, 'from-ben.bin'))).toBe(await sha256(fromBen));
  }, FILE_LIMIT_MS);

  it('a copied file and a copied picture are pasted into the window, and seen small on both sides', async () => {
    const picture = join(folder.path, 'copied.png');
    writeFileSync(picture, DOT);
    display.copy('text/uri-list', `${pathToFileURL(picture).href}\r\n`);
    await ida.paste();
    await ida.app.page.waitFor('.card-picture');
    await ben.accept();
    await ben.page.locator('.card-picture').first().waitFor();
    display.copy('image/png', DOT);
    await ida.paste();
    await ben.page.locator('.card-name', { hasText: /^picture-\d+\.png/ }).waitFor();
  });

  it('the window withdraws the invitation, which the guest is told, and the link opens nothing any more', async () => {
    await ida.withdraw();
    expect(await ben.withdrawn()).toContain('Ida');
    const cem = await Person.arrivePastWarning(await launchProfile(join(folder.path, 'cem')), link, 'Cem');
    await cem.by('join').click();
    await cem.by('entry-failure').waitFor();
    await cem.page.context().close();
  });

  it('the guest is told when the program is asked to end', async () => {
    app.terminate();
    await ben.page.locator('[data-testid=alone], [data-testid=trouble]').first().waitFor();
  });
});
