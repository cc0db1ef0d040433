// The two ends of a trial with a hostile server: a page in Chromium, or the Rust engine in `parlor-cli`. One interface, so that every
// lie is told to every pair.
//
// Promises: `verdict` is the stable code of why the connection was given up, as a user would learn of it. Left to others: the lies.
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { en } from '../../../ui/src/shared/i18n/en';
import { RunningCli } from '../harness/cli';
import type { Person } from '../harness/person';

/** What nobody may read. */
export const MARKER = 'for your eyes only';

/** One end. */
export interface Side {
  readonly kind: 'page' | 'cli';
  /** Starts a room on the server; gives the link. */
  start(server: string): Promise<string>;
  join(link: string): Promise<void>;
  /** Waits until it has given the other up. */
  verdict(): Promise<string>;
  /** Everything it got from the other. */
  received(): Promise<readonly string[]>;
  /** Leaves the room. */
  leave(): Promise<void>;
}

/** What `watchTroubles` keeps in the page. */
interface Watched {
  parlorTroubles: { readonly kind: string; readonly sentence: string }[];
}

/** A page. */
export class PageSide implements Side {
  readonly kind = 'page';

  private constructor(readonly person: Person) {}

  /** Looks over the shoulder of somebody in the lobby. */
  static async of(person: Person): Promise<PageSide> {
    await person.page.evaluate(watchTroubles);
    return new PageSide(person);
  }

  async start(): Promise<string> {
    await this.#forget();
    return this.person.start();
  }

  async join(link: string): Promise<void> {
    await this.#forget();
    await this.person.join(link);
  }

  /** A page says that a connection failed as long as the other is there; a program that fails goes, so it may be a matter of a moment. */
  async verdict(): Promise<string> {
    const seen = await this.person.page.waitForFunction(
      () => (globalThis as unknown as Watched).parlorTroubles.find(({ kind }) => kind === 'peer-failed' || kind === 'peer-gone'),
      undefined,
      { timeout: 110_000 },
    );
    const trouble = (await seen.jsonValue()) as Watched['parlorTroubles'][number];
    if (trouble.kind === 'peer-gone') return 'left';
    const found = Object.entries(en.failure).find(([, { title }]) => trouble.sentence.includes(title));
    return found?.[0] ?? trouble.sentence;
  }

  async received(): Promise<readonly string[]> {
    await this.person.openChat();
    return this.person.by('chat-message').allTextContents();
  }

  async leave(): Promise<void> {
    await this.person.by('leave').click();
    await this.person.by('start-room').waitFor();
  }

  async #forget(): Promise<void> {
    await this.person.page.evaluate(() => {
      (globalThis as unknown as Watched).parlorTroubles = [];
    });
  }
}

/** Runs in the page: keeps every trouble that is shown, however short. */
function watchTroubles(): void {
  const watched = globalThis as unknown as Watched;
  watched.parlorTroubles = [];
  new MutationObserver(() => {
    for (const shown of document.querySelectorAll<HTMLElement>('[data-testid=trouble]')) {
      const { kind = '' } = shown.dataset;
      if (watched.parlorTroubles.at(-1)?.kind !== kind) watched.parlorTroubles.push({ kind, sentence: shown.textContent });
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
}

/** `parlor-cli`: sends a text when it starts the room, receives when it joins. */
export class CliSide implements Side {
  readonly kind = 'cli';
  #cli: RunningCli | null = null;
  #inbox: string | null = null;

  constructor(private readonly folder: string) {}

  async start(server: string): Promise<string> {
    this.#cli = new RunningCli(['send', '--text', MARKER, '--server', server]);
    return this.#cli.link();
  }

  join(link: string): Promise<void> {
    this.#inbox = mkdtempSync(join(this.folder, 'inbox-'));
    this.#cli = new RunningCli(['receive', link, '--into', this.#inbox, '--yes']);
    return Promise.resolve();
  }

  async verdict(): Promise<string> {
    const code = await this.#running.end();
    // `parlor-cli --help` names them.
    return { 6: 'connect-failed', 7: 'proof-failed', 9: 'left' }[code ?? -1] ?? `exit ${code}: ${this.#running.stderr}`;
  }

  /** Its exit code. */
  async ended(): Promise<number | null> {
    return this.#running.end();
  }

  received(): Promise<readonly string[]> {
    const files = this.#inbox === null ? [] : readdirSync(this.#inbox);
    return Promise.resolve([...files, ...this.#running.stdout.filter((line) => line.includes(MARKER))]);
  }

  leave(): Promise<void> {
    this.#cli?.kill();
    this.#cli = null;
    return Promise.resolve();
  }

  get #running(): RunningCli {
    if (this.#cli === null) throw new Error('parlor-cli does not run');
    return this.#cli;
  }
}
