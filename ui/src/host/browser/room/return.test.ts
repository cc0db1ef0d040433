// Two pages exchange a file; the receiver's tab, or the sender's, is reloaded in the middle.
import { describe, expect, it } from 'vitest';

import type { Event } from '../../../protocol/Event';
import { BLOCK_BYTES } from '../../../protocol/limits';
import type { Transfer } from '../../../protocol/Transfer';
import { decodeFrame } from '../../../transfer/frame';
import type { Control } from '../../../protocol/Control';
import { equalBytes, type Bytes } from '../../../trust/bytes';
import { PickedSource } from '../files/PickedFiles';
import { ReceivedFiles } from '../files/ReceivedFiles';
import { BlockHasher } from '../hashing/BlockHasher';
import type { HashedBlock } from '../hashing/blockHash';
import { ReceivedStore } from '../storage/receivedStore';
import { FakeOrigin, type FakeTab } from '../storage/testing/FakeOrigin';
import { TransferDriver } from './TransferDriver';
import { TransferIndex } from './TransferIndex';

/** Hashes at once, or so many blocks and then no more until it may. */
class Hasher extends BlockHasher {
  left = Infinity;
  #waiting: (() => void)[] = [];

  constructor() {
    const none = (): never => {
      throw new Error('no workers here');
    };
    super(none, 1);
  }

  override async hash(pieces: readonly Bytes[]): Promise<HashedBlock> {
    this.left -= 1;
    if (this.left < 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return super.hash(pieces);
  }

  goOn(): void {
    this.left = Infinity;
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** A page, and what it is told. */
class Page {
  readonly driver: TransferDriver;
  readonly files: ReceivedFiles;
  readonly store: ReceivedStore;
  readonly tab: FakeTab;
  readonly hasher = new Hasher();
  other: Page | null = null;
  /** Blocks sent, as "entry/block". */
  readonly sent: string[] = [];
  readonly said: Control[] = [];
  last: Transfer | null = null;
  /** Frames behind this many blocks get lost. */
  sendsBlocks = Infinity;

  constructor(origin: FakeOrigin) {
    this.tab = origin.tab();
    this.store = new ReceivedStore(this.tab.around);
    this.files = new ReceivedFiles(this.store, this.hasher);
    this.driver = new TransferDriver('22'.repeat(16), this.files, new TransferIndex(), {
      sendControl: (message) => {
        this.said.push(message);
        const { other } = this;
        setTimeout(() => {
          if (other !== null && other === this.other) other.driver.controlReceived(message);
        });
      },
      sendFrame: (frame) => {
        const decoded = decodeFrame(frame);
        if (this.sent.length >= this.sendsBlocks) return;
        if (decoded.ok && decoded.header.kind === 'block-proof') this.sent.push(`${decoded.header.entry}/${decoded.header.block}`);
        const { other } = this;
        setTimeout(() => {
          if (other !== null && other === this.other) other.driver.frameReceived(frame);
        });
      },
      emit: (event: Event) => {
        if (event.type === 'transfer-changed') this.last = event.transfer;
      },
      broken: (detail) => {
        throw new Error(detail);
      },
    });
  }

  meet(other: Page): void {
    [this.other, other.other] = [other, this];
    this.driver.linkUp(65_536);
    other.driver.linkUp(65_536);
  }

  part(): void {
    const { other } = this;
    if (other !== null) other.other = null;
    this.other = null;
    this.driver.linkLost();
    other?.driver.linkLost();
  }

  /** The tab is gone, without a word. */
  die(): void {
    const { other } = this;
    if (other !== null) other.other = null;
    this.other = null;
    this.tab.die();
    other?.driver.linkLost();
  }

  async says(state: Transfer['state']): Promise<Transfer> {
    await expect.poll(() => this.last?.state, { timeout: 20_000 }).toBe(state);
    if (this.last === null) throw new Error('nothing is told');
    return this.last;
  }
}

function source(name: string, content: Bytes): PickedSource {
  return new PickedSource(new File([content], name, { lastModified: 1_700_000_000_000 }));
}

function numbered(blocks: number, more = 0): Bytes {
  const bytes = new Uint8Array(blocks * BLOCK_BYTES + more);
  for (let block = 0; block <= blocks; block += 1) bytes.fill(block + 1, block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
  return bytes;
}

/** Waits until `page` has stored so much. */
async function stored(page: Page, blocks: number): Promise<void> {
  await expect.poll(() => page.last?.stored_bytes ?? 0, { timeout: 20_000, interval: 5 }).toBeGreaterThanOrEqual(blocks * BLOCK_BYTES);
}

async function contentOf(page: Page, transfer: string): Promise<Bytes[]> {
  const files = await page.files.finished(transfer);
  return Promise.all(files.map(async ({ file }) => new Uint8Array(await file.arrayBuffer())));
}

const ONE = 'a'.repeat(32);
const TWO = 'b'.repeat(32);

describe('a receiver whose tab was reloaded', () => {
  it('is sent only the rest when the same is offered again, by a sender whose tab was reloaded too', async () => {
    const origin = new FakeOrigin();
    const files = [numbered(2), new Uint8Array(0), numbered(14, 77)];
    const offer = (page: Page, transfer: string): void => page.driver.offer(transfer, files.map((bytes, index) => source(`${index}.bin`, bytes)));
    const [sender, receiver] = [new Page(new FakeOrigin()), new Page(origin)];
    sender.meet(receiver);
    offer(sender, ONE);
    await receiver.says('waiting');
    sender.sendsBlocks = 12;
    receiver.driver.decide(ONE, 'accept-transfer');
    await stored(receiver, 12);
    receiver.die();
    sender.die();

    const [again, back] = [new Page(new FakeOrigin()), new Page(origin)];
    expect((await back.store.unfinished()).transfers).toBe(1);
    again.meet(back);
    offer(again, TWO);
    await back.says('waiting');
    back.driver.decide(TWO, 'accept-transfer');
    await back.says('proven');
    const told = await again.says('proven');
    expect([told.stored_bytes, told.code]).toEqual([told.total_bytes, null]);
    // At most a segment that was open was lost, and the one before it, which is closed by the next.
    expect(again.sent.length).toBeLessThanOrEqual(9);
    expect(again.sent.every((block) => block.startsWith('2/'))).toBe(true);
    expect(back.said.find(({ type }) => type === 'accept')).toMatchObject({ resume: [{ entry: 2, proven: false }] });
    const received = await contentOf(back, TWO);
    expect(received.map((bytes, index) => equalBytes(bytes, files[index] ?? new Uint8Array(1)))).toEqual([true, true, true]);
  }, 60_000);

  it('is sent again what is not right any more', async () => {
    const origin = new FakeOrigin();
    const file = numbered(9);
    const [sender, receiver] = [new Page(new FakeOrigin()), new Page(origin)];
    sender.meet(receiver);
    sender.driver.offer(ONE, [source('a', file), source('b', numbered(3))]);
    await receiver.says('waiting');
    sender.sendsBlocks = 9;
    receiver.driver.decide(ONE, 'accept-transfer');
    await stored(receiver, 9);
    receiver.die();
    sender.sendsBlocks = Infinity;

    const [folder] = origin.offers.values();
    folder?.files.get('0.4')?.content.fill(99, 5, 6);
    const back = new Page(origin);
    sender.meet(back);
    // The sender offers on its own what has not ended; its receiver does not know it any more.
    await back.says('waiting');
    sender.sent.length = 0;
    back.driver.decide(ONE, 'accept-transfer');
    await back.says('proven');
    expect(sender.sent.slice(0, 5)).toEqual(['0/4', '0/5', '0/6', '0/7', '0/8']);
    expect(equalBytes((await contentOf(back, ONE))[0] ?? new Uint8Array(0), file)).toBe(true);
  }, 60_000);

  it('goes on although the connection is lost while what is left is proven', async () => {
    const origin = new FakeOrigin();
    const file = numbered(14);
    const [sender, receiver] = [new Page(new FakeOrigin()), new Page(origin)];
    sender.meet(receiver);
    sender.driver.offer(ONE, [source('a', file)]);
    await receiver.says('waiting');
    sender.sendsBlocks = 9;
    receiver.driver.decide(ONE, 'accept-transfer');
    await stored(receiver, 9);
    receiver.die();
    sender.sendsBlocks = Infinity;
    const back = new Page(origin);
    sender.meet(back);
    await back.says('waiting');
    sender.sent.length = 0;
    back.hasher.left = 5;
    back.driver.decide(ONE, 'accept-transfer');
    await stored(back, 3);
    expect(back.said.filter(({ type }) => type === 'accept')).toEqual([]);
    back.part();
    back.hasher.goOn();
    back.meet(sender);
    await back.says('proven');
    expect(sender.sent.length).toBeLessThanOrEqual(8);
    expect(equalBytes((await contentOf(back, ONE))[0] ?? new Uint8Array(0), file)).toBe(true);
  }, 60_000);

  it('keeps nothing of what was cancelled', async () => {
    const origin = new FakeOrigin();
    const [sender, receiver] = [new Page(new FakeOrigin()), new Page(origin)];
    sender.meet(receiver);
    sender.driver.offer(ONE, [source('a', numbered(12))]);
    await receiver.says('waiting');
    sender.sendsBlocks = 5;
    receiver.driver.decide(ONE, 'accept-transfer');
    await stored(receiver, 5);
    receiver.driver.decide(ONE, 'cancel-transfer');
    await expect.poll(() => origin.offers.size).toBe(0);
  }, 60_000);

  it('keeps what there is when the room is left', async () => {
    const origin = new FakeOrigin();
    const [sender, receiver] = [new Page(new FakeOrigin()), new Page(origin)];
    sender.meet(receiver);
    sender.driver.offer(ONE, [source('a', numbered(12))]);
    await receiver.says('waiting');
    sender.sendsBlocks = 5;
    receiver.driver.decide(ONE, 'accept-transfer');
    await stored(receiver, 5);
    receiver.driver.close();
    await expect.poll(async () => (await receiver.store.unfinished()).bytes).toBeGreaterThanOrEqual(5 * BLOCK_BYTES);
  }, 60_000);

  it('keeps nothing of what is declined when it is offered again', async () => {
    const origin = new FakeOrigin();
    const [sender, receiver] = [new Page(new FakeOrigin()), new Page(origin)];
    sender.meet(receiver);
    sender.driver.offer(ONE, [source('a', numbered(12))]);
    await receiver.says('waiting');
    sender.sendsBlocks = 5;
    receiver.driver.decide(ONE, 'accept-transfer');
    await stored(receiver, 5);
    receiver.die();
    const back = new Page(origin);
    sender.meet(back);
    await back.says('waiting');
    expect((await back.store.unfinished()).transfers).toBe(1);
    back.driver.decide(ONE, 'decline-transfer');
    await expect.poll(() => origin.offers.size).toBe(0);
  }, 60_000);

  it('leaves to another tab what that one goes on with', async () => {
    const origin = new FakeOrigin();
    const [sender, receiver] = [new Page(new FakeOrigin()), new Page(origin)];
    sender.meet(receiver);
    sender.driver.offer(ONE, [source('a', numbered(12))]);
    await receiver.says('waiting');
    sender.sendsBlocks = 6;
    receiver.driver.decide(ONE, 'accept-transfer');
    await stored(receiver, 6);
    const [other, tab] = [new Page(new FakeOrigin()), new Page(origin)];
    expect(await tab.store.unfinished()).toEqual({ transfers: 0, bytes: 0 });
    await tab.store.discardUnfinished();
    other.meet(tab);
    other.driver.offer(TWO, [source('a', numbered(12))]);
    await tab.says('waiting');
    tab.driver.decide(TWO, 'accept-transfer');
    await tab.says('proven');
    expect(other.sent).toHaveLength(12);
    // The first goes on where it was.
    sender.part();
    sender.sendsBlocks = Infinity;
    sender.sent.length = 0;
    sender.meet(receiver);
    await receiver.says('proven');
    expect(sender.sent).toHaveLength(6);
    expect(equalBytes((await contentOf(receiver, ONE))[0] ?? new Uint8Array(0), numbered(12))).toBe(true);
  }, 60_000);
});
