// The client's side of docs/protocol.md 3, "Supervision", as a pure state machine: what happened and the time go in, orders and
// facts come out.
//
// Promises: one connection at a time; silence, refusals and orderly closings each lead where the protocol says; a signal is
// re-sent byte-identical and in order until it is answered. Leaves to others: sockets, timers and randomness (`SignalingLink`).
import type { FailureCode } from '../../../protocol/FailureCode';
import type { Join } from '../../../protocol/Join';
import type { Joined } from '../../../protocol/Joined';
import type { PeerId } from '../../../protocol/PeerId';
import type { ReplyCode } from '../../../protocol/ReplyCode';
import type { Withdraw } from '../../../protocol/Withdraw';
import { WITHDRAWAL_PEERS } from '../../../protocol/limits';
import { guardPresence, guardReply, guardServerClosing, guardSignal } from './serverGuards';
import type { GuardedReply, ServerEvent } from './serverGuards';
import { SignalOutbox } from './SignalOutbox';

/** The seat to take. */
export type Seat = Omit<Join, 'rid' | 'create'> & {
  /** We start this room. */
  readonly starter: boolean;
};

export type SupervisorOutput =
  /** Drop the connection there is, if any, and open a fresh one. */
  | { readonly type: 'connect' }
  /** Drop the connection. */
  | { readonly type: 'disconnect' }
  | { readonly type: 'emit'; readonly event: string; readonly payload: object }
  /** We are in; `again` when we were before. */
  | { readonly type: 'entered'; readonly joined: Joined; readonly again: boolean }
  /** The server does not answer; it is tried again by itself. */
  | { readonly type: 'server-lost'; readonly code: FailureCode; readonly detail: string }
  /** We are out, and nothing is tried any more. */
  | { readonly type: 'refused'; readonly code: FailureCode; readonly detail: string }
  | { readonly type: 'peer-joined'; readonly peer: PeerId }
  | { readonly type: 'peer-left'; readonly peer: PeerId }
  | { readonly type: 'signal-received'; readonly from: PeerId; readonly body: string };

type Phase =
  | { readonly name: 'waiting'; readonly untilMs: number }
  | { readonly name: 'connecting'; readonly untilMs: number }
  | { readonly name: 'joining'; readonly rid: number; readonly untilMs: number }
  | { readonly name: 'open' }
  | { readonly name: 'closed' };

export const HEARTBEAT_MS = 5_000;
export const HEARTBEAT_TIMEOUT_MS = 10_000;
const BACKOFF_MIN_MS = 250;
const BACKOFF_MAX_MS = 15_000;
/** A socket has this long to open, and then this long to join. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Attempts before the first entry after which the user is told that it does not work. Later losses are tried for ever. */
const FIRST_ATTEMPTS = 5;

export class SignalingSupervisor {
  readonly #outbox = new SignalOutbox();
  #phase: Phase = { name: 'closed' };
  #attempt = 0;
  #admitted = false;
  #nextRid = 1;
  #nextHeartbeatMs = 0;
  /** The oldest heartbeat without an answer. */
  #heartbeat: { readonly rid: number; readonly sentMs: number } | null = null;
  /** Who may come back, once the invitation is withdrawn; and whether the server has answered, or under which number it will. */
  #withdrawal: { readonly peers: readonly PeerId[]; rid: number | null; isKnown: boolean } | null = null;
  /** Signals wait until then: the server limits us. */
  #pausedUntilMs = 0;

  constructor(
    private readonly seat: Seat,
    /** Uniform in [0, 1). */
    private readonly random: () => number,
  ) {}

  /** When `tick` wants to be called next; null when never. */
  get deadlineMs(): number | null {
    switch (this.#phase.name) {
      case 'waiting':
      case 'connecting':
      case 'joining':
        return this.#phase.untilMs;
      case 'open': {
        const dead = this.#heartbeat === null ? Infinity : this.#heartbeat.sentMs + HEARTBEAT_TIMEOUT_MS;
        const paused = this.#pausedUntilMs === 0 ? Infinity : this.#pausedUntilMs;
        return Math.min(this.#nextHeartbeatMs, dead, paused);
      }
      case 'closed':
        return null;
    }
  }

  begin(nowMs: number): SupervisorOutput[] {
    return this.#connect(nowMs);
  }

  /** The socket is connected to the namespace. */
  opened(nowMs: number): SupervisorOutput[] {
    if (this.#phase.name !== 'connecting') return [];
    const { starter, ...seat } = this.seat;
    const join: Join = { ...seat, rid: this.#rid(), create: starter || this.#admitted };
    this.#phase = { name: 'joining', rid: join.rid, untilMs: nowMs + CONNECT_TIMEOUT_MS };
    return [{ type: 'emit', event: 'join', payload: join }];
  }

  /** The socket is gone, or did not open. */
  lost(nowMs: number, detail: string): SupervisorOutput[] {
    if (this.#phase.name === 'closed' || this.#phase.name === 'waiting') return [];
    return this.#retry(nowMs, 'server-unreachable', detail, null);
  }

  /** The server said something. */
  received(event: ServerEvent, payload: unknown, nowMs: number): SupervisorOutput[] {
    if (this.#phase.name !== 'joining' && this.#phase.name !== 'open') return [];
    switch (event) {
      case 'reply': {
        const reply = guardReply(payload);
        return reply === null ? [] : this.#replied(reply, nowMs);
      }
      case 'peer-joined': {
        const presence = guardPresence(payload);
        if (presence === null || presence.peer === this.seat.peer) return [];
        this.#outbox.peerSeen(presence.peer);
        return [{ type: 'peer-joined', peer: presence.peer }, ...this.#flush(nowMs)];
      }
      case 'peer-left': {
        const presence = guardPresence(payload);
        if (presence === null || presence.peer === this.seat.peer) return [];
        this.#outbox.peerGone(presence.peer);
        return [{ type: 'peer-left', peer: presence.peer }];
      }
      case 'signal': {
        const signal = guardSignal(payload);
        if (signal === null || signal.from === this.seat.peer) return [];
        return [{ type: 'signal-received', ...signal }];
      }
      case 'server-closing': {
        const closing = guardServerClosing(payload);
        if (closing === null) return [];
        return this.#retry(nowMs, 'server-unreachable', 'the server closes', closing.retry_ms);
      }
    }
  }

  /** Sends a signal, now or as soon as that is possible. */
  send(to: PeerId, body: string, nowMs: number): SupervisorOutput[] {
    if (this.#phase.name === 'closed') return [];
    this.#outbox.add(to, body);
    return this.#flush(nowMs);
  }

  /** A peer is given up by us: what waits for it is dropped. */
  forget(peer: PeerId): void {
    this.#outbox.peerGone(peer);
  }

  /** Nobody new but `peers` is to enter the room any more: said now, after each join, and again until the server has answered. */
  withdraw(peers: readonly PeerId[]): SupervisorOutput[] {
    this.#withdrawal = { peers: peers.slice(0, WITHDRAWAL_PEERS), rid: null, isKnown: false };
    return this.#sayWithdrawal();
  }

  /** Leaves on purpose. The last emit is the driver's to get out before it disconnects. */
  leave(): SupervisorOutput[] {
    const inRoom = this.#phase.name === 'open';
    this.#phase = { name: 'closed' };
    const leave: SupervisorOutput = { type: 'emit', event: 'leave', payload: { rid: this.#rid() } };
    return [...(inRoom ? [leave] : []), { type: 'disconnect' }];
  }

  /** Time has passed. */
  tick(nowMs: number): SupervisorOutput[] {
    switch (this.#phase.name) {
      case 'waiting':
        return nowMs < this.#phase.untilMs ? [] : this.#connect(nowMs);
      case 'connecting':
      case 'joining':
        if (nowMs < this.#phase.untilMs) return [];
        return this.#retry(nowMs, 'server-unreachable', `no answer while ${this.#phase.name}`, null);
      case 'open': {
        if (this.#heartbeat !== null && nowMs >= this.#heartbeat.sentMs + HEARTBEAT_TIMEOUT_MS) {
          return this.#retry(nowMs, 'server-unreachable', 'no heartbeat', null);
        }
        const outputs = this.#flush(nowMs);
        if (nowMs >= this.#nextHeartbeatMs) {
          const rid = this.#rid();
          this.#heartbeat ??= { rid, sentMs: nowMs };
          this.#nextHeartbeatMs = nowMs + HEARTBEAT_MS;
          outputs.push({ type: 'emit', event: 'heartbeat', payload: { rid } }, ...this.#sayWithdrawal());
        }
        return outputs;
      }
      case 'closed':
        return [];
    }
  }

  #connect(nowMs: number): SupervisorOutput[] {
    this.#phase = { name: 'connecting', untilMs: nowMs + CONNECT_TIMEOUT_MS };
    return [{ type: 'connect' }];
  }

  #replied(reply: GuardedReply, nowMs: number): SupervisorOutput[] {
    if (this.#phase.name === 'joining') {
      if (reply.rid !== this.#phase.rid) return [];
      return reply.ok ? this.#joined(reply.joined, nowMs) : this.#joinRefused(reply.code, reply.retry_ms, nowMs);
    }
    // Any reply proves the server alive.
    this.#heartbeat = null;
    if (this.#withdrawal !== null && this.#withdrawal.rid === reply.rid) {
      // A server that does not know the word never will.
      this.#withdrawal.isKnown = reply.ok || reply.code === 'bad-request';
    }
    if (!this.#outbox.awaits(reply.rid)) {
      // Heartbeats are answered with `ok`; a refused one means that the server lost our seat.
      return !reply.ok && reply.code === 'not-in-room' ? this.#retry(nowMs, 'server-unreachable', reply.code, null) : [];
    }
    if (reply.ok) {
      this.#outbox.settle(reply.rid, true);
      return this.#flush(nowMs);
    }
    switch (reply.code) {
      case 'no-such-peer':
        this.#outbox.addresseeAbsent(reply.rid);
        return this.#flush(nowMs);
      case 'rate-limited':
        this.#outbox.postpone(reply.rid);
        this.#pausedUntilMs = nowMs + Math.max(reply.retry_ms ?? 0, BACKOFF_MIN_MS);
        return [];
      case 'not-in-room':
      case 'server-closing':
        return this.#retry(nowMs, 'server-unreachable', reply.code, reply.retry_ms);
      default:
        this.#outbox.settle(reply.rid, false);
        return this.#flush(nowMs);
    }
  }

  #joined(joined: Joined | null, nowMs: number): SupervisorOutput[] {
    if (joined === null) return this.#refuse('server-protocol', 'the reply to join lacks its fields');
    const again = this.#admitted;
    this.#admitted = true;
    this.#attempt = 0;
    this.#phase = { name: 'open' };
    this.#heartbeat = null;
    this.#pausedUntilMs = 0;
    this.#nextHeartbeatMs = nowMs + HEARTBEAT_MS;
    const peers = joined.peers.filter((peer) => peer !== this.seat.peer);
    for (const peer of peers) this.#outbox.peerSeen(peer);
    // A server that was restarted has forgotten everything.
    if (this.#withdrawal !== null) this.#withdrawal.isKnown = false;
    return [{ type: 'entered', joined: { ...joined, peers }, again }, ...this.#sayWithdrawal(), ...this.#flush(nowMs)];
  }

  #joinRefused(code: ReplyCode, retryMs: number | null, nowMs: number): SupervisorOutput[] {
    switch (code) {
      case 'unauthorized':
        return this.#refuse('seat-taken', code);
      case 'version':
        return this.#refuse('server-version', code);
      case 'room-refused':
        return this.#refuse('room-refused', code);
      case 'room-full':
      case 'create-refused':
        // Who was in before may find its seat free again, or the room made again by who may.
        return this.#admitted ? this.#retry(nowMs, code, code, retryMs) : this.#refuse(code, code);
      case 'rate-limited':
        return this.#retry(nowMs, 'rate-limited', code, retryMs);
      case 'server-closing':
        return this.#retry(nowMs, 'server-unreachable', code, retryMs);
      default:
        return this.#refuse('server-protocol', code);
    }
  }

  #refuse(code: FailureCode, detail: string): SupervisorOutput[] {
    this.#phase = { name: 'closed' };
    return [{ type: 'disconnect' }, { type: 'refused', code, detail }];
  }

  /** Waits with jittered backoff, at least as long as the server asked for. */
  #retry(nowMs: number, code: FailureCode, detail: string, askedMs: number | null): SupervisorOutput[] {
    this.#outbox.connectionLost();
    this.#heartbeat = null;
    this.#attempt += 1;
    if (!this.#admitted && code === 'server-unreachable' && this.#attempt >= FIRST_ATTEMPTS) {
      return this.#refuse(code, detail);
    }
    const backoff = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.min(this.#attempt - 1, 10));
    const delay = Math.max(askedMs ?? 0, 0) + backoff * (0.5 + this.random() / 2);
    this.#phase = { name: 'waiting', untilMs: nowMs + delay };
    return [{ type: 'disconnect' }, { type: 'server-lost', code, detail }];
  }

  #sayWithdrawal(): SupervisorOutput[] {
    const withdrawal = this.#withdrawal;
    if (this.#phase.name !== 'open' || withdrawal === null || withdrawal.isKnown) return [];
    withdrawal.rid = this.#rid();
    const payload: Withdraw = { rid: withdrawal.rid, peers: [...withdrawal.peers] };
    return [{ type: 'emit', event: 'withdraw', payload }];
  }

  #flush(nowMs: number): SupervisorOutput[] {
    if (this.#phase.name !== 'open' || nowMs < this.#pausedUntilMs) return [];
    this.#pausedUntilMs = 0;
    return this.#outbox
      .take(() => this.#rid())
      .map((signal) => ({ type: 'emit', event: 'signal', payload: signal }) as const);
  }

  #rid(): number {
    const rid = this.#nextRid;
    this.#nextRid = rid === 0xffffffff ? 1 : rid + 1;
    return rid;
  }
}
