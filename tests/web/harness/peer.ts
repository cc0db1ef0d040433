// A client of namespace `/room` without any of Parlor's own code: what another implementation would send.
import { randomBytes } from 'node:crypto';
import { type Socket, io } from 'socket.io-client';
import type { Reply } from '../../../ui/src/protocol/Reply';

/** A room as its members know it. */
export interface RoomKeys {
  readonly room: string;
  readonly token: string;
}

/** An event as it came. */
export interface Seen {
  readonly event: string;
  readonly payload: Record<string, unknown>;
}

export const randomId = (): string => randomBytes(16).toString('hex');
export const randomSecret = (): string => randomBytes(32).toString('base64url');
export const randomRoom = (): RoomKeys => ({ room: randomId(), token: randomSecret() });

/** One socket with one peer behind it. */
export class Peer {
  /** Everything that came, in order, replies too. */
  readonly seen: Seen[] = [];
  /** Why the socket ended, once it has. */
  ended: string | undefined;
  private readonly replies = new Map<number | null, Reply>();
  private nextRid = 1;
  private readonly watchers = new Set<() => void>();

  private constructor(
    readonly socket: Socket,
    readonly id: string,
    readonly resume: string,
  ) {
    socket.onAny((event: string, payload: Record<string, unknown>) => {
      this.seen.push({ event, payload });
      if (event === 'reply') this.replies.set(payload['rid'] as number | null, payload as unknown as Reply);
      this.changed();
    });
    socket.on('disconnect', (reason) => {
      this.ended = reason;
      this.changed();
    });
  }

  /** Connects; rejects with the server's words if it does not let the socket in. */
  static async connect(
    url: string,
    { id = randomId(), resume = randomSecret(), headers = {} }: { id?: string; resume?: string; headers?: Record<string, string> } = {},
  ): Promise<Peer> {
    const socket = io(`${url}/room`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      extraHeaders: headers,
    });
    const peer = new Peer(socket, id, resume);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', (error) => {
        socket.close();
        reject(error);
      });
    });
    return peer;
  }

  /** Connects and enters a room. */
  static async inRoom(url: string, keys: RoomKeys, seat: { id?: string; resume?: string } = {}): Promise<Peer> {
    const peer = await Peer.connect(url, seat);
    const reply = await peer.join(keys);
    if (!reply.ok) throw new Error(`not let in: ${reply.code ?? ''}`);
    return peer;
  }

  /** The same seat again, on another socket. */
  get seat(): { id: string; resume: string } {
    return { id: this.id, resume: this.resume };
  }

  async join(keys: RoomKeys, fields: Record<string, unknown> = {}): Promise<Reply> {
    return this.request('join', { version: 1, ...keys, peer: this.id, resume: this.resume, create: true, ...fields });
  }

  async signal(to: Peer, body: string, fields: Record<string, unknown> = {}): Promise<Reply> {
    return this.request('signal', { to: to.id, body, ...fields });
  }

  /** Sends a request and waits for its reply. */
  async request(event: string, fields: Record<string, unknown>): Promise<Reply> {
    const rid = this.nextRid++;
    this.socket.emit(event, { rid, ...fields });
    return this.reply(rid);
  }

  /** Sends anything and waits for the reply to come next, whatever its `rid`. */
  async provoke(event: string, ...args: unknown[]): Promise<Reply> {
    const before = this.seen.length;
    this.socket.emit(event, ...args);
    return this.until(() => this.seen.slice(before).find(({ event }) => event === 'reply')?.payload as Reply | undefined);
  }

  async reply(rid: number | null): Promise<Reply> {
    return this.until(() => this.replies.get(rid));
  }

  /** Sends many signals at once; gives their replies in the same order. */
  async signals(to: Peer, bodies: readonly string[]): Promise<Reply[]> {
    const first = this.nextRid;
    this.nextRid += bodies.length;
    for (const [index, body] of bodies.entries()) this.socket.emit('signal', { rid: first + index, to: to.id, body });
    // The last is asked for first: looking through all of them for each event that comes would take minutes.
    await this.reply(first + bodies.length - 1);
    return Promise.all(bodies.map((_, index) => this.reply(first + index)));
  }

  /** Waits for an event that fits. */
  async sees(event: string, fields: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return this.until(() => this.find(event, fields));
  }

  /** Whether such an event came already. */
  hasSeen(event: string, fields: Record<string, unknown> = {}): boolean {
    return this.find(event, fields) !== undefined;
  }

  /** Bodies of the signals that came from a peer, in order. */
  bodiesFrom(peer: Peer): unknown[] {
    return this.seen
      .filter(({ event, payload }) => event === 'signal' && payload['from'] === peer.id)
      .map(({ payload }) => payload['body']);
  }

  /** Waits until the socket has ended, and says how. */
  async end(): Promise<string> {
    return this.until(() => this.ended);
  }

  /** Waits until `look` finds something. A socket that ends before is an error, unless that is what is looked for. */
  async until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const watcher = (): void => {
        const found = look();
        if (found === undefined && this.ended === undefined) return;
        this.watchers.delete(watcher);
        if (found === undefined) reject(new Error(`the socket ended: ${this.ended ?? ''}`));
        else resolve(found);
      };
      this.watchers.add(watcher);
      watcher();
    });
  }

  close(): void {
    this.socket.close();
  }

  private find(event: string, fields: Record<string, unknown>): Record<string, unknown> | undefined {
    const fits = (seen: Seen): boolean =>
      seen.event === event && Object.entries(fields).every(([key, value]) => seen.payload[key] === value);
    return this.seen.find(fits)?.payload;
  }

  private changed(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}
