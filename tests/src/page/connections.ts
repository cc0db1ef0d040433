// Runs in the page under test: the media and data connections that the page made, whatever made them, and what they count.
//
// They are met without a hook in the code under test: the owner of a native one listens to its `connectionstatechange`, and a
// stand-in, which needs not be an EventTarget, is filed in a Map by its port.

import type { MediaConnectionLike } from '../../../ui/src/shared/rtc/PeerConnectionLike';

/** As much of a connection as is asked here. */
export interface MetConnection {
  readonly connectionState: RTCPeerConnectionState;
  readonly signalingState: RTCSignalingState;
  readonly localDescription: { readonly type: RTCSdpType; readonly sdp: string } | null;
  readonly remoteDescription: { readonly type: RTCSdpType; readonly sdp: string } | null;
  getStats(): Promise<RTCStatsReport>;
  restartIce(): void;
  addEventListener(type: 'connectionstatechange', listener: () => void): void;
}

/** Counts over all live connections. */
export interface MediaCounts {
  readonly framesDecoded: number;
  readonly framesReceived: number;
  /** Drawn; only a stand-in counts them, a `<video>` counts its own. */
  readonly framesRendered: number;
  readonly framesSent: number;
  readonly keyFramesDecoded: number;
  readonly audioPacketsReceived: number;
  readonly videoBytesReceived: number;
  readonly videoBytesSent: number;
  readonly audioBytesReceived: number;
  readonly audioPacketsSent: number;
  readonly packetsLost: number;
  readonly pliSent: number;
  readonly pliReceived: number;
  readonly nackSent: number;
  readonly codecs: readonly string[];
  /** What congestion control allows, bits a second; null where it is not told. */
  readonly availableBps: number | null;
}

/** Those that are closed are let go with the next one, so that whoever counts what is held finds only what the page holds. */
let met: MetConnection[] = [];
let letGo = 0;
const lived: RTCPeerConnectionState[] = [];

/** Begins to meet connections. */
export function meetConnections(): void {
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (this: EventTarget, type, ...rest) {
    listen.call(this, type, ...rest);
    if (type === 'connectionstatechange') meet(this);
  };
  const file = Map.prototype.set as (this: Map<unknown, unknown>, key: unknown, value: unknown) => Map<unknown, unknown>;
  Map.prototype.set = function (this: Map<unknown, unknown>, key: unknown, value: unknown) {
    meet(value);
    return file.call(this, key, value);
  };
}

function meet(value: unknown): void {
  if (typeof value !== 'object' || value === null || !('getStats' in value) || !('signalingState' in value)) return;
  const connection = value as MetConnection;
  if (met.includes(connection)) return;
  const live = met.filter((one) => one.connectionState !== 'closed');
  letGo += met.length - live.length;
  met = [...live, connection];
  connection.addEventListener('connectionstatechange', () => lived.push(connection.connectionState));
}

/** Those with media that are not over. */
export function mediaConnections(): MetConnection[] {
  return met.filter((one) => !['closed', 'failed'].includes(one.connectionState) && /^m=(audio|video)/m.test(one.localDescription?.sdp ?? ''));
}

/** What a stand-in was made with, beside its configuration. */
interface StandInParts {
  readonly port: unknown;
  readonly own: unknown;
}

/** How this page makes connections: natively, or as the stand-in that was met was made. */
export function makeConnection(): () => MediaConnectionLike {
  if ('RTCPeerConnection' in globalThis) return () => new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const [known] = met;
  if (known === undefined) throw new Error('no connection was met');
  const StandIn = known.constructor as new (configuration: RTCConfiguration, port: unknown, own: unknown, listener: unknown) => MediaConnectionLike;
  const { port, own } = known as unknown as StandInParts;
  return () => new StandIn({ bundlePolicy: 'max-bundle' }, port, own, { level: () => undefined, closed: () => undefined });
}

/** States of all connections so far: those that live, and every change of any of them in order. */
export function connectionStates(): { readonly now: string[]; readonly lived: string[] } {
  const closed = Array.from({ length: letGo }, () => 'closed' as const);
  return { now: [...closed, ...met.map((one) => one.connectionState)], lived: [...lived] };
}

/** All entries of all live media connections. */
export async function entries(): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for (const connection of mediaConnections()) {
    const report = (await connection.getStats()) as ReadonlyMap<string, Record<string, unknown>>;
    found.push(...report.values());
  }
  return found;
}

/** What the connections count, added up. */
export async function counts(): Promise<MediaCounts> {
  const all = await entries();
  const sum = (type: string, kind: string, name: string): number =>
    all.filter((one) => one['type'] === type && one['kind'] === kind).reduce((total, one) => total + Number(one[name] ?? 0), 0);
  const available = all.filter((one) => one['type'] === 'candidate-pair' && one['availableOutgoingBitrate'] !== undefined);
  return {
    framesDecoded: sum('inbound-rtp', 'video', 'framesDecoded'),
    framesReceived: sum('inbound-rtp', 'video', 'framesReceived'),
    framesRendered: sum('inbound-rtp', 'video', 'framesRendered'),
    framesSent: sum('outbound-rtp', 'video', 'framesSent'),
    keyFramesDecoded: sum('inbound-rtp', 'video', 'keyFramesDecoded'),
    audioPacketsReceived: sum('inbound-rtp', 'audio', 'packetsReceived'),
    videoBytesReceived: sum('inbound-rtp', 'video', 'bytesReceived'),
    videoBytesSent: sum('outbound-rtp', 'video', 'bytesSent'),
    audioPacketsSent: sum('outbound-rtp', 'audio', 'packetsSent'),
    audioBytesReceived: sum('inbound-rtp', 'audio', 'bytesReceived'),
    packetsLost: sum('inbound-rtp', 'video', 'packetsLost') + sum('inbound-rtp', 'audio', 'packetsLost'),
    pliSent: sum('inbound-rtp', 'video', 'pliCount'),
    pliReceived: sum('outbound-rtp', 'video', 'pliCount'),
    nackSent: sum('inbound-rtp', 'video', 'nackCount'),
    codecs: [
      ...new Set(
        all
          .filter((one) => one['type'] === 'inbound-rtp' || one['type'] === 'outbound-rtp')
          .map((one) => all.find((codec) => codec['type'] === 'codec' && codec['id'] === one['codecId'])?.['mimeType'])
          .filter((name) => typeof name === 'string'),
      ),
    ].sort(),
    availableBps: available.length === 0 ? null : Math.max(...available.map((one) => Number(one['availableOutgoingBitrate']))),
  };
}

/** ICE user names of the live media connections, as last agreed on: a new one is a new generation. */
export function generations(): string[] {
  return mediaConnections()
    .filter((one) => one.signalingState === 'stable')
    .map((one) => /a=ice-ufrag:(\S+)/.exec(one.localDescription?.sdp ?? '')?.[1] ?? '');
}

/** Asks every live media connection for a new ICE generation, which is a negotiation from this side. Gives how many there were. */
export function renegotiate(): number {
  const live = mediaConnections();
  for (const one of live) one.restartIce();
  return live.length;
}

/** Resolves once every live media connection is connected, stable, and of a generation other than `before`. */
export async function renegotiated(before: readonly string[], limitMs: number): Promise<void> {
  const isDone = (): boolean => {
    const live = mediaConnections();
    const now = generations();
    return (
      live.length > 0 &&
      live.every((one) => one.connectionState === 'connected' && one.signalingState === 'stable') &&
      now.every((one) => one !== '' && !before.includes(one))
    );
  };
  for (const deadline = performance.now() + limitMs; !isDone(); ) {
    if (performance.now() > deadline) {
      const states = mediaConnections().map((one) => `${one.connectionState}/${one.signalingState}`);
      throw new Error(`not renegotiated after ${limitMs} ms: ${states.join(', ')}; before ${before.join(' ')}, now ${generations().join(' ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
