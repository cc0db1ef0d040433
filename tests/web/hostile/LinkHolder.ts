// Whoever holds a link and sits on the server: opens every envelope, and seals it again as if the sender had.
//
// Promises: everything of a direction is sealed anew, so sequences rise whatever is changed, dropped or added. It proves nothing on
// connections: no key confirmation is made here, though the link would be enough for one. Left to others: what to change.
import { randomBytes } from 'node:crypto';
import { decodeBase64url } from '../../../ui/src/trust/base64url';
import type { Bytes } from '../../../ui/src/trust/bytes';
import { type Party, RoomKeys } from '../../../ui/src/trust/derivation';
import { readEnvelope } from '../../../ui/src/trust/envelope';
import { Epoch, type Negotiation, type OpenedNegotiation } from '../../../ui/src/trust/Epoch';
import { openHello } from '../../../ui/src/trust/hello';
import { toHex } from '../../../ui/src/trust/id';
import { parseInvitation } from '../../../ui/src/trust/invitation';
import type { Script, Signal } from './HostileServer';

/** Fresh random bytes. */
export const random = (length: number): Bytes => new Uint8Array(randomBytes(length));

/** A message under way, opened. */
export interface Opened extends OpenedNegotiation {
  readonly from: string;
  readonly to: string;
}

/** What becomes of an opened message: what is sealed and delivered instead. */
export type Edit = (opened: Opened) => readonly Negotiation[];

interface Direction {
  readonly opening: Epoch;
  readonly sealing: Epoch;
}

/** One who holds one link. */
export class LinkHolder {
  readonly keys: RoomKeys;
  /** Nonces that peers said, by peer. */
  readonly #nonces = new Map<string, Bytes[]>();
  readonly #directions = new Map<string, Direction>();

  constructor(link: string) {
    this.keys = new RoomKeys(parseInvitation(link).secret);
  }

  /** What to do to signals: hellos pass, all else is edited. */
  script(edit: Edit): Script {
    return (signal) => {
      if (readEnvelope(signal.body).header.kind === 'hello') {
        this.#listen(signal);
        return [signal];
      }
      const { from, to, body } = signal;
      const direction = this.direction(signal);
      const opened = direction.opening.open(body);
      return edit({ from, to, ...opened }).map((message) => ({ from, to, body: direction.sealing.seal(opened.plane, message, random) }));
    };
  }

  /** Keeps everything but hellos, and hands it over opened. */
  keep(take: (taken: OpenedNegotiation & { readonly signal: Signal }) => void): Script {
    return (signal) => {
      if (readEnvelope(signal.body).header.kind === 'hello') {
        this.#listen(signal);
        return [signal];
      }
      take({ signal, ...this.direction(signal).opening.open(signal.body) });
      return [];
    };
  }

  /** Both ends of the way that an envelope takes. */
  direction({ from, to, body }: Signal): Direction {
    const epoch = toHex(readEnvelope(body).header.epoch);
    const key = `${from} ${epoch}`;
    let direction = this.#directions.get(key);
    if (direction === undefined) {
      const [sender, receiver] = this.#parties(from, to, epoch);
      direction = { opening: new Epoch(this.keys, receiver, sender, false), sealing: new Epoch(this.keys, sender, receiver, false) };
      this.#directions.set(key, direction);
    }
    return direction;
  }

  #listen({ from, to, body }: Signal): void {
    const nonce = decodeBase64url(openHello(this.keys, from, to, body).nonce);
    if (nonce === null) throw new Error('a hello without a nonce');
    this.#nonces.set(from, [...(this.#nonces.get(from) ?? []), nonce]);
  }

  #parties(from: string, to: string, epoch: string): [Party, Party] {
    for (const mine of this.#nonces.get(from) ?? []) {
      for (const theirs of this.#nonces.get(to) ?? []) {
        const parties: [Party, Party] = [
          { peer: from, nonce: mine },
          { peer: to, nonce: theirs },
        ];
        if (toHex(this.keys.epochId(...parties)) === epoch) return parties;
      }
    }
    throw new Error('an epoch of nonces that were never said');
  }
}
