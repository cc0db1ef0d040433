// A server for tests, behind the library's own interface: rooms, seats and signals of docs/protocol.md 3, in this page's memory.
//
//     vi.mock('socket.io-client', async () => ({ io: (await import('./testing/FakeServer')).connect }));
//
// Promises: events arrive in order and never within the call that caused them. Left out: graces, rates, sizes.

type Listener = (payload?: unknown) => void;
type Fields = Record<string, unknown>;

interface Room {
  readonly token: unknown;
  readonly seats: Map<string, FakeSocket>;
}

/** What the library makes of a connection, as far as it is used here. */
export class FakeSocket {
  connected = false;
  peer = '';
  room = '';
  readonly #listeners = new Map<string, Listener[]>();

  constructor(private readonly server: FakeServer) {
    server.later(() => {
      this.connected = server.isReachable;
      this.hear(server.isReachable ? 'connect' : 'connect_error');
    });
  }

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  emit(event: string, payload: Fields): void {
    if (this.connected) this.server.later(() => this.server.take(this, event, payload));
  }

  disconnect(): void {
    this.server.later(() => this.server.rise(this));
    this.connected = false;
  }

  hear(event: string, payload?: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(payload);
  }
}

export class FakeServer {
  isReachable = true;
  /** Whether a signal passes; a test may change or withhold it. */
  pass: (body: string) => string | null = (body) => body;
  readonly rooms = new Map<string, Room>();
  /** Every signal that passed. */
  readonly bodies: string[] = [];

  /** Everyone is cut off, and the seats are free at once. */
  cut(): void {
    for (const { seats } of this.rooms.values()) {
      for (const socket of [...seats.values()]) {
        this.rise(socket);
        socket.connected = false;
        this.later(() => socket.hear('disconnect'));
      }
    }
  }

  /** Who sits in rooms now, all rooms together. */
  get seated(): number {
    return [...this.rooms.values()].reduce((sum, { seats }) => sum + seats.size, 0);
  }

  later(act: () => void): void {
    queueMicrotask(act);
  }

  take(socket: FakeSocket, event: string, payload: Fields): void {
    const { rid } = payload;
    const reply = (fields: Fields): void => this.later(() => socket.hear('reply', { rid, ...fields }));
    const seats = this.rooms.get(socket.room)?.seats;
    if (event === 'join') this.#join(socket, payload, reply);
    else if (event === 'leave') this.rise(socket);
    else if (event === 'heartbeat') reply({ ok: true });
    else if (event === 'signal') {
      const to = seats?.get(String(payload['to']));
      reply(to === undefined ? { ok: false, code: 'no-such-peer' } : { ok: true });
      const body = this.pass(String(payload['body']));
      if (to === undefined || body === null) return;
      this.bodies.push(body);
      this.later(() => to.hear('signal', { from: socket.peer, body }));
    }
  }

  rise(socket: FakeSocket): void {
    const seats = this.rooms.get(socket.room)?.seats;
    if (seats?.get(socket.peer) !== socket) return;
    seats.delete(socket.peer);
    for (const other of seats.values()) this.later(() => other.hear('peer-left', { peer: socket.peer }));
  }

  #join(socket: FakeSocket, payload: Fields, reply: (fields: Fields) => void): void {
    const id = String(payload['room']);
    const found = this.rooms.get(id);
    if (found === undefined ? payload['create'] !== true : found.token !== payload['token']) {
      reply({ ok: false, code: 'room-refused' });
      return;
    }
    const room = found ?? { token: payload['token'], seats: new Map<string, FakeSocket>() };
    this.rooms.set(id, room);
    socket.peer = String(payload['peer']);
    socket.room = id;
    const others = [...room.seats.values()];
    room.seats.set(socket.peer, socket);
    reply({ ok: true, peers: others.map(({ peer }) => peer), ice_servers: [], ttl_s: 900, limits: { message_bytes: 65_536, room_peers: 16 } });
    for (const other of others) this.later(() => other.hear('peer-joined', { peer: socket.peer }));
  }
}

/** The one that `connect` connects to; a test puts a new one here. */
export const net = { server: new FakeServer() };

/** In place of the library's `io`. */
export function connect(): FakeSocket {
  return new FakeSocket(net.server);
}
