// A small client of the WebDriver protocol (W3C WebDriver, sections 8 to 15), as far as these tests need it.
//
// Promises: waiting is done in the page by a MutationObserver, not by asking again and again; every wait has an end that says
// what was waited for and what the page showed instead.

/** The key under which the protocol hides an element's id. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Something the driver refused. */
export class WebDriverError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
    this.name = 'WebDriverError';
  }
}

/** Waits in the page until a selector matches (and says `text`, if any); gives the element. Runs inside the page. */
const WAIT_IN_PAGE = `
  const [selector, text, last, limitMs, done] = arguments;
  const find = () => {
    const found = [...document.querySelectorAll(selector)].filter((one) => text === null || (one.textContent ?? '').includes(text));
    return found.at(last ? -1 : 0) ?? null;
  };
  const first = find();
  if (first !== null) return done(first);
  const finish = (result) => { observer.disconnect(); clearTimeout(limit); done(result); };
  const observer = new MutationObserver(() => { const found = find(); if (found !== null) finish(found); });
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const limit = setTimeout(() => finish(null), limitMs);
`;

/** Which element, and how long it may take to appear. */
export interface Wanted {
  /** Must be part of its text. */
  readonly text?: string;
  /** The last one rather than the first. */
  readonly last?: boolean;
  readonly limitMs?: number;
}

/** One session with a browser or an app's webview. */
export class WebDriver {
  /** `base` is the session's address at its driver. */
  private constructor(private readonly base: string) {}

  /** Starts the program `binary` with `args` through the driver at `address`. */
  static async start(address: string, binary: string, args: readonly string[] = []): Promise<WebDriver> {
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args } } };
    const made = (await request(`${address}/session`, 'POST', { capabilities })) as { sessionId: string };
    const driver = new WebDriver(`${address}/session/${made.sessionId}`);
    await driver.send('POST', 'timeouts', { script: 600_000, pageLoad: 60_000, implicit: 0 });
    return driver;
  }

  /** Ends the session and the program. */
  async end(): Promise<void> {
    await this.send('DELETE', '');
  }

  /** The page's address. */
  async url(): Promise<string> {
    return (await this.send('GET', 'url')) as string;
  }

  /** Runs a function body in the page. */
  async run<T>(script: string, ...args: readonly unknown[]): Promise<T> {
    return (await this.send('POST', 'execute/sync', { script, args })) as T;
  }

  /** Runs a function body in the page whose last argument is the callback to answer with. */
  async runAsync<T>(script: string, ...args: readonly unknown[]): Promise<T> {
    return (await this.send('POST', 'execute/async', { script, args })) as T;
  }

  /** Waits for an element; gives its id. */
  async waitFor(selector: string, { text, last = false, limitMs = 30_000 }: Wanted = {}): Promise<string> {
    const found = await this.runAsync<Record<string, string> | null>(WAIT_IN_PAGE, selector, text ?? null, last, limitMs);
    const id = found?.[ELEMENT];
    if (id !== undefined) return id;
    const shown = await this.run<string>('return document.body.innerText.slice(0, 2000)');
    throw new Error(`no ${selector}${text === undefined ? '' : ` with "${text}"`} after ${limitMs} ms; the page shows:\n${shown}`);
  }

  /** Clicks as a person would: into the middle of the element, after scrolling to it. */
  async click(selector: string, wanted?: Wanted): Promise<void> {
    const element = await this.waitFor(selector, wanted);
    await this.send('POST', `element/${element}/click`, {});
  }

  /** Replaces what stands in a field by typing. */
  async fill(selector: string, text: string): Promise<void> {
    const element = await this.waitFor(selector);
    await this.send('POST', `element/${element}/clear`, {});
    await this.send('POST', `element/${element}/value`, { text });
  }

  /** Types behind what stands in a field. */
  async type(selector: string, text: string): Promise<void> {
    const element = await this.waitFor(selector);
    await this.send('POST', `element/${element}/value`, { text });
  }

  /** What stands in a field, or the text of anything else. */
  async read(selector: string): Promise<string> {
    await this.waitFor(selector);
    return this.run<string>('const found = document.querySelector(arguments[0]); return found.value ?? found.textContent', selector);
  }

  /** How many elements match right now. */
  async count(selector: string): Promise<number> {
    return this.run<number>('return document.querySelectorAll(arguments[0]).length', selector);
  }

  private async send(method: string, path: string, body?: unknown): Promise<unknown> {
    return request(path === '' ? this.base : `${this.base}/${path}`, method, body);
  }
}

async function request(url: string, method: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const { value } = (await response.json()) as { value: unknown };
  if (response.ok) return value;
  const { error, message } = value as { error: string; message: string };
  throw new WebDriverError(error, message);
}
