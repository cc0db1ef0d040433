import { beforeEach, describe, expect, it, vi } from 'vitest';

import { createLocalMedia } from './LocalMedia';
import type { LocalMedia } from './LocalMedia';
import { FakeCaptureDevices, FakeStream } from './testing/FakeCaptureDevices';
import type { FakeTrack } from './testing/FakeCaptureDevices';

beforeEach(() => {
  vi.stubGlobal('MediaStream', FakeStream);
});

/** Own media with the camera on. */
async function seen(devices = new FakeCaptureDevices()): Promise<{ local: LocalMedia; devices: FakeCaptureDevices }> {
  const local = createLocalMedia({ devices });
  await local.start({ camera: true, microphone: true });
  return { local, devices };
}

/** Presses the button, and waits until the system has answered. */
async function toggle(local: LocalMedia): Promise<void> {
  local.snapshot().actions.toggleScreen?.();
  await vi.waitFor(() => expect(local.snapshot().screen.state).not.toBe('starting'));
}

describe('sharing the screen', () => {
  it('sends the screen in the camera’s place, and the camera again afterwards', async () => {
    const { local, devices } = await seen();
    const camera = local.tracks().video;
    await toggle(local);
    const shared = local.tracks().video as unknown as FakeTrack;
    expect([shared.deviceId, shared.contentHint]).toEqual(['screen', 'detail']);
    expect(local.snapshot().screen).toMatchObject({ state: 'on', problem: null });
    expect(local.snapshot().screen.preview?.getVideoTracks()).toEqual([shared]);
    // The camera rests in its place, ready.
    expect(devices.live.map(({ deviceId }) => deviceId)).toContain('cam-1');
    await toggle(local);
    expect(local.tracks().video).toBe(camera);
    expect(shared.readyState).toBe('ended');
    expect(local.snapshot().screen).toEqual({ state: 'off', problem: null, preview: null });
  });

  it('can be shared without a camera', async () => {
    const local = createLocalMedia({ devices: new FakeCaptureDevices() });
    await toggle(local);
    expect((local.tracks().video as unknown as FakeTrack).deviceId).toBe('screen');
    local.snapshot().actions.toggleScreen?.();
    expect(local.tracks().video).toBeNull();
  });

  it('ends when the browser’s own button ends it, which is no problem', async () => {
    const { local, devices } = await seen();
    await toggle(local);
    devices.live.find(({ deviceId }) => deviceId === 'screen')?.takeAway();
    expect(local.snapshot().screen).toEqual({ state: 'off', problem: null, preview: null });
    expect((local.tracks().video as unknown as FakeTrack).deviceId).toBe('cam-1');
  });

  it.each([
    ['NotAllowedError', 'refused'],
    ['NotFoundError', 'no-source'],
    ['NotSupportedError', 'no-source'],
    ['NotReadableError', 'failed'],
    ['AbortError', 'failed'],
  ])('tells %s as %s, keeps the camera, and forgets it with the next try', async (error, problem) => {
    const { local, devices } = await seen();
    const camera = local.tracks().video;
    devices.refusals.set('screen', error);
    await toggle(local);
    expect(local.snapshot().screen).toEqual({ state: 'off', problem, preview: null });
    expect(local.tracks().video).toBe(camera);
    devices.refusals.delete('screen');
    await toggle(local);
    expect(local.snapshot().screen).toMatchObject({ state: 'on', problem: null });
  });

  it('asks once at a time, and lets go of what was chosen after leaving', async () => {
    const { local, devices } = await seen();
    devices.held = [];
    local.snapshot().actions.toggleScreen?.();
    await vi.waitFor(() => expect(devices.held).toHaveLength(1));
    expect(local.snapshot().screen.state).toBe('starting');
    expect(local.snapshot().actions.toggleScreen).toBeNull();
    local.close();
    devices.held[0]?.();
    await vi.waitFor(() => expect(devices.opened.map(({ deviceId }) => deviceId)).toContain('screen'));
    await vi.waitFor(() => expect(devices.live).toEqual([]));
  });

  it('is offered only where pages can have a screen', async () => {
    const devices = new FakeCaptureDevices();
    devices.getDisplayMedia = null;
    const { local } = await seen(devices);
    expect(local.snapshot().actions.toggleScreen).toBeNull();
    expect(local.snapshot().actions.toggleCamera).not.toBeNull();
  });
});
