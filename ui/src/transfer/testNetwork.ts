// Two exchanges and a network between them, for tests: seeded, on virtual time. Channels deliver in order each and overtake each other.

import type { TransferId } from '../protocol/TransferId';
import { guardControl } from './controlGuard';
import { jsBlake3, type Hash } from './block';
import { Exchange } from './exchange';
import type { Input } from './input';
import type { ExchangeEvent, Output } from './output';

/** Numbers of a seed: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `length` bytes of a seed. */
export function seededBytes(seed: number, length: number): Uint8Array<ArrayBuffer> {
  const next = seeded(seed);
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = next() * 256;
  return bytes;
}

/** A cheap stand-in where the hash itself is not the subject: still 32 bytes that depend on every byte. */
export function fastHash(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(8);
  for (let index = 0; index < bytes.length; index += 1) {
    const word = index & 7;
    words[word] = Math.imul((words[word] ?? 0) ^ (bytes[index] ?? 0), 0x01000193) + index;
  }
  return new Uint8Array(words.buffer);
}

/** What a side has of an entry it receives. */
export interface StoredEntry {
  readonly path: string;
  bytes: Uint8Array<ArrayBuffer>;
  state: 'open' | 'finished' | 'discarded';
}

/** One side: an exchange, the files it offers, and what it has stored. */
export class Side {
  readonly exchange: Exchange;
  /** Files by transfer, as they would be read. */
  readonly sources = new Map<TransferId, Uint8Array<ArrayBuffer>[]>();
  readonly stored = new Map<string, StoredEntry>();
  readonly events: ExchangeEvent[] = [];
  readonly released: TransferId[] = [];
  /** What was missing of those released. */
  readonly missing = new Map<TransferId, readonly number[]>();
  /** What this side's disk answers to an order instead of doing it. */
  refuse: ((order: Output) => Input | null) | null = null;
  control: string[] = [];
  bulk: Uint8Array[] = [];
  /** Answers of the disk, in any order. */
  answers: Input[] = [];
  /** Bytes in the bulk queue, and the most there were at once. */
  queuedBytes = 0;
  mostQueuedBytes = 0;

  constructor(
    readonly name: string,
    hash: Hash,
  ) {
    this.exchange = new Exchange(name.repeat(32), hash);
  }

  entry(transfer: TransferId, entry: number): StoredEntry | undefined {
    return this.stored.get(`${transfer}/${entry}`);
  }

  /** The last state told of a transfer. */
  transfer(id: TransferId): Extract<ExchangeEvent, { type: 'transfer-changed' }>['transfer'] | undefined {
    const event = this.events.findLast((told) => told.type === 'transfer-changed' && told.transfer.id === id);
    return event?.type === 'transfer-changed' ? event.transfer : undefined;
  }

  texts(): string[] {
    return this.events.flatMap((event) => (event.type === 'text-received' ? [event.body] : []));
  }

  carryOut(output: Output): void {
    const refused = this.refuse?.(output);
    if (refused) {
      this.answers.push(refused);
      return;
    }
    switch (output.type) {
      case 'send-control':
        this.control.push(JSON.stringify(output.message));
        break;
      case 'send-frame':
        this.bulk.push(output.frame);
        this.queuedBytes += output.frame.length;
        this.mostQueuedBytes = Math.max(this.mostQueuedBytes, this.queuedBytes);
        break;
      case 'read-block': {
        const { transfer, entry, block, offset, length } = output;
        const result = this.sources.get(transfer)?.[entry]?.slice(offset, offset + length) ?? 'read-failed';
        this.answers.push({ type: 'block-read', transfer, entry, block, result });
        break;
      }
      case 'open-entry':
        if (this.entry(output.transfer, output.entry) !== undefined) throw new Error('an entry was opened twice');
        this.stored.set(`${output.transfer}/${output.entry}`, {
          path: output.path,
          bytes: new Uint8Array(output.size),
          state: 'open',
        });
        break;
      case 'write-block': {
        const { transfer, entry, block, offset, bytes } = output;
        this.#open(transfer, entry).bytes.set(bytes, offset);
        this.answers.push({ type: 'block-written', transfer, entry, block, result: null });
        break;
      }
      case 'finish-entry':
        this.#open(output.transfer, output.entry).state = 'finished';
        this.answers.push({ type: 'entry-finished', transfer: output.transfer, entry: output.entry, result: null });
        break;
      case 'discard-entry':
        this.#open(output.transfer, output.entry).state = 'discarded';
        break;
      case 'release-transfer':
        if (this.released.includes(output.transfer)) throw new Error('a transfer was released twice');
        this.released.push(output.transfer);
        this.missing.set(output.transfer, output.missing);
        break;
      case 'event':
        this.events.push(output.event);
        break;
    }
  }

  #open(transfer: TransferId, entry: number): StoredEntry {
    const stored = this.entry(transfer, entry);
    if (stored?.state !== 'open') throw new Error(`an order for an entry that is ${stored?.state ?? 'not open'}`);
    return stored;
  }
}

/** Two sides. `step` delivers one thing; `run` everything. */
export class TestNetwork {
  readonly a: Side;
  b: Side;
  nowMs = 0;
  isUp = false;
  readonly #next: () => number;

  constructor(
    seed: number,
    private readonly hash: Hash = jsBlake3,
    private readonly maxMessageBytes = 256 * 1024,
  ) {
    this.a = new Side('a', hash);
    this.b = new Side('b', hash);
    this.#next = seeded(seed);
  }

  tell(side: Side, input: Input): void {
    try {
      side.exchange.handle(this.nowMs, input);
    } finally {
      for (let output = side.exchange.pollOutput(); output !== null; output = side.exchange.pollOutput()) side.carryOut(output);
    }
  }

  /** Side `a` offers files. */
  offer(transfer: TransferId, files: readonly [path: string, bytes: Uint8Array<ArrayBuffer>][]): void {
    this.a.sources.set(transfer, files.map(([, bytes]) => bytes));
    const entries = files.map(([path, bytes]) => ({ path: path.split('/'), size: bytes.length, modified_ms: 5 }));
    this.tell(this.a, { type: 'offer-files', transfer, entries });
  }

  /** Side `b` waits for an offer and consents to it. */
  accept(transfer: TransferId, without: readonly number[] = []): void {
    this.run(() => this.b.transfer(transfer)?.state === 'waiting');
    this.tell(this.b, { type: 'accept', transfer, without });
  }

  /** Side `b` is started anew while there is no link. */
  forgetB(): void {
    this.b = new Side('b', this.hash);
  }

  linkUp(): void {
    this.isUp = true;
    this.tell(this.a, { type: 'link-up', maxMessageBytes: this.maxMessageBytes });
    this.tell(this.b, { type: 'link-up', maxMessageBytes: this.maxMessageBytes });
  }

  /** Everything under way between the sides is lost; what the disks answer is not. */
  linkLost(): void {
    this.isUp = false;
    for (const side of [this.a, this.b]) {
      side.control = [];
      side.bulk = [];
      this.tell(side, { type: 'link-lost' });
      side.control = [];
      side.bulk = [];
      side.queuedBytes = 0;
    }
  }

  /** Delivers one thing of those under way. False when there is none. */
  step(): boolean {
    this.nowMs += Math.floor(this.#next() * 20);
    const moves: (() => void)[] = [];
    for (const [from, to] of [[this.a, this.b], [this.b, this.a]] as const) {
      if (from.control.length > 0) moves.push(() => this.#deliverControl(from, to));
      if (from.bulk.length > 0) moves.push(() => this.#deliverFrame(from, to));
      if (from.answers.length > 0) {
        moves.push(() => {
          const [answer] = from.answers.splice(Math.floor(this.#next() * from.answers.length), 1);
          if (answer) this.tell(from, answer);
        });
      }
    }
    const move = moves[Math.floor(this.#next() * moves.length)];
    move?.();
    return move !== undefined;
  }

  /** Delivers until nothing is under way, or `until` holds. Fails a test that would never end. */
  run(until: () => boolean = () => false, most = 2_000_000): void {
    for (let count = 0; !until(); count += 1) {
      if (count > most) throw new Error('the network never comes to rest');
      if (!this.step()) return;
    }
  }

  #deliverControl(from: Side, to: Side): void {
    const text = from.control.shift() ?? '';
    const parsed = guardControl(JSON.parse(text));
    if (parsed.type !== 'message') throw new Error(`an own message does not pass the guard: ${text.slice(0, 200)}`);
    this.tell(to, { type: 'control-received', message: parsed.message });
  }

  #deliverFrame(from: Side, to: Side): void {
    const frame = from.bulk.shift();
    from.queuedBytes -= frame?.length ?? 0;
    if (frame && frame.length > this.maxMessageBytes) throw new Error('a frame over the max-message-size');
    if (frame) this.tell(to, { type: 'frame-received', frame });
  }
}
