// One trial: two honest ends meet on a server whose owner holds their link and lies about a certificate in one description.
//
// Promises: who hears the lie refuses within two seconds of hearing it, with the code for a wrong peer unless the other was gone first, and nothing came through.
import { expect } from 'vitest';
import type { Lie } from './certificateLies';
import type { HostileServer } from './HostileServer';
import { LinkHolder } from './LinkHolder';
import type { Side } from './sides';

/** From the lie to the verdict. */
export const VERDICT_MS = 2_000;

/** In which description the lie is told. The answerer is the client of DTLS, so each makes the one who hears it another end of DTLS. */
export type Where = 'offer' | 'answer';

/** What a trial came to. */
export interface Outcome {
  readonly tookMs: number;
  readonly other: string | null;
}

/** Who starts, who joins (and so offers), and whether the end that tells no lie is waited for too. */
export interface Trial {
  readonly server: HostileServer;
  readonly starter: Side;
  readonly joiner: Side;
  readonly lie: Lie;
  readonly where: Where;
  readonly both: boolean;
}

/** Runs one on the data plane. */
export async function dataTrial({ server, starter, joiner, lie, where, both }: Trial): Promise<Outcome> {
  const link = await starter.start(server.url);
  const told = tell(server, link, lie, 'data', where);
  await joiner.join(link);
  const [hearer, other] = where === 'offer' ? [starter, joiner] : [joiner, starter];
  try {
    const verdict = await hearer.verdict();
    const tookMs = performance.now() - told.at;
    if (verdict === 'left' && other.kind === 'cli') {
      // The program has heard the refusal by DTLS and gone, before the page's browser said what it had refused.
      expect(['proof-failed', 'connect-failed'], lie.name).toContain(await other.verdict());
    } else {
      expect(verdict, lie.name).toBe('proof-failed');
    }
    expect(tookMs, lie.name).toBeLessThan(VERDICT_MS);
    // A program that started the room may only see the other go, and then waits for somebody else.
    const others = both && !(other.kind === 'cli' && other === starter) ? await other.verdict() : null;
    expect([...(await hearer.received()), ...(await other.received())]).toEqual([]);
    return { tookMs, other: others };
  } finally {
    await joiner.leave();
    await starter.leave();
  }
}

/** Makes the server lie in every description of that kind; says when it first did. */
export function tell(server: HostileServer, link: string, lie: Lie, plane: 'data' | 'media', where: Where): { readonly at: number } {
  const told = { at: Number.POSITIVE_INFINITY };
  server.script = new LinkHolder(link).script((opened) => {
    const { message } = opened;
    if (opened.plane !== plane || message.type !== 'description' || message.description.type !== where) return [message];
    told.at = Math.min(told.at, performance.now());
    return [{ ...message, description: { ...message.description, sdp: lie.tell(message.description.sdp) } }];
  });
  return told;
}
