// A man in the middle: two WebRTC peers of his own in Chromium, one towards each victim, and everything said on either passed to the other.
//
// Promises: to each victim he is a working peer whose descriptions name his own certificate. He opens and seals what passes the server, as
// one who holds the link can, and passes what is said on the connections as it is. Left to others: what the victims make of him.
import type { Page } from 'playwright-core';
import { EventEmitter } from 'node:events';
import type { Negotiation } from '../../../ui/src/trust/Epoch';
import type { HostileServer, Signal } from './HostileServer';
import { LinkHolder, random } from './LinkHolder';

type Side = 'near' | 'far';

/** What his page can do. */
interface Peers {
  /** The near peer answers the offer of who joins; the far peer makes an offer of its own. */
  between(offer: string): Promise<{ answer: string; offer: string }>;
  answered(sdp: string): Promise<void>;
  candidate(side: Side, candidate: RTCIceCandidateInit): Promise<void>;
  /** What passed so far. */
  passed(): readonly { readonly from: Side; readonly message: string }[];
  end(): void;
}

/** One in place. */
export class MiddleMan {
  readonly #at = new EventEmitter();
  /** Who makes the first offer. */
  #joiner: string | null = null;
  #work: Promise<void> = Promise.resolve();

  private constructor(
    private readonly page: Page,
    private readonly server: HostileServer,
    private readonly holder: LinkHolder,
  ) {}

  /** Takes his place for whoever meets by `link`. */
  static async stand(page: Page, server: HostileServer, link: string): Promise<MiddleMan> {
    await page.evaluate(peers);
    const man = new MiddleMan(page, server, new LinkHolder(link));
    server.script = man.holder.keep((opened) => {
      if (opened.plane === 'data') man.#take(opened);
    });
    return man;
  }

  /** Waits for the first answer of his to leave. */
  async between(): Promise<void> {
    await new Promise<void>((resolve) => this.#at.once('between', resolve));
  }

  /** What the two said to each other over him. */
  async passed(): Promise<readonly { readonly from: Side; readonly message: string }[]> {
    return this.page.evaluate(() => (globalThis as unknown as { middle: Peers }).middle.passed());
  }

  async end(): Promise<void> {
    this.server.script = () => [];
    await this.#work;
    await this.page.evaluate(() => {
      (globalThis as unknown as { middle: Peers }).middle.end();
    });
  }

  #take({ signal, message }: { readonly signal: Signal; readonly message: Negotiation }): void {
    this.#work = this.#work.then(async () => {
      try {
        await this.#pass(signal, message);
      } catch (error) {
        // Of victims who are gone already, or try again: he has made his one attempt.
        console.log(`the man in the middle: ${String(error)}`);
      }
    });
  }

  async #pass(signal: Signal, message: Negotiation): Promise<void> {
    const { from, to } = signal;
    if (message.link !== 1) return;
    if (message.type === 'candidate') {
      if (message.candidate === null) return;
      const side = this.#joiner === null || this.#joiner === from ? 'near' : 'far';
      const { candidate, sdp_m_line_index: sdpMLineIndex } = message.candidate;
      await this.page.evaluate(
        async ([side, init]) => (globalThis as unknown as { middle: Peers }).middle.candidate(side, init),
        [side, { candidate, sdpMLineIndex: sdpMLineIndex ?? 0 }] as const,
      );
    } else if (message.description.type === 'offer') {
      this.#joiner = from;
      const made = await this.page.evaluate(async (sdp) => (globalThis as unknown as { middle: Peers }).middle.between(sdp), message.description.sdp);
      this.#say(signal, to, from, { type: 'answer', sdp: made.answer });
      this.#say(signal, from, to, { type: 'offer', sdp: made.offer });
      this.#at.emit('between');
    } else {
      await this.page.evaluate(async (sdp) => (globalThis as unknown as { middle: Peers }).middle.answered(sdp), message.description.sdp);
    }
  }

  #say(like: Signal, from: string, to: string, description: { type: 'offer' | 'answer'; sdp: string }): void {
    const { sealing } = this.holder.direction({ from, to, body: like.body });
    this.server.deliver({ from, to, body: sealing.seal('data', { type: 'description', link: 1, description }, random) });
  }
}

/** Runs in his page. */
function peers(): void {
  const passed: { from: Side; message: string }[] = [];
  const make = (): { connection: RTCPeerConnection; channels: RTCDataChannel[] } => {
    const connection = new RTCPeerConnection();
    const channels = ['control', 'bulk'].map((label, id) => connection.createDataChannel(label, { negotiated: true, id }));
    return { connection, channels };
  };
  const sides = { near: make(), far: make() };
  const pass = (from: Side, to: Side): void => {
    for (const [index, channel] of sides[from].channels.entries()) {
      const onward = sides[to].channels[index];
      if (onward === undefined) continue;
      const waiting: string[] = [];
      onward.addEventListener('open', () => waiting.splice(0).forEach((message) => onward.send(message)));
      channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        const message = typeof data === 'string' ? data : '(bytes)';
        passed.push({ from, message });
        if (onward.readyState === 'connecting') waiting.push(message);
        else if (onward.readyState === 'open') onward.send(message);
      });
    }
  };
  pass('near', 'far');
  pass('far', 'near');
  /** His candidates travel in his descriptions. */
  const gathered = async (connection: RTCPeerConnection): Promise<string> => {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (connection.iceGatheringState === 'complete') resolve();
      };
      connection.addEventListener('icegatheringstatechange', look);
      look();
    });
    return connection.localDescription?.sdp ?? '';
  };
  const early: Record<Side, RTCIceCandidateInit[]> = { near: [], far: [] };
  const add = async (side: Side): Promise<void> => {
    for (const candidate of early[side].splice(0)) await sides[side].connection.addIceCandidate(candidate);
  };
  const middle: Peers = {
    between: async (sdp) => {
      await sides.near.connection.setRemoteDescription({ type: 'offer', sdp });
      await add('near');
      await sides.near.connection.setLocalDescription();
      await sides.far.connection.setLocalDescription();
      return { answer: await gathered(sides.near.connection), offer: await gathered(sides.far.connection) };
    },
    answered: async (sdp) => {
      await sides.far.connection.setRemoteDescription({ type: 'answer', sdp });
      await add('far');
    },
    candidate: async (side, candidate) => {
      early[side].push(candidate);
      if (sides[side].connection.remoteDescription !== null) await add(side);
    },
    passed: () => passed,
    end: () => {
      sides.near.connection.close();
      sides.far.connection.close();
    },
  };
  Object.assign(globalThis, { middle });
}
