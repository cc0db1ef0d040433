// The way into a room, up to the seat: by a new invitation, by a link, or by a spoken code that brings one.
//
// Promises: one entry at a time; a command that names nothing to enter is refused before anything begins, without a word of what was
// typed; one that is withdrawn has no later effect. Leaves to others: the room (`RoomEngine`), the try at a code (`knock`).
import type { Command } from '../../../protocol/Command';
import type { Failure } from '../../../protocol/Failure';
import type { Random } from '../../../trust/bytes';
import { RoomKeys } from '../../../trust/derivation';
import { createInvitation, parseInvitation, parseServer, type Invitation } from '../../../trust/invitation';
import { parseSpokenCode } from '../../../trust/spokenCode';
import { TrustError } from '../../../trust/TrustError';
import { HostError } from '../../port';
import { knock } from '../spoken/knock';
import { failed } from './failure';
import type { RoomTabs } from './RoomTabs';
import { takeSeat, type Seat } from './seat';

export type EntryCommand = Extract<Command, { type: 'start-room' | 'join-room' | 'join-by-code' }>;

/** What an entry has come to. */
export interface Arrival {
  readonly invitation: Invitation;
  readonly keys: RoomKeys;
  readonly seat: Seat;
  /** We make this room. */
  readonly starter: boolean;
}

/** What an entrance needs around it. */
export interface EntranceSurroundings {
  /** Base URL of the server that an empty one stands for. */
  readonly ownServer: string;
  readonly random: Random;
  readonly tabs: RoomTabs;
  /** An entry has begun. */
  begun(name: string): void;
  arrived(arrival: Arrival): void;
  /** It has ended outside; null when it was withdrawn. */
  ended(failure: Failure | null): void;
}

export class Entrance {
  /** The entry under way, while a code is tried and the seat taken. */
  #entry: AbortController | null = null;

  constructor(private readonly around: EntranceSurroundings) {}

  /** Begins an entry. Rejects when it cannot; resolves when there is a seat, or, by code, once it has begun. */
  async enter(command: EntryCommand): Promise<void> {
    if (this.#entry !== null) throw failed('not-now', 'entering already');
    const { ownServer, random } = this.around;
    switch (command.type) {
      case 'start-room': {
        const invitation = refused('invitation-invalid', () => createInvitation(named(command.server, ownServer), random));
        await this.#sitDown(this.#begin(command.name), invitation, true);
        break;
      }
      case 'join-room': {
        const invitation = refused('invitation-invalid', () => parseInvitation(command.link));
        await this.#sitDown(this.#begin(command.name), invitation, false);
        break;
      }
      case 'join-by-code': {
        const code = refused('code-invalid', () => parseSpokenCode(command.code));
        const server = refused('invitation-invalid', () => parseServer(named(command.server, ownServer)));
        const entry = this.#begin(command.name);
        // What comes of it is told as of any entry.
        void this.#follow(entry, knock(server, code, random, entry.signal));
      }
    }
  }

  /** Ends the entry under way, if there is one. */
  withdraw(): void {
    const entry = this.#entry;
    if (entry === null) return;
    this.#entry = null;
    entry.abort();
    this.around.ended(null);
  }

  #begin(name: string): AbortController {
    const entry = new AbortController();
    this.#entry = entry;
    this.around.begun(name);
    return entry;
  }

  async #follow(entry: AbortController, invited: Promise<Invitation>): Promise<void> {
    let invitation: Invitation;
    try {
      invitation = await invited;
    } catch (error) {
      if (this.#entry !== entry) return;
      this.#entry = null;
      this.around.ended(error instanceof HostError ? error.failure : { code: 'internal', detail: 'the code was not followed' });
      return;
    }
    await this.#sitDown(entry, invitation, false);
  }

  async #sitDown(entry: AbortController, invitation: Invitation, starter: boolean): Promise<void> {
    const { tabs, random } = this.around;
    const keys = new RoomKeys(invitation.secret);
    const seat = await takeSeat(keys.room, tabs, random);
    if (this.#entry !== entry) {
      tabs.release();
      return;
    }
    this.#entry = null;
    this.around.arrived({ invitation, keys, seat, starter });
  }
}

function named(server: string, own: string): string {
  return server.trim().replace(/\/+$/, '') || own;
}

function refused<T>(code: 'invitation-invalid' | 'code-invalid', read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    throw failed(error.code === 'another-version' ? 'invitation-version' : code, error.code);
  }
}
