import { describe, expect, it } from 'vitest';

import { PickedSource } from '../files/PickedFiles';
import { Again } from './Again';

const files = Array.from({ length: 5 }, (_, number) => new PickedSource(new File(['x'], `${number}`)));
const id = (number: number): string => number.toString(16).padStart(32, '0');

describe('files that did not reach their receiver', () => {
  it('are remembered until they are taken', () => {
    const again = new Again();
    expect(again.remember(id(1), files, [4, 1])).toEqual([]);
    expect([again.has(id(1)), again.has(id(2))]).toEqual([true, false]);
    const taken = again.take(id(1)) ?? [];
    expect(taken.map(({ path }) => path)).toEqual([['4'], ['1']]);
    expect([again.has(id(1)), again.take(id(1))]).toEqual([false, null]);
    again.putBack(id(1), taken);
    expect(again.has(id(1))).toBe(true);
  });

  it('are none where everything arrived or nothing is known', () => {
    const again = new Again();
    expect(again.remember(id(1), files, [])).toEqual([id(1)]);
    expect(again.remember(id(1), [], [0, 1])).toEqual([id(1)]);
    expect(again.has(id(1))).toBe(false);
  });

  it('are of the last transfers only, and not more than two of the largest offers', () => {
    const again = new Again();
    const remembered = (): number[] => Array.from({ length: 68 }, (_, number) => number).filter((number) => again.has(id(number)));
    for (let number = 0; number < 64; number += 1) expect(again.remember(id(number), files, [0])).toEqual([]);
    expect(again.remember(id(64), files, [0])).toEqual([id(0)]);
    expect(remembered()).toHaveLength(64);
    const source = files[0] as PickedSource;
    const many = Array.from({ length: 20_000 }, () => source);
    const all = many.map((_, entry) => entry);
    expect(again.remember(id(65), many, all)).toEqual([id(1)]);
    expect(again.remember(id(66), many, all)).toEqual(Array.from({ length: 63 }, (_, number) => id(number + 2)));
    expect(remembered()).toEqual([65, 66]);
    expect(again.remember(id(67), files, [0])).toEqual([id(65)]);
  });
});
