import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Negotiation } from '../../../shared/rtc/Negotiation';
import type { NegotiationSignal } from '../../../shared/rtc/Negotiation';
import type { MediaConnectionLike } from '../../../shared/rtc/PeerConnectionLike';
import { MediaPort } from './MediaPort';
import { StandInConnection } from './StandInConnection';
import type { OwnMedia } from './StandInTransceiver';
import { FakeEngine } from './testing/FakeEngine';
import { ADDRESS } from './testing/FakeSockets';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A page with its engine. */
class Page {
  readonly engine: FakeEngine;
  readonly port: MediaPort;
  readonly used: [string, MediaStreamTrack | null][] = [];
  readonly levels: number[] = [];
  closed = 0;

  constructor(name = 'engine') {
    this.engine = new FakeEngine(name);
    this.port = new MediaPort(ADDRESS, this.engine.sockets.open);
    this.engine.sockets.newest.accept();
  }

  connect(configuration: RTCConfiguration = {}): StandInConnection {
    const own: OwnMedia = { use: (_user, kind, track) => void this.used.push([kind, track]) };
    const listener = { level: (levelDb: number) => void this.levels.push(levelDb), closed: () => void (this.closed += 1) };
    return new StandInConnection(configuration, this.port, own, listener);
  }

  /** Lets the engine answer until nothing is asked any more. */
  async settle(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      this.engine.answerAll();
      await vi.advanceTimersByTimeAsync(0);
    }
  }

  async done<T>(asked: Promise<T>): Promise<T> {
    const [result] = await Promise.all([asked, this.settle()]);
    return result;
  }
}

function track(kind: 'audio' | 'video', enabled = true): MediaStreamTrack {
  return { kind, enabled } as MediaStreamTrack;
}

/** Events of a connection, in order. */
function eventsOf(connection: MediaConnectionLike): string[] {
  const events: string[] = [];
  for (const type of ['connectionstatechange', 'signalingstatechange', 'negotiationneeded'] as const) {
    connection.addEventListener(type, () => events.push(`${type} ${connection.connectionState}/${connection.signalingState}`));
  }
  return events;
}

async function negotiated(page: Page): Promise<StandInConnection> {
  const connection = page.connect();
  for (const kind of ['audio', 'video'] as const) connection.addTransceiver(kind, { direction: 'sendrecv' });
  await page.done(connection.setLocalDescription());
  await page.done(connection.setRemoteDescription({ type: 'answer', sdp: 'm=audio\r\nm=video' }));
  return connection;
}

describe('a stand-in connection', () => {
  it('asks the engine in the order of the calls', async () => {
    const page = new Page();
    const connection = page.connect({
      iceServers: [{ urls: 'stun:a' }, { urls: ['turn:b'], username: 'u', credential: 'c' }],
      iceTransportPolicy: 'relay',
    });
    connection.addTransceiver('audio', { direction: 'sendrecv' });
    const described = connection.setLocalDescription();
    connection.restartIce();
    connection.play();
    await page.done(described);
    expect(page.engine.asked.map(({ type }) => type)).toEqual([
      'open',
      'add-transceiver',
      'set-local-description',
      'restart-ice',
      'set-playing',
    ]);
    expect(page.engine.asked[0]).toEqual({
      type: 'open',
      connection: connection.number,
      ice_servers: [{ urls: ['stun:a'] }, { urls: ['turn:b'], username: 'u', credential: 'c' }],
      relay_only: true,
    });
  });

  it('walks the signaling states, and says so before the call resolves', async () => {
    const page = new Page();
    const connection = page.connect();
    const events = eventsOf(connection);
    connection.addTransceiver('video', { direction: 'sendrecv' });
    await page.done(connection.setLocalDescription());
    expect(events).toEqual(['signalingstatechange new/have-local-offer']);
    expect(connection.localDescription?.type).toBe('offer');
    expect(connection.getTransceivers()[0]?.currentDirection).toBeNull();
    await page.done(connection.setRemoteDescription({ type: 'answer', sdp: 'm=video' }));
    expect(events.at(-1)).toBe('signalingstatechange new/stable');
    expect(connection.remoteDescription).toEqual({ type: 'answer', sdp: 'm=video' });
    expect(connection.getTransceivers()[0]?.currentDirection).toBe('sendrecv');
  });

  it('takes its own offer back for the offer of the other side', async () => {
    const page = new Page();
    const connection = await negotiated(page);
    const before = connection.localDescription;
    await page.done(connection.setLocalDescription());
    expect(connection.localDescription).not.toEqual(before);
    await page.done(connection.setRemoteDescription({ type: 'offer', sdp: 'm=audio\r\nm=video' }));
    expect(connection.signalingState).toBe('have-remote-offer');
    expect(connection.localDescription).toEqual(before);
    await page.done(connection.setLocalDescription());
    expect([connection.signalingState, connection.localDescription?.type]).toEqual(['stable', 'answer']);
  });

  it('brings the sections of an offer, and sends in them when told to', async () => {
    const page = new Page();
    const connection = page.connect();
    await page.done(connection.setRemoteDescription({ type: 'offer', sdp: 'm=audio\r\nm=video' }));
    const sections = connection.getTransceivers();
    expect(sections.map(({ receiver, direction }) => [receiver.track.kind, direction])).toEqual([
      ['audio', 'recvonly'],
      ['video', 'recvonly'],
    ]);
    for (const section of sections) section.direction = 'sendrecv';
    await page.done(connection.setLocalDescription());
    expect(sections.map(({ currentDirection }) => currentDirection)).toEqual(['sendrecv', 'sendrecv']);
  });

  it('says that a section does nothing when the sides share no codec', async () => {
    const page = new Page();
    page.engine.unshared.add('video');
    const connection = await negotiated(page);
    expect(connection.getTransceivers().map(({ currentDirection }) => currentDirection)).toEqual(['sendrecv', 'inactive']);
  });

  it('refuses what the engine refuses, under the same name, and stays as it was', async () => {
    const page = new Page();
    const connection = page.connect();
    const refused = expect(connection.setRemoteDescription({ type: 'answer', sdp: '' })).rejects.toMatchObject({
      name: 'InvalidStateError',
    });
    await page.settle();
    await refused;
    expect([connection.signalingState, connection.remoteDescription]).toEqual(['stable', null]);
  });

  it('adds no section while the engine may be adding others', async () => {
    const page = new Page();
    const connection = page.connect();
    const described = connection.setRemoteDescription({ type: 'offer', sdp: 'm=audio' });
    expect(() => connection.addTransceiver('video', { direction: 'sendrecv' })).toThrow('being applied');
    await page.done(described);
    connection.addTransceiver('video', { direction: 'sendrecv' });
    expect(connection.getTransceivers()).toHaveLength(2);
  });

  it('asks for a negotiation once for all that changed, and again only for what was left out', async () => {
    const page = new Page();
    const connection = page.connect();
    let needed = 0;
    connection.addEventListener('negotiationneeded', () => (needed += 1));
    for (const kind of ['audio', 'video'] as const) connection.addTransceiver(kind, { direction: 'sendrecv' });
    await page.settle();
    expect(needed).toBe(1);
    await page.done(connection.setLocalDescription());
    const [audio] = connection.getTransceivers();
    if (audio !== undefined) audio.direction = 'recvonly';
    await page.settle();
    expect(needed).toBe(1);
    await page.done(connection.setRemoteDescription({ type: 'answer', sdp: 'm=audio\r\nm=video' }));
    expect(needed).toBe(2);
    await page.done(connection.setLocalDescription());
    await page.done(connection.setRemoteDescription({ type: 'answer', sdp: 'm=audio\r\nm=video' }));
    expect(needed).toBe(2);
    connection.restartIce();
    connection.restartIce();
    await page.settle();
    expect(needed).toBe(3);
    await page.done(connection.setLocalDescription());
    await page.done(connection.setRemoteDescription({ type: 'answer', sdp: 'm=audio\r\nm=video' }));
    expect(needed).toBe(3);
  });

  it('asks again for what it took back', async () => {
    const page = new Page();
    const connection = await negotiated(page);
    let needed = 0;
    connection.addEventListener('negotiationneeded', () => (needed += 1));
    const [audio] = connection.getTransceivers();
    if (audio !== undefined) audio.direction = 'recvonly';
    await page.done(connection.setLocalDescription());
    await page.done(connection.setRemoteDescription({ type: 'offer', sdp: 'm=video' }));
    expect(needed).toBe(0);
    connection.addTransceiver('video', { direction: 'sendrecv' });
    await page.done(connection.setLocalDescription());
    expect(needed).toBe(1);
  });

  it('asks for nothing after an answer that says it all', async () => {
    const page = new Page();
    const connection = page.connect();
    let needed = 0;
    connection.addEventListener('negotiationneeded', () => (needed += 1));
    await page.done(connection.setRemoteDescription({ type: 'offer', sdp: 'm=audio\r\nm=video' }));
    for (const transceiver of connection.getTransceivers()) transceiver.direction = 'sendrecv';
    await page.done(connection.setLocalDescription());
    expect(needed).toBe(0);
  });

  it('refuses a candidate before there is a remote description, unless one is on its way', async () => {
    const page = new Page();
    const connection = page.connect();
    const candidate = { candidate: 'candidate:1', sdpMid: '0' };
    await expect(connection.addIceCandidate(candidate)).rejects.toMatchObject({ name: 'InvalidStateError' });
    const described = connection.setRemoteDescription({ type: 'offer', sdp: 'm=audio' });
    await page.done(Promise.all([described, connection.addIceCandidate(candidate), connection.addIceCandidate(null)]));
    expect(page.engine.asked.map(({ type }) => type)).toEqual(['open', 'set-remote-description', 'add-ice-candidate']);
  });

  it('sends a track without a negotiation, and says only once that it sends', async () => {
    const page = new Page();
    const connection = await negotiated(page);
    const sender = connection.getTransceivers()[1]?.sender;
    const [first, second] = [track('video'), track('video')];
    for (const one of [first, second, null]) await page.done(sender?.replaceTrack(one) ?? Promise.reject(new Error('none')));
    expect(page.engine.ofType('set-sending').map(({ section, on }) => [section, on])).toEqual([
      [1, true],
      [1, false],
    ]);
    expect(page.used).toEqual([
      ['video', first],
      ['video', second],
      ['video', null],
    ]);
    await expect(sender?.replaceTrack(track('audio'))).rejects.toBeInstanceOf(TypeError);
  });

  it('hands on the bounds it is given for sending, and keeps them', async () => {
    const page = new Page();
    const connection = await negotiated(page);
    const sender = connection.getTransceivers()[1]?.sender;
    const parameters = sender?.getParameters() ?? { encodings: [] };
    Object.assign(parameters.encodings[0] ?? {}, { maxBitrate: 300_000, maxFramerate: 15, scaleResolutionDownBy: 1.5 });
    await page.done(sender?.setParameters(parameters) ?? Promise.reject(new Error('none')));
    expect(page.engine.ofType('set-parameters')[0]).toMatchObject({
      section: 1,
      parameters: { max_bitrate_bps: 300_000, max_frame_rate: 15, scale_down_percent: 150 },
    });
    expect(sender?.getParameters()).toEqual(parameters);
    await expect(sender?.setParameters({ encodings: [{ scaleResolutionDownBy: 0.5 }] })).rejects.toBeInstanceOf(RangeError);
    await expect(sender?.setParameters({ encodings: [] })).rejects.toMatchObject({ name: 'InvalidModificationError' });
  });

  it('shows states, certificates, candidates, muting and loudness as the engine tells them', async () => {
    const page = new Page();
    const connection = await negotiated(page);
    const { number } = connection;
    const events = eventsOf(connection);
    const candidates: unknown[] = [];
    connection.addEventListener('icecandidate', ({ candidate }) => candidates.push(candidate));
    const muted: boolean[] = [];
    const received = connection.getTransceivers()[1]?.receiver.track;
    for (const type of ['mute', 'unmute'] as const) received?.addEventListener(type, () => muted.push(received.muted));
    page.engine.say({ type: 'candidate', connection: number, candidate: { candidate: 'candidate:1', sdp_mid: '0', sdp_m_line_index: 0, username_fragment: 'f' } });
    page.engine.say({ type: 'candidate', connection: number, candidate: null });
    page.engine.say({ type: 'state', connection: number, state: 'connected', certificates: [btoa('der')], dtls_failed: false });
    page.engine.say({ type: 'muted', connection: number, section: 1, muted: false });
    page.engine.say({ type: 'levels', levels: [{ connection: number, level_db: 20 }] });
    page.engine.say({ type: 'levels', levels: [] });
    expect(events).toEqual(['connectionstatechange connected/stable']);
    expect(candidates).toEqual([{ candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'f' }, null]);
    expect(muted).toEqual([false]);
    expect(page.levels).toEqual([20, 127]);
    const [certificate] = connection.getTransceivers()[0]?.sender.transport?.getRemoteCertificates?.() ?? [];
    expect(new TextDecoder().decode(certificate)).toBe('der');
    expect([...(await page.done(connection.getStats())).keys()]).toEqual(['T']);
  });

  it('says nothing and does nothing once it is closed', async () => {
    const page = new Page();
    const connection = await negotiated(page);
    const events = eventsOf(connection);
    const stats = expect(connection.getStats()).rejects.toMatchObject({ name: 'InvalidStateError' });
    connection.close();
    connection.close();
    connection.restartIce();
    await stats;
    page.engine.say({ type: 'state', connection: connection.number, state: 'failed', certificates: [], dtls_failed: false });
    await expect(connection.setLocalDescription()).rejects.toMatchObject({ name: 'InvalidStateError' });
    expect([connection.connectionState, connection.signalingState, page.closed, events]).toEqual(['closed', 'closed', 1, []]);
    await page.settle();
    expect(page.engine.asked.at(-1)?.type).toBe('close');
    expect(page.used.slice(-2)).toEqual([
      ['audio', null],
      ['video', null],
    ]);
  });

  it('says by its transport that a certificate was refused, and not otherwise', async () => {
    for (const refused of [true, false]) {
      const page = new Page();
      const connection = await negotiated(page);
      const transport = connection.getTransceivers()[0]?.sender.transport;
      expect(transport?.state).toBe('new');
      page.engine.say({ type: 'state', connection: connection.number, state: 'failed', certificates: [], dtls_failed: refused });
      expect([connection.connectionState, transport?.state]).toEqual(['failed', refused ? 'failed' : 'new']);
    }
  });

  it('fails when the port is lost, and a new one goes over the next socket', async () => {
    const page = new Page();
    const connection = await negotiated(page);
    const events = eventsOf(connection);
    const asked = expect(connection.getStats()).rejects.toMatchObject({ name: 'OperationError' });
    page.engine.break();
    await asked;
    expect(events).toEqual(['connectionstatechange failed/stable']);
    expect(page.closed).toBe(1);
    connection.restartIce();
    connection.close();
    expect(connection.connectionState).toBe('closed');
    const next = page.connect();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(page.engine.sockets.made).toHaveLength(2);
    page.engine.sockets.newest.accept();
    next.addTransceiver('audio', { direction: 'sendrecv' });
    await page.done(next.setLocalDescription());
    expect(next.signalingState).toBe('have-local-offer');
    expect(page.engine.sockets.newest.requests.map(({ type, connection: number }) => [type, number])).toEqual([
      ['open', next.number],
      ['add-transceiver', next.number],
      ['set-local-description', next.number],
    ]);
  });

  it('agrees with the other side when both negotiate at once, again and again', async () => {
    const [left, right] = [new Page('left'), new Page('right')];
    const pages = [left, right] as const;
    const connections = pages.map((page) => page.connect());
    const signals: NegotiationSignal[][] = [[], []];
    const failures: Error[] = [];
    const negotiations = connections.map(
      (connection, index) =>
        new Negotiation(connection, () => index === 1, {
          send: (signal) => void signals[index]?.push(signal),
          failed: (error) => void failures.push(error),
        }),
    );
    const settle = async (): Promise<void> => {
      for (let round = 0; round < 10; round += 1) {
        for (const [index, page] of pages.entries()) {
          await page.settle();
          for (const signal of signals[index]?.splice(0) ?? []) void negotiations[1 - index]?.receive(signal);
        }
      }
    };
    for (const kind of ['audio', 'video'] as const) connections[0]?.addTransceiver(kind, { direction: 'sendrecv' });
    void negotiations[0]?.offer();
    await settle();
    for (let time = 0; time < 20; time += 1) {
      for (const negotiation of negotiations) void negotiation.restart();
      await settle();
      expect(connections.map(({ signalingState }) => signalingState)).toEqual(['stable', 'stable']);
      expect(connections[1]?.remoteDescription?.sdp).toBe(connections[0]?.localDescription?.sdp);
    }
    expect(failures).toEqual([]);
    expect(connections.map((connection) => connection.getTransceivers().length)).toEqual([2, 2]);
  });

  it('takes no more connections than the port carries', () => {
    const page = new Page();
    const connections = Array.from({ length: 32 }, () => page.connect());
    expect(() => page.connect()).toThrow('too many');
    connections[0]?.close();
    expect(() => page.connect()).not.toThrow();
  });
});
