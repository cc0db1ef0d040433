// A TCP wire between a client and a server that a test can freeze: nothing passes, nothing is closed, as when a laptop sleeps.
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** A wire in place. */
export interface Wire {
  /** Where clients connect instead. */
  readonly url: string;
  /** From now on nothing passes towards the client; towards the server only if `upstream` is left flowing. */
  freeze(options?: { readonly upstream: 'flows' | 'frozen' }): void;
  /** Closes both ends. */
  cut(): void;
  close(): Promise<void>;
}

/** Lays a wire to the server at `url`. */
export async function layWire(url: string): Promise<Wire> {
  const target = new URL(url);
  const pairs: { client: Socket; server: Socket }[] = [];
  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    pairs.push({ client, server });
    client.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes) => client.write(bytes));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const cut = (): void => {
    for (const { client, server } of pairs) {
      client.destroy();
      server.destroy();
    }
  };
  return {
    url: `http://127.0.0.1:${port}`,
    freeze: ({ upstream } = { upstream: 'frozen' }) => {
      for (const { client, server } of pairs) {
        server.pause();
        if (upstream === 'frozen') client.pause();
      }
    },
    cut,
    close: async () => {
      cut();
      const closed = once(listener, 'close');
      listener.close();
      await closed;
    },
  };
}
