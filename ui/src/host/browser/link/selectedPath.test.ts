import { expect, test } from 'vitest';
import type { Path } from '../../../protocol/Path';
import { selectedPath } from './selectedPath';

type Candidate = readonly [type: string, address: string];

function report(local: Candidate, remote: Candidate): RTCStatsReport {
  const candidate = ([candidateType, address]: Candidate): object => ({ candidateType, address });
  return new Map<string, object>([
    ['transport', { type: 'transport', selectedCandidatePairId: 'pair' }],
    ['pair', { type: 'candidate-pair', localCandidateId: 'a', remoteCandidateId: 'b', currentRoundTripTime: 0.012 }],
    ['a', candidate(local)],
    ['b', candidate(remote)],
    ['c', candidate(['host', '203.0.113.9'])],
    ['d', candidate(['srflx', '203.0.113.4'])],
  ]);
}

test.each<[Candidate, Candidate, Path]>([
  [['host', '192.168.1.3'], ['host', '192.0.2.1'], 'local'],
  [['host', '192.168.1.3'], ['prflx', '192.168.1.4'], 'local'],
  [['host', '192.168.1.3'], ['prflx', '203.0.113.9'], 'local'],
  [['host', '192.168.1.3'], ['prflx', '203.0.113.4'], 'direct'],
  [['srflx', '203.0.113.4'], ['host', '192.168.1.4'], 'direct'],
  [['relay', '203.0.113.4'], ['prflx', '192.168.1.4'], 'relayed'],
])('the way from %j to %j is %s', (local, remote, path) => {
  expect(selectedPath(report(local, remote))).toEqual({ path, rttMs: 12 });
});
