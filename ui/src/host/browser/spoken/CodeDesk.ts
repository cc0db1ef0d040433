// The owner's side of a spoken code: finds a free number, waits behind the code, answers one guest (docs/protocol.md, section 7.3).
//
// Promises: at most one guest gets the invitation, and only over the right words; every change is told, the end as the last one; the
// words leave with the code. Leaves to others: the exchange itself (`CodeOwner`), showing the code, and a next one.
import type { CodeLanguage } from '../../../protocol/CodeLanguage';
import type { CodeState } from '../../../protocol/CodeState';
import type { Failure } from '../../../protocol/Failure';
import type { OpenedCode } from '../../../protocol/OpenedCode';
import type { PeerId } from '../../../protocol/PeerId';
import type { Random } from '../../../trust/bytes';
import type { CodeMessage } from '../../../trust/codeMessage';
import { CodeOwner } from '../../../trust/CodeOwner';
import type { Invitation } from '../../../trust/invitation';
import { createSpokenCode, spokenCodeText } from '../../../trust/spokenCode';
import { TrustError } from '../../../trust/TrustError';
import { CodeSeat, type SeatFact } from './CodeSeat';

/** Numbers that are tried among the short ones, and then among the long ones. */
const TRIES_EACH = 4;
const SHORT = { first: 1, last: 99 };
const LONG = { first: 100, last: 9_999 };
/** Longest time a served guest may take to leave, so that the invitation is not cut off on its way. */
const GUEST_LEAVES_WITHIN_MS = 10_000;
const LANGUAGES = { en: 'english', ko: 'korean' } as const;

type Phase =
  | { readonly name: 'opening'; readonly attempt: number; readonly number: number }
  | { readonly name: 'live'; readonly owner: CodeOwner; readonly text: string; told: CodeState; guest: PeerId | null }
  /** The guest has the invitation, and leaves. */
  | { readonly name: 'served'; readonly guest: PeerId }
  | { readonly name: 'over' };

/** A code that somebody waits behind. */
export class CodeDesk {
  #phase: Phase = { name: 'over' };
  #seat: CodeSeat | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly invitation: Invitation,
    private readonly language: CodeLanguage,
    private readonly random: Random,
    private readonly tell: (code: OpenedCode) => void,
  ) {}

  /** Looks for a number and begins to wait. Once. */
  open(): void {
    this.#tellState('opening', null);
    this.#tryNumber(0);
  }

  /** Ends the code, whatever it waits for; one that is over stays as it is. */
  close(): void {
    const { name } = this.#phase;
    if (name === 'opening' || name === 'live') this.#end('closed', null);
    else this.#rise();
  }

  #tryNumber(attempt: number): void {
    if (attempt === 2 * TRIES_EACH) {
      this.#end('failed', { code: 'not-now', detail: 'no free number' });
      return;
    }
    const { first, last } = attempt < TRIES_EACH ? SHORT : LONG;
    const number = first + (uint32(this.random) % (last - first + 1));
    this.#seat?.leave();
    this.#phase = { name: 'opening', attempt, number };
    const seat: CodeSeat = new CodeSeat({ server: this.invitation.server, number, isOwner: true }, this.random, (fact) => {
      if (this.#seat === seat) this.#heard(seat, fact);
    });
    this.#seat = seat;
    seat.begin();
  }

  #heard(seat: CodeSeat, fact: SeatFact): void {
    const phase = this.#phase;
    switch (fact.type) {
      case 'entered':
        if (phase.name !== 'opening') this.#missed(fact.peers);
        else if (fact.peers.length > 0) this.#tryNumber(phase.attempt + 1);
        else this.#wait(seat, phase.number);
        break;
      case 'said':
        if (phase.name === 'live') this.#answer(seat, phase, fact.from, fact.message);
        break;
      case 'left':
        this.#guestLeft(fact.peer);
        break;
      case 'server-lost':
        // It is tried again by itself; the code goes on living here.
        break;
      case 'refused':
        // Others sit there, or have made the room with a token of their own: the number is not free.
        if (phase.name === 'opening' && (fact.code === 'room-full' || fact.code === 'room-refused')) this.#tryNumber(phase.attempt + 1);
        else if (phase.name === 'served') this.#rise();
        else this.#end('failed', { code: fact.code, detail: fact.detail });
        break;
    }
  }

  #wait(seat: CodeSeat, number: number): void {
    const code = createSpokenCode(number, LANGUAGES[this.language], this.random);
    const owner = new CodeOwner(code, seat.peer, now());
    this.#phase = { name: 'live', owner, text: spokenCodeText(code), told: 'waiting', guest: null };
    this.#timer = setTimeout(() => this.#end('expired', null), owner.expiresMs - now());
    this.#tellState('waiting', null);
  }

  #answer(seat: CodeSeat, phase: Extract<Phase, { name: 'live' }>, from: PeerId, message: CodeMessage): void {
    try {
      seat.say(from, phase.owner.receive(from, message, this.invitation, this.random, now()));
      phase.guest = from;
    } catch (error) {
      // What was not awaited changes nothing; what was wrong has burnt it, as its status says.
      if (!(error instanceof TrustError)) throw error;
    }
    const status = phase.owner.status(now());
    switch (status) {
      case 'used':
        this.#serve(from);
        break;
      case 'burnt':
      case 'expired':
        this.#end(status, null);
        break;
      default:
        if (status === phase.told) return;
        phase.told = status;
        this.#tellState(status, null);
    }
  }

  #serve(guest: PeerId): void {
    this.#phase = { name: 'served', guest };
    this.#stopClock();
    this.#timer = setTimeout(() => this.#rise(), GUEST_LEAVES_WITHIN_MS);
    this.#tellState('used', null);
  }

  #guestLeft(peer: PeerId): void {
    const phase = this.#phase;
    if (phase.name === 'served' && peer === phase.guest) this.#rise();
    // Who goes without a right proof had other words.
    if (phase.name === 'live' && peer === phase.guest) this.#end('burnt', null);
  }

  /** The server was away: who is not there any more has left meanwhile. */
  #missed(peers: readonly PeerId[]): void {
    const { guest } = { guest: null, ...this.#phase };
    if (guest !== null && !peers.includes(guest)) this.#guestLeft(guest);
  }

  #end(state: CodeState, failure: Failure | null): void {
    if (this.#phase.name === 'live') this.#phase.owner.burn();
    this.#rise();
    this.#tellState(state, failure);
  }

  /** Leaves the room of the number. */
  #rise(): void {
    this.#phase = { name: 'over' };
    this.#stopClock();
    const seat = this.#seat;
    this.#seat = null;
    seat?.leave();
  }

  #stopClock(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #tellState(state: CodeState, failure: Failure | null): void {
    const live = this.#phase.name === 'live' ? this.#phase : null;
    const leftMs = live === null ? 0 : Math.max(0, Math.round(live.owner.expiresMs - now()));
    this.tell({ state, text: live?.text ?? null, left_ms: leftMs, failure });
  }
}

function uint32(random: Random): number {
  const bytes = random(4);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/** Milliseconds that never jump back. */
function now(): number {
  return performance.now();
}
