// A relay in between: both sides may use nothing else, and what they do still arrives. A wrong credential is told as such.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium } from '../web/harness/chromium';
import { RunningCli } from '../web/harness/cli';
import { randomFile, temporaryFolder } from '../web/harness/files';
import { Person, sha256 } from '../web/harness/person';
import { RunningServer } from '../web/harness/server';
import { CREDENTIAL, RunningTurn, USER } from '../web/harness/turn';

describe('through a TURN server only', () => {
  const folder = temporaryFolder();
  let turn: RunningTurn;
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    turn = await RunningTurn.start();
    server = await RunningServer.start({
      args: ['--turn', turn.url, '--turn-username', USER, '--turn-credential', CREDENTIAL],
    });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    await server.stop();
    await turn.stop();
    folder.remove();
  });

  it('two pages see and hear each other, and the chip says the path is relayed', async () => {
    const ada = await Person.arrive(await browser.newContext(), server.url, 'Ada');
    const ben = await Person.arrive(await browser.newContext(), server.url, 'Ben');
    await ada.relayOnly();
    await ben.relayOnly();
    await ben.join(await ada.start());
    await Promise.all([ada.connected(), ben.connected()]);
    await Promise.all([ada.seesAndHears(), ben.seesAndHears()]);
    for (const person of [ada, ben]) {
      await person.page.locator('[data-testid=chip][data-path=relayed]').waitFor();
    }
    expect(turn.allocations()).toBeGreaterThanOrEqual(4);
    await ada.page.context().close();
    await ben.page.context().close();
  });

  it('a 1 MiB file goes from parlor-cli to parlor-cli', { timeout: 300_000 }, async () => {
    const before = turn.allocations();
    const path = randomFile(folder.path, 'relayed.bin', 1024 * 1024);
    const into = join(folder.path, 'into');
    mkdirSync(into);
    const sender = new RunningCli(['send', path, '--server', server.url, '--relay-only']);
    const receiver = new RunningCli(['receive', await sender.link(), '--into', into, '--yes', '--relay-only']);
    expect([await receiver.end(), await sender.end(), sender.stderr, receiver.stderr]).toEqual([0, 0, expect.anything(), expect.anything()]);
    expect(await sha256(join(into, 'relayed.bin'))).toBe(await sha256(path));
    expect(turn.allocations()).toBeGreaterThan(before);
  });

  it('a wrong credential ends parlor-cli with a sentence that names TURN', { timeout: 180_000 }, async () => {
    const strict = await RunningServer.start();
    const path = randomFile(folder.path, 'never.bin', 1000);
    const wrong = ['--relay-only', '--ice-server', `${turn.url},${USER},wrong`];
    const sender = new RunningCli(['send', path, '--server', strict.url, ...wrong]);
    const receiver = new RunningCli(['receive', await sender.link(), '--into', folder.path, '--yes', ...wrong]);
    expect(await receiver.end()).toBe(6);
    expect(receiver.stderr).toContain('TURN');
    sender.kill();
    await sender.end();
    await strict.stop();
  });
});
