// The load of the signaling benchmark, the same for every server: peers join rooms of two, then one of each pair signals the
// other as fast as a window of unanswered requests allows.
import { randomBytes } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { cpuSeconds } from './cpu';

const BODY_BYTES = 1_500;
const WINDOW = 16;
const TALKING_PAIRS = 20;

/** What one server did. */
export interface Load {
  readonly joinsPerCpuSecond: number;
  readonly relaysPerSecond: number;
  readonly relaysPerCpuSecond: number;
}

interface Reply {
  readonly rid: number;
  readonly ok: boolean;
  readonly code?: string;
}

/** Joins `pairs` pairs at `url`, then relays `messages` in all between some of them; `pid` is the server's process. */
export async function load(url: string, pid: number, pairs: number, messages: number): Promise<Load> {
  const joinStart = cpuSeconds(pid);
  const rooms = await Promise.all(
    Array.from({ length: pairs }, async () => {
      const room = randomBytes(16).toString('hex');
      const token = randomBytes(32).toString('base64url');
      const first = await join(url, room, token, true);
      return { first, second: await join(url, room, token, false) };
    }),
  );
  const joinCpu = cpuSeconds(pid) - joinStart;

  const talking = rooms.slice(0, TALKING_PAIRS);
  const each = Math.floor(messages / talking.length);
  const [relayStart, began] = [cpuSeconds(pid), performance.now()];
  await Promise.all(talking.map(({ first, second }) => relay(first, second, each)));
  const seconds = (performance.now() - began) / 1000;
  const relayCpu = cpuSeconds(pid) - relayStart;
  for (const { first, second } of rooms) {
    first.socket.disconnect();
    second.socket.disconnect();
  }
  return {
    joinsPerCpuSecond: (2 * pairs) / joinCpu,
    relaysPerSecond: (each * talking.length) / seconds,
    relaysPerCpuSecond: (each * talking.length) / relayCpu,
  };
}

interface Joined {
  readonly socket: Socket;
  readonly peer: string;
}

function join(url: string, room: string, token: string, create: boolean): Promise<Joined> {
  const socket = io(`${url}/room`, { transports: ['websocket'], reconnection: false, forceNew: true });
  const peer = randomBytes(16).toString('hex');
  const resume = randomBytes(32).toString('base64url');
  return new Promise((resolve, reject) => {
    socket.once('connect_error', reject);
    socket.once('disconnect', (reason) => reject(new Error(`cut off while joining: ${reason}`)));
    socket.once('connect', () => socket.emit('join', { rid: 0, version: 1, room, token, peer, resume, create }));
    socket.once('reply', (reply: Reply) => {
      socket.removeAllListeners('disconnect');
      if (reply.ok) resolve({ socket, peer });
      else reject(new Error(`join refused: ${reply.code ?? ''}`));
    });
  });
}

/** Resolves when `count` messages arrived and every request was answered. */
function relay(from: Joined, to: Joined, count: number): Promise<void> {
  const body = randomBytes(Math.floor((BODY_BYTES * 3) / 4)).toString('base64url');
  return new Promise((resolve, reject) => {
    let [sent, answered, arrived] = [0, 0, 0];
    const settle = (): void => {
      if (answered === count && arrived === count) resolve();
    };
    const send = (): void => {
      while (sent < count && sent - answered < WINDOW) {
        sent += 1;
        from.socket.emit('signal', { rid: sent, to: to.peer, body });
      }
    };
    to.socket.on('signal', () => {
      arrived += 1;
      settle();
    });
    from.socket.on('reply', (reply: Reply) => {
      if (!reply.ok) reject(new Error(`signal refused: ${reply.code ?? ''}`));
      answered += 1;
      send();
      settle();
    });
    from.socket.on('disconnect', (reason) => reject(new Error(`cut off: ${reason}`)));
    send();
  });
}
