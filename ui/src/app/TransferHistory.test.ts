// What is remembered of transfers: bounded, newest first, and never believed unseen.
import { describe, expect, it } from 'vitest';
import type { PastTransfer } from '../shared/view/PastTransfer';
import { pageStorage } from './testing/FakeHost';
import { TransferHistory } from './TransferHistory';

const KEY = 'parlor.history';

function past(change: Partial<PastTransfer> = {}): PastTransfer {
  return {
    id: 'aa', name: 'plan.pdf', bytes: 5, person: 'Theo', endedAtMs: 1_000, state: 'proven', isReceiving: true, code: null, endedByUs: false, entryCount: 1, provenCount: 1, declinedCount: 0, ...change,
  };
}

describe('past transfers', () => {
  it('read back as they were, by another page too', () => {
    const storage = pageStorage();
    const one = past({ name: null, state: 'cancelled', code: 'no-space', entryCount: 9 });
    new TransferHistory(() => storage).add(one);
    expect(new TransferHistory(() => storage).list()).toEqual([one]);
  });

  it('are the last two hundred, newest first, each once', () => {
    const storage = pageStorage();
    const history = new TransferHistory(() => storage);
    for (let index = 0; index < 250; index += 1) history.add(past({ id: String(index) }));
    history.add(past({ id: '249' }));
    expect(history.list()).toHaveLength(200);
    expect([history.list()[0]?.id, history.list().at(-1)?.id]).toEqual(['249', '50']);
  });

  it('include those of another window', () => {
    const storage = pageStorage();
    const [one, other] = [new TransferHistory(() => storage), new TransferHistory(() => storage)];
    one.add(past({ id: '1' }));
    other.add(past({ id: '2' }));
    expect(one.list().map(({ id }) => id)).toEqual(['2', '1']);
    one.clear();
    expect(other.list()).toEqual([]);
  });

  it('are the same list until something changed, and tell when it did', () => {
    const storage = pageStorage();
    const history = new TransferHistory(() => storage);
    let told = 0;
    const stop = history.subscribe(() => (told += 1));
    expect(history.list()).toBe(history.list());
    history.add(past());
    expect(history.list()).toBe(history.list());
    history.clear();
    stop();
    history.add(past());
    expect(told).toBe(2);
  });

  it.each([
    'null', '7', '{}', '"x"', '[', '[null]', '[7]', '[[]]', '[{}]',
    ...([{ id: 7 }, { id: 'x'.repeat(65) }, { name: 7 }, { name: 'x'.repeat(256) }, { person: null }, { person: 'x'.repeat(129) }, { state: 'moving' }, { state: 'toString' }, { code: 'neon' }, { code: 7 }, { isReceiving: 1 }, { endedByUs: null }, { bytes: -1 }, { bytes: 1.5 }, { bytes: '5' }, { endedAtMs: 9e15 }, { entryCount: null }, { provenCount: -1 }, { declinedCount: 2 ** 53 }] as const).map((wrong) =>
      JSON.stringify([{ ...past(), ...wrong }]),
    ),
  ])('are none out of %s', (raw) => {
    const storage = pageStorage();
    storage.setItem(KEY, raw);
    expect(new TransferHistory(() => storage).list()).toEqual([]);
  });

  it('keep the good ones beside the broken, without what does not belong to them', () => {
    const storage = pageStorage();
    storage.setItem(KEY, JSON.stringify([{ ...past(), link: 'https://a.example/#v1.x' }, { id: 'broken' }]));
    expect(new TransferHistory(() => storage).list()).toEqual([past()]);
  });

  it('last as long as the page where there is no storage, and where it is full', () => {
    const none = new TransferHistory(() => {
      throw new Error('switched off');
    });
    none.add(past());
    expect(none.list()).toEqual([past()]);
    none.clear();
    expect(none.list()).toEqual([]);
    const full = new TransferHistory(() => ({ ...pageStorage(), setItem: () => { throw new Error('full'); } }));
    full.add(past());
    expect(full.list()).toEqual([past()]);
  });
});
