// `cargo xtask bench signaling`: join and relay through parlor-server, Node socket.io and Flask-SocketIO, same load, one run.
// CPU seconds are the server's alone; the load shares the machine with it, so per-second figures are lower bounds.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { load, type Load } from './load';
import { printTable } from './table';
import { venv } from './venv';

const PAIRS = 100;
const MESSAGES = 40_000;
const HERE = import.meta.dirname;

interface Opponent {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

async function start(command: readonly [string, ...string[]]): Promise<{ child: ChildProcess; url: string }> {
  const [program, ...words] = command;
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const url = /^listening on (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error(`${program} said no address`);
}

const programs = process.env['PARLOR_BIN'];
if (programs === undefined) throw new Error('PARLOR_BIN names the folder of parlor-server');
const flask = join(venv(['flask-socketio', 'gevent', 'gevent-websocket'], ['flask_socketio', 'gevent', 'geventwebsocket']), 'python');
const opponents: readonly Opponent[] = [
  {
    name: 'parlor-server',
    // Rates are for strangers; the load here comes from one address on purpose.
    command: [join(programs, 'parlor-server'), '--listen', '127.0.0.1:0', '--config', join(HERE, 'parlor-server.toml')],
  },
  { name: 'Node socket.io', command: [process.execPath, join(HERE, 'opponents/node.mjs')] },
  { name: 'Flask-SocketIO (gevent)', command: [flask, join(HERE, 'opponents/flask_relay.py')] },
];

const results: { name: string; load: Load }[] = [];
for (const opponent of opponents) {
  const { child, url } = await start(opponent.command);
  if (child.pid === undefined) throw new Error(`${opponent.name} has no process`);
  // The first run warms caches and just-in-time compilers; the second counts.
  await load(url, child.pid, PAIRS, MESSAGES / 10);
  results.push({ name: opponent.name, load: await load(url, child.pid, PAIRS, MESSAGES) });
  child.kill('SIGKILL');
}

const ours = results[0]?.load;
printTable(
  ['server', 'joins per CPU second', 'relays per second', 'relays per CPU second', 'parlor-server is'],
  results.map(({ name, load: theirs }) => [
    name,
    theirs.joinsPerCpuSecond,
    theirs.relaysPerSecond,
    theirs.relaysPerCpuSecond,
    `${((ours?.relaysPerCpuSecond ?? Number.NaN) / theirs.relaysPerCpuSecond).toFixed(1)} ×`,
  ]),
);
