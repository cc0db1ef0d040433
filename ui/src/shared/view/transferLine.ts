// The one line of state on a file card, and which actions make sense with it.
import type { Transfer } from '../../protocol/Transfer';
import type { Formats } from '../i18n/format';
import type { Words } from '../i18n/en';

/** How the line is meant. */
export type LineTone = 'plain' | 'good' | 'bad';

/** Which buttons a card shows. */
export type CardAction = 'accept' | 'decline' | 'cancel' | 'use';

/** A card's line. */
export interface TransferLine {
  readonly tone: LineTone;
  readonly words: string;
  readonly actions: readonly CardAction[];
}

/** The line of a transfer with someone called `name`. When the room `isOver`, nothing that was under way can go on. */
export function transferLine(transfer: Transfer, name: string, words: Words, formats: Formats, isOver = false): TransferLine {
  const { file } = words;
  const isUnderWay = transfer.state === 'waiting' || transfer.state === 'moving' || transfer.state === 'interrupted';
  if (isOver && isUnderWay) return { tone: 'bad', words: file.peerGone, actions: [] };
  const isReceiving = transfer.direction === 'receiving';
  switch (transfer.state) {
    case 'waiting':
      return isReceiving
        ? { tone: 'plain', words: file.ask(name), actions: ['accept', 'decline'] }
        : { tone: 'plain', words: file.waitingOther(name), actions: ['cancel'] };
    case 'moving':
      return { tone: 'plain', words: progressWords(transfer, words, formats), actions: ['cancel'] };
    case 'interrupted':
      return { tone: 'plain', words: `${formats.percent(shareOf(transfer))} · ${file.interrupted}`, actions: ['cancel'] };
    case 'proven':
      return { tone: 'good', words: isReceiving ? file.provenReceived : file.provenSent, actions: isReceiving ? ['use'] : [] };
    case 'partial':
      return {
        tone: 'bad',
        words: (isReceiving ? file.partial : file.partialSent)(transfer.proven_count, transfer.entry_count),
        actions: isReceiving && transfer.proven_count > 0 ? ['use'] : [],
      };
    case 'declined':
      return { tone: 'plain', words: transfer.ended_by_us ? file.declinedByYou : file.declinedByOther(name), actions: [] };
    case 'cancelled':
      return { tone: 'bad', words: cancelWords(transfer, name, words), actions: [] };
  }
}

/** Which part of the bytes is stored, 0 … 1. */
export function shareOf(transfer: Pick<Transfer, 'stored_bytes' | 'total_bytes'>): number {
  return transfer.total_bytes === 0 ? 1 : Math.min(1, transfer.stored_bytes / transfer.total_bytes);
}

/** What a transfer is called: its file, its folder, or how many files it has. */
export function transferName(transfer: Transfer, words: Words): string {
  const [first] = transfer.entries;
  if (transfer.entry_count === 1 && first !== undefined) return first.path.slice(first.path.lastIndexOf('/') + 1);
  const folder = first?.path.includes('/') === true ? first.path.slice(0, first.path.indexOf('/')) : null;
  const isOneFolder = folder !== null && transfer.entries.every((entry) => entry.path.startsWith(`${folder}/`));
  return isOneFolder ? folder : words.file.several(transfer.entry_count);
}

function progressWords(transfer: Transfer, words: Words, formats: Formats): string {
  const parts = [formats.percent(shareOf(transfer))];
  if (transfer.bytes_per_second !== null) parts.push(formats.speed(transfer.bytes_per_second));
  if (transfer.remaining_ms !== null) parts.push(words.file.left(formats.duration(transfer.remaining_ms)));
  else if (transfer.stored_bytes === 0) parts.push(words.file.starting);
  return parts.join(' · ');
}

function cancelWords(transfer: Transfer, name: string, words: Words): string {
  const { code } = transfer;
  if (code !== null && code !== 'cancelled') return words.file.end[code];
  return transfer.ended_by_us ? words.file.cancelledByYou : words.file.cancelledByOther(name);
}
