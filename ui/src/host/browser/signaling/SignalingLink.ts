// The thin driver of `SignalingSupervisor`: one Socket.IO socket at a time, one timer, no rules of its own.
//
// Promises: WebSocket only, the library's own reconnect off; only allow-listed events are heard, and none of them can pass for
// a state of the socket. Leaves to others: what is said (`RoomEngine`).
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';

import type { PeerId } from '../../../protocol/PeerId';
import { SERVER_EVENTS } from './serverGuards';
import { SignalingSupervisor } from './SignalingSupervisor';
import type { Seat, SupervisorOutput } from './SignalingSupervisor';

/** The facts among a supervisor's outputs. */
export type SignalingFact = Exclude<SupervisorOutput, { type: 'connect' | 'disconnect' | 'emit' }>;

export class SignalingLink {
  readonly #supervisor: SignalingSupervisor;
  #socket: Socket | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #outputs: SupervisorOutput[] = [];
  #running = false;

  constructor(
    private readonly server: string,
    seat: Seat,
    private readonly heard: (fact: SignalingFact) => void,
  ) {
    this.#supervisor = new SignalingSupervisor(seat, Math.random);
  }

  begin(): void {
    this.#run(this.#supervisor.begin(now()));
  }

  send(to: PeerId, body: string): void {
    this.#run(this.#supervisor.send(to, body, now()));
  }

  forget(peer: PeerId): void {
    this.#supervisor.forget(peer);
  }

  /** Has the server let nobody new in but `peers`. */
  withdraw(peers: readonly PeerId[]): void {
    this.#run(this.#supervisor.withdraw(peers));
  }

  leave(): void {
    this.#run(this.#supervisor.leave());
  }

  /** Carries outputs out in order, also those that come of hearing an earlier one. */
  #run(outputs: readonly SupervisorOutput[]): void {
    this.#outputs.push(...outputs);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let output = this.#outputs.shift(); output !== undefined; output = this.#outputs.shift()) this.#carryOut(output);
    } finally {
      this.#running = false;
    }
    this.#arm();
  }

  #carryOut(output: SupervisorOutput): void {
    switch (output.type) {
      case 'connect':
        this.#disconnect();
        this.#connect();
        break;
      case 'disconnect':
        this.#disconnect();
        break;
      case 'emit':
        this.#socket?.emit(output.event, output.payload);
        break;
      default:
        this.heard(output);
    }
  }

  #connect(): void {
    const base = new URL(this.server);
    const socket = io(`${base.origin}/room`, {
      path: `${base.pathname.replace(/\/+$/, '')}/socket.io/`,
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      multiplex: false,
    });
    this.#socket = socket;
    const current = (): boolean => this.#socket === socket;
    // A server could name an event `connect` or `disconnect`; the socket's own word decides.
    socket.on('connect', () => {
      if (current() && socket.connected) this.#run(this.#supervisor.opened(now()));
    });
    const gone = (detail: string): void => {
      if (current() && !socket.connected) this.#run(this.#supervisor.lost(now(), detail));
    };
    socket.on('connect_error', () => gone('connect failed'));
    socket.on('disconnect', () => gone('disconnected'));
    for (const event of SERVER_EVENTS) {
      socket.on(event, (payload: unknown) => {
        if (current()) this.#run(this.#supervisor.received(event, payload, now()));
      });
    }
  }

  #disconnect(): void {
    const socket = this.#socket;
    this.#socket = null;
    // What was emitted before leaves before the close: both go through one ordered connection.
    socket?.disconnect();
  }

  #arm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const deadline = this.#supervisor.deadlineMs;
    if (deadline === null) return;
    this.#timer = setTimeout(() => this.#run(this.#supervisor.tick(now())), Math.max(0, deadline - now()));
  }
}

/** Milliseconds that never jump back. */
function now(): number {
  return performance.now();
}
