// A room with a call: a server, sides that come into it, and everything they need around them.
//
// Promises: `close` ends every process, whatever went wrong before.
import { join } from 'node:path';
import { Display } from '../desktop/appWindow';
import { type ChromiumOptions, launchMeasuredChromium } from '../web/harness/chromium';
import { temporaryFolder } from '../web/harness/files';
import { RunningServer } from '../web/harness/server';
import { BrowserSide, type CallSide, type SideOptions, WindowSide } from './CallSide';
import { eventually } from './eventually';
import type { UdpRelay } from './UdpRelay';

/** A room. */
export class CallRoom {
  #link: string | null = null;
  readonly #ends: (() => Promise<void>)[] = [];
  readonly #folder = temporaryFolder();
  readonly #sides: CallSide[] = [];

  private constructor(readonly server: RunningServer) {}

  /** Starts the server. */
  static async open(): Promise<CallRoom> {
    return new CallRoom(await RunningServer.start());
  }

  /** Where to come in; after the first side has started the room. */
  get link(): string {
    if (this.#link === null) throw new Error('nobody has started the room');
    return this.#link;
  }

  get sides(): readonly CallSide[] {
    return this.#sides;
  }

  /** Somebody at a browser of their own, in the lobby. */
  async browser(options: SideOptions & { readonly relay?: UdpRelay; readonly chromium?: ChromiumOptions }): Promise<BrowserSide> {
    const launched = await launchMeasuredChromium(options.chromium);
    this.#ends.push(() => launched.close());
    return BrowserSide.arrive(launched.browser, launched.pid, this.server.url, options);
  }

  /** Somebody at a window of their own, in the lobby. */
  async window(options: SideOptions): Promise<WindowSide> {
    const display = await Display.start();
    this.#ends.push(() => display.stop());
    const side = await WindowSide.open(display, join(this.#folder.path, options.name), options);
    this.#ends.push(() => side.close());
    return side;
  }

  /** Comes in, as the first or as one more. */
  async enter(side: CallSide): Promise<void> {
    if (this.#link === null) this.#link = await side.start();
    else await side.join(this.#link);
    this.#sides.push(side);
  }

  /** Waits until every side shows a picture of every other, and hears something. */
  async met(limitMs = 60_000): Promise<void> {
    const others = this.#sides.length - 1;
    for (const side of this.#sides) {
      await eventually(`${side.name} has everybody on the stage`, () => side.ask('peersShown'), (peers) => peers.length === others, { limitMs });
      await side.ask('watchTiles');
      await side.ask('listen');
    }
    for (const side of this.#sides) {
      await eventually(
        `${side.name} sees everybody`,
        () => side.ask('tiles'),
        (tiles) => tiles.length === others && tiles.every((tile) => tile.pictures > 1),
        { limitMs },
      ).catch(async (error: unknown) => {
        throw new Error(`${String(error)}; ${await this.states()}`);
      });
      await eventually(`${side.name} hears something`, () => side.ask('heard'), ({ tones }) => tones.length > 0, { limitMs }).catch(
        async (error: unknown) => {
          throw new Error(`${String(error)}; ${await this.states()}`);
        },
      );
    }
  }

  /** What the connections of all sides say, for a failure's message. */
  async states(): Promise<string> {
    const lines = await Promise.all(
      this.#sides.map(async (side) => {
        const [states, counts, sound] = await Promise.all([side.ask('connectionStates'), side.ask('counts'), side.ask('soundState')]);
        return `${side.name}: ${JSON.stringify({ states, counts, sound })}`;
      }),
    );
    return lines.join('\n');
  }

  /** Ends everything. */
  async close(): Promise<void> {
    const troubles: unknown[] = [];
    for (const end of this.#ends.reverse()) await end().catch((error: unknown) => troubles.push(error));
    await this.server.stop();
    this.#folder.remove();
    if (troubles.length > 0) throw new AggregateError(troubles, `not everything ended: ${troubles.map(String).join('; ')}`);
  }
}
