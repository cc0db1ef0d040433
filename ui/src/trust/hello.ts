// Hellos: what one says of its sender, and their seal, which every holder of the invitation can make and open.
// Twin of `crates/trust/src/hello.rs`.

import type { Hello } from '../protocol/Hello';
import type { HostKind } from '../protocol/HostKind';
import type { PeerId } from '../protocol/PeerId';
import type { RoomKeys } from './derivation';
import { HELLO_HEADER, openEnvelope, readEnvelope, sealEnvelope } from './envelope';
import type { HelloNonces } from './handshake';
import { cutName } from './displayName';
import { parseSealed } from './sealedGuard';
import { TrustError } from './TrustError';

/** What a hello says of its sender, apart from nonces. */
export interface About {
  /** Display name; cut to `NAME_CHARS` characters when sent. */
  readonly name: string;
  /** Program and version, `parlor/0.1.0`. */
  readonly agent: string;
  readonly host: HostKind;
}

/** Seals a hello: the `body` of a signal. `nonce` is 24 fresh random bytes. */
export function sealHello(
  keys: RoomKeys,
  from: PeerId,
  to: PeerId,
  nonces: HelloNonces,
  about: About,
  nonce: Uint8Array,
): string {
  const { agent, host } = about;
  const hello = { type: 'hello', nonce: nonces.nonce, echo: nonces.echo, name: cutName(about.name), agent, host };
  return sealEnvelope(keys.helloKey, HELLO_HEADER, { room: keys.room, from, to }, nonce, JSON.stringify(hello));
}

/**
 * Opens a hello that came `from` a peer. It may be a replay: good for a name, not for more. The name is cut. Throws any of the
 * envelope's; `not-an-envelope` when it is of another kind.
 */
export function openHello(keys: RoomKeys, from: PeerId, to: PeerId, body: string): Hello {
  const { header, envelope } = readEnvelope(body);
  if (header.kind !== 'hello') throw new TrustError('not-an-envelope', 'no hello');
  const message = parseSealed(openEnvelope(keys.helloKey, { room: keys.room, from, to }, envelope));
  if (message?.type !== 'hello') throw new TrustError('not-a-message', 'not a hello');
  return message;
}
