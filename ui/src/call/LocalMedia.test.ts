import { beforeEach, describe, expect, it, vi } from 'vitest';

import { createLocalMedia } from './LocalMedia';
import type { LocalMedia } from './LocalMedia';
import { FakeCaptureDevices, FakeStream } from './testing/FakeCaptureDevices';

beforeEach(() => {
  vi.stubGlobal('MediaStream', FakeStream);
});

/** Resolves when `holds` does, after one of the object's own changes. */
async function until(local: LocalMedia, holds: () => boolean): Promise<void> {
  if (holds()) return;
  await new Promise<void>((resolve) => {
    const stop = local.subscribe(() => {
      if (!holds()) return;
      stop();
      resolve();
    });
  });
}

describe('own media', () => {
  it('asks once when both are wanted', async () => {
    const devices = new FakeCaptureDevices();
    const local = createLocalMedia({ devices });
    await local.start({ camera: true, microphone: true });
    expect(devices.questions).toHaveLength(1);
    expect(local.snapshot().camera).toEqual({ state: 'on', problem: null, deviceId: 'cam-1' });
    expect(local.snapshot().microphone).toEqual({ state: 'on', problem: null, deviceId: 'mic-1' });
    expect(local.snapshot().devices.cameras.map(({ id }) => id)).toEqual(['cam-1', 'cam-2']);
  });

  it('has a microphone although there is no camera', async () => {
    const devices = new FakeCaptureDevices();
    devices.cameras = [];
    const local = createLocalMedia({ devices });
    await local.start({ camera: true, microphone: true });
    expect(local.snapshot().camera).toMatchObject({ state: 'off', problem: 'no-device' });
    expect(local.snapshot().microphone.state).toBe('on');
  });

  it('says refused, and does not ask again by itself', async () => {
    const devices = new FakeCaptureDevices();
    devices.refusals.set('video', 'NotAllowedError').set('audio', 'NotAllowedError');
    devices.state = 'denied';
    const local = createLocalMedia({ devices });
    await local.start({ camera: true, microphone: true });
    expect(local.snapshot().camera.problem).toBe('refused');
    expect(local.snapshot().microphone.problem).toBe('refused');
    expect(devices.questions).toHaveLength(1);
  });

  it('says busy when another program holds the camera', async () => {
    const devices = new FakeCaptureDevices();
    devices.refusals.set('video', 'NotReadableError');
    const local = createLocalMedia({ devices });
    await local.start({ camera: true, microphone: true });
    expect(local.snapshot().camera.problem).toBe('busy');
    expect(local.snapshot().microphone.state).toBe('on');
  });

  it('closes the camera when it is turned off, and keeps the muted microphone open but silent', async () => {
    const devices = new FakeCaptureDevices();
    const local = createLocalMedia({ devices });
    await local.start({ camera: true, microphone: true });
    local.snapshot().actions.toggleCamera?.();
    local.snapshot().actions.toggleMicrophone?.();
    expect(devices.live.map(({ kind, enabled }) => [kind, enabled])).toEqual([['audio', false]]);
    expect(local.snapshot().preview).toBeNull();
    local.snapshot().actions.toggleMicrophone?.();
    await until(local, () => local.snapshot().microphone.state === 'on');
    expect(devices.live.map(({ kind, enabled }) => [kind, enabled])).toEqual([['audio', true]]);
  });

  it('closes what it opened for a wish that was withdrawn meanwhile', async () => {
    const devices = new FakeCaptureDevices();
    devices.held = [];
    const local = createLocalMedia({ devices });
    const started = local.start({ camera: true, microphone: false });
    await vi.waitFor(() => expect(devices.held).toHaveLength(1));
    expect(local.snapshot().actions.toggleCamera).toBeNull();
    local.close();
    devices.held[0]?.();
    await started;
    expect(devices.opened).toHaveLength(1);
    expect(devices.live).toEqual([]);
  });

  it('has at most one camera open while another one is chosen, and falls back when the chosen one is gone', async () => {
    const devices = new FakeCaptureDevices();
    const local = createLocalMedia({ devices });
    await local.start({ camera: true, microphone: false });
    local.snapshot().actions.chooseCamera?.('cam-2');
    await until(local, () => local.snapshot().camera.deviceId === 'cam-2' && local.snapshot().camera.state === 'on');
    expect(devices.live.map(({ deviceId }) => deviceId)).toEqual(['cam-2']);
    local.snapshot().actions.chooseCamera?.('cam-9');
    await until(local, () => local.snapshot().camera.deviceId === 'cam-1');
    expect(devices.live.map(({ deviceId }) => deviceId)).toEqual(['cam-1']);
  });

  it('tells an unplugged camera from a permission taken back', async () => {
    for (const [state, problem] of [
      ['granted', 'unplugged'],
      ['denied', 'withdrawn'],
    ] as const) {
      const devices = new FakeCaptureDevices();
      const local = createLocalMedia({ devices });
      await local.start({ camera: true, microphone: false });
      devices.state = state;
      devices.live[0]?.takeAway();
      await until(local, () => local.snapshot().camera.problem === problem);
      expect(local.snapshot().camera.state).toBe('off');
      expect(local.snapshot().actions.toggleCamera).not.toBeNull();
    }
  });

  it('says why there are no devices at all, and offers nothing', () => {
    vi.stubGlobal('isSecureContext', false);
    const local = createLocalMedia({ devices: null });
    expect(local.snapshot().camera).toMatchObject({ state: 'off', problem: 'insecure-page' });
    expect(Object.values(local.snapshot().actions)).toEqual([null, null, null, null, null, null]);
    vi.stubGlobal('isSecureContext', true);
    expect(createLocalMedia({ devices: null }).snapshot().microphone.problem).toBe('unsupported');
  });

  it('gives the same snapshot until something changed', async () => {
    const local = createLocalMedia({ devices: new FakeCaptureDevices() });
    await local.start({ camera: true, microphone: true });
    expect(local.snapshot()).toBe(local.snapshot());
  });
});
