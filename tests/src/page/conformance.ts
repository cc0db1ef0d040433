// Runs in a page: what `PeerConnectionLike` promises, asked of whatever connections the page has. Each promise is the W3C's
// (https://www.w3.org/TR/webrtc/); what a browser's own connections do is the measure, a stand-in has to do the same.
import type { MediaConnectionLike, RtpTransceiverLike } from '../../../ui/src/shared/rtc/PeerConnectionLike';

/** What came of one promise; `error` is null when it was kept. */
export interface Verdict {
  readonly promise: string;
  readonly error: string | null;
}

/** Makes a connection without servers. */
export type Make = () => MediaConnectionLike;

const WAIT_MS = 20_000;

class Broken extends Error {}

function check(isSo: boolean, what: string): void {
  if (!isSo) throw new Broken(what);
}

function same(actual: unknown, expected: unknown, what: string): void {
  check(JSON.stringify(actual) === JSON.stringify(expected), `${what}: expected ${JSON.stringify(expected)}, was ${JSON.stringify(actual)}`);
}

/** Waits for a condition that changes with events; asks often, since a stand-in's events are what is under test. */
async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + WAIT_MS; !(await isSo()); ) {
    if (performance.now() > deadline) throw new Broken(`${what}: not after ${WAIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function refuses(what: string, act: () => unknown, ...names: string[]): Promise<void> {
  try {
    await act();
  } catch (error) {
    const name = error instanceof Error || error instanceof DOMException ? error.name : String(error);
    check(names.includes(name), `${what}: refused as ${name}, expected ${names.join(' or ')}`);
    return;
  }
  throw new Broken(`${what}: not refused`);
}

/** A connection with what it said. */
class Side {
  readonly states: string[] = [];
  readonly signalingStates: string[] = [];
  readonly candidates: (RTCIceCandidateInit | null)[] = [];
  negotiationsNeeded = 0;
  /** Where candidates go as they come. */
  peer: Side | null = null;
  readonly #early: RTCIceCandidateInit[] = [];

  constructor(readonly connection: MediaConnectionLike) {
    connection.addEventListener('connectionstatechange', () => this.states.push(connection.connectionState));
    connection.addEventListener('signalingstatechange', () => this.signalingStates.push(connection.signalingState));
    connection.addEventListener('negotiationneeded', () => {
      this.negotiationsNeeded += 1;
    });
    connection.addEventListener('icecandidate', ({ candidate }) => {
      const told = candidate === null ? null : { candidate: candidate.candidate ?? '', sdpMid: candidate.sdpMid ?? null, sdpMLineIndex: candidate.sdpMLineIndex ?? null, usernameFragment: candidate.usernameFragment ?? null };
      this.candidates.push(told);
      if (told !== null && told.candidate !== '') void this.peer?.take(told);
    });
  }

  async take(candidate: RTCIceCandidateInit): Promise<void> {
    if (this.connection.remoteDescription === null) {
      this.#early.push(candidate);
      return;
    }
    if (this.connection.connectionState !== 'closed') await this.connection.addIceCandidate(candidate).catch(() => undefined);
  }

  async takeEarly(): Promise<void> {
    for (const candidate of this.#early.splice(0)) await this.take(candidate);
  }

  describe(): { type: RTCSdpType; sdp: string } {
    const description = this.connection.localDescription;
    if (description === null) throw new Broken('there is no local description');
    return { type: description.type, sdp: description.sdp };
  }
}

class Pair {
  readonly one: Side;
  readonly other: Side;

  constructor(make: Make) {
    this.one = new Side(make());
    this.other = new Side(make());
    this.one.peer = this.other;
    this.other.peer = this.one;
  }

  /** Offer and answer from `from` to the other. */
  async negotiate(from: Side = this.one, prepare: () => void = () => undefined): Promise<void> {
    const to = from === this.one ? this.other : this.one;
    await from.connection.setLocalDescription();
    await to.connection.setRemoteDescription(from.describe());
    prepare();
    await to.connection.setLocalDescription();
    await from.connection.setRemoteDescription(to.describe());
    await Promise.all([from.takeEarly(), to.takeEarly()]);
  }

  /** With a section of each kind that both send in. */
  async connect(): Promise<void> {
    for (const kind of ['audio', 'video'] as const) this.one.connection.addTransceiver(kind, { direction: 'sendrecv' });
    await this.negotiate(this.one, () => {
      for (const transceiver of this.other.connection.getTransceivers()) transceiver.direction = 'sendrecv';
    });
    await until('connected', () => [this.one, this.other].every(({ connection }) => connection.connectionState === 'connected'));
  }

  close(): void {
    this.one.connection.close();
    this.other.connection.close();
  }
}

function section(side: Side, index: number): RtpTransceiverLike {
  const transceiver = side.connection.getTransceivers()[index];
  if (transceiver === undefined) throw new Broken(`there is no section ${index}`);
  return transceiver;
}

async function statsOf(side: Side): Promise<Record<string, unknown>[]> {
  return [...((await side.connection.getStats()) as ReadonlyMap<string, Record<string, unknown>>).values()];
}

/** A moving picture of the page's own. */
function pictureTrack(): { track: MediaStreamTrack; end: () => void } {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
  const context = canvas.getContext('2d');
  const [track] = canvas.captureStream(15).getVideoTracks();
  if (track === undefined) throw new Broken('the canvas gives no track');
  const timer = setInterval(() => {
    if (context === null) return;
    context.fillStyle = `hsl(${Date.now() % 360} 80% 50%)`;
    context.fillRect(0, 0, 320, 240);
  }, 1000 / 15);
  return {
    track,
    end: () => {
      clearInterval(timer);
      track.stop();
    },
  };
}

const ufragOf = (sdp: string): string => /a=ice-ufrag:(\S+)/.exec(sdp)?.[1] ?? '';

const PROMISES: readonly (readonly [string, (pair: Pair, make: Make) => Promise<void>])[] = [
  ['begins new and stable, without descriptions or sections', ({ one }) => {
    const { connectionState, signalingState, localDescription, remoteDescription } = one.connection;
    same([connectionState, signalingState, localDescription, remoteDescription], ['new', 'stable', null, null], 'states');
    same(one.connection.getTransceivers().length, 0, 'sections');
    return Promise.resolve();
  }],
  ['walks the signaling states of offer and answer, and says so before the call resolves', async ({ one, other }) => {
    one.connection.addTransceiver('audio', { direction: 'sendrecv' });
    await one.connection.setLocalDescription();
    same(one.connection.signalingState, 'have-local-offer', 'offerer');
    same(one.describe().type, 'offer', 'its description');
    await other.connection.setRemoteDescription(one.describe());
    same(other.connection.signalingState, 'have-remote-offer', 'answerer');
    await other.connection.setLocalDescription();
    same([other.connection.signalingState, other.describe().type], ['stable', 'answer'], 'answerer');
    await one.connection.setRemoteDescription(other.describe());
    same(one.connection.signalingState, 'stable', 'offerer');
    await until('events', () => one.signalingStates.length === 2 && other.signalingStates.length === 2);
    same([one.signalingStates, other.signalingStates], [['have-local-offer', 'stable'], ['have-remote-offer', 'stable']], 'events');
  }],
  ['keeps the order of sections on both sides, with their kinds', async (pair) => {
    for (const kind of ['video', 'audio', 'video'] as const) pair.one.connection.addTransceiver(kind, { direction: 'sendrecv' });
    await pair.negotiate();
    const kinds = (side: Side): string[] => side.connection.getTransceivers().map(({ receiver }) => receiver.track.kind);
    same([kinds(pair.one), kinds(pair.other)], [['video', 'audio', 'video'], ['video', 'audio', 'video']], 'kinds');
  }],
  ['names the current direction only once it was negotiated', async (pair) => {
    const transceiver = pair.one.connection.addTransceiver('audio', { direction: 'sendrecv' });
    same([transceiver.direction, transceiver.currentDirection], ['sendrecv', null], 'before');
    await pair.negotiate(pair.one, () => {
      same(section(pair.other, 0).direction, 'recvonly', 'a section that the other side brought');
      section(pair.other, 0).direction = 'sendrecv';
    });
    same([transceiver.currentDirection, section(pair.other, 0).currentDirection], ['sendrecv', 'sendrecv'], 'after');
  }],
  ['answers recvonly unless it was told to send', async (pair) => {
    const transceiver = pair.one.connection.addTransceiver('video', { direction: 'sendrecv' });
    await pair.negotiate();
    same([transceiver.currentDirection, section(pair.other, 0).currentDirection], ['sendonly', 'recvonly'], 'directions');
  }],
  ['changes a direction with the next negotiation, and asks for one', async (pair) => {
    await pair.connect();
    const before = pair.one.negotiationsNeeded;
    section(pair.one, 1).direction = 'inactive';
    same(section(pair.one, 1).currentDirection, 'sendrecv', 'meanwhile');
    await until('negotiationneeded', () => pair.one.negotiationsNeeded > before);
    await pair.negotiate();
    same([section(pair.one, 1).currentDirection, section(pair.other, 1).currentDirection], ['inactive', 'inactive'], 'after');
    same(section(pair.one, 0).currentDirection, 'sendrecv', 'the other section');
  }],
  ['asks for a negotiation when a section is added', async ({ one }) => {
    one.connection.addTransceiver('audio', { direction: 'sendrecv' });
    await until('negotiationneeded', () => one.negotiationsNeeded > 0);
  }],
  ['tells candidates one by one after the description, and their end', async (pair) => {
    pair.one.connection.addTransceiver('audio', { direction: 'sendrecv' });
    same(pair.one.candidates.length, 0, 'candidates before');
    await pair.one.connection.setLocalDescription();
    await until('the end of candidates', () => pair.one.candidates.at(-1) === null);
    const first = pair.one.candidates[0] ?? null;
    check((first?.candidate ?? '').startsWith('candidate:'), `a candidate as of RFC 8839, was ${JSON.stringify(first)}`);
    check((first?.sdpMid ?? first?.sdpMLineIndex ?? null) !== null, 'the section it belongs to');
  }],
  ['refuses a candidate before there is a remote description', async ({ one }) => {
    one.connection.addTransceiver('audio', { direction: 'sendrecv' });
    const candidate = { candidate: 'candidate:1 1 udp 2130706431 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 };
    await refuses('addIceCandidate', () => one.connection.addIceCandidate(candidate), 'InvalidStateError');
  }],
  ['connects both sides, by way of connecting', async (pair) => {
    await pair.connect();
    for (const { states } of [pair.one, pair.other]) same(states, ['connecting', 'connected'], 'states');
  }],
  ['knows the certificate of the other side, the one its description names', async (pair) => {
    await pair.connect();
    for (const [side, peer] of [[pair.one, pair.other], [pair.other, pair.one]] as const) {
      const { transport } = section(side, 0).sender;
      const [certificate] = transport?.getRemoteCertificates?.() ?? [];
      if (certificate === undefined) throw new Broken('no certificate');
      const digest = [...new Uint8Array(await crypto.subtle.digest('SHA-256', certificate))].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
      const named = /a=fingerprint:sha-256 (\S+)/i.exec(peer.describe().sdp)?.[1]?.toLowerCase();
      same(digest, named, 'fingerprint');
    }
  }],
  ['refuses an answer that nobody asked for', async (pair, make) => {
    const stranger = new Pair(make);
    stranger.one.connection.addTransceiver('audio', { direction: 'sendrecv' });
    await stranger.negotiate();
    const answer = stranger.other.describe();
    await refuses('setRemoteDescription', () => pair.one.connection.setRemoteDescription(answer), 'InvalidStateError');
    same(pair.one.connection.signalingState, 'stable', 'state after');
    stranger.close();
  }],
  ['refuses a description that is none, and stays as it was', async ({ one }) => {
    await refuses('setRemoteDescription', () => one.connection.setRemoteDescription({ type: 'offer', sdp: 'nonsense' }), 'OperationError', 'RTCError', 'SyntaxError');
    same([one.connection.signalingState, one.connection.remoteDescription], ['stable', null], 'state after');
  }],
  ['takes its own offer back for the offer of the other side', async ({ one, other }) => {
    // The very first one, too; but Chromium does not gather candidates afterwards, and Parlor begins a new connection then.
    for (const side of [one, other]) side.connection.addTransceiver('audio', { direction: 'sendrecv' });
    await Promise.all([one.connection.setLocalDescription(), other.connection.setLocalDescription()]);
    await other.connection.setRemoteDescription(one.describe());
    same([other.connection.signalingState, other.connection.remoteDescription?.type], ['have-remote-offer', 'offer'], 'after the rollback');
    await other.connection.setLocalDescription();
    same(other.describe().type, 'answer', 'its description');
    await one.connection.setRemoteDescription(other.describe());
    same([one.connection.signalingState, other.connection.signalingState], ['stable', 'stable'], 'in the end');
  }],
  ['takes its own offer back in a later negotiation too, without harm', async (pair) => {
    await pair.connect();
    const { one, other } = pair;
    await Promise.all([one.connection.setLocalDescription(), other.connection.setLocalDescription()]);
    await other.connection.setRemoteDescription(one.describe());
    await other.connection.setLocalDescription();
    await one.connection.setRemoteDescription(other.describe());
    same([one.connection.signalingState, other.connection.signalingState], ['stable', 'stable'], 'in the end');
    same([one.connection.getTransceivers().length, other.connection.getTransceivers().length], [2, 2], 'sections');
    same([one.connection.connectionState, other.connection.connectionState], ['connected', 'connected'], 'connections');
  }],
  ['begins a new ICE generation when told to, and stays connected', async (pair) => {
    await pair.connect();
    const before = ufragOf(pair.one.describe().sdp);
    const asked = pair.one.negotiationsNeeded;
    pair.one.connection.restartIce();
    await until('negotiationneeded', () => pair.one.negotiationsNeeded > asked);
    await pair.negotiate();
    const after = ufragOf(pair.one.describe().sdp);
    check(before !== '' && after !== '' && before !== after, `a new user name, was ${before} and is ${after}`);
    await until('connected again', () => [pair.one, pair.other].every(({ connection }) => connection.connectionState === 'connected'));
    check(!pair.one.states.includes('failed') && !pair.other.states.includes('failed'), 'never failed');
  }],
  ['keeps the ICE generation when nobody asked for another', async (pair) => {
    await pair.connect();
    const before = ufragOf(pair.one.describe().sdp);
    await pair.negotiate();
    same(ufragOf(pair.one.describe().sdp), before, 'user name');
  }],
  ['sends a track without a new negotiation, and unmutes what the other side receives', async (pair) => {
    await pair.connect();
    const needed = pair.one.negotiationsNeeded;
    const { receiver } = section(pair.other, 1);
    check(receiver.track.muted, 'muted before');
    let unmuted = 0;
    receiver.track.addEventListener('unmute', () => {
      unmuted += 1;
    });
    const picture = pictureTrack();
    await section(pair.one, 1).sender.replaceTrack(picture.track);
    same(section(pair.one, 1).sender.track?.kind, 'video', 'its track');
    await until('unmuted', () => !receiver.track.muted && unmuted === 1);
    same(pair.one.negotiationsNeeded, needed, 'negotiations asked for');
    await section(pair.one, 1).sender.replaceTrack(null);
    same(section(pair.one, 1).sender.track, null, 'no track');
    picture.end();
  }],
  ['counts what it sends and receives under the standard names', async (pair) => {
    await pair.connect();
    const picture = pictureTrack();
    await section(pair.one, 1).sender.replaceTrack(picture.track);
    const find = (all: Record<string, unknown>[], type: string): Record<string, unknown> | undefined => all.find((one) => one['type'] === type && one['kind'] === 'video');
    await until('pictures sent and received', async () => {
      const [sent, received] = [find(await statsOf(pair.one), 'outbound-rtp'), find(await statsOf(pair.other), 'inbound-rtp')];
      return Number(sent?.['framesSent']) > 5 && Number(sent?.['bytesSent']) > 0 && Number(received?.['packetsReceived']) > 5 && Number(received?.['bytesReceived']) > 0;
    });
    const all = await statsOf(pair.one);
    for (const entry of all) {
      check(typeof entry['id'] === 'string' && typeof entry['type'] === 'string' && typeof entry['timestamp'] === 'number', `id, type and timestamp in ${JSON.stringify(entry)}`);
    }
    for (const type of ['outbound-rtp', 'transport', 'candidate-pair', 'local-candidate', 'remote-candidate', 'codec', 'certificate']) {
      check(all.some((entry) => entry['type'] === type), `an entry of the type ${type} among ${[...new Set(all.map((entry) => entry['type']))].join(' ')}`);
    }
    const codec = all.find((entry) => entry['id'] === find(all, 'outbound-rtp')?.['codecId']);
    same(codec?.['mimeType'], 'video/VP8', 'codec of the picture');
    const sentAt = Number(find(all, 'outbound-rtp')?.['timestamp']);
    check(Math.abs(sentAt - Date.now()) < 60_000, `a time since 1970 in milliseconds, was ${sentAt}`);
    picture.end();
  }],
  ['names one stream for what is to be played together', async (pair) => {
    await pair.connect();
    const stream = new MediaStream();
    for (const { connection } of [pair.one, pair.other]) for (const { sender } of connection.getTransceivers()) sender.setStreams(stream);
    await pair.negotiate();
    for (const { connection } of [pair.one, pair.other]) {
      const streams = [...(connection.localDescription?.sdp ?? '').matchAll(/^a=msid:(\S+)/gm)].map(([, id]) => id);
      same([streams.length, new Set(streams).size, streams.includes('-')], [2, 1, false], 'sections of a stream, streams, none');
    }
  }],
  ['refuses a track of another kind', async ({ one }) => {
    const transceiver = one.connection.addTransceiver('audio', { direction: 'sendrecv' });
    const picture = pictureTrack();
    await refuses('replaceTrack', () => transceiver.sender.replaceTrack(picture.track), 'TypeError');
    picture.end();
  }],
  ['keeps the bounds it is given for sending', async (pair) => {
    await pair.connect();
    const { sender } = section(pair.one, 1);
    const parameters = sender.getParameters();
    check(parameters.encodings.length > 0, 'an encoding');
    Object.assign(parameters.encodings[0] ?? {}, { maxBitrate: 200_000, maxFramerate: 10, scaleResolutionDownBy: 2 });
    await sender.setParameters(parameters);
    const { maxBitrate, maxFramerate, scaleResolutionDownBy } = sender.getParameters().encodings[0] ?? {};
    same([maxBitrate, maxFramerate, scaleResolutionDownBy], [200_000, 10, 2], 'bounds');
  }],
  ['refuses to send a picture larger than it is', async (pair) => {
    await pair.connect();
    const { sender } = section(pair.one, 1);
    const parameters = sender.getParameters();
    Object.assign(parameters.encodings[0] ?? {}, { scaleResolutionDownBy: 0.5 });
    await refuses('setParameters', () => sender.setParameters(parameters), 'RangeError');
  }],
  ['is over once closed: says nothing, and does nothing more', async (pair) => {
    await pair.connect();
    const { connection, states, signalingStates } = pair.one;
    const said = [states.length, signalingStates.length];
    const { sender } = section(pair.one, 1);
    connection.close();
    same([connection.connectionState, connection.signalingState], ['closed', 'closed'], 'states');
    connection.close();
    connection.restartIce();
    await refuses('setLocalDescription', () => connection.setLocalDescription(), 'InvalidStateError');
    await refuses('setRemoteDescription', () => connection.setRemoteDescription(pair.other.describe()), 'InvalidStateError');
    await refuses('addIceCandidate', () => connection.addIceCandidate({ candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0' }), 'InvalidStateError');
    await refuses('addTransceiver', () => Promise.resolve().then(() => connection.addTransceiver('audio', { direction: 'sendrecv' })), 'InvalidStateError');
    await refuses('replaceTrack', () => sender.replaceTrack(null), 'InvalidStateError');
    same([states.length, signalingStates.length], said, 'events');
  }],
];

/** Asks for every promise, one after the other, each of fresh connections. */
export async function verdicts(make: Make): Promise<Verdict[]> {
  const found: Verdict[] = [];
  for (const [promise, run] of PROMISES) {
    const pair = new Pair(make);
    let error: string | null = null;
    try {
      await run(pair, make);
    } catch (reason) {
      error = reason instanceof Broken ? reason.message : reason instanceof Error || reason instanceof DOMException ? `${reason.name}: ${reason.message}` : String(reason);
    }
    pair.close();
    found.push({ promise, error });
  }
  return found;
}
