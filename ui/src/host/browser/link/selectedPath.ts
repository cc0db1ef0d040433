// Which way a connection takes, from its statistics (https://www.w3.org/TR/webrtc-stats/).
//
// Promises: null where the platform does not tell. Leaves to others: words.
import type { Path } from '../../../protocol/Path';

export interface SelectedPath {
  readonly path: Path | null;
  /** Milliseconds. */
  readonly rttMs: number | null;
}

/** The selected candidate pair's way and round trip. */
export function selectedPath(report: RTCStatsReport): SelectedPath {
  const byId = new Map<string, Record<string, unknown>>();
  report.forEach((stats: Record<string, unknown>, id) => byId.set(id, stats));
  const pair = selectedPair(byId);
  if (pair === null) return { path: null, rttMs: null };
  const seconds = pair['currentRoundTripTime'];
  const local = byId.get(String(pair['localCandidateId']));
  const remote = byId.get(String(pair['remoteCandidateId']));
  return {
    path: local === undefined || remote === undefined ? null : pathOf(local, remote, hostAddresses(byId)),
    rttMs: typeof seconds === 'number' ? Math.round(seconds * 1000) : null,
  };
}

function selectedPair(byId: Map<string, Record<string, unknown>>): Record<string, unknown> | null {
  for (const stats of byId.values()) {
    if (stats['type'] !== 'transport' || typeof stats['selectedCandidatePairId'] !== 'string') continue;
    const pair = byId.get(stats['selectedCandidatePairId']);
    if (pair !== undefined) return pair;
  }
  // Firefox has no transport statistics; there the pair itself says so.
  for (const stats of byId.values()) {
    if (stats['type'] === 'candidate-pair' && stats['nominated'] === true && stats['state'] === 'succeeded') return stats;
  }
  return null;
}

/** Every address either side was known to have of itself. */
function hostAddresses(byId: Map<string, Record<string, unknown>>): ReadonlySet<unknown> {
  const addresses = new Set<unknown>();
  for (const stats of byId.values()) {
    const isHost = typeof stats['address'] === 'string' && stats['candidateType'] === 'host';
    if (isHost) addresses.add(stats['address']);
  }
  return addresses;
}

function pathOf(
  local: Record<string, unknown>,
  remote: Record<string, unknown>,
  hosts: ReadonlySet<unknown>,
): Path {
  const types = [local['candidateType'], remote['candidateType']];
  if (types.includes('relay')) return 'relayed';
  const near = [local, remote].every((side) => {
    if (side['candidateType'] !== 'prflx') return side['candidateType'] === 'host';
    // A check that was faster than signaling shows a host candidate as a reflexive one.
    return isPrivate(side['address']) || hosts.has(side['address']);
  });
  return near ? 'local' : 'direct';
}

/** Loopback, RFC 1918, link-local or RFC 4193: an address that no NAT made up on the open net. */
function isPrivate(address: unknown): boolean {
  if (typeof address !== 'string') return false;
  return (
    /^(10|127)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\./.test(address) ||
    /^(::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i.test(address)
  );
}
