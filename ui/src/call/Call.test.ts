import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Command } from '../protocol/Command';
import type { MediaSignal } from '../protocol/MediaSignal';
import type { Peer } from '../protocol/Peer';
import { createCall } from './Call';
import type { Call } from './Call';
import { createLocalMedia } from './LocalMedia';
import type { LocalMedia } from './LocalMedia';
import { FakeCaptureDevices, FakeStream } from './testing/FakeCaptureDevices';
import { FakeMediaConnection, fakeFactory } from './testing/FakeMediaConnection';

const IDS = ['0'.repeat(32), '1'.repeat(32)] as const;
const FINGERPRINTS = [
  Array.from({ length: 32 }, () => '0A').join(':'),
  Array.from({ length: 32 }, () => '0B').join(':'),
] as const;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('MediaStream', FakeStream);
});
afterEach(() => vi.useRealTimers());

/** One side of a call, with its host played by the test. */
class Side {
  readonly connections: FakeMediaConnection[] = [];
  readonly commands: Command[] = [];
  readonly signals: MediaSignal[] = [];
  readonly local: LocalMedia;
  readonly call: Call;

  constructor(readonly index: 0 | 1) {
    this.local = createLocalMedia({ devices: new FakeCaptureDevices() });
    this.call = createCall({
      local: this.local,
      connect: fakeFactory(() => {
        const connection = new FakeMediaConnection(FINGERPRINTS[index]);
        this.connections.push(connection);
        return connection;
      }),
      dispatch: (command) => {
        if (command.type === 'send-media-signal') this.signals.push(command.signal);
        else this.commands.push(command);
        return Promise.resolve();
      },
      iceServers: [],
      relayOnly: false,
    });
  }

  get otherId(): string {
    return IDS[this.index === 0 ? 1 : 0];
  }

  get connection(): FakeMediaConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error('no connection was made');
    return connection;
  }

  get remote() {
    const [remote] = this.call.snapshot().remotes;
    if (remote === undefined) throw new Error('nobody is in the call');
    return remote;
  }

  /** The data plane to the other side is up. */
  meet(initiator: boolean, epoch = 'e1'): void {
    const peer: Peer = {
      id: this.otherId,
      name: 'Other',
      host: 'browser',
      epoch,
      initiator,
      polite: this.index === 1,
      link: 'connected',
      proof: 'certificate',
      path: 'local',
      rtt_ms: 1, comparison: null, device: null,
      microphone: true,
      camera: true,
      failure: null,
    };
    this.call.receive({ type: 'peer-changed', peer });
  }

  confirmed(link: number): void {
    this.call.receive({ type: 'media-confirmed', peer: this.otherId, link, seen: 'certificate' });
  }

  /** Confirmations asked of the host. */
  get confirmations(): Extract<Command, { type: 'confirm-media' }>[] {
    return this.commands.filter((command) => command.type === 'confirm-media');
  }
}

/** Carries signals both ways until there are none. */
async function settle(left: Side, right: Side): Promise<void> {
  for (let round = 0; round < 50; round += 1) {
    await vi.advanceTimersByTimeAsync(0);
    for (const [from, to] of [
      [left, right],
      [right, left],
    ] as const) {
      for (const signal of from.signals.splice(0)) {
        to.call.receive({ type: 'media-signal-received', peer: IDS[from.index], signal });
        await vi.advanceTimersByTimeAsync(0);
      }
    }
  }
  expect([left.signals, right.signals]).toEqual([[], []]);
}

function pair(): [Side, Side] {
  return [new Side(0), new Side(1)];
}

async function live(): Promise<[Side, Side]> {
  const [left, right] = pair();
  left.meet(true);
  right.meet(false);
  await settle(left, right);
  for (const side of [left, right]) {
    side.connection.become('connected');
    side.confirmed(1);
    expect(side.remote.state).toBe('live');
  }
  return [left, right];
}

describe('a call', () => {
  it('is begun by the initiator alone, and confirmed with both fingerprints as seen', async () => {
    const [left, right] = pair();
    left.meet(false);
    right.meet(true);
    await settle(left, right);
    expect([left.connections.length, right.connections.length]).toEqual([1, 1]);
    left.connection.become('connected');
    expect(left.confirmations).toEqual([
      { type: 'confirm-media', peer: IDS[1], link: 1, local: '0a'.repeat(32), remote: '0b'.repeat(32), seen: 'description' },
    ]);
  });

  it('names one stream for sound and picture on both sides, so that lips meet the voice', async () => {
    const [left, right] = pair();
    left.meet(true);
    right.meet(false);
    await settle(left, right);
    for (const { connection } of [left, right]) {
      const [sound, picture] = ['audio', 'video'].map((kind) => connection.streams.get(kind));
      expect(sound).toHaveLength(1);
      expect(picture?.[0]).toBe(sound?.[0]);
    }
  });

  it('neither shows nor sends anything before the confirmation', async () => {
    const [left, right] = pair();
    await left.local.start({ camera: true, microphone: true });
    left.meet(true);
    right.meet(false);
    await settle(left, right);
    left.connection.become('connected');
    expect(left.remote).toMatchObject({ state: 'connecting', media: null });
    expect(left.connection.sent).toEqual([]);
    left.confirmed(1);
    expect(left.remote).toMatchObject({ state: 'live', proof: 'certificate' });
    expect(left.remote.media).not.toBeNull();
    expect(left.connection.sent.map((track) => track?.kind)).toEqual(['audio', 'video']);
  });

  it('ends on one connection when both sides begin the same number at once', async () => {
    const [left, right] = await live();
    // Both notice the loss; the initiator acts first, the other before it hears of that.
    left.connection.become('failed');
    right.connection.become('failed');
    await vi.advanceTimersByTimeAsync(5_000);
    expect([left.connections.length, right.connections.length]).toEqual([2, 2]);
    await settle(left, right);
    for (const [side, other] of [
      [left, right],
      [right, left],
    ] as const) {
      expect(side.connection.signalingState).toBe('stable');
      expect(side.connection.remoteDescription?.sdp).toBe(other.connection.localDescription?.sdp);
      side.connection.become('connected');
      side.confirmed(2);
      expect(side.remote.state).toBe('live');
    }
  });

  it.each([true, false])('lets the side that began give way when both negotiate at once, whatever the ids (the smaller began: %s)', async (smallerBegan) => {
    const [left, right] = pair();
    left.meet(smallerBegan);
    right.meet(!smallerBegan);
    await settle(left, right);
    left.connection.need();
    right.connection.need();
    await settle(left, right);
    expect([left.connection.rollbacks, right.connection.rollbacks]).toEqual(smallerBegan ? [1, 0] : [0, 1]);
    expect([left.connection.signalingState, right.connection.signalingState]).toEqual(['stable', 'stable']);
    expect(left.connection.remoteDescription?.sdp).toBe(right.connection.localDescription?.sdp);
    expect([left.connections.length, right.connections.length]).toEqual([1, 1]);
  });

  it('mends a young cut by an ICE restart of the same connection', async () => {
    const [left, right] = await live();
    left.connection.become('disconnected');
    expect(left.remote.state).toBe('interrupted');
    expect(left.remote.media).not.toBeNull();
    await vi.advanceTimersByTimeAsync(2_000);
    await settle(left, right);
    expect(left.connection.restarts).toBe(1);
    left.connection.become('connected');
    expect(left.remote.state).toBe('live');
    expect([left.connections.length, right.connections.length]).toEqual([1, 1]);
  });

  it('gives up after several connections in a row, and tries again when asked', async () => {
    const [left] = pair();
    left.meet(true);
    expect(left.remote.retry).toBeNull();
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(left.connections).toHaveLength(3);
    expect(left.remote.state).toBe('failed');
    left.remote.retry?.();
    expect(left.connections).toHaveLength(4);
    expect(left.remote.state).toBe('connecting');
  });

  it('ends a refused connection and does not call back', async () => {
    const [left, right] = pair();
    left.meet(true);
    right.meet(false);
    await settle(left, right);
    left.connection.become('connected');
    left.call.receive({ type: 'media-refused', peer: IDS[1], link: 1 });
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(left.remote).toMatchObject({ state: 'refused', media: null });
    expect(left.connection.connectionState).toBe('closed');
    expect(left.connections).toHaveLength(1);
  });

  it('begins anew with a new epoch, and hears nothing of the old numbers', async () => {
    const [left, right] = await live();
    const old = left.connection;
    left.meet(true, 'e2');
    right.meet(false, 'e2');
    expect(old.connectionState).toBe('closed');
    await settle(left, right);
    left.confirmed(7);
    expect(left.remote).toMatchObject({ state: 'interrupted', proof: null });
    left.connection.become('connected');
    left.confirmed(1);
    expect(left.remote.state).toBe('live');
  });

  it('ignores what cannot begin a connection', async () => {
    const right = new Side(1);
    right.meet(false);
    const answer: MediaSignal = { type: 'description', link: 3, description: { type: 'answer', sdp: 'v=0' } };
    const far: MediaSignal = { type: 'description', link: 4_000_000_000, description: { type: 'offer', sdp: 'v=0' } };
    for (const signal of [answer, far, { type: 'candidate', link: 1, candidate: null } as const]) {
      right.call.receive({ type: 'media-signal-received', peer: IDS[0], signal });
    }
    await vi.advanceTimersByTimeAsync(0);
    expect(right.connections).toEqual([]);
  });

  it('says which own devices are on, and swaps tracks without a new negotiation', async () => {
    const [left, right] = await live();
    await left.local.start({ camera: true, microphone: true });
    const states = left.commands.filter((command) => command.type === 'set-media-state');
    expect(states.at(-1)).toEqual({ type: 'set-media-state', microphone: true, camera: true });
    expect(left.connection.sent.at(-1)?.kind).toBe('video');
    left.local.snapshot().actions.toggleCamera?.();
    expect(left.connection.sent.at(-1)).toBeNull();
    await settle(left, right);
    expect(left.connection.signalingState).toBe('stable');
  });

  it('says so when the sides share no codec', async () => {
    const [left, right] = pair();
    left.meet(true);
    right.meet(false);
    right.connections.forEach(({ unshared }) => unshared.add('video'));
    left.connection.unshared.add('video');
    await settle(left, right);
    expect(left.remote.problem).toBe('no-shared-video-codec');
    expect(right.remote.problem).toBeNull();
  });

  it('hands the microphone to its sender again when it was muted, so that silence is sent at once', async () => {
    const [left] = await live();
    await left.local.start({ camera: false, microphone: true });
    left.connection.sent.length = 0;
    left.local.snapshot().actions.toggleMicrophone?.();
    expect(left.connection.sent.map((track) => track?.enabled)).toContain(false);
  });

  it('ends every connection when it is closed or the peer has gone', async () => {
    const [left, right] = await live();
    left.call.close();
    expect(left.connection.connectionState).toBe('closed');
    right.call.receive({ type: 'peer-left', peer: IDS[0], said_bye: true });
    expect(right.connection.connectionState).toBe('closed');
    expect(right.call.snapshot().remotes).toEqual([]);
  });
});
