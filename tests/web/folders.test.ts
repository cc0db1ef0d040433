// Folders between two pages: picked or dropped, and saved as one archive or into a folder.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from './harness/chromium';
import { randomFile, temporaryFolder } from './harness/files';
import { Person } from './harness/person';
import { RunningServer } from './harness/server';

const MIB = 1024 * 1024;

describe('a folder', () => {
  const folder = temporaryFolder();
  const offered = join(folder.path, '여름 photos');
  /** Content by path, in base64. */
  const content: Record<string, string> = {};
  let server: RunningServer;
  let browser: Browser;
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    mkdirSync(join(offered, 'sub', 'deep'), { recursive: true });
    randomFile(join(offered, 'sub'), 'large.bin', 3 * MIB + 5);
    writeFileSync(join(offered, 'sub', 'deep', 'empty'), '');
    writeFileSync(join(offered, 'a.txt'), 'a');
    for (let number = 0; number < 60; number += 1) writeFileSync(join(offered, 'sub', `${number}.txt`), `${number}`.repeat(number));
    const paths = ['sub/large.bin', 'sub/deep/empty', 'a.txt', ...Array.from({ length: 60 }, (_, number) => `sub/${number}.txt`)];
    for (const path of paths) content[`여름 photos/${path}`] = readFileSync(join(offered, path)).toString('base64');
    server = await RunningServer.start();
    browser = await launchChromium();
  });

  beforeEach(async () => {
    ada = await Person.arrive(await browser.newContext(), server.url, 'Ada');
    const link = await ada.start();
    ben = await Person.arrive(await browser.newContext(), server.url, 'Ben');
    await ben.join(link);
    await Promise.all([ada.connected(), ben.connected()]);
  });

  afterEach(async () => {
    await Promise.all([ada, ben].map((person) => person.page.context().close()));
  });

  afterAll(async () => {
    await browser.close();
    await server.stop();
    folder.remove();
  });

  it('that is picked arrives with its tree, and is saved as one archive where a page cannot write into folders', async () => {
    await ben.page.evaluate(() => Reflect.deleteProperty(globalThis, 'showDirectoryPicker'));
    await ada.openChat();
    const [chooser] = await Promise.all([ada.page.waitForEvent('filechooser'), ada.by('attach-folder').click()]);
    await chooser.setFiles(offered);
    await ben.accept();
    await Promise.all([ada.cardSays('proven'), ben.cardSays('proven')]);
    const [download] = await Promise.all([ben.page.waitForEvent('download'), ben.by('save').last().click()]);
    expect(download.suggestedFilename()).toBe('여름 photos.zip');
    const read = 'import base64, json, sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nprint(json.dumps({n: base64.b64encode(z.read(n)).decode() for n in z.namelist()}))';
    const unzipped: unknown = JSON.parse(execFileSync('python3', ['-c', read, await download.path()], { encoding: 'utf8', maxBuffer: 64 * MIB }));
    expect(unzipped).toEqual(content);
  });

  it('that is dropped arrives with its tree, and is saved beside what is there', async () => {
    // A stand-in for the folder a person would pick in a dialog.
    await ben.page.evaluate(() => {
      const pick = async (): Promise<FileSystemDirectoryHandle> => (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true });
      Object.assign(globalThis, { showDirectoryPicker: pick });
    });
    const devtools = await ada.page.context().newCDPSession(ada.page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await devtools.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data: { items: [], files: [offered], dragOperationsMask: 1 } });
    }
    await ben.accept();
    await Promise.all([ada.cardSays('proven'), ben.cardSays('proven')]);
    for (const name of ['여름 photos', '여름 photos (1)']) {
      await ben.by('save').last().click();
      await expect.poll(() => treeOf(ben, name), { timeout: 30_000 }).toEqual(
        Object.fromEntries(Object.entries(content).map(([path, bytes]) => [path.replace('여름 photos', name), bytes])),
      );
    }
  });

  it('of more files than an offer holds is refused in words', async () => {
    const many = join(folder.path, 'many');
    mkdirSync(many);
    for (let number = 0; number <= 20_000; number += 1) writeFileSync(join(many, `${number}`), '');
    await ada.openChat();
    const [chooser] = await Promise.all([ada.page.waitForEvent('filechooser'), ada.by('attach-folder').click()]);
    await chooser.setFiles(many);
    await ada.page.getByText('These files cannot be offered').waitFor();
  });
});

/** What stands below a folder of the picked one, by path, in base64; empty while it is not whole. */
async function treeOf(person: Person, name: string): Promise<Record<string, string>> {
  return person.page.evaluate(async (top) => {
    const found: Record<string, string> = {};
    const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [below, handle] of folder.entries()) {
        if (handle.kind === 'directory') await walk(handle, `${path}/${below}`);
        else {
          const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
          let text = '';
          for (const byte of bytes) text += String.fromCharCode(byte);
          found[`${path}/${below}`] = btoa(text);
        }
      }
    };
    const picked = await (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true });
    await walk(await picked.getDirectoryHandle(top), top).catch(() => undefined);
    return found;
  }, name);
}
