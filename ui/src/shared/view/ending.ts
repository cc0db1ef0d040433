// How a transfer ended, apart from everything else of it: for its card, and for a list of what is past.
import type { Transfer } from '../../protocol/Transfer';
import type { TransferCode } from '../../protocol/TransferCode';
import type { TransferState } from '../../protocol/TransferState';
import type { Words } from '../i18n/en';

/** States a transfer does not leave. */
export type EndedState = Extract<TransferState, 'proven' | 'partial' | 'declined' | 'cancelled'>;

/** An end. */
export interface Ending {
  readonly state: EndedState;
  readonly isReceiving: boolean;
  readonly code: TransferCode | null;
  readonly endedByUs: boolean;
  readonly entryCount: number;
  readonly provenCount: number;
  /** Entries the receiver did not want. */
  readonly declinedCount: number;
}

/** How it ended, or null while it has not. */
export function endingOf(transfer: Transfer): Ending | null {
  const { state } = transfer;
  if (state !== 'proven' && state !== 'partial' && state !== 'declined' && state !== 'cancelled') return null;
  return {
    state,
    isReceiving: transfer.direction === 'receiving',
    code: transfer.code,
    endedByUs: transfer.ended_by_us,
    entryCount: transfer.entry_count,
    provenCount: transfer.proven_count,
    // Only what is listed could be chosen, so whatever else is missing was not declined.
    declinedCount: transfer.entries.filter((entry) => entry.failed === 'declined').length,
  };
}

/** Someone other than us, or something that went wrong, ended it: news to us. */
export function isNews({ state, code, endedByUs }: Ending): boolean {
  const isOwnWish = endedByUs && (state === 'declined' || (state === 'cancelled' && (code === null || code === 'cancelled')));
  return !isOwnWish;
}

/** The sentence for it, and how it is meant. */
export function endingLine(ending: Ending, name: string, words: Words): { readonly tone: 'plain' | 'good' | 'bad'; readonly words: string } {
  const { file } = words;
  const { isReceiving, provenCount, entryCount, endedByUs, code } = ending;
  switch (ending.state) {
    case 'proven':
      return { tone: 'good', words: provenWords(ending, words) };
    case 'partial':
      return { tone: 'bad', words: (isReceiving ? file.partial : file.partialSent)(provenCount, entryCount - ending.declinedCount) };
    case 'declined':
      return { tone: 'plain', words: endedByUs ? file.declinedByYou : file.declinedByOther(name) };
    case 'cancelled':
      if (code === null) return { tone: 'bad', words: endedByUs ? file.leftByYou : file.leftByOther(name) };
      if (code !== 'cancelled') return { tone: 'bad', words: file.end[code] };
      return { tone: 'bad', words: endedByUs ? file.cancelledByYou : file.cancelledByOther(name) };
  }
}

function provenWords({ isReceiving, provenCount, entryCount }: Ending, { file }: Words): string {
  if (provenCount >= entryCount) return isReceiving ? file.provenReceived : file.provenSent;
  return (isReceiving ? file.provenSome : file.provenSomeSent)(provenCount, entryCount);
}
