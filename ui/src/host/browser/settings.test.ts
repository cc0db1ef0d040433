import { describe, expect, it } from 'vitest';

import { DEFAULT_SETTINGS, guardSettings } from './settings';

describe('stored settings', () => {
  it('read back as they were', () => {
    const stored = { ...DEFAULT_SETTINGS, name: 'Ann', theme: 'evening', relayOnly: true, cameraId: 'cam' } as const;
    expect(guardSettings(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
  });

  it('fall back field by field', () => {
    const settings = guardSettings({ name: 7, theme: 'neon', language: 'ko', startWithCamera: 'no', iceServers: [{ urls: ['x'] }, 1] });
    expect(settings).toEqual({ ...DEFAULT_SETTINGS, language: 'ko' });
  });

  it('limit the speed only to what can be kept to', () => {
    const limitOf = (speedLimit: unknown) => guardSettings({ speedLimit }).speedLimit;
    expect([1, 2_500_000, 1e12].map(limitOf)).toEqual([1, 2_500_000, 1e12]);
    expect([0, -1, 1.5, 1e12 + 1, Number.NaN, '5', null, undefined, {}].map(limitOf)).toEqual(Array(9).fill(null));
  });

  it('are the defaults when they are anything else', () => {
    for (const value of [null, undefined, 1, 'x', []]) expect(guardSettings(value)).toEqual(DEFAULT_SETTINGS);
  });
});
