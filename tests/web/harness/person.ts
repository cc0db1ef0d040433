// A person at a page of Parlor: does what a person does, by what a person sees, and waits for what a person would wait for.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { BrowserContext, Locator, Page } from 'playwright-core';

/** What `watchConnections` keeps in the page. */
interface Watched {
  readonly parlorConnections: RTCPeerConnection[];
  readonly parlorTracks: MediaStreamTrack[];
}

/** A page with somebody in front of it. */
export class Person {
  private constructor(
    readonly name: string,
    readonly page: Page,
  ) {}

  /** Opens `url` in `context` and says `name`. */
  static async arrive(context: BrowserContext, url: string, name: string): Promise<Person> {
    const page = await context.newPage();
    await page.addInitScript(watchConnections);
    await page.goto(url);
    return Person.#introduced(name, page);
  }

  /** As `arrive`, at a server that somebody's device runs: the browser warns of its certificate, and is told to go on. */
  static async arrivePastWarning(context: BrowserContext, url: string, name: string): Promise<Person> {
    const page = await context.newPage();
    await page.addInitScript(watchConnections);
    await page.goto(url).then(
      () => Promise.reject(new Error('the browser did not warn')),
      (error: unknown) => {
        if (!String(error).includes('ERR_CERT_AUTHORITY_INVALID')) throw error;
      },
    );
    // The browser's own page.
    await page.locator('#details-button').click();
    await page.locator('#proceed-link').click();
    return Person.#introduced(name, page);
  }

  static async #introduced(name: string, page: Page): Promise<Person> {
    const person = new Person(name, page);
    await person.by('name').fill(name);
    await person.grantDevices();
    return person;
  }

  /** Lets camera and microphone be opened in the lobby, where they are closed after each stay. */
  async grantDevices(): Promise<void> {
    // The first visit explains before the browser asks; a person who wants to be seen says so.
    // A browser that was allowed before shows the picture at once; a page without HTTPS says why there is none.
    await this.by('ask-media').or(this.by('preview')).or(this.by('media-problem')).first().waitFor();
    if (await this.by('media-problem').isVisible()) return;
    if (await this.by('ask-media').isVisible()) await this.by('ask-media').click();
    await this.by('preview').waitFor();
  }

  /** The thing the page names so for tests. */
  by(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  /** Sets, before entering, that connections go through TURN only. */
  async relayOnly(): Promise<void> {
    await this.by('settings').click();
    await this.by('relay-only').click();
    await this.page.keyboard.press('Escape');
    await this.by('settings-dialog').waitFor({ state: 'hidden' });
  }

  /** Starts a room; gives the link to hand on. */
  async start(): Promise<string> {
    await this.by('start-room').click();
    const link = this.by('invite-link').first();
    await link.waitFor();
    return (await link.inputValue().catch(() => link.textContent())) ?? '';
  }

  /** Opens what stands about the invitation while others are in the room; `look` happens with it open. */
  async atInvitation(look: () => Promise<void>): Promise<void> {
    await this.by('invite').click();
    await look();
    await this.page.keyboard.press('Escape');
  }

  /** Withdraws the invitation, for good. */
  async withdraw(): Promise<void> {
    await this.atInvitation(async () => {
      await this.by('withdraw').click();
      await this.by('withdraw-for-good').click();
      await this.by('withdrawn').waitFor();
    });
  }

  /** What stands in place of the withdrawn invitation. */
  async withdrawn(): Promise<string> {
    let says = '';
    await this.atInvitation(async () => {
      says = (await this.by('withdrawn').first().textContent()) ?? '';
      if ((await this.by('invite-link').count()) > 0) throw new Error('the link is still shown');
    });
    return says;
  }

  /** Opens a code while alone in a room; gives what there is to read out. */
  async readOut(): Promise<string> {
    await this.by('open-code').click();
    const code = this.by('code-text');
    await code.waitFor();
    return (await code.textContent()) ?? '';
  }

  /** Waits until the room's code has come so far. */
  async codeIs(state: string): Promise<void> {
    await this.page.locator(`[data-testid=code][data-state=${state}]`).waitFor();
  }

  /** Joins by a pasted link, or by a code as it is typed. */
  async join(link: string): Promise<void> {
    await this.by('join-link').fill(link);
    await this.by('join').click();
  }

  /** Waits until the data connection to the other is proven. */
  async connected(): Promise<void> {
    await this.page.locator('[data-testid=chip][data-link=connected]').waitFor();
  }

  /** What is shown to be compared, in the details of the connection. */
  async compared(): Promise<{ readonly emoji: readonly string[]; readonly digits: string | null }> {
    await this.by('compare-digits').waitFor();
    return { emoji: await this.by('compare-emoji').allTextContents(), digits: await this.by('compare-digits').textContent() };
  }

  /** Waits until the connection counts as this safe. */
  async safetyIs(safety: string): Promise<void> {
    await this.page.locator(`[data-testid=chip][data-safety=${safety}]`).waitFor();
  }

  /** Takes another camera than the one in use, in the settings of the room. */
  async chooseOtherCamera(): Promise<void> {
    await this.by('more').click();
    await this.by('settings').click();
    // The first picker is the camera's.
    await this.by('settings-dialog').locator('.picker-button').first().click();
    await this.page.locator('.picker-option:not([data-selected])').last().click();
    await this.by('close-dialog').click();
    await this.by('settings-dialog').waitFor({ state: 'hidden' });
  }

  /** Opens the side panel with chat and files, if it is closed. */
  async openChat(): Promise<void> {
    if (!(await this.by('chat-input').isVisible())) await this.by('chat').click();
    await this.by('chat-input').waitFor();
  }

  /** Writes to the room. */
  async write(text: string): Promise<void> {
    await this.openChat();
    await this.by('chat-input').fill(text);
    await this.by('chat-send').click();
  }

  /** Waits until `text` stands in the chat. */
  async reads(text: string): Promise<void> {
    await this.openChat();
    await this.by('chat-message').filter({ hasText: text }).first().waitFor();
  }

  /** Offers a file by the page's own button. */
  async offer(path: string): Promise<void> {
    await this.openChat();
    const [chooser] = await Promise.all([this.page.waitForEvent('filechooser'), this.by('attach').first().click()]);
    await chooser.setFiles(path);
  }

  /** The newest file card. */
  card(): Locator {
    return this.by('file-card').last();
  }

  /** Waits until the newest file card says `state`. */
  async cardSays(state: string, timeoutMs = 120_000): Promise<void> {
    await this.card().and(this.page.locator(`[data-state=${state}]`)).waitFor({ timeout: timeoutMs });
  }

  /** Consents to what is offered. */
  async accept(): Promise<void> {
    await this.openChat();
    await this.by('accept').last().click({ timeout: 60_000 });
  }

  /** Saves what was received; gives its SHA-256 in hex. */
  async savedHash(): Promise<string> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.by('save').last().click()]);
    return sha256(await download.path());
  }

  /** Bytes sent over data channels so far, over all connections that live. */
  async sentBytes(): Promise<number> {
    return this.page.evaluate(async () => {
      let bytes = 0;
      for (const connection of (globalThis as unknown as Watched).parlorConnections) {
        for (const report of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
          if (report['type'] === 'data-channel') bytes += Number(report['bytesSent'] ?? 0);
        }
      }
      return bytes;
    });
  }

  /** Frames decoded and audio packets received so far, over all media connections. */
  async received(): Promise<{ frames: number; audioPackets: number }> {
    return this.page.evaluate(async () => {
      let [frames, audioPackets] = [0, 0];
      for (const connection of (globalThis as unknown as Watched).parlorConnections) {
        for (const report of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
          if (report['type'] !== 'inbound-rtp') continue;
          if (report['kind'] === 'video') frames += Number(report['framesDecoded'] ?? 0);
          if (report['kind'] === 'audio') audioPackets += Number(report['packetsReceived'] ?? 0);
        }
      }
      return { frames, audioPackets };
    });
  }

  /** How many own cameras and microphones are open. */
  async openDevices(): Promise<number> {
    return this.page.evaluate(
      () => (globalThis as unknown as Watched).parlorTracks.filter((track) => track.readyState === 'live').length,
    );
  }

  /** Waits until the other's picture is on the screen. */
  async showsTheOther(): Promise<void> {
    const video = this.by('remote-video').first();
    await video.waitFor();
    await video.evaluate(
      (element: HTMLVideoElement) => new Promise<void>((resolve) => element.requestVideoFrameCallback(() => resolve())),
    );
  }

  /** ICE user names of the live connections, as last agreed on. A new one is a new ICE generation. */
  async iceGenerations(): Promise<string[]> {
    return this.page.evaluate(() =>
      (globalThis as unknown as Watched).parlorConnections
        .filter((connection) => connection.connectionState === 'connected')
        .map((connection) => /a=ice-ufrag:(\S+)/.exec(connection.currentLocalDescription?.sdp ?? '')?.[1] ?? ''),
    );
  }

  /** Waits until the other's picture moves and its sound arrives: `frames` and `packets` more than now. */
  async seesAndHears(frames = 30, packets = 50): Promise<void> {
    const before = await this.received();
    await this.page.locator('[data-testid=remote-video]').first().waitFor();
    await this.page.waitForFunction(
      async ({ wantedFrames, wantedPackets }) => {
        let [seen, heard] = [0, 0];
        for (const connection of (globalThis as unknown as Watched).parlorConnections) {
          for (const report of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
            if (report['type'] !== 'inbound-rtp') continue;
            if (report['kind'] === 'video') seen += Number(report['framesDecoded'] ?? 0);
            if (report['kind'] === 'audio') heard += Number(report['packetsReceived'] ?? 0);
          }
        }
        return seen >= wantedFrames && heard >= wantedPackets;
      },
      { wantedFrames: before.frames + frames, wantedPackets: before.audioPackets + packets },
      { timeout: 60_000, polling: 500 },
    );
  }
}

/** SHA-256 of a file, in hex. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Runs in the page before its own code: keeps every peer connection and every own track, so that they can be asked from outside. */
function watchConnections(): void {
  const connections: RTCPeerConnection[] = [];
  const tracks: MediaStreamTrack[] = [];
  Object.assign(globalThis, { parlorConnections: connections, parlorTracks: tracks });
  // Absent on a page without HTTPS.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices !== undefined) {
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
  }
  globalThis.RTCPeerConnection = new Proxy(RTCPeerConnection, {
    construct(target, words: [RTCConfiguration?], made) {
      // Also as the base of another script's class.
      const connection = Reflect.construct(target, words, made) as RTCPeerConnection;
      connections.push(connection);
      return connection;
    },
  });
}
