// What the user wishes of a transfer whose receiver goes on after a reload.
import { describe, expect, it, vi } from 'vitest';

import { BLOCK_BYTES } from '../../../protocol/limits';
import { equalBytes } from '../../../trust/bytes';
import { FakeOrigin } from '../storage/testing/FakeOrigin';
import { contentOf, numbered, Page, source, stored } from './testing/Page';

const ONE = 'a'.repeat(32);
const TWO = 'b'.repeat(32);

describe('a receiver whose tab was reloaded', () => {
  it('is sent nothing of what it does not want now, be it stored, and knows the offer again whatever it wanted before', async () => {
    const origin = new FakeOrigin();
    const files = [numbered(5), numbered(6), numbered(7), numbered(14)];
    const offer = (page: Page, transfer: string): void => page.driver.offer(transfer, files.map((bytes, index) => source(`${index}.bin`, bytes)));
    const [sender, receiver] = [new Page(new FakeOrigin()), new Page(origin)];
    sender.meet(receiver);
    offer(sender, ONE);
    await receiver.says('waiting');
    sender.sendsBlocks = 20;
    receiver.driver.decide({ type: 'accept-transfer', transfer: ONE, without: [2] });
    await stored(receiver, 20);
    receiver.die();
    sender.die();

    const [again, back] = [new Page(new FakeOrigin()), new Page(origin)];
    again.meet(back);
    offer(again, TWO);
    await back.says('waiting');
    back.hasher.left = 3;
    back.driver.decide({ type: 'accept-transfer', transfer: TWO, without: [1] });
    const declined = { type: 'entry-failed', transfer: TWO, entry: 1, code: 'declined' };
    await stored(back, 2);
    expect(back.said.at(-1)).toEqual(declined);
    // Said again on the next connection, before the `accept`.
    back.part();
    back.said.length = 0;
    back.meet(again);
    await expect.poll(() => back.said.at(-1)).toEqual(declined);
    back.hasher.goOn();
    const end = await back.says('proven');
    const told = await again.says('proven');
    const wanted = (5 + 7 + 14) * BLOCK_BYTES;
    expect([end.total_bytes, end.stored_bytes, told.total_bytes, told.stored_bytes]).toEqual([wanted, wanted, wanted, wanted]);
    expect(again.sent.filter((block) => block.startsWith('0/') || block.startsWith('1/'))).toEqual([]);
    expect(again.sent.filter((block) => block.startsWith('2/'))).toHaveLength(7);
    // Nine of the last were stored; at most a segment that was open was lost, and the one before it.
    expect(again.sent.filter((block) => block.startsWith('3/')).length).toBeLessThan(14);
    // Of one that has ended it is said again, and nothing is looked for.
    const accepted = vi.spyOn(back.files, 'accept');
    back.part();
    back.said.length = 0;
    back.meet(again);
    await expect.poll(() => back.said).toContainEqual(declined);
    expect(accepted).not.toHaveBeenCalled();
    const received = await contentOf(back, TWO);
    expect(received.map(({ length }) => length / BLOCK_BYTES).sort((one, other) => one - other)).toEqual([5, 7, 14]);
  }, 60_000);

  it('can be paused while what is left is proven', async () => {
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
    back.driver.decide({ type: 'pause-transfer', transfer: ONE, paused: true });
    back.hasher.goOn();
    await expect.poll(() => back.said.at(-1)?.type).toBe('accept');
    await expect.poll(() => sender.last?.state).toBe('paused');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sender.sent).toEqual([]);
    back.driver.decide({ type: 'pause-transfer', transfer: ONE, paused: false });
    await back.says('proven');
    expect(sender.sent.length).toBeLessThanOrEqual(10);
    expect(equalBytes((await contentOf(back, ONE))[0] ?? new Uint8Array(0), file)).toBe(true);
  }, 60_000);
});
