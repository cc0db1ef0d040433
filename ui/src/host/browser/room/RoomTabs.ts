// What the tabs of one browser tell each other of the seats they have taken.
//
// Promises: works in insecure pages too (the Web Locks API does not); asking takes `ANSWER_MS`; of two tabs that ask for one seat at
// once, one yields. A frozen tab does not answer and counts as gone. Leaves to others: what to do about it.
import { isId } from '../../../trust/id';

type Message =
  | { readonly type: 'ask'; readonly room: string; readonly peer: string; readonly nonce: number }
  | { readonly type: 'held'; readonly nonce: number };

/** Long enough for a busy tab, short enough not to be felt when entering. */
const ANSWER_MS = 200;

export class RoomTabs {
  readonly #channel: BroadcastChannel | null;
  #held: { readonly room: string; readonly peer: string } | null = null;
  #asked: { readonly room: string; readonly peer: string; readonly nonce: number } | null = null;
  #answered: (() => void) | null = null;

  constructor() {
    this.#channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('parlor.seats') : null;
    this.#channel?.addEventListener('message', (event: MessageEvent<unknown>) => {
      const message = guardMessage(event.data);
      if (message !== null) this.#receive(message);
    });
  }

  /** Whether another tab is inside `room` on the seat of `peer`. */
  async isHeld(room: string, peer: string): Promise<boolean> {
    const channel = this.#channel;
    if (channel === null) return false;
    const nonce = Math.random();
    this.#asked = { room, peer, nonce };
    const held = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), ANSWER_MS);
      this.#answered = () => {
        clearTimeout(timer);
        resolve(true);
      };
      channel.postMessage({ type: 'ask', room, peer, nonce } satisfies Message);
    });
    this.#asked = null;
    this.#answered = null;
    return held;
  }

  /** This tab is inside now. */
  hold(room: string, peer: string): void {
    this.#held = { room, peer };
  }

  release(): void {
    this.#held = null;
  }

  #receive(message: Message): void {
    if (message.type === 'held') {
      if (message.nonce === this.#asked?.nonce) this.#answered?.();
      return;
    }
    const { room, peer, nonce } = message;
    const holds = this.#held?.room === room && this.#held.peer === peer;
    // Two tabs that ask for the same seat at once: the lower number goes first.
    const asksToo = this.#asked?.room === room && this.#asked.peer === peer && this.#asked.nonce < nonce;
    if (holds || asksToo) this.#channel?.postMessage({ type: 'held', nonce } satisfies Message);
  }
}

/** Other tabs run our own code, though perhaps of another version. */
function guardMessage(value: unknown): Message | null {
  if (typeof value !== 'object' || value === null || !('type' in value)) return null;
  const { type, room, peer, nonce } = value as Record<string, unknown>;
  if (typeof nonce !== 'number') return null;
  if (type === 'held') return { type, nonce };
  if (type !== 'ask' || !isId(room) || !isId(peer)) return null;
  return { type, room, peer, nonce };
}
