// What the user wishes of files, for the peer it is about.
//
// Promises: a wish that names a peer or a transfer no session has rejects with a `HostError`. Leaves to others: what comes of it
// (`TransferDriver`).
import type { Command } from '../../../protocol/Command';
import type { PeerId } from '../../../protocol/PeerId';
import type { Random } from '../../../trust/bytes';
import { newId } from '../../../trust/id';
import type { PickedFiles, PickedSource } from '../files/PickedFiles';
import type { Decision } from './Decision';
import { failed } from './failure';
import type { TransferDriver } from './TransferDriver';

/** A wish about files. */
export type TransferCommand = Decision | Extract<Command, { type: 'offer-files' | 'offer-again' }>;

/** What a wish may reach. */
export interface TransferReach {
  readonly sessions: ReadonlyMap<PeerId, { readonly transfers: TransferDriver }>;
  readonly picked: PickedFiles;
  readonly random: Random;
}

/** Takes a wish. Throws a `HostError` when it is not granted. */
export function dispatchTransfer({ sessions, picked, random }: TransferReach, command: TransferCommand): void {
  const withTransfer = (isIt: (transfers: TransferDriver) => boolean): TransferDriver => {
    const session = [...sessions.values()].find(({ transfers }) => isIt(transfers));
    if (session === undefined) throw failed('not-now', 'no such transfer');
    return session.transfers;
  };
  switch (command.type) {
    case 'offer-files': {
      const session = sessions.get(command.peer);
      if (session === undefined) throw failed('no-such-peer', 'not here');
      session.transfers.offer(newId(random), sourcesOf(picked, command.handles));
      break;
    }
    case 'offer-again': {
      const { transfer } = command;
      withTransfer((transfers) => transfers.remembers(transfer)).offerAgain(transfer, newId(random));
      break;
    }
    default: {
      const { transfer } = command;
      withTransfer((transfers) => transfers.knows(transfer)).decide(command);
    }
  }
}

function sourcesOf(picked: PickedFiles, handles: readonly number[]): PickedSource[] {
  const sources = handles.flatMap((handle) => {
    const known = picked.get(handle);
    if (known === null) throw failed('offer-invalid', 'unknown files');
    return known;
  });
  if (sources.length === 0) throw failed('offer-invalid', 'no files');
  return sources;
}
