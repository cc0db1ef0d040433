// Two pages exchange a file; the receiver's tab, or the sender's, is reloaded in the middle.
import { describe, expect, it } from 'vitest';

import { BLOCK_BYTES } from '../../../protocol/limits';
import { equalBytes } from '../../../trust/bytes';
import { FakeOrigin } from '../storage/testing/FakeOrigin';
import { contentOf, numbered, Page, source, stored } from './testing/Page';

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
    receiver.driver.decide({ type: 'accept-transfer', transfer: ONE, without: [] });
    await stored(receiver, 12);
    receiver.die();
    sender.die();

    const [again, back] = [new Page(new FakeOrigin()), new Page(origin)];
    expect((await back.store.unfinished()).transfers).toBe(1);
    again.meet(back);
    offer(again, TWO);
    await back.says('waiting');
    back.driver.decide({ type: 'accept-transfer', transfer: TWO, without: [] });
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
    receiver.driver.decide({ type: 'accept-transfer', transfer: ONE, without: [] });
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
    back.driver.decide({ type: 'accept-transfer', transfer: ONE, without: [] });
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
    receiver.driver.decide({ type: 'accept-transfer', transfer: ONE, without: [] });
    await stored(receiver, 9);
    receiver.die();
    sender.sendsBlocks = Infinity;
    const back = new Page(origin);
    sender.meet(back);
    await back.says('waiting');
    sender.sent.length = 0;
    back.hasher.left = 5;
    back.driver.decide({ type: 'accept-transfer', transfer: ONE, without: [] });
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
    receiver.driver.decide({ type: 'accept-transfer', transfer: ONE, without: [] });
    await stored(receiver, 5);
    receiver.driver.decide({ type: 'cancel-transfer', transfer: ONE });
    await expect.poll(() => origin.offers.size).toBe(0);
  }, 60_000);

  it('keeps what there is when the room is left', async () => {
    const origin = new FakeOrigin();
    const [sender, receiver] = [new Page(new FakeOrigin()), new Page(origin)];
    sender.meet(receiver);
    sender.driver.offer(ONE, [source('a', numbered(12))]);
    await receiver.says('waiting');
    sender.sendsBlocks = 5;
    receiver.driver.decide({ type: 'accept-transfer', transfer: ONE, without: [] });
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
    receiver.driver.decide({ type: 'accept-transfer', transfer: ONE, without: [] });
    await stored(receiver, 5);
    receiver.die();
    const back = new Page(origin);
    sender.meet(back);
    await back.says('waiting');
    expect((await back.store.unfinished()).transfers).toBe(1);
    back.driver.decide({ type: 'decline-transfer', transfer: ONE });
    await expect.poll(() => origin.offers.size).toBe(0);
  }, 60_000);

  it('leaves to another tab what that one goes on with', async () => {
    const origin = new FakeOrigin();
    const [sender, receiver] = [new Page(new FakeOrigin()), new Page(origin)];
    sender.meet(receiver);
    sender.driver.offer(ONE, [source('a', numbered(12))]);
    await receiver.says('waiting');
    sender.sendsBlocks = 6;
    receiver.driver.decide({ type: 'accept-transfer', transfer: ONE, without: [] });
    await stored(receiver, 6);
    const [other, tab] = [new Page(new FakeOrigin()), new Page(origin)];
    expect(await tab.store.unfinished()).toEqual({ transfers: 0, bytes: 0 });
    await tab.store.discardUnfinished();
    other.meet(tab);
    other.driver.offer(TWO, [source('a', numbered(12))]);
    await tab.says('waiting');
    tab.driver.decide({ type: 'accept-transfer', transfer: TWO, without: [] });
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
