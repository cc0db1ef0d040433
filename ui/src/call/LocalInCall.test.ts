// What the others get of own devices that come, go and change in the middle of a call: never a new negotiation.
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Command } from '../protocol/Command';
import type { Peer } from '../protocol/Peer';
import { createCall } from './Call';
import type { Call } from './Call';
import { createLocalMedia } from './LocalMedia';
import type { LocalMedia } from './LocalMedia';
import { FakeCaptureDevices, FakeStream } from './testing/FakeCaptureDevices';
import type { FakeTrack } from './testing/FakeCaptureDevices';
import { FakeMediaConnection, fakeFactory } from './testing/FakeMediaConnection';

beforeEach(() => {
  vi.stubGlobal('MediaStream', FakeStream);
});

const FINGERPRINT = Array.from({ length: 32 }, () => '0A').join(':');
const OTHER: Peer = {
  id: '1'.repeat(32),
  name: 'Other',
  host: 'browser',
  epoch: 'e1',
  initiator: true,
  polite: false,
  link: 'connected',
  proof: 'certificate',
  path: 'local',
  rtt_ms: 1, comparison: null, device: null,
  microphone: true,
  camera: true,
  failure: null,
};

interface InCall {
  readonly local: LocalMedia;
  readonly devices: FakeCaptureDevices;
  readonly connection: FakeMediaConnection;
  /** Offers and answers made so far. */
  readonly descriptions: () => number;
  /** What the others were told to be on, newest last. */
  readonly told: () => readonly (readonly [microphone: boolean, camera: boolean])[];
  readonly call: Call;
  /** Where each own track came from that was to be drawn; null is none. */
  readonly shown: readonly (string | null)[];
  /** Where the newest tracks come from, with the time the others saw none left out. */
  readonly sent: () => readonly (string | null)[];
}

/** A proven call of two with both devices on. */
async function inCall(): Promise<InCall> {
  const devices = new FakeCaptureDevices();
  const local = createLocalMedia({ devices });
  await local.start({ camera: true, microphone: true });
  const commands: Command[] = [];
  const connections: FakeMediaConnection[] = [];
  const shown: (string | null)[] = [];
  const make = (): FakeMediaConnection => {
    const connection = new FakeMediaConnection(FINGERPRINT);
    connections.push(connection);
    return connection;
  };
  const call = createCall({
    local,
    connect: fakeFactory(make, (track) => {
      shown.push((track as unknown as FakeTrack | null)?.deviceId ?? null);
      return track === null ? null : { attach: () => () => undefined };
    }),
    dispatch: (command) => {
      commands.push(command);
      return Promise.resolve();
    },
    iceServers: [],
    relayOnly: false,
  });
  call.receive({ type: 'peer-changed', peer: OTHER });
  await vi.waitFor(() => expect(connections[0]?.localDescription).not.toBeNull());
  const [connection] = connections;
  if (connection === undefined) throw new Error('no connection was made');
  call.receive({
    type: 'media-signal-received',
    peer: OTHER.id,
    signal: { type: 'description', link: 1, description: { type: 'answer', sdp: `v=0\r\na=fingerprint:sha-256 ${FINGERPRINT}\r\n` } },
  });
  await vi.waitFor(() => expect(connection.signalingState).toBe('stable'));
  connection.become('connected');
  call.receive({ type: 'media-confirmed', peer: OTHER.id, link: 1, seen: 'certificate' });
  expect(call.snapshot().remotes[0]?.state).toBe('live');
  connection.sent.length = 0;
  return {
    call,
    local,
    devices,
    shown,
    connection,
    descriptions: () => commands.filter((command) => command.type === 'send-media-signal' && command.signal.type === 'description').length,
    told: () => commands.flatMap((command) => (command.type === 'set-media-state' ? [[command.microphone, command.camera] as const] : [])),
    sent: () => connection.sent.map((track) => (track as unknown as FakeTrack | null)?.deviceId ?? null),
  };
}

/** What stands in the two sections at last. */
function last(call: InCall): readonly (string | null)[] {
  return call.sent().slice(-2);
}

describe('in mid-call', () => {
  it('another camera takes the place of the first, and the others never hear of a gap', async () => {
    const call = await inCall();
    call.local.snapshot().actions.chooseCamera?.('cam-2');
    await vi.waitFor(() => expect(last(call)).toEqual(['mic-1', 'cam-2']));
    expect(call.sent()).not.toContain(null);
    expect(call.told()).toEqual([[true, true]]);
    expect(call.descriptions()).toBe(1);
    expect(call.devices.live.map(({ deviceId }) => deviceId).sort()).toEqual(['cam-2', 'mic-1']);
  });

  it('another microphone takes the place of the first, muted or not', async () => {
    const call = await inCall();
    call.local.snapshot().actions.chooseMicrophone?.('mic-2');
    await vi.waitFor(() => expect(last(call)).toEqual(['mic-2', 'cam-1']));
    expect(call.told()).toEqual([[true, true]]);
    call.local.snapshot().actions.toggleMicrophone?.();
    call.local.snapshot().actions.chooseMicrophone?.('mic-1');
    // Muted, it is not even opened.
    expect(call.devices.live.map(({ deviceId }) => deviceId)).toEqual(['cam-1']);
    call.local.snapshot().actions.toggleMicrophone?.();
    await vi.waitFor(() => expect(last(call)).toEqual(['mic-1', 'cam-1']));
    expect(call.descriptions()).toBe(1);
  });

  it('the camera goes off and on again', async () => {
    const call = await inCall();
    call.local.snapshot().actions.toggleCamera?.();
    expect(last(call)).toEqual(['mic-1', null]);
    expect(call.told().at(-1)).toEqual([true, false]);
    call.local.snapshot().actions.toggleCamera?.();
    await vi.waitFor(() => expect(last(call)).toEqual(['mic-1', 'cam-1']));
    expect(call.told().at(-1)).toEqual([true, true]);
    expect(call.descriptions()).toBe(1);
  });

  it('a camera that is unplugged is taken back from everyone, and another one can be turned on', async () => {
    const call = await inCall();
    call.devices.cameras = ['cam-2'];
    call.devices.live.find(({ kind }) => kind === 'video')?.takeAway();
    call.devices.tellChange();
    expect(last(call)).toEqual(['mic-1', null]);
    expect(call.told().at(-1)).toEqual([true, false]);
    await vi.waitFor(() => expect(call.local.snapshot().devices.cameras.map(({ id }) => id)).toEqual(['cam-2']));
    expect(call.local.snapshot().camera).toMatchObject({ state: 'off', problem: 'unplugged' });
    call.local.snapshot().actions.toggleCamera?.();
    await vi.waitFor(() => expect(last(call)).toEqual(['mic-1', 'cam-2']));
    expect(call.local.snapshot().camera).toEqual({ state: 'on', problem: null, deviceId: 'cam-2' });
    expect(call.descriptions()).toBe(1);
  });

  it('a microphone that is unplugged is taken back too, and says so', async () => {
    const call = await inCall();
    call.devices.live.find(({ kind }) => kind === 'audio')?.takeAway();
    expect(last(call)).toEqual([null, 'cam-1']);
    expect(call.told().at(-1)).toEqual([false, true]);
    expect(call.local.snapshot().microphone.problem).toBe('unplugged');
  });

  it('a camera unplugged while the screen is shared leaves the screen alone', async () => {
    const call = await inCall();
    call.local.snapshot().actions.toggleScreen?.();
    await vi.waitFor(() => expect(last(call)).toEqual(['mic-1', 'screen']));
    call.devices.live.find(({ deviceId }) => deviceId === 'cam-1')?.takeAway();
    expect(last(call)).toEqual(['mic-1', 'screen']);
    expect(call.told().at(-1)).toEqual([true, true]);
    call.local.snapshot().actions.toggleScreen?.();
    expect(last(call)).toEqual(['mic-1', null]);
    expect(call.told().at(-1)).toEqual([true, false]);
  });

  it('a screen takes the camera’s place without a new negotiation, and counts as the picture of one without a camera', async () => {
    const call = await inCall();
    call.local.snapshot().actions.toggleCamera?.();
    expect(call.told().at(-1)).toEqual([true, false]);
    call.local.snapshot().actions.toggleScreen?.();
    await vi.waitFor(() => expect(last(call)).toEqual(['mic-1', 'screen']));
    expect(call.told().at(-1)).toEqual([true, true]);
    call.devices.live.find(({ deviceId }) => deviceId === 'screen')?.takeAway();
    expect(last(call)).toEqual(['mic-1', null]);
    expect(call.told().at(-1)).toEqual([true, false]);
    expect(call.descriptions()).toBe(1);
  });

  it('the own picture that is drawn is the one that is sent, and the same while that is', async () => {
    const inside = await inCall();
    const before = inside.call.snapshot().ownPicture;
    expect(before).not.toBeNull();
    inside.local.snapshot().actions.toggleMicrophone?.();
    expect(inside.call.snapshot().ownPicture).toBe(before);
    inside.local.snapshot().actions.toggleScreen?.();
    await vi.waitFor(() => expect(inside.shown.at(-1)).toBe('screen'));
    inside.local.snapshot().actions.toggleScreen?.();
    inside.local.snapshot().actions.toggleCamera?.();
    expect(inside.call.snapshot().ownPicture).toBeNull();
    expect(inside.shown).toEqual(['cam-1', 'screen', 'cam-1', null]);
    inside.local.snapshot().actions.toggleCamera?.();
    await vi.waitFor(() => expect(inside.shown.at(-1)).toBe('cam-1'));
    inside.call.close();
    expect(inside.shown.at(-1)).toBeNull();
  });

  it('leaving gives every device back and stops listening for new ones', async () => {
    const call = await inCall();
    call.local.snapshot().actions.toggleScreen?.();
    await vi.waitFor(() => expect(call.local.snapshot().screen.state).toBe('on'));
    expect(call.devices.isWatched).toBe(true);
    call.local.close();
    expect([call.devices.live, call.devices.isWatched]).toEqual([[], false]);
  });
});
