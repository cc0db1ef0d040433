// Transfers of several peers in one room: an id is one peer's. And what the user wishes of a transfer with one of them.
import { describe, expect, it, vi } from 'vitest';
import type { Control } from '../../../protocol/Control';
import type { Event } from '../../../protocol/Event';
import type { PeerId } from '../../../protocol/PeerId';
import type { TransferCode } from '../../../protocol/TransferCode';
import { PickedSource } from '../files/PickedFiles';
import { BlockHasher } from '../hashing/BlockHasher';
import { TransferDriver } from './TransferDriver';
import type { TransferPlaces } from './TransferPlaces';
import { TransferIndex } from './TransferIndex';

const ADA = '22'.repeat(16);
const BOB = '33'.repeat(16);
const ID = 'aa'.repeat(16);

function offer(name: string): Control {
  return { type: 'offer', transfer: ID, entry_count: 1, total_bytes: 3, entries: [{ path: [name], size: 3 }], last: true };
}

const NOWHERE: TransferPlaces = {
  hasher: new BlockHasher(() => {
    throw new Error('no workers here');
  }, 1),
  accept: () => Promise.reject(new Error('nothing is opened')),
  declined: () => undefined,
};

/** The transfers with a peer over a link that is up. */
function driver(peer: PeerId, index: TransferIndex) {
  const told: Event[] = [];
  const sent: Control[] = [];
  let frames = 0;
  const transfers = new TransferDriver(peer, NOWHERE, index, {
    sendControl: (message) => sent.push(message),
    sendFrame: () => void (frames += 1),
    emit: (event) => told.push(event),
    broken: (detail) => {
      throw new Error(detail);
    },
  });
  transfers.linkUp(65_536);
  const shown = (): [PeerId, string][] => told.flatMap((event) => (event.type === 'transfer-changed' ? [[event.transfer.peer, event.transfer.state]] : []));
  const last = () => {
    const event = told.findLast(({ type }) => type === 'transfer-changed');
    return event?.type === 'transfer-changed' ? event.transfer : undefined;
  };
  return { transfers, sent, shown, last, frames: () => frames };
}

const AGAIN = 'bb'.repeat(16);

/** Files of 1, 2, … bytes, the second in a folder. */
function files(): { files: File[]; sources: PickedSource[] } {
  const picked = ['a', 'b', 'c', 'd'].map((name, index) => new File(['x'.repeat(index + 1)], name, { lastModified: 1_000 + index }));
  return { files: picked, sources: picked.map((file, index) => new PickedSource(file, index === 1 ? ['folder', file.name] : undefined)) };
}

describe('an offer', () => {
  it('with the id of another peer is declined unseen, and can be neither accepted nor ended in its place', async () => {
    const index = new TransferIndex();
    const [ada, bob] = [driver(ADA, index), driver(BOB, index)];
    ada.transfers.controlReceived(offer('plan.pdf'));
    bob.transfers.controlReceived(offer('evil.exe'));
    expect(bob.shown()).toEqual([]);
    expect(bob.sent).toEqual([{ type: 'decline', transfer: ID }]);
    expect(bob.transfers.knows(ID)).toBe(false);
    // Offered once more, as after a lost link.
    bob.transfers.linkUp(65_536);
    bob.transfers.controlReceived(offer('evil.exe'));
    expect(bob.shown()).toEqual([]);
    expect(ada.transfers.knows(ID)).toBe(true);
    ada.transfers.decide({ type: 'accept-transfer', transfer: ID, without: [] });
    await expect.poll(() => ada.sent.at(-1)).toEqual({ type: 'accept', transfer: ID, resume: [] });
    expect(ada.shown().at(0)).toEqual([ADA, 'waiting']);
    for (const { transfers } of [ada, bob]) transfers.close();
  });

  it('may have an id again whose transfer ended without a file, or whose peer is gone', () => {
    const index = new TransferIndex();
    const [ada, bob] = [driver(ADA, index), driver(BOB, index)];
    ada.transfers.controlReceived(offer('plan.pdf'));
    ada.transfers.decide({ type: 'decline-transfer', transfer: ID });
    bob.transfers.controlReceived(offer('plan.pdf'));
    expect(bob.shown()).toEqual([[BOB, 'waiting']]);
    bob.transfers.close();
    const again = driver(ADA, index);
    again.transfers.controlReceived(offer('plan.pdf'));
    expect(again.shown()).toEqual([[ADA, 'waiting']]);
    again.transfers.close();
  });
});

describe('an id', () => {
  it('stays with the peer whose file it brought', () => {
    const index = new TransferIndex();
    expect(index.claim(ID, ADA)).toBe(true);
    index.received(ID);
    index.ended(ID, ADA);
    expect([index.claim(ID, BOB), index.claim(ID, ADA)]).toEqual([false, true]);
  });
});

describe('an ended transfer', () => {
  /** Of four files the first is proven, the second failed, the third is declined, the fourth changed. */
  function partial(index = new TransferIndex()) {
    const ada = driver(ADA, index);
    const { files: picked, sources } = files();
    ada.transfers.offer(ID, sources);
    const failed = (entry: number, code: TransferCode): Control => ({ type: 'entry-failed', transfer: ID, entry, code });
    ada.transfers.controlReceived(failed(2, 'declined'));
    ada.transfers.controlReceived({ type: 'accept', transfer: ID, resume: [{ entry: 0, next_block: 1, proven: true }] });
    ada.transfers.controlReceived(failed(1, 'write-failed'));
    ada.transfers.controlReceived(failed(3, 'source-changed'));
    expect(ada.last()).toMatchObject({ id: ID, state: 'partial' });
    ada.sent.length = 0;
    return { ...ada, picked, index };
  }

  it('is offered again but for what arrived, under its paths, as the files are now, once', () => {
    const { transfers, sent, picked, last } = partial();
    const changed = picked[3] as File;
    Object.defineProperty(changed, 'size', { value: 9 });
    Object.defineProperty(changed, 'lastModified', { value: 5_000 });
    expect([transfers.knows(ID), transfers.remembers(ID)]).toEqual([false, true]);
    transfers.offerAgain(ID, AGAIN);
    expect(sent).toEqual([
      {
        type: 'offer',
        transfer: AGAIN,
        entry_count: 3,
        total_bytes: 14,
        entries: [
          { path: ['folder', 'b'], size: 2, modified_ms: 1_001 },
          { path: ['c'], size: 3, modified_ms: 1_002 },
          { path: ['d'], size: 9, modified_ms: 5_000 },
        ],
        last: true,
      },
    ]);
    expect(last()).toMatchObject({ id: AGAIN, state: 'waiting', peer: ADA });
    expect(() => transfers.offerAgain(ID, 'cc'.repeat(16))).toThrow(expect.objectContaining({ failure: { code: 'not-now', detail: expect.any(String) as unknown } }));
    // It ends without an answer, and is missing as a whole.
    transfers.decide({ type: 'cancel-transfer', transfer: AGAIN });
    transfers.offerAgain(AGAIN, 'dd'.repeat(16));
    expect(sent.at(-1)).toMatchObject({ type: 'offer', transfer: 'dd'.repeat(16), entry_count: 3 });
    transfers.close();
  });

  it('can be offered again where it was declined or cancelled, and not where everything arrived or it was to us', () => {
    for (const how of ['decline', 'cancel', 'prove'] as const) {
      const ada = driver(ADA, new TransferIndex());
      ada.transfers.offer(ID, files().sources.slice(0, 2));
      if (how === 'decline') ada.transfers.controlReceived({ type: 'decline', transfer: ID });
      if (how === 'cancel') ada.transfers.controlReceived({ type: 'cancel', transfer: ID, code: 'no-space' });
      const points = [0, 1].map((entry) => ({ entry, next_block: 1, proven: true }));
      if (how === 'prove') ada.transfers.controlReceived({ type: 'accept', transfer: ID, resume: points });
      expect(ada.transfers.remembers(ID), how).toBe(how !== 'prove');
      ada.transfers.close();
    }
    const bob = driver(BOB, new TransferIndex());
    bob.transfers.controlReceived(offer('plan.pdf'));
    bob.transfers.decide({ type: 'decline-transfer', transfer: ID });
    expect(bob.transfers.remembers(ID)).toBe(false);
    bob.transfers.close();
  });

  it('is still remembered when it could not be offered again', () => {
    const { transfers } = partial();
    for (let count = 0; count < 64; count += 1) transfers.offer(count.toString(16).padStart(32, '0'), files().sources);
    expect(() => transfers.offerAgain(ID, AGAIN)).toThrow('not in a state for this');
    expect(transfers.remembers(ID)).toBe(true);
    transfers.decide({ type: 'cancel-transfer', transfer: '0'.repeat(32) });
    transfers.offerAgain(ID, AGAIN);
    transfers.close();
  });

  it('keeps its id from other peers as long as it is remembered', () => {
    const { transfers, index } = partial();
    expect(index.claim(ID, BOB)).toBe(false);
    transfers.offerAgain(ID, AGAIN);
    expect(index.claim(ID, BOB)).toBe(true);
    index.ended(ID, BOB);
    const other = partial(index);
    other.transfers.close();
    expect(index.claim(ID, BOB)).toBe(false);
    // The peer is back.
    const back = driver(ADA, index);
    back.transfers.offerAgain(ID, AGAIN);
    // Whole, since a disk failed and nothing has changed: the receiver goes on with what it has kept.
    expect(back.last()).toMatchObject({ id: AGAIN, state: 'waiting', entry_count: 4 });
    expect(index.claim(ID, BOB)).toBe(true);
    for (const one of [transfers, back.transfers]) one.close();
  });
});

describe('a transfer under way', () => {
  it('is accepted without what is not wanted', async () => {
    const ada = driver(ADA, new TransferIndex());
    const entries = ['a', 'b'].map((name) => ({ path: [name], size: 3 }));
    ada.transfers.controlReceived({ type: 'offer', transfer: ID, entry_count: 2, total_bytes: 6, entries, last: true });
    expect(() => ada.transfers.decide({ type: 'accept-transfer', transfer: ID, without: [0, 1] })).toThrow('not in a state for this');
    ada.transfers.decide({ type: 'accept-transfer', transfer: ID, without: [1] });
    await expect.poll(() => ada.sent.map(({ type }) => type)).toEqual(['entry-failed', 'accept']);
    expect(ada.last()).toMatchObject({ state: 'moving', total_bytes: 3 });
    ada.transfers.close();
  });

  it('rests while it is held up, and sends no more ahead than the limit is worth', async () => {
    const ada = driver(ADA, new TransferIndex());
    const file = new File([new Uint8Array(12 * 1024 * 1024)], 'a');
    const settle = async (): Promise<void> => {
      for (let before = -1; before !== ada.frames(); ) {
        before = ada.frames();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    // Frames of bytes, a little under 64 KiB each, and a proof.
    const ofBlocks = (count: number): number => count * 18;
    ada.transfers.offer(ID, [new PickedSource(file)]);
    ada.transfers.decide({ type: 'cancel-transfer', transfer: ID });
    ada.transfers.offerAgain(ID, AGAIN);
    ada.transfers.limitSpeed(1);
    ada.transfers.controlReceived({ type: 'accept', transfer: AGAIN, resume: [] });
    ada.transfers.decide({ type: 'pause-transfer', transfer: AGAIN, paused: true });
    expect(ada.last()).toMatchObject({ state: 'paused', paused_by_us: true });
    await settle();
    expect(ada.frames()).toBe(0);
    ada.transfers.decide({ type: 'pause-transfer', transfer: AGAIN, paused: false });
    await vi.waitFor(() => expect(ada.frames()).toBe(ofBlocks(1)), 10_000);
    await settle();
    expect(ada.frames()).toBe(ofBlocks(1));
    ada.transfers.limitSpeed(null);
    await vi.waitFor(() => expect(ada.frames()).toBe(ofBlocks(8)), 10_000);
    expect(() => ada.transfers.decide({ type: 'pause-transfer', transfer: ID, paused: true })).toThrow('not in a state for this');
    ada.transfers.close();
  });
});
