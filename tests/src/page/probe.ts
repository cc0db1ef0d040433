// What tests put into a page under test, as one object of functions with plain values, so that it can be asked through any driver.
import { leadThroughRelay, type StandInFor } from './candidates';
import { verdicts, type Verdict } from './conformance';
import * as connections from './connections';
import * as sound from './sound';
import { burstMiddleAtMs, replaceDevices, type SourceOptions } from './source';
import * as tiles from './tiles';

/** What to do to a page before it runs, or before it opens devices. */
export interface ProbeOptions {
  readonly source: SourceOptions | null;
  /** Its connections pass the relay. */
  readonly isRelayed: boolean;
}

function install({ source, isRelayed }: ProbeOptions): void {
  connections.meetConnections();
  sound.tapDestinations();
  if (isRelayed) leadThroughRelay((globalThis as unknown as { parlorStandIn: StandInFor }).parlorStandIn);
  if (source !== null) replaceDevices(source);
}

/** Whether the connections of this page are what `PeerConnectionLike` promises. A stand-in must have been met before. */
function conformance(): Promise<Verdict[]> {
  return verdicts(connections.makeConnection());
}

/** The functions. */
export const probe = {
  install,
  counts: connections.counts,
  entries: connections.entries,
  connectionStates: connections.connectionStates,
  generations: connections.generations,
  renegotiate: connections.renegotiate,
  renegotiated: connections.renegotiated,
  conformance,
  watchTiles: tiles.watchTiles,
  unwatchTiles: tiles.unwatchTiles,
  tiles: tiles.tiles,
  peersShown: tiles.peersShown,
  noteFirstPictures: tiles.noteFirstPictures,
  firstPictures: tiles.firstPictures,
  presented: tiles.presented,
  listen: sound.listen,
  heard: sound.heard,
  stopListening: sound.stopListening,
  soundState: sound.soundState,
  burstMiddleAtMs,
} as const;

/** Its type, for those who ask from outside. */
export type Probe = typeof probe;

Object.assign(globalThis, { parlorProbe: probe });
