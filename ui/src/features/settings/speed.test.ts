// Speeds as people type them.
import { describe, expect, it } from 'vitest';
import { speedFrom, speedText } from './speed';

describe('a speed that is typed in', () => {
  it('is taken in megabytes', () => {
    expect(['1', ' 2.5 ', '0.001', '1000000'].map(speedFrom)).toEqual([1_000_000, 2_500_000, 1_000, 1e12]);
  });

  it.each(['', '0', '-1', '0.0001', '1,000', '2,5', '1e3', '1000001', '∞', '12345678', '0x10', '1.'])('%s is none', (text) => {
    expect(speedFrom(text)).toBeNull();
  });

  it('reads back as it was typed', () => {
    for (const text of ['1', '2.5', '0.001', '1000000', '12.345678']) expect(speedText(speedFrom(text) ?? 0)).toBe(text);
  });
});
