// Transfers of several peers in one room: an id is one peer's.
import { describe, expect, it } from 'vitest';
import type { Control } from '../../../protocol/Control';
import type { Event } from '../../../protocol/Event';
import type { PeerId } from '../../../protocol/PeerId';
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
  hasher: { hash: () => Promise.reject(new Error('nothing is hashed')) },
  accept: () => Promise.reject(new Error('nothing is opened')),
  declined: () => undefined,
};

/** The transfers with a peer over a link that is up. */
function driver(peer: PeerId, index: TransferIndex) {
  const told: Event[] = [];
  const sent: Control[] = [];
  const transfers = new TransferDriver(peer, NOWHERE, index, {
    sendControl: (message) => sent.push(message),
    sendFrame: () => undefined,
    emit: (event) => told.push(event),
    broken: (detail) => {
      throw new Error(detail);
    },
  });
  transfers.linkUp(65_536);
  const shown = (): [PeerId, string][] => told.flatMap((event) => (event.type === 'transfer-changed' ? [[event.transfer.peer, event.transfer.state]] : []));
  return { transfers, sent, shown };
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
    ada.transfers.decide(ID, 'accept-transfer');
    await expect.poll(() => ada.sent.at(-1)).toEqual({ type: 'accept', transfer: ID, resume: [] });
    expect(ada.shown().at(0)).toEqual([ADA, 'waiting']);
    for (const { transfers } of [ada, bob]) transfers.close();
  });

  it('may have an id again whose transfer ended without a file, or whose peer is gone', () => {
    const index = new TransferIndex();
    const [ada, bob] = [driver(ADA, index), driver(BOB, index)];
    ada.transfers.controlReceived(offer('plan.pdf'));
    ada.transfers.decide(ID, 'decline-transfer');
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
