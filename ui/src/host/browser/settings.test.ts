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

  it('are the defaults when they are anything else', () => {
    for (const value of [null, undefined, 1, 'x', []]) expect(guardSettings(value)).toEqual(DEFAULT_SETTINGS);
  });
});
