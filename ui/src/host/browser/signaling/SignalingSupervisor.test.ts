import { describe, expect, it } from 'vitest';

import { HEARTBEAT_MS, HEARTBEAT_TIMEOUT_MS, SignalingSupervisor } from './SignalingSupervisor';
import type { SupervisorOutput } from './SignalingSupervisor';

const SELF = '0'.repeat(32);
const OTHER = '1'.repeat(32);
const THIRD = '2'.repeat(32);
const SEAT = { version: 1, room: 'a'.repeat(32), token: 'T', peer: SELF, resume: 'R', starter: false };

/** A supervisor with a clock, and a server's answers at hand. */
class Stage {
  nowMs = 1_000;
  readonly supervisor: SignalingSupervisor;

  constructor(starter = false, random = 0.5) {
    this.supervisor = new SignalingSupervisor({ ...SEAT, starter }, () => random);
  }

  emitted(outputs: readonly SupervisorOutput[]): { event: string; payload: Record<string, unknown> }[] {
    return outputs.flatMap((output) =>
      output.type === 'emit' ? [{ event: output.event, payload: output.payload as Record<string, unknown> }] : [],
    );
  }

  open(): SupervisorOutput[] {
    return this.supervisor.opened(this.nowMs);
  }

  reply(fields: object): SupervisorOutput[] {
    return this.supervisor.received('reply', fields, this.nowMs);
  }

  joinWith(peers: readonly string[]): SupervisorOutput[] {
    const [join] = this.emitted(this.open());
    const limits = { message_bytes: 65_536, room_peers: 16 };
    return this.reply({ rid: join?.payload['rid'], ok: true, peers, ice_servers: [], ttl_s: 900, limits });
  }

  /** In the room with `peers`. */
  enter(peers: readonly string[] = [OTHER]): SupervisorOutput[] {
    this.supervisor.begin(this.nowMs);
    return this.joinWith(peers);
  }

  /** Waits for the next deadline, and ticks. */
  wait(): SupervisorOutput[] {
    this.nowMs = this.supervisor.deadlineMs ?? this.nowMs;
    return this.supervisor.tick(this.nowMs);
  }
}

const types = (outputs: readonly SupervisorOutput[]): string[] => outputs.map((output) => output.type);

describe('entering', () => {
  it('joins as soon as the socket is open, and only the starter creates the room', () => {
    for (const starter of [true, false]) {
      const stage = new Stage(starter);
      expect(types(stage.supervisor.begin(0))).toEqual(['connect']);
      const [join] = stage.emitted(stage.open());
      expect(join).toMatchObject({ event: 'join', payload: { version: 1, peer: SELF, create: starter } });
      expect(join?.payload).not.toHaveProperty('starter');
    }
  });

  it('ends with the words of a refusal that no retry mends', () => {
    for (const [code, failure] of [
      ['room-refused', 'room-refused'],
      ['room-full', 'room-full'],
      ['create-refused', 'create-refused'],
      ['unauthorized', 'seat-taken'],
      ['version', 'server-version'],
      ['bad-request', 'server-protocol'],
    ] as const) {
      const stage = new Stage();
      stage.supervisor.begin(0);
      const [join] = stage.emitted(stage.open());
      const outputs = stage.reply({ rid: join?.payload['rid'], ok: false, code });
      expect(outputs).toEqual([{ type: 'disconnect' }, { type: 'refused', code: failure, detail: code }]);
      expect(stage.supervisor.deadlineMs).toBeNull();
    }
  });

  it('waits as long as a limiting server asks', () => {
    const stage = new Stage();
    stage.supervisor.begin(0);
    const [join] = stage.emitted(stage.open());
    const outputs = stage.reply({ rid: join?.payload['rid'], ok: false, code: 'rate-limited', retry_ms: 4_000 });
    expect(outputs.at(-1)).toMatchObject({ type: 'server-lost', code: 'rate-limited' });
    expect(stage.supervisor.deadlineMs).toBeGreaterThanOrEqual(stage.nowMs + 4_000);
    expect(types(stage.wait())).toEqual(['connect']);
  });

  it('tells of an unreachable server at once, and gives up after some attempts', () => {
    const stage = new Stage();
    stage.supervisor.begin(0);
    const seen: string[] = [];
    for (let attempt = 0; attempt < 20; attempt += 1) {
      seen.push(...types(stage.supervisor.lost(stage.nowMs, 'refused')));
      stage.wait();
    }
    expect(seen.slice(0, 2)).toEqual(['disconnect', 'server-lost']);
    expect(seen.at(-1)).toBe('refused');
  });

  it('does not take a reply of another request for the one to its join', () => {
    const stage = new Stage();
    stage.supervisor.begin(0);
    stage.open();
    expect(stage.reply({ rid: 4_242, ok: true })).toEqual([]);
    expect(stage.reply({ rid: null, ok: false, code: 'bad-request' })).toEqual([]);
  });
});

describe('a dead link', () => {
  it('is noticed ten seconds after an unanswered heartbeat', () => {
    const stage = new Stage();
    stage.enter();
    const start = stage.nowMs;
    const [beat] = stage.emitted(stage.wait());
    expect(beat?.event).toBe('heartbeat');
    expect(stage.nowMs).toBe(start + HEARTBEAT_MS);
    let outputs: SupervisorOutput[] = [];
    while (!types(outputs).includes('server-lost')) outputs = stage.wait();
    expect(stage.nowMs).toBe(start + HEARTBEAT_MS + HEARTBEAT_TIMEOUT_MS);
  });

  it('is no conclusion while heartbeats are answered, however late the timer', () => {
    const stage = new Stage();
    stage.enter();
    for (let beat = 0; beat < 50; beat += 1) {
      // A hidden tab's timer may come a minute late.
      stage.nowMs += 60_000;
      const [emitted] = stage.emitted(stage.supervisor.tick(stage.nowMs));
      expect(emitted?.event).toBe('heartbeat');
      stage.reply({ rid: emitted?.payload['rid'], ok: true });
    }
  });

  it('is retried for ever once we were in, at most fifteen seconds apart', () => {
    const stage = new Stage(false, 0.999);
    stage.enter();
    let outputs = stage.supervisor.lost(stage.nowMs, 'gone');
    for (let attempt = 0; attempt < 100; attempt += 1) {
      expect(types(outputs)).toContain('server-lost');
      const from = stage.nowMs;
      expect(types(stage.wait())).toEqual(['connect']);
      expect(stage.nowMs - from).toBeLessThanOrEqual(15_000);
      outputs = stage.supervisor.lost(stage.nowMs, 'refused');
    }
  });

  it('brings us back on the same seat, making the room again if it was forgotten', () => {
    const stage = new Stage();
    stage.enter();
    stage.supervisor.lost(stage.nowMs, 'gone');
    stage.wait();
    const [join] = stage.emitted(stage.open());
    expect(join?.payload).toMatchObject({ peer: SELF, resume: 'R', create: true });
  });

  it('is what an orderly closing leads to, after the time it asks for', () => {
    const stage = new Stage();
    stage.enter();
    stage.supervisor.received('server-closing', { retry_ms: 3_000 }, stage.nowMs);
    expect(stage.supervisor.deadlineMs).toBeGreaterThanOrEqual(stage.nowMs + 3_000);
    expect(types(stage.wait())).toEqual(['connect']);
  });
});

describe('signals', () => {
  it('are sent again after a lost link, byte-identical and in order, unless they were answered', () => {
    const stage = new Stage();
    stage.enter();
    const sent = ['one', 'two', 'three'].flatMap((body) =>
      stage.emitted(stage.supervisor.send(OTHER, body, stage.nowMs)),
    );
    stage.reply({ rid: sent[0]?.payload['rid'], ok: true });
    stage.supervisor.lost(stage.nowMs, 'gone');
    stage.supervisor.send(OTHER, 'four', stage.nowMs);
    stage.wait();
    const again = stage.emitted(stage.joinWith([OTHER]));
    expect(again.map(({ payload }) => payload['body'])).toEqual(['two', 'three', 'four']);
    expect(new Set(again.map(({ payload }) => payload['rid'])).size).toBe(3);
  });

  it('wait for a peer the server does not know until it is seen', () => {
    const stage = new Stage();
    stage.enter();
    const [first] = stage.emitted(stage.supervisor.send(OTHER, 'one', stage.nowMs));
    stage.reply({ rid: first?.payload['rid'], ok: false, code: 'no-such-peer' });
    expect(stage.emitted(stage.supervisor.send(OTHER, 'two', stage.nowMs))).toEqual([]);
    expect(stage.emitted(stage.supervisor.send(THIRD, 'other', stage.nowMs))).toHaveLength(1);
    const outputs = stage.supervisor.received('peer-joined', { peer: OTHER }, stage.nowMs);
    expect(stage.emitted(outputs).map(({ payload }) => payload['body'])).toEqual(['one', 'two']);
  });

  it('are dropped when their peer has left', () => {
    const stage = new Stage();
    stage.enter();
    stage.supervisor.send(OTHER, 'one', stage.nowMs);
    stage.supervisor.received('peer-left', { peer: OTHER }, stage.nowMs);
    stage.supervisor.lost(stage.nowMs, 'gone');
    stage.wait();
    expect(stage.emitted(stage.joinWith([OTHER]))).toEqual([]);
  });

  it('pause while the server limits us, and go on by themselves', () => {
    const stage = new Stage();
    stage.enter();
    const [first] = stage.emitted(stage.supervisor.send(OTHER, 'one', stage.nowMs));
    stage.reply({ rid: first?.payload['rid'], ok: false, code: 'rate-limited', retry_ms: 1_500 });
    expect(stage.supervisor.send(OTHER, 'two', stage.nowMs)).toEqual([]);
    expect(stage.supervisor.deadlineMs).toBe(stage.nowMs + 1_500);
    expect(stage.emitted(stage.wait()).map(({ payload }) => payload['body'])).toEqual(['one', 'two']);
  });

  it('never pile up without bound', () => {
    const stage = new Stage();
    stage.enter();
    stage.supervisor.lost(stage.nowMs, 'gone');
    for (let n = 0; n < 5_000; n += 1) stage.supervisor.send(OTHER, 'x'.repeat(2_000), stage.nowMs);
    stage.wait();
    let flushed = stage.emitted(stage.joinWith([OTHER]));
    let count = 0;
    while (flushed.length > 0) {
      count += flushed.length;
      flushed = flushed.flatMap(({ payload }) => stage.emitted(stage.reply({ rid: payload['rid'], ok: true })));
    }
    expect(count).toBeLessThanOrEqual(1_024);
  });
});

describe('what the server says', () => {
  it('is dropped when it is malformed, and never speaks for ourselves', () => {
    const stage = new Stage();
    stage.enter();
    for (const payload of [null, 7, 'x', [], {}, { peer: 'AB' }, { peer: SELF }, { from: OTHER }, { from: SELF, body: 'x' }]) {
      expect(stage.supervisor.received('peer-joined', payload, stage.nowMs)).toEqual([]);
      expect(stage.supervisor.received('peer-left', payload, stage.nowMs)).toEqual([]);
      expect(stage.supervisor.received('signal', payload, stage.nowMs)).toEqual([]);
      expect(stage.supervisor.received('reply', payload, stage.nowMs)).toEqual([]);
    }
  });

  it('is not heard before we joined or after we left', () => {
    const stage = new Stage();
    const signal = { from: OTHER, body: 'x' };
    expect(stage.supervisor.received('signal', signal, stage.nowMs)).toEqual([]);
    stage.enter();
    expect(stage.supervisor.received('signal', signal, stage.nowMs)).toHaveLength(1);
    expect(stage.emitted(stage.supervisor.leave()).map(({ event }) => event)).toEqual(['leave']);
    expect(stage.supervisor.received('signal', signal, stage.nowMs)).toEqual([]);
    expect(stage.supervisor.lost(stage.nowMs, 'closed')).toEqual([]);
  });
});

describe('a withdrawal', () => {
  const said = (stage: Stage, outputs: readonly SupervisorOutput[]) => stage.emitted(outputs).filter(({ event }) => event === 'withdraw');

  it('is said until it is answered, and after each join', () => {
    const stage = new Stage();
    stage.enter();
    const [first] = said(stage, stage.supervisor.withdraw([OTHER]));
    expect(first?.payload).toMatchObject({ peers: [OTHER] });
    expect(said(stage, stage.reply({ rid: first?.payload['rid'], ok: false, code: 'rate-limited', retry_ms: 500 }))).toEqual([]);
    const [second] = said(stage, stage.wait());
    stage.reply({ rid: second?.payload['rid'], ok: true });
    expect(said(stage, stage.wait())).toEqual([]);

    stage.supervisor.lost(stage.nowMs, 'gone');
    stage.wait();
    expect(said(stage, stage.joinWith([]))).toHaveLength(1);
  });

  it('waits for the way to the server, and ends one whose seat is gone', () => {
    const stage = new Stage();
    stage.enter();
    stage.supervisor.lost(stage.nowMs, 'gone');
    expect(stage.supervisor.withdraw([OTHER])).toEqual([]);
    stage.wait();
    const [first] = said(stage, stage.joinWith([]));
    expect(first?.payload).toMatchObject({ peers: [OTHER] });
    expect(types(stage.reply({ rid: first?.payload['rid'], ok: false, code: 'not-in-room' }))).toEqual(['disconnect', 'server-lost']);
    stage.wait();
    expect(said(stage, stage.joinWith([]))).toHaveLength(1);
  });

  it('is not said for ever to a server that does not know the word', () => {
    const stage = new Stage();
    stage.enter();
    const [first] = said(stage, stage.supervisor.withdraw([]));
    stage.reply({ rid: first?.payload['rid'], ok: false, code: 'bad-request' });
    expect(said(stage, stage.wait())).toEqual([]);
  });
});
