// Runs in a browser's page before its own code: leads its ICE through the relay by rewriting candidates (see `UdpRelay.ts`).
//
// Promises: only UDP candidates of IPv4 pass, each with a stand-in's address; the connection is otherwise the browser's own.
import type { Address, RelaySide } from '../UdpRelay';

/** Bound into the page: the relay's stand-in for an address. */
export type StandInFor = (real: Address, side: RelaySide) => Promise<Address>;

/** Replaces the page's RTCPeerConnection. */
export function leadThroughRelay(standInFor: StandInFor): void {
  const Native = RTCPeerConnection;
  type Listener = (event: { candidate: RTCIceCandidateInit | null }) => void;

  class RelayedConnection extends Native {
    override get localDescription(): RTCSessionDescription | null {
      const description = super.localDescription;
      return description === null ? null : new RTCSessionDescription({ type: description.type, sdp: withoutCandidates(description.sdp) });
    }

    override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      return super.setRemoteDescription({ ...description, sdp: withoutCandidates(description.sdp ?? '') });
    }

    override addEventListener(type: string, listener: unknown, options?: boolean | AddEventListenerOptions): void {
      if (type !== 'icecandidate') {
        super.addEventListener(type, listener as EventListener, options);
        return;
      }
      // One after the other: the end of candidates must not overtake one whose stand-in is still being made.
      let last: Promise<void> = Promise.resolve();
      super.addEventListener('icecandidate', ({ candidate }) => {
        last = last.then(async () => {
          if (candidate === null) (listener as Listener)({ candidate: null });
          else {
            const rewritten = await rewrite(candidate.toJSON(), 'near');
            if (rewritten !== null) (listener as Listener)({ candidate: rewritten });
          }
        });
      });
    }

    override async addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
      if (candidate == null || candidate.candidate === undefined || candidate.candidate === '') return super.addIceCandidate(candidate);
      const rewritten = await rewrite(candidate, 'far');
      if (rewritten !== null) await super.addIceCandidate(rewritten);
    }
  }

  async function rewrite(candidate: RTCIceCandidateInit, side: RelaySide): Promise<RTCIceCandidateInit | null> {
    // RFC 8839 section 5.1: candidate:foundation component transport priority address port typ type …
    const words = (candidate.candidate ?? '').split(' ');
    const [, , transport, , ip, port] = words;
    if (transport?.toLowerCase() !== 'udp' || ip === undefined || !/^\d+\.\d+\.\d+\.\d+$/.test(ip)) return null;
    const standIn = await standInFor({ ip, port: Number(port) }, side);
    words[4] = standIn.ip;
    words[5] = String(standIn.port);
    return { ...candidate, candidate: words.join(' ') };
  }

  globalThis.RTCPeerConnection = RelayedConnection;
}

/** Candidates travel as messages of their own; those already written into a description would go round the relay. */
function withoutCandidates(sdp: string): string {
  return sdp
    .split('\r\n')
    .filter((line) => !line.startsWith('a=candidate:'))
    .join('\r\n');
}
