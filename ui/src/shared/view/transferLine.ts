// The one line of state on a file card, and which actions make sense with it.
import type { Transfer } from '../../protocol/Transfer';
import type { Formats } from '../i18n/format';
import type { Words } from '../i18n/en';
import { endingLine, endingOf, type Ending } from './ending';

/** How the line is meant. */
export type LineTone = 'plain' | 'good' | 'bad';

/** Which buttons a card shows. */
export type CardAction = 'accept' | 'decline' | 'pause' | 'go-on' | 'cancel' | 'use' | 'offer-again';

/** A card's line. */
export interface TransferLine {
  readonly tone: LineTone;
  readonly words: string;
  readonly actions: readonly CardAction[];
}

/** The line of a transfer with someone called `name`. When the room `isOver`, nothing that was under way can go on. */
export function transferLine(transfer: Transfer, name: string, words: Words, formats: Formats, isOver = false): TransferLine {
  const { file } = words;
  const ending = endingOf(transfer);
  if (ending !== null) return { ...endingLine(ending, name, words), actions: actionsAfter(ending, isOver) };
  if (isOver) return { tone: 'bad', words: file.peerGone, actions: [] };
  const share = formats.percent(shareOf(transfer));
  switch (transfer.state) {
    case 'moving':
      return { tone: 'plain', words: progressWords(transfer, words, formats), actions: ['pause', 'cancel'] };
    case 'paused':
      // Held by both, it is ours to let go first; what the other side holds only they can.
      return transfer.paused_by_us
        ? { tone: 'plain', words: `${share} · ${file.pausedByYou}`, actions: ['go-on', 'cancel'] }
        : { tone: 'plain', words: `${share} · ${file.pausedByOther(name)}`, actions: ['cancel'] };
    case 'interrupted':
      return { tone: 'plain', words: `${share} · ${file.interrupted}`, actions: ['cancel'] };
    default:
      return transfer.direction === 'receiving'
        ? { tone: 'plain', words: file.ask(name), actions: ['accept', 'decline'] }
        : { tone: 'plain', words: file.waitingOther(name), actions: ['cancel'] };
  }
}

/** Which part of the bytes is stored, 0 … 1. */
export function shareOf(transfer: Pick<Transfer, 'stored_bytes' | 'total_bytes'>): number {
  return transfer.total_bytes === 0 ? 1 : Math.min(1, transfer.stored_bytes / transfer.total_bytes);
}

/** The name of its file or its folder; null when it is several that share none. */
export function ownName(transfer: Transfer): string | null {
  const [first] = transfer.entries;
  if (first === undefined) return null;
  if (transfer.entry_count === 1) return first.path.slice(first.path.lastIndexOf('/') + 1);
  const folder = first.path.includes('/') ? first.path.slice(0, first.path.indexOf('/')) : null;
  return folder !== null && transfer.entries.every((entry) => entry.path.startsWith(`${folder}/`)) ? folder : null;
}

/** What a transfer is called: its file, its folder, or how many files it has. */
export function transferName(transfer: Transfer, words: Words): string {
  return ownName(transfer) ?? words.file.several(transfer.entry_count);
}

function actionsAfter({ state, isReceiving, provenCount }: Ending, isOver: boolean): readonly CardAction[] {
  if (isReceiving) return state === 'proven' || (state === 'partial' && provenCount > 0) ? ['use'] : [];
  return state === 'proven' || isOver ? [] : ['offer-again'];
}

function progressWords(transfer: Transfer, words: Words, formats: Formats): string {
  const parts = [formats.percent(shareOf(transfer))];
  if (transfer.bytes_per_second !== null) parts.push(formats.speed(transfer.bytes_per_second));
  if (transfer.remaining_ms !== null) parts.push(words.file.left(formats.duration(transfer.remaining_ms)));
  else if (transfer.stored_bytes === 0) parts.push(words.file.starting);
  return parts.join(' · ');
}
