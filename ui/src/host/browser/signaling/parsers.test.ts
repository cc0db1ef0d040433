// Whatever a server sends: packets of Engine.IO as the library reads them, and its events as our guards do. Nothing throws.
import { describe, expect, it, vi } from 'vitest';
import { decodePacket } from 'engine.io-parser';
import { Decoder, type Packet } from 'socket.io-parser';

import { feed, feedText, jsonOf } from '../../../trust/testing/generated';
import { guardPresence, guardReply, guardServerClosing, guardSignal, SERVER_EVENTS, type ServerEvent } from './serverGuards';
import { SignalingSupervisor } from './SignalingSupervisor';

vi.setConfig({ testTimeout: 3_600_000 });

const GUARDS: Record<ServerEvent, (value: unknown) => unknown> = {
  reply: guardReply,
  'peer-joined': guardPresence,
  'peer-left': guardPresence,
  signal: guardSignal,
  'server-closing': guardServerClosing,
};

function isServerEvent(name: unknown): name is ServerEvent {
  return (SERVER_EVENTS as readonly unknown[]).includes(name);
}

function supervisor(): SignalingSupervisor {
  const secret = 'A'.repeat(43);
  const begun = new SignalingSupervisor({ version: 1, starter: true, room: '0'.repeat(32), token: secret, peer: '1'.repeat(32), resume: secret }, () => 0.5);
  begun.begin(0);
  begun.opened(0);
  return begun;
}

describe('parsers of signaling', () => {
  it('take events of a server', () => {
    let [machine, taken] = [supervisor(), 0];
    feedText('server-events', (text) => {
      const event = jsonOf(text);
      if (!Array.isArray(event) || !isServerEvent(event[0])) return false;
      const guarded = GUARDS[event[0]](event[1]);
      if (guarded !== null) expect(GUARDS[event[0]](JSON.parse(JSON.stringify(guarded)))).not.toBeUndefined();
      taken += 1;
      if (taken % 200 === 0) machine = supervisor();
      machine.received(event[0], event[1], taken);
      return guarded !== null;
    });
  });

  it('take packets of Engine.IO', () => {
    let decoder = new Decoder();
    feed('engine-io', (input) => {
      const packet = decodePacket(new TextDecoder().decode(input), 'arraybuffer');
      decodePacket(input.buffer, 'arraybuffer');
      if (packet.type !== 'message' || typeof packet.data !== 'string') return packet.type !== 'error';
      const decoded: Packet[] = [];
      decoder.on('decoded', (heard: Packet) => decoded.push(heard));
      try {
        decoder.add(packet.data);
      } catch {
        // The library refuses by throwing; its manager closes the connection then.
        decoder.destroy();
        decoder = new Decoder();
        return false;
      }
      decoder.off('decoded');
      return decoded.length > 0;
    });
  });
});
