// A signaling server that lies: a Socket.IO server in front of a real `parlor-server`, which sees, changes, keeps and invents signals.
//
// Promises: what its script leaves alone passes as it is and in order, the page too, so that clients cannot tell it from an honest one.
// Left to others: what to do with a signal (`LinkHolder`, the tests).
import { once } from 'node:events';
import { createServer, request, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { io, type Socket as Upstream } from 'socket.io-client';

/** A signal under way. */
export interface Signal {
  readonly from: string;
  readonly to: string;
  readonly body: string;
}

/** What becomes of a signal: what is delivered instead, in order; itself, to pass it on; nothing, to keep it. */
export type Script = (signal: Signal) => readonly Signal[];

interface Client {
  readonly socket: Socket;
  readonly upstream: Upstream;
  peer: string | null;
}

/** One that runs. */
export class HostileServer {
  /** Every signal as its sender meant it, oldest first. */
  readonly seen: Signal[] = [];
  /** What is done to signals from now on. */
  script: Script = (signal) => [signal];
  readonly #clients = new Set<Client>();

  private constructor(
    private readonly http: HttpServer,
    private readonly io: Server,
    private readonly target: string,
  ) {
    io.of('/room').on('connection', (socket) => this.#serve(socket));
  }

  /** Stands in front of the server at `target`. */
  static async stand(target: string): Promise<HostileServer> {
    const http = createServer((asked, answer) => {
      const onward = request(new URL(asked.url ?? '/', target), { method: asked.method ?? 'GET', headers: { accept: asked.headers.accept ?? '*/*' } }, (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      asked.pipe(onward);
    });
    const io = new Server(http, { transports: ['websocket'], serveClient: false });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return new HostileServer(http, io, target);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** Hands a signal to its addressee, invented or not. */
  deliver({ from, to, body }: Signal): void {
    for (const client of this.#clients) if (client.peer === to) client.socket.emit('signal', { from, body });
  }

  async close(): Promise<void> {
    for (const { upstream } of this.#clients) upstream.close();
    await this.io.close();
  }

  #serve(socket: Socket): void {
    const upstream = io(`${this.target}/room`, { transports: ['websocket'], reconnection: false, forceNew: true });
    const client: Client = { socket, upstream, peer: null };
    this.#clients.add(client);
    socket.onAny((event: string, payload: Record<string, unknown>) => {
      if (event === 'join') client.peer = String(payload['peer']);
      upstream.emit(event, payload);
    });
    upstream.onAny((event: string, payload: Record<string, unknown>) => {
      if (event !== 'signal' || client.peer === null) {
        socket.emit(event, payload);
        return;
      }
      const signal = { from: String(payload['from']), to: client.peer, body: String(payload['body']) };
      this.seen.push(signal);
      for (const changed of this.script(signal)) this.deliver(changed);
    });
    socket.on('disconnect', () => {
      this.#clients.delete(client);
      upstream.close();
    });
    upstream.on('disconnect', () => socket.disconnect(true));
  }
}
