// What is worth telling those who do not look at the screen: said by a screen reader, or shown by the system.
//
// Promises: pure; one sentence a change; progress at quarters only, so that a fast transfer does not talk without end.
import type { Transfer } from '../../protocol/Transfer';
import type { Language } from '../../shared/i18n/Language';
import { nameOf } from '../../shared/view/Person';
import { codeLine } from '../../shared/view/codeLine';
import type { StreamItem } from '../../shared/view/StreamItem';
import { endingOf, isNews } from '../../shared/view/ending';
import { shareOf, transferLine, transferName } from '../../shared/view/transferLine';
import { withdrawnLine } from '../../shared/view/withdrawnLine';
import { isTakenUnasked, personOf, type AppState } from './AppState';

/** One thing to tell. */
export interface Tiding {
  /** For a screen reader. */
  readonly say: string;
  /** For the system's notification while the window is not looked at; null when it is not worth one. */
  readonly notify: { readonly title: string; readonly body: string } | null;
}

/** What changed from one state to the next that is worth telling, newest last. */
export function tidingsBetween(before: AppState, after: AppState, language: Language): readonly Tiding[] {
  if (after.place !== 'room') return [];
  const tidings: Tiding[] = [];
  if (after.stream !== before.stream) {
    const known = before.stream.length === 0 ? null : before.stream.at(-1)?.key;
    const from = known === null ? 0 : after.stream.findLastIndex((item) => item.key === known) + 1;
    for (const item of after.stream.slice(from)) {
      const tiding = ofItem(item, after, language);
      if (tiding !== null) tidings.push(tiding);
    }
  }
  if (after.transfers !== before.transfers) {
    for (const transfer of Object.values(after.transfers)) {
      const old = before.transfers[transfer.id];
      if (old === undefined || old === transfer) continue;
      const tiding = ofTransfer(old, transfer, after, language);
      if (tiding !== null) tidings.push(tiding);
    }
  }
  // The words of a code are read out by its owner, to whom they choose, and never by the program.
  if (after.code !== null && after.code.state !== before.code?.state) tidings.push({ say: codeLine(after.code, language.words), notify: null });
  const line = withdrawnLine(after, language.words);
  if (line !== null && before.room?.withdrawn == null) tidings.push({ say: line, notify: null });
  return tidings;
}

function ofItem(item: StreamItem, state: AppState, { words, formats }: Language): Tiding | null {
  switch (item.kind) {
    case 'presence': {
      const say = words.chat[item.what](nameOf(personOf(state, item.peer), words));
      return { say, notify: item.what === 'joined' ? { title: words.app.name, body: say } : null };
    }
    case 'text': {
      if (item.from === null) return null;
      const name = nameOf(personOf(state, item.from), words);
      return { say: words.chat.arrived(name, item.body), notify: { title: words.notify.wrote(name), body: item.body.slice(0, 200) } };
    }
    case 'transfer': {
      const transfer = state.transfers[item.id];
      if (transfer?.direction !== 'receiving') return null;
      const name = nameOf(personOf(state, transfer.peer), words);
      const what = `${transferName(transfer, words)}, ${formats.bytes(transfer.total_bytes)}`;
      // What is taken unasked asks for nobody; its end is told.
      const notify = isTakenUnasked(state, transfer) ? null : { title: words.notify.offers(name), body: what };
      return { say: words.file.announceOffer(name, what), notify };
    }
  }
}

function ofTransfer(old: Transfer, now: Transfer, state: AppState, { words, formats }: Language): Tiding | null {
  const what = transferName(now, words);
  if (old.state !== now.state && now.state !== 'moving' && now.state !== 'waiting') {
    const line = transferLine(now, nameOf(personOf(state, now.peer), words), words, formats).words;
    const ending = endingOf(now);
    return { say: words.file.announceEnd(what, line), notify: ending !== null && isNews(ending) ? { title: what, body: line } : null };
  }
  const quarter = Math.floor(shareOf(now) * 4);
  return now.state === 'moving' && quarter > Math.floor(shareOf(old) * 4) && quarter < 4
    ? { say: words.file.announceProgress(what, formats.percent(quarter / 4)), notify: null }
    : null;
}
