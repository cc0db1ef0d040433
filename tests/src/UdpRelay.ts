// A stretch of bad road between two sides of a call, in user space: every address of a side gets a stand-in port of the relay, and
// packets between stand-ins take a line (loss, delay, rate) of their direction.
//
// How traffic comes to pass it: one of the two pages (the near side, a browser) rewrites ICE candidates (`page/candidates.ts`). It
// names stand-ins instead of its own addresses, and learns stand-ins instead of the other side's. Neither side ever learns a real
// address of the other, so ICE can find no way round, and nothing but the near page has to be changed. A packet from Y that
// arrives at the stand-in of X goes to X from the stand-in of Y, so checks and answers match.
//
// Promises: losses repeat with the seed, which is in `seed` and in the error of a failed run; nothing is carried after `close`.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { Line, type LineConditions, type LineCounts } from './Line';

/** The side whose page rewrites candidates, or the other one. */
export type RelaySide = 'near' | 'far';

/** An address of UDP. */
export interface Address {
  readonly ip: string;
  readonly port: number;
}

interface StandIn {
  readonly real: Address;
  readonly side: RelaySide;
  readonly socket: Socket;
  readonly address: Address;
}

const SOCKET_BYTES = 1024 * 1024;

/** A relay. */
export class UdpRelay {
  readonly seed: number;
  readonly #lines: Readonly<Record<RelaySide, Line>>;
  readonly #standIns = new Map<string, Promise<StandIn>>();
  readonly #ownPorts = new Set<string>();
  #closed = false;

  constructor(seed: number = Math.floor(Math.random() * 2 ** 32)) {
    this.seed = seed;
    this.#lines = { near: new Line(seed), far: new Line(seed ^ 0x9e3779b9) };
    console.log(`relay: seed ${seed}`);
  }

  /** Sets the conditions of what one side sends, or of both directions. */
  set(conditions: Partial<LineConditions>, from?: RelaySide): void {
    for (const side of from === undefined ? (['near', 'far'] as const) : [from]) this.#lines[side].set(conditions);
  }

  /** What became of the packets that a side sent. */
  counts(from: RelaySide): LineCounts {
    return this.#lines[from].counts;
  }

  /** The address that stands in for `real`; itself if it is a stand-in already. */
  async standInFor(real: Address, side: RelaySide): Promise<Address> {
    if (this.#ownPorts.has(keyOf(real))) return real;
    return (await this.#standIn(real, side)).address;
  }

  /** Every address is another from now on, as after a change of network: what goes to the old ones is lost. */
  async moveAway(): Promise<void> {
    const old = await Promise.all(this.#standIns.values());
    this.#standIns.clear();
    for (const { socket } of old) socket.close();
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const line of Object.values(this.#lines)) line.close();
    const standIns = await Promise.all(this.#standIns.values());
    await Promise.all(
      standIns.map(async ({ socket }) => {
        const closed = once(socket, 'close');
        socket.close();
        await closed;
      }),
    );
  }

  #standIn(real: Address, side: RelaySide): Promise<StandIn> {
    const key = keyOf(real);
    let made = this.#standIns.get(key);
    if (made === undefined) {
      made = this.#make(real, side);
      this.#standIns.set(key, made);
    }
    return made;
  }

  async #make(real: Address, side: RelaySide): Promise<StandIn> {
    const socket = createSocket(isIPv6(real.ip) ? 'udp6' : 'udp4');
    socket.bind(0, real.ip);
    await once(socket, 'listening');
    socket.setRecvBufferSize(SOCKET_BYTES);
    socket.setSendBufferSize(SOCKET_BYTES);
    const address = { ip: real.ip, port: socket.address().port };
    this.#ownPorts.add(keyOf(address));
    const standIn = { real, side, socket, address };
    socket.on('message', (packet, from) => this.#arrived(standIn, packet, from));
    // A port that is gone is an ordinary end of a connection (ICMP); everything else shows as packets that do not come.
    socket.on('error', () => undefined);
    return standIn;
  }

  #arrived(to: StandIn, packet: Buffer, from: RemoteInfo): void {
    const fromSide = to.side === 'near' ? 'far' : 'near';
    const sender = { ip: from.address.replace(/%.*/, ''), port: from.port };
    this.#lines[fromSide].carry(packet.length, () => {
      void this.#standIn(sender, fromSide).then((standIn) => {
        if (!this.#closed) standIn.socket.send(packet, to.real.port, to.real.ip);
      });
    });
  }
}

function keyOf({ ip, port }: Address): string {
  return `${ip} ${port}`;
}
