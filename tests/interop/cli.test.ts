// The shell tool and a browser page in one room: a large file each way, whole, in bounded memory. `PARLOR_SOAK=long` sends 2 GiB.
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchProfile } from '../web/harness/chromium';
import { RunningCli } from '../web/harness/cli';
import { randomFile, temporaryFolder } from '../web/harness/files';
import { memoryOfPages } from '../web/harness/memory';
import { Person, sha256 } from '../web/harness/person';
import { RunningServer } from '../web/harness/server';

const MIB = 1024 * 1024;
const FILE_MIB = process.env['PARLOR_SOAK'] === 'long' ? 2048 : 256;
const FILE_BYTES = FILE_MIB * MIB;
/** For a machine that moves little more than a mebibyte a second. */
const LIMIT_MS = FILE_MIB * 900 + 10_000;
const MOST_BYTES = 200 * MIB;

describe('parlor-cli and a browser page', () => {
  const folder = temporaryFolder();
  let server: RunningServer;
  const profiles: BrowserContext[] = [];

  beforeAll(async () => {
    server = await RunningServer.start();
  });

  // A profile on the disk: a private window has little room for what it receives.
  const arrive = async (name: string): Promise<Person> => {
    const profile = await launchProfile(join(folder.path, name));
    profiles.push(profile);
    return Person.arrive(profile, server.url, name);
  };

  afterAll(async () => {
    await Promise.all(profiles.map((profile) => profile.close()));
    await server.stop();
    folder.remove();
  });

  it(`a page receives ${FILE_MIB} MiB from parlor-cli, and neither side holds it in memory`, { timeout: LIMIT_MS + 60_000 }, async () => {
    const path = randomFile(folder.path, 'from-shell.bin', FILE_BYTES);
    const cli = new RunningCli(['send', path, '--server', server.url]);
    const ben = await arrive('Ben');
    await ben.join(await cli.link());
    await ben.connected();
    const idle = memoryOfPages().nowBytes;
    await ben.accept();
    await ben.cardSays('proven', LIMIT_MS);
    expect(await cli.end()).toBe(0);
    expect(cli.peakBytes).toBeGreaterThan(0);
    expect(cli.peakBytes).toBeLessThan(MOST_BYTES);
    expect(memoryOfPages().peakBytes - idle).toBeLessThan(MOST_BYTES);
    expect(await ben.savedHash()).toBe(await sha256(path));
    await ben.page.context().close();
  });

  it(`parlor-cli receives ${FILE_MIB} MiB from a page, and neither side holds it in memory`, { timeout: LIMIT_MS + 60_000 }, async () => {
    const path = randomFile(folder.path, 'from-page.bin', FILE_BYTES);
    const into = join(folder.path, 'into');
    mkdirSync(into);
    const ada = await arrive('Ada');
    const cli = new RunningCli(['receive', await ada.start(), '--into', into, '--yes']);
    await ada.connected();
    const idle = memoryOfPages().nowBytes;
    await ada.offer(path);
    await ada.cardSays('proven', LIMIT_MS);
    expect(await cli.end()).toBe(0);
    expect(cli.peakBytes).toBeGreaterThan(0);
    expect(cli.peakBytes).toBeLessThan(MOST_BYTES);
    expect(memoryOfPages().peakBytes - idle).toBeLessThan(MOST_BYTES);
    expect(await sha256(join(into, 'from-page.bin'))).toBe(await sha256(path));
    await ada.page.context().close();
  });

  it('a page shows a text from parlor-cli, which ends when it was delivered', async () => {
    const cli = new RunningCli(['send', '--text', 'the door code is 4711', '--server', server.url]);
    const cleo = await arrive('Cleo');
    await cleo.join(await cli.link());
    await cleo.reads('the door code is 4711');
    expect(await cli.end()).toBe(0);
    await cleo.page.context().close();
  });
});
