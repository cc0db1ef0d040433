// What a hostile peer may send: every breach ends in a code, nothing is written that was not proven, and nothing throws.
import { describe, expect, it, vi } from 'vitest';

import type { BlockRange } from '../protocol/BlockRange';
import type { Control } from '../protocol/Control';
import { jsBlake3 } from './block';
import { Exchange } from './exchange';
import { decodeFrame, encodeFrame, type FrameKind } from './frame';
import type { Input } from './input';
import { BLOCK_BYTES, FRAME_PAYLOAD_BYTES } from '../protocol/limits';
import type { Output } from './output';
import type { ResumePoint } from '../protocol/ResumePoint';
import type { TransferState } from '../protocol/TransferState';
import { seeded, seededBytes } from './testNetwork';

vi.setConfig({ testTimeout: 120_000 });

const T = '5'.repeat(32);

/** A receiver that has accepted an offer of `sizes`. */
class Receiver {
  readonly exchange = new Exchange('f'.repeat(32));
  outputs: Output[] = [];

  constructor(sizes: readonly number[]) {
    this.give({ type: 'link-up', maxMessageBytes: 65_536 });
    const entries = sizes.map((size, index) => ({ path: [`${index}`], size }));
    this.say({ type: 'offer', transfer: T, entry_count: sizes.length, total_bytes: sizes.reduce((a, b) => a + b, 0), entries, last: true });
    this.give({ type: 'accept', transfer: T, without: [] });
    this.outputs = [];
  }

  give(input: Input): void {
    this.exchange.handle(0, input);
    for (let output = this.exchange.pollOutput(); output !== null; output = this.exchange.pollOutput()) this.outputs.push(output);
  }

  say(message: Control): void {
    this.give({ type: 'control-received', message });
  }

  frame(kind: FrameKind, entry: number, block: number, offset: number, payload: Uint8Array, transfer = T): void {
    this.give({ type: 'frame-received', frame: encodeFrame({ kind, transfer, entry, block, offset }, payload) });
  }

  /** Codes of the cancels it sent. */
  cancels(): string[] {
    return this.outputs.flatMap((output) => (output.type === 'send-control' && output.message.type === 'cancel' ? [output.message.code] : []));
  }

  count(type: Output['type']): number {
    return this.outputs.filter((output) => output.type === type).length;
  }

  faults(): string[] {
    return this.outputs.flatMap((output) => (output.type === 'event' && output.event.type === 'protocol-broken' ? [output.event.fault] : []));
  }
}

const ten = seededBytes(1, 10);
const proof = jsBlake3(ten);

describe('frames of a hostile peer', () => {
  const breaches: Record<string, (receiver: Receiver) => void> = {
    'an entry that was not offered': (r) => r.frame('data', 2, 0, 0, ten),
    'a block that is not next': (r) => r.frame('data', 0, 1, 0, ten),
    'a gap within a block': (r) => r.frame('data', 0, 0, 1, ten.subarray(1)),
    'bytes said again': (r) => {
      r.frame('data', 0, 0, 0, ten.subarray(0, 5));
      r.frame('data', 0, 0, 0, ten.subarray(0, 5));
    },
    'more bytes than the entry has': (r) => r.frame('data', 0, 0, 0, new Uint8Array(11)),
    'no bytes at all': (r) => r.frame('data', 0, 0, 0, new Uint8Array(0)),
    'a payload over the limit': (r) => r.frame('data', 1, 0, 0, new Uint8Array(FRAME_PAYLOAD_BYTES + 1)),
    'a proof before the block is whole': (r) => r.frame('block-proof', 0, 0, 0, proof),
    'a proof of another length': (r) => {
      r.frame('data', 0, 0, 0, ten);
      r.frame('block-proof', 0, 0, 0, proof.subarray(1));
    },
    'an entry proof before its blocks': (r) => r.frame('entry-proof', 0, 0, 0, proof),
    'an entry proof with another count': (r) => {
      r.frame('data', 0, 0, 0, ten);
      r.frame('block-proof', 0, 0, 0, proof);
      r.frame('entry-proof', 0, 2, 0, jsBlake3(proof));
    },
  };

  it.each(Object.entries(breaches))('%s ends the transfer with "protocol"', (_, breach) => {
    const receiver = new Receiver([10, 3 * BLOCK_BYTES]);
    breach(receiver);
    expect(receiver.cancels()).toEqual(['protocol']);
    expect(receiver.count('finish-entry')).toBe(0);
    expect(receiver.count('release-transfer')).toBe(1);
    // What comes behind it passes in silence.
    receiver.frame('data', 0, 0, 0, ten);
    expect([receiver.cancels().length, receiver.faults().length]).toEqual([1, 0]);
  });

  it('more than the window without a word of storing ends the transfer', () => {
    const receiver = new Receiver([10, 12 * BLOCK_BYTES]);
    const payload = new Uint8Array(FRAME_PAYLOAD_BYTES);
    const zeros = jsBlake3(new Uint8Array(BLOCK_BYTES));
    for (let block = 0; block < 9 && receiver.cancels().length === 0; block += 1) {
      for (let offset = 0; offset < BLOCK_BYTES; offset += payload.length) receiver.frame('data', 1, block, offset, payload);
      receiver.frame('block-proof', 1, block, 0, zeros);
    }
    expect(receiver.count('write-block')).toBe(8);
    expect(receiver.cancels()).toEqual(['protocol']);
  });

  it('a block with a wrong proof is not written, and its entry fails as corrupt', () => {
    const receiver = new Receiver([10, 5]);
    receiver.frame('data', 0, 0, 0, new Uint8Array(10));
    receiver.frame('block-proof', 0, 0, 0, proof);
    expect(receiver.count('write-block')).toBe(0);
    expect(receiver.count('discard-entry')).toBe(1);
    const said = receiver.outputs.flatMap((output) => (output.type === 'send-control' ? [output.message] : []));
    expect(said).toContainEqual({ type: 'entry-failed', transfer: T, entry: 0, code: 'corrupt' });
  });

  it('a wrong entry proof keeps the file from its name', () => {
    const receiver = new Receiver([10]);
    receiver.frame('data', 0, 0, 0, ten);
    receiver.frame('block-proof', 0, 0, 0, proof);
    receiver.give({ type: 'block-written', transfer: T, entry: 0, block: 0, result: null });
    receiver.frame('entry-proof', 0, 1, 0, proof);
    expect(receiver.count('finish-entry')).toBe(0);
    expect(receiver.count('discard-entry')).toBe(1);
  });

  it('what is no frame, or belongs to nothing, breaks the connection', () => {
    const receiver = new Receiver([10]);
    receiver.give({ type: 'frame-received', frame: new Uint8Array(31) });
    receiver.frame('data', 0, 0, 0, ten, '6'.repeat(32));
    expect(receiver.faults()).toEqual(['frame', 'unasked']);
  });

  it('random inputs never throw and never write what is not proven', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const next = seeded(seed);
      const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(next() * items.length)] as Item;
      const receiver = new Receiver([10, 0, 70_000]);
      for (let step = 0; step < 60; step += 1) {
        const entry = Math.floor(next() * 4);
        const block = Math.floor(next() * 2);
        const moves: (() => void)[] = [
          () => receiver.frame(pick(['data', 'block-proof', 'entry-proof']), entry, block, pick([0, 0, 5, 65_536]), pick([ten, proof, jsBlake3(proof), jsBlake3(new Uint8Array(0))])),
          () => receiver.say(pick<Control>([
            { type: 'entry-failed', transfer: T, entry, code: pick(['read-failed', 'read-failed', 'read-failed', 'declined']) },
            { type: 'pause', transfer: T, paused: pick([true, false]) },
            { type: 'proven', transfer: T, entry },
            { type: 'stored', transfer: T, bytes: 10 },
            { type: 'accept', transfer: T, resume: [{ entry, next_block: block, proven: true, stored: pick([[], [{ first: 1, end: 2 }]]) }] },
            { type: 'offer', transfer: T, entry_count: 1, total_bytes: 1, entries: [], last: true },
          ])),
          () => receiver.give({ type: 'block-written', transfer: T, entry, block, result: pick([null, 'write-failed']) }),
          () => receiver.give({ type: 'entry-finished', transfer: T, entry, result: null }),
          () => receiver.give(pick<Input>([{ type: 'tick' }, { type: 'link-lost' }, { type: 'link-up', maxMessageBytes: 0 }, { type: 'limit-speed', bytesPerSecond: pick([null, 0, 1]) }])),
        ];
        pick(moves)();
      }
      for (const output of receiver.outputs) {
        if (output.type === 'write-block') expect([...output.bytes], `seed ${seed}`).toEqual([...ten]);
      }
    }
  });
});

describe('answers of a hostile peer to an offer', () => {
  /** A sender whose disk answers when it is told to. It refuses to send what the receiver has. */
  class Sender {
    // Hashing is not the subject.
    readonly exchange = new Exchange('e'.repeat(32), () => new Uint8Array(32));
    readonly codes: string[] = [];
    readonly states = new Set<TransferState>();
    /** Entries whose proof was sent on this connection. */
    readonly sent = new Set<number>();
    /** Of the `accept` on this connection; none before it. */
    resume: readonly ResumePoint[] | null = null;
    readonly #reads: Extract<Output, { type: 'read-block' }>[] = [];

    constructor(sizes: readonly number[]) {
      this.linkAgain();
      this.give({ type: 'offer-files', transfer: T, entries: sizes.map((size, index) => ({ path: [`${index}`], size })) });
    }

    give(input: Input): void {
      this.exchange.handle(0, input);
      for (let output = this.exchange.pollOutput(); output !== null; output = this.exchange.pollOutput()) this.#take(output);
    }

    say(message: Control): void {
      if (message.type === 'accept') this.resume = message.resume;
      this.give({ type: 'control-received', message });
    }

    linkAgain(): void {
      this.give({ type: 'link-lost' });
      this.resume = null;
      this.sent.clear();
      this.give({ type: 'link-up', maxMessageBytes: 65_536 });
    }

    /** One of the reads returns. */
    answer(share: number): void {
      const [read] = this.#reads.splice(Math.floor(share * this.#reads.length), 1);
      if (read === undefined) return;
      const { transfer, entry, block, length } = read;
      this.give({ type: 'block-read', transfer, entry, block, result: new Uint8Array(length) });
    }

    #take(output: Output): void {
      if (output.type === 'read-block') this.#reads.push(output);
      else if (output.type === 'send-control' && output.message.type === 'cancel') this.codes.push(output.message.code);
      else if (output.type === 'event' && output.event.type === 'transfer-changed') this.states.add(output.event.transfer.state);
      else if (output.type === 'send-frame') this.#takeFrame(output.frame);
    }

    #takeFrame(frame: Uint8Array): void {
      const decoded = decodeFrame(frame);
      if (!decoded.ok) throw new Error(decoded.error);
      const { kind, entry, block } = decoded.header;
      if (kind === 'entry-proof') {
        this.sent.add(entry);
        return;
      }
      if (this.resume === null) throw new Error('sent before the "accept" of the connection');
      // The last point of an entry counts.
      const known = this.resume.findLast((named) => named.entry === entry);
      const isStored = known?.stored?.some(({ first, end }) => first <= block && block < end) === true;
      if (known !== undefined && (isStored || known.proven || block < known.next_block)) throw new Error(`sent block ${block} of entry ${entry} to one that has it`);
    }
  }

  it('never throw, and end in nothing but "protocol" or in what it lacks', () => {
    const sizes = [10, 0, 3 * BLOCK_BYTES, BLOCK_BYTES + 1];
    const states = new Set<TransferState>();
    for (let seed = 1; seed <= 300; seed += 1) {
      const next = seeded(seed);
      const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(next() * items.length)] as Item;
      const number = (): number => (next() < 0.1 ? pick([0xfffffffe, 0xffffffff]) : Math.floor(next() * 5));
      const ranges = (): BlockRange[] => Array.from({ length: pick([0, 0, 1, 1, 2]) }, () => ({ first: number(), end: number() }));
      // Some keep to the rules, so that there is an end of every kind.
      const isHonest = seed % 3 === 0;
      const point = (): ResumePoint =>
        isHonest
          ? { entry: 2, next_block: 0, proven: next() < 0.2, stored: pick([[], [{ first: 1, end: 2 }], [{ first: 1, end: 3 }], [{ first: 2, end: 3 }]]) }
          : { entry: number(), next_block: number(), proven: next() < 0.2, stored: ranges() };
      const sender = new Sender(sizes);
      const moves: (() => void)[] = [
        () => {
          if (!isHonest || sender.resume === null) sender.say({ type: 'accept', transfer: T, resume: Array.from({ length: Math.floor(next() * 4) }, point) });
        },
        () => {
          const entry = isHonest ? pick([0, 1, 2, 3]) : number();
          if (!isHonest || sender.resume === null || sender.sent.has(entry)) sender.say({ type: 'proven', transfer: T, entry });
        },
        () => {
          const failed: Control = { type: 'entry-failed', transfer: T, entry: number(), code: pick(['write-failed', 'declined']) };
          const stored: Control = { type: 'stored', transfer: T, bytes: pick([0, 10, BLOCK_BYTES]) };
          if (!isHonest || (sender.resume !== null && next() < 0.1)) sender.say(pick([failed, stored]));
          sender.say({ type: 'pause', transfer: T, paused: next() < 0.3 });
        },
        () => {
          if (next() < 0.5) sender.linkAgain();
        },
        () => sender.answer(next()),
        () => sender.answer(next()),
      ];
      for (let step = 0; step < 60; step += 1) {
        try {
          pick(moves)();
        } catch (error) {
          throw new Error(`seed ${seed}`, { cause: error });
        }
      }
      // Said again on each new connection.
      expect(sender.codes.every((code) => code === 'protocol'), `seed ${seed}: ${sender.codes.join()}`).toBe(true);
      for (const state of sender.states) states.add(state);
    }
    expect([...states].sort()).toEqual(['cancelled', 'interrupted', 'moving', 'partial', 'paused', 'proven', 'waiting']);
  });
});

describe('a receiver that holds and lets go over and over', () => {
  it('orders no more reads, and loses nothing', () => {
    const exchange = new Exchange('f'.repeat(32));
    const reads: Extract<Output, { type: 'read-block' }>[] = [];
    let proofs = 0;
    const give = (input: Input): void => {
      exchange.handle(0, input);
      for (let output = exchange.pollOutput(); output !== null; output = exchange.pollOutput()) {
        if (output.type === 'read-block') reads.push(output);
        if (output.type === 'send-frame' && output.frame[1] === 3) proofs += 1;
      }
    };
    give({ type: 'link-up', maxMessageBytes: 65_536 });
    give({ type: 'offer-files', transfer: T, entries: Array.from({ length: 64 }, (_, index) => ({ path: [`${index}`], size: 10 })) });
    give({ type: 'control-received', message: { type: 'accept', transfer: T, resume: [] } });
    for (let times = 0; times < 1000; times += 1) {
      for (const paused of [true, false]) give({ type: 'control-received', message: { type: 'pause', transfer: T, paused } });
    }
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.length).toBeLessThanOrEqual(64);
    for (let read = reads.shift(); read !== undefined; read = reads.shift()) {
      const { transfer, entry, block, length } = read;
      give({ type: 'block-read', transfer, entry, block, result: new Uint8Array(length) });
    }
    expect(proofs).toBe(64);
  });
});

describe('offers of a hostile peer', () => {
  const offer = (paths: string[][], claims: { entry_count?: number; total_bytes?: number; last?: boolean } = {}): string[] => {
    const receiver = new Receiver([1]);
    const entries = paths.map((path) => ({ path, size: 1 }));
    receiver.say({ type: 'offer', transfer: '7'.repeat(32), entry_count: paths.length, total_bytes: paths.length, last: true, entries, ...claims });
    return receiver.cancels();
  };

  it('are refused whole when a name, a count or a size is not what it must be', () => {
    expect(offer([['a']])).toEqual([]);
    for (const bad of [[['..']], [['a', '']], [['a/b']], [[]]]) expect(offer(bad)).toEqual(['bad-offer']);
    expect(offer([['a']], { entry_count: 2 })).toEqual(['bad-offer']);
    expect(offer([['a']], { entry_count: 0 })).toEqual(['bad-offer']);
    expect(offer([['a']], { entry_count: 20_001 })).toEqual(['bad-offer']);
    expect(offer([['a']], { total_bytes: 2 })).toEqual(['bad-offer']);
    expect(offer([], { entry_count: 5, last: false })).toEqual(['bad-offer']);
  });

  it('beyond what a peer keeps break the connection', () => {
    const receiver = new Receiver([1]);
    for (let index = 0; index < 65; index += 1) {
      const transfer = index.toString(16).padStart(32, '0');
      receiver.say({ type: 'offer', transfer, entry_count: 1, total_bytes: 0, entries: [{ path: ['a'], size: 0 }], last: true });
    }
    expect(receiver.faults()).toEqual(['too-many-offers']);
  });
});
