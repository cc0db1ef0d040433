// Five hundred strings that try to run as script, said by a hostile peer as its name, as names of files and as chat, and what a page is
// watched for meanwhile.
//
// What it is: `injections.json` holds the strings, each of which would call `parlorInjected` if any part of it ran: tags and handlers,
// breakouts of attributes, comments and templates, schemes of links, markdown, entities and encodings. `HostilePeer` is a page whose own
// data channel is spoken on past its code. Promises: every string is on the watched page before the next one is sent.
import { readFileSync } from 'node:fs';
import type { BrowserContext } from 'playwright-core';
import type { Person } from '../web/harness/person';

/** The strings. */
export const INJECTIONS = JSON.parse(readFileSync(new URL('injections.json', import.meta.url), 'utf8')) as string[];

/** Those that are said: all of them where `PARLOR_SOAK=long`, else every eighth. */
export const SAID = process.env['PARLOR_SOAK'] === 'long' ? INJECTIONS : INJECTIONS.filter((_, place) => place % 8 === 0);

/** What a watched page saw. */
export interface Watched {
  /** Calls of `parlorInjected` and of dialogs. */
  readonly ran: string[];
  /** Violations of the content security policy, by directive and blocked address. */
  readonly violations: string[];
  /** Elements, handlers and addresses in the document that the page's own code never makes. */
  readonly foreign: string[];
  /** Numbers of the strings that were shown as a name, and as a file's. */
  readonly names: number[];
  readonly files: number[];
  /** The page's address now. */
  readonly url: string;
}

/** Runs in the page before it is shown anything: watches what `Watched` tells. */
export const WATCH = `
  const watched = { ran: [], violations: [], foreign: [], names: new Set(), files: new Set(), texts: new Set(), awaited: null };
  window.parlorWatched = watched;
  window.parlorInjected = () => { watched.ran.push('parlorInjected'); };
  for (const dialog of ['alert', 'confirm', 'prompt', 'open']) window[dialog] = () => { watched.ran.push(dialog); return null; };
  document.addEventListener('securitypolicyviolation', (event) => {
    watched.violations.push(event.violatedDirective + ' ' + event.blockedURI);
  });
  const NEVER = new Set(['SCRIPT', 'IFRAME', 'FRAME', 'OBJECT', 'EMBED', 'BASE', 'META', 'MATH', 'MARQUEE', 'KEYGEN', 'TEMPLATE', 'TRACK', 'ANIMATE', 'USE', 'IMAGE']);
  const ADDRESS = /^(https?:|mailto:|blob:|data:image\\/(png|jpeg|webp|gif)|[./#]|$)/;
  const look = (element) => {
    if (NEVER.has(element.tagName.toUpperCase())) watched.foreign.push(element.outerHTML.slice(0, 200));
    for (const { name, value } of element.attributes) {
      const isAddress = ['href', 'src', 'xlink:href', 'action', 'formaction', 'data', 'background', 'poster'].includes(name);
      if (name.startsWith('on') || name === 'srcdoc' || (isAddress && !ADDRESS.test(value))) {
        watched.foreign.push(element.tagName + ' ' + name + '=' + value.slice(0, 200));
      }
    }
  };
  const read = (text) => {
    for (const [, kind, number] of text.matchAll(/([NFT])(\\d+);/g)) {
      ({ N: watched.names, F: watched.files, T: watched.texts })[kind].add(Number(number));
      if (kind === 'T' && watched.awaited?.number === Number(number)) watched.awaited.done();
    }
  };
  const observer = new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === 'attributes') look(record.target);
      if (record.type === 'characterData') read(record.target.data);
      for (const node of record.addedNodes) {
        read(node.textContent ?? '');
        if (!(node instanceof Element)) continue;
        look(node);
        for (const inner of node.querySelectorAll('*')) look(inner);
      }
    }
  });
  const begin = () => observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  if (document.body === null) document.addEventListener('DOMContentLoaded', begin); else begin();
`;

/** A function body that waits until the chat shows string `arguments[0]`, then calls the last argument. */
export const SHOWN = `
  const [number, done] = arguments;
  if (window.parlorWatched.texts.has(number)) done(true);
  else window.parlorWatched.awaited = { number, done: () => done(true) };
`;

/** A function body that gives what was watched. */
export const WATCHED = `
  const { ran, violations, foreign, names, files } = window.parlorWatched;
  return { ran, violations, foreign, names: [...names], files: [...files], url: location.href };
`;

/** A function body that shows, by one inline handler, that the watch sees what the policy stops and that the policy stops it. */
export const TRY_THE_WATCH = `
  const done = arguments[0];
  const forget = () => { for (const list of ['ran', 'violations', 'foreign']) window.parlorWatched[list].length = 0; };
  // What the page's own libraries make while it loads is theirs.
  forget();
  document.addEventListener('securitypolicyviolation', () => setTimeout(() => {
    const seen = { ran: window.parlorWatched.ran.length, violations: window.parlorWatched.violations.length, foreign: window.parlorWatched.foreign.length };
    forget();
    done(seen);
  }), { once: true });
  const image = document.createElement('div');
  image.innerHTML = '<img src="data:image/png;base64,AA" onerror="parlorInjected()">';
  document.body.append(image);
  image.remove();
`;

/** Somebody whose data channel says what their page never would. */
export class HostilePeer {
  constructor(private readonly person: Person) {}

  /** Makes the pages of a context keep their channel, before their own code runs. */
  static async prepare(context: BrowserContext): Promise<void> {
    await context.addInitScript(() => {
      type Make = (this: RTCPeerConnection, label: string, options?: RTCDataChannelInit) => RTCDataChannel;
      const make: Make = Reflect.get(RTCPeerConnection.prototype, 'createDataChannel');
      RTCPeerConnection.prototype.createDataChannel = function (this: RTCPeerConnection, label: string, options?: RTCDataChannelInit) {
        const channel = make.call(this, label, options);
        if (label === 'control') Object.assign(globalThis, { parlorControl: channel });
        return channel;
      };
    });
  }

  /** Says string `number` as name, as a file's name and in the chat, where `T<number>;` stands at its end. */
  async say(number: number, injection: string): Promise<void> {
    const id = number.toString(16).padStart(32, '0');
    // A component of a path holds no separator: the whole offer would be refused.
    const file = `F${number};${injection.replace(/[/\\\0]/g, '\u2215')}`;
    const entries = [{ path: [file], size: 10 }];
    await this.send([
      { type: 'profile', name: `N${number};${injection}` },
      { type: 'offer', transfer: id, entry_count: 1, total_bytes: 10, entries, last: true },
      { type: 'cancel', transfer: id, code: 'cancelled' },
      { type: 'text', id, body: `${injection} T${number};`, sent_at_ms: Date.now() },
    ]);
  }

  private async send(messages: readonly unknown[]): Promise<void> {
    await this.person.page.evaluate((texts) => {
      const { parlorControl } = globalThis as unknown as { parlorControl: RTCDataChannel };
      for (const text of texts) parlorControl.send(text);
    }, messages.map((message) => JSON.stringify(message)));
  }
}
