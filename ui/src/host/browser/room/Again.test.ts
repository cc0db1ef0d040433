import { describe, expect, it } from 'vitest';

import { PickedSource } from '../files/PickedFiles';
import { Again, filesOf, type Unsent } from './Again';

const files = Array.from({ length: 5 }, (_, number) => new PickedSource(new File(['x'], `${number}`)));
const unsent = (missing: readonly number[], of = files, isKept = false): Unsent => ({ files: of, missing, isKept });
const names = (again: Unsent | null): string[] => (again === null ? [] : filesOf(again)).map(({ path }) => path.join('/'));
const id = (number: number): string => number.toString(16).padStart(32, '0');

describe('files that did not reach their receiver', () => {
  it('are remembered until they are taken', () => {
    const again = new Again();
    expect(again.remember(id(1), unsent([4, 1]))).toEqual([]);
    expect([again.has(id(1)), again.has(id(2))]).toEqual([true, false]);
    const taken = again.take(id(1));
    expect(names(taken)).toEqual(['4', '1']);
    expect([again.has(id(1)), again.take(id(1))]).toEqual([false, null]);
    again.putBack(id(1), taken as Unsent);
    expect(again.has(id(1))).toBe(true);
  });

  it('are all of them where the receiver keeps what it has, as long as none has changed', () => {
    expect(names(unsent([4, 1], files, true))).toEqual(['0', '1', '2', '3', '4']);
    const changed = new File(['x'], 'changed');
    const among = [...files, new PickedSource(changed)];
    Object.defineProperty(changed, 'lastModified', { value: 5_000 });
    expect(names(unsent([4, 1], among, true))).toEqual(['4', '1']);
  });

  it('are none where everything arrived or nothing is known', () => {
    const again = new Again();
    expect(again.remember(id(1), unsent([]))).toEqual([id(1)]);
    expect(again.remember(id(1), unsent([0, 1], []))).toEqual([id(1)]);
    expect(again.has(id(1))).toBe(false);
  });

  it('are of the last transfers only, and not more than two of the largest offers', () => {
    const again = new Again();
    const source = files[0] as PickedSource;
    const one = [source];
    const remembered = (): number[] => Array.from({ length: 68 }, (_, number) => number).filter((number) => again.has(id(number)));
    for (let number = 0; number < 64; number += 1) expect(again.remember(id(number), unsent([0], one))).toEqual([]);
    expect(again.remember(id(64), unsent([0], one))).toEqual([id(0)]);
    expect(remembered()).toHaveLength(64);
    const many = Array.from({ length: 20_000 }, () => source);
    expect(again.remember(id(65), unsent([0], many))).toEqual([id(1)]);
    expect(again.remember(id(66), unsent([0], many))).toEqual(Array.from({ length: 63 }, (_, number) => id(number + 2)));
    expect(remembered()).toEqual([65, 66]);
    expect(again.remember(id(67), unsent([0], one))).toEqual([id(65)]);
  });
});
