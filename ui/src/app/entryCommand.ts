// How an entry is asked of the engine.
import type { Command } from '../protocol/Command';
import type { Entry } from './state/AppState';

/** The command; `server` is where new rooms are made. */
export function entryCommand(entry: Entry, server: string, name: string): Command {
  switch (entry.how) {
    case 'start':
      return { type: 'start-room', server, name };
    case 'code':
      return { type: 'join-by-code', server: entry.server, code: entry.code, name };
    default:
      return { type: 'join-room', link: entry.link, name };
  }
}
