// The engine's end of a control socket, as far as JSEP goes: answers what it is asked, in order, and keeps it.
//
// Promises: signaling states per connection as RFC 9429 has them; refuses an answer to nothing. There is no network behind it.
import type { Section } from '../../../../protocol/Section';
import { FakeSockets } from './FakeSockets';

interface Kept {
  restarts: number;
  state: 'stable' | 'have-local-offer' | 'have-remote-offer';
  sections: Section[];
}

/** Of every engine: the certificate is not what is tested. */
const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');

type Request = Readonly<Record<string, unknown>> & { readonly type: string; readonly connection: number; readonly rid?: number };

export class FakeEngine {
  readonly sockets = new FakeSockets();
  /** Every request so far, of all sockets. */
  readonly asked: Request[] = [];
  /** Kinds for which the sides share no codec. */
  readonly unshared = new Set<string>();
  readonly #connections = new Map<number, Kept>();
  #answered = 0;
  #generation = 0;

  constructor(readonly name = 'engine') {}

  /** Answers all that was asked since, over the newest socket. */
  answerAll(): void {
    const { requests } = this.sockets.newest;
    for (const request of requests.slice(this.#answered)) this.#answer(request as Request);
    this.#answered = requests.length;
  }

  say(message: unknown): void {
    this.sockets.newest.say(message);
  }

  /** Breaks the port. */
  break(): void {
    this.#connections.clear();
    this.#answered = 0;
    this.sockets.newest.break();
  }

  ofType(type: string): Request[] {
    return this.asked.filter((request) => request.type === type);
  }

  #answer(request: Request): void {
    this.asked.push(request);
    const { type, connection, rid } = request;
    if (type === 'open') this.#connections.set(connection, { restarts: 0, state: 'stable', sections: [] });
    const kept = this.#connections.get(connection);
    if (kept === undefined) {
      if (rid !== undefined) this.say({ type: 'refused', rid, name: 'InvalidStateError', detail: 'no such connection' });
      return;
    }
    switch (type) {
      case 'add-transceiver':
        kept.sections.push({ kind: request['kind'] as Section['kind'], direction: 'sendrecv', current_direction: null });
        break;
      case 'set-direction':
        kept.sections = kept.sections.map((section, index) =>
          index === request['section'] ? { ...section, direction: request['direction'] as Section['direction'] } : section,
        );
        break;
      case 'set-local-description':
        this.#describeLocally(kept, rid);
        break;
      case 'set-remote-description':
        this.#describeRemotely(kept, rid, request['description'] as { type: string; sdp: string });
        break;
      case 'get-stats':
        this.say({ type: 'stats', rid, entries: [{ id: 'T', type: 'transport', timestamp: 1 }] });
        break;
      case 'restart-ice':
        kept.restarts += 1;
        break;
      case 'close':
        this.#connections.delete(connection);
        break;
      default:
        if (rid !== undefined) this.say({ type: 'done', rid });
    }
  }

  #describeLocally(kept: Kept, rid: number | undefined): void {
    const type = kept.state === 'have-remote-offer' ? 'answer' : 'offer';
    this.#generation += 1;
    if (type === 'answer') this.#settle(kept);
    else kept.state = 'have-local-offer';
    const kinds = kept.sections.map(({ kind }) => `m=${kind}`).join('\r\n');
    this.say({ type: 'described', rid, description: { type, sdp: `${this.name}.${this.#generation}\r\na=fingerprint:sha-256 ${FINGERPRINT}\r\na=ice-ufrag:u${kept.restarts}\r\n${kinds}` }, sections: kept.sections });
  }

  #describeRemotely(kept: Kept, rid: number | undefined, { type, sdp }: { type: string; sdp: string }): void {
    if (type === 'answer' && kept.state !== 'have-local-offer') {
      this.say({ type: 'refused', rid, name: 'InvalidStateError', detail: 'an answer to nothing' });
      return;
    }
    if (type === 'answer') {
      this.#settle(kept);
    } else {
      kept.state = 'have-remote-offer';
      const kinds = [...sdp.matchAll(/^m=(audio|video)/gm)].map(([, kind]) => kind as Section['kind']);
      for (const kind of kinds.slice(kept.sections.length)) {
        kept.sections.push({ kind, direction: 'recvonly', current_direction: null });
      }
    }
    this.say({ type: 'described', rid, description: null, sections: kept.sections });
  }

  #settle(kept: Kept): void {
    kept.state = 'stable';
    kept.sections = kept.sections.map((section) => ({
      ...section,
      current_direction: this.unshared.has(section.kind) ? 'inactive' : section.direction,
    }));
  }
}
