// Pages for tests that exchange files without a network: drivers, storage and hashing are the real ones.
import { expect } from 'vitest';

import type { Event } from '../../../../protocol/Event';
import { BLOCK_BYTES } from '../../../../protocol/limits';
import type { Transfer } from '../../../../protocol/Transfer';
import { decodeFrame } from '../../../../transfer/frame';
import type { Control } from '../../../../protocol/Control';
import type { Bytes } from '../../../../trust/bytes';
import { PickedSource } from '../../files/PickedFiles';
import { ReceivedFiles } from '../../files/ReceivedFiles';
import { BlockHasher } from '../../hashing/BlockHasher';
import type { HashedBlock } from '../../hashing/blockHash';
import { ReceivedStore } from '../../storage/receivedStore';
import { FakeOrigin, type FakeTab } from '../../storage/testing/FakeOrigin';
import { TransferDriver } from '../TransferDriver';
import { TransferIndex } from '../TransferIndex';

/** Hashes at once, or so many blocks and then no more until it may. */
export class Hasher extends BlockHasher {
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
export class Page {
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

/** A picked file. */
export function source(name: string, content: Bytes): PickedSource {
  return new PickedSource(new File([content], name, { lastModified: 1_700_000_000_000 }));
}

/** Blocks of one byte each, and so many bytes more. */
export function numbered(blocks: number, more = 0): Bytes {
  const bytes = new Uint8Array(blocks * BLOCK_BYTES + more);
  for (let block = 0; block <= blocks; block += 1) bytes.fill(block + 1, block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
  return bytes;
}

/** Waits until `page` has stored so much. */
export async function stored(page: Page, blocks: number): Promise<void> {
  await expect.poll(() => page.last?.stored_bytes ?? 0, { timeout: 20_000, interval: 5 }).toBeGreaterThanOrEqual(blocks * BLOCK_BYTES);
}

/** What was received of a transfer, in the order it came. */
export async function contentOf(page: Page, transfer: string): Promise<Bytes[]> {
  const files = await page.files.finished(transfer);
  return Promise.all(files.map(async ({ file }) => new Uint8Array(await file.arrayBuffer())));
}
