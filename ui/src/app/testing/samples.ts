// People, transfers and links for tests and stories.
import type { Peer } from '../../protocol/Peer';
import type { Transfer } from '../../protocol/Transfer';

export const LINK = 'https://parlor.example/#v1.Hq3vN0sYw6kC1rT9xZ4bJ7mL2pD5gF8aQeUiOoXyWtR';
export const SELF = '11'.repeat(16);
export const THEO = '22'.repeat(16);
export const HANA = '33'.repeat(16);

export function peer(change: Partial<Peer> = {}): Peer {
  return {
    id: THEO,
    name: 'Theo',
    host: 'app',
    epoch: '0a'.repeat(8),
    initiator: true,
    polite: false,
    link: 'connected',
    proof: 'certificate',
    path: 'direct',
    rtt_ms: 24,
    comparison: null,
    device: null,
    microphone: true,
    camera: true,
    failure: null,
    ...change,
  };
}

export function transfer(change: Partial<Transfer> = {}): Transfer {
  return {
    id: 'aa'.repeat(16),
    peer: THEO,
    direction: 'receiving',
    state: 'waiting',
    code: null,
    ended_by_us: false,
    paused_by_us: false,
    executable: false,
    entries: [{ path: 'Garden plan.pdf', size: 4_200_000, proven: false, failed: null }],
    entry_count: 1,
    proven_count: 0,
    total_bytes: 4_200_000,
    stored_bytes: 0,
    bytes_per_second: null,
    remaining_ms: null,
    ...change,
  };
}
