import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { MediaPort } from './MediaPort';
import type { PortConnection } from './MediaPort';
import { readCaptureOrder, readPortMessage } from './portGuards';
import { ADDRESS, FakeSockets } from './testing/FakeSockets';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const SILENT: PortConnection = { news: () => undefined, level: () => undefined, lost: () => undefined };

describe('the media port', () => {
  it('is reached with the secret, which stands in no address', () => {
    const sockets = new FakeSockets();
    new MediaPort(ADDRESS, sockets.open);
    expect(sockets.newest.url).toBe('ws://127.0.0.1:4321/control');
    expect(sockets.newest.protocols).toEqual(['parlor-media', 'of-this-launch']);
  });

  it('keeps what is asked before its socket is open, and asks in order', () => {
    const sockets = new FakeSockets();
    const port = new MediaPort(ADDRESS, sockets.open);
    const connection = port.register(SILENT);
    port.send({ type: 'open', connection, ice_servers: [], relay_only: false });
    void port.ask({ type: 'get-stats', connection });
    expect(sockets.newest.sent).toEqual([]);
    sockets.newest.accept();
    port.send({ type: 'restart-ice', connection });
    expect(sockets.newest.requests.map(({ type }) => type)).toEqual(['open', 'get-stats', 'restart-ice']);
  });

  it('tries again, and again, until the engine answers', async () => {
    const sockets = new FakeSockets();
    const port = new MediaPort(ADDRESS, sockets.open);
    port.send({ type: 'restart-ice', connection: port.register(SILENT) });
    for (let time = 0; time < 3; time += 1) {
      sockets.newest.break();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(sockets.made).toHaveLength(4);
    sockets.newest.accept();
    expect(sockets.newest.requests).toHaveLength(1);
  });

  it('says when it is lost and when it is back, and nothing of an engine that was never there', async () => {
    const sockets = new FakeSockets();
    const told: boolean[] = [];
    new MediaPort(ADDRESS, sockets.open, (isLost) => told.push(isLost));
    sockets.newest.break();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual([]);
    sockets.newest.accept();
    sockets.newest.break();
    expect(told).toEqual([false, true]);
    await vi.advanceTimersByTimeAsync(1_000);
    sockets.newest.accept();
    expect(told).toEqual([false, true, false]);
  });

  it('drops what is no message, and goes on', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const sockets = new FakeSockets();
    const port = new MediaPort(ADDRESS, sockets.open);
    sockets.newest.accept();
    const answer = port.ask({ type: 'get-stats', connection: port.register(SILENT) });
    sockets.newest.say({ type: 'stats', rid: 1, entries: 'none' });
    sockets.newest.say({ type: 'nonsense' });
    sockets.newest.say({ type: 'done', rid: 99 });
    sockets.newest.say({ type: 'stats', rid: 1, entries: [] });
    expect(await answer).toEqual({ type: 'stats', rid: 1, entries: [] });
    expect(logged).toHaveBeenCalledTimes(2);
  });
});

describe('what the engine says', () => {
  it('passes only in its shape', () => {
    const right: unknown[] = [
      { type: 'done', rid: 0 },
      { type: 'described', rid: 1, description: null, sections: [{ kind: 'audio', direction: 'sendrecv', current_direction: null }] },
      { type: 'stats', rid: 1, entries: [{ id: 'a', type: 'codec', timestamp: 1 }] },
      { type: 'refused', rid: null, name: 'OperationError', detail: '' },
      { type: 'candidate', connection: 1, candidate: null },
      { type: 'state', connection: 1, state: 'new', certificates: [], dtls_failed: false },
      { type: 'muted', connection: 1, section: 0, muted: true },
      { type: 'levels', levels: [{ connection: 1, level_db: 127 }] },
    ];
    for (const message of right) {
      expect(readPortMessage(JSON.stringify(message))).toEqual(message);
      // Without any one of its fields it is no message.
      for (const field of Object.keys(message as object)) {
        const broken: unknown = { ...(message as object), [field]: undefined };
        expect(readPortMessage(JSON.stringify(broken)), `${JSON.stringify(message)} without ${field}`).toBeNull();
      }
    }
    for (const wrong of ['', '[]', 'null', '{}', '{"type":"done","rid":-1}', '{"type":"state","connection":1,"state":"up","certificates":[],"dtls_failed":false}']) {
      expect(readPortMessage(wrong), wrong).toBeNull();
    }
    expect(readPortMessage(new ArrayBuffer(4))).toBeNull();
  });

  it('is an order to the encoder only within the limits', () => {
    const layer = { long_side: 640, bitrate_bps: 500_000, frame_rate: 30 };
    expect(readCaptureOrder(JSON.stringify({ type: 'layers', layers: [layer, layer] }))).not.toBeNull();
    expect(readCaptureOrder(JSON.stringify({ type: 'layers', layers: [] }))).toEqual({ type: 'layers', layers: [] });
    expect(readCaptureOrder(JSON.stringify({ type: 'layers', layers: [layer, layer, layer] }))).toBeNull();
    expect(readCaptureOrder(JSON.stringify({ type: 'layers', layers: [{ ...layer, frame_rate: 0 }] }))).toBeNull();
    expect(readCaptureOrder(JSON.stringify({ type: 'key-frame', layer: 1 }))).toEqual({ type: 'key-frame', layer: 1 });
    expect(readCaptureOrder(JSON.stringify({ type: 'key-frame' }))).toBeNull();
  });
});
