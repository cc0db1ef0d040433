// The numbers are Rust's: each constant here is looked up in crates/protocol/src/limits.rs.
import { describe, expect, it } from 'vitest';

import * as trustLimits from '../trust/limits';
import * as transferLimits from './limits';

const [rust = ''] = Object.values(import.meta.glob<string>('../../../crates/protocol/src/limits.rs', { eager: true, query: '?raw', import: 'default' }));

describe('limits', () => {
  it('are the same numbers as in Rust', () => {
    const constants = new Map<string, number>();
    for (const [, name = '', value = ''] of rust.matchAll(/^pub const ([A-Z0-9_]+): \w+ = ([0-9_ *]+);/gm)) {
      constants.set(name, value.split('*').reduce((product, factor) => product * Number(factor.replaceAll('_', '')), 1));
    }
    const own: Record<string, unknown> = { ...trustLimits, ...transferLimits };
    // The version stands elsewhere in Rust; the length of a body is derived from another limit, in `trust` on both sides.
    const shared = Object.entries(own).filter(([name, value]) => typeof value === 'number' && !['VERSION', 'BODY_CHARS'].includes(name));
    expect(shared.length).toBeGreaterThanOrEqual(12);
    for (const [name, value] of shared) expect(constants.get(name), name).toBe(value);
  });
});
