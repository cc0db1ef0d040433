// What is in a transfer of several files: to read, or, while an offer to us waits, to choose from.
//
// Promises: only what is listed can be left out; what is beyond the list is counted and always comes along.
import type { Transfer } from '../../protocol/Transfer';
import { Check } from '../../shared/components/Check';
import { CheckIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';

/** Entries of a card that are listed when it is opened. */
const ENTRIES_SHOWN = 50;

/** The list to read. */
export function Entries({ transfer }: { readonly transfer: Transfer }) {
  const { words, formats } = useLanguage();
  const shown = transfer.entries.slice(0, ENTRIES_SHOWN);
  return (
    <ul className="entries" aria-label={words.file.entries}>
      {shown.map((entry) => (
        <li key={entry.path} className="entry">
          <span className="entry-name" title={entry.path}>
            {entry.path}
          </span>
          <span className="soft numbers">{formats.bytes(entry.size)}</span>
          {entry.proven ? (
            <span className="entry-mark">
              <CheckIcon />
              <span className="vh">{words.file.entryProven}</span>
            </span>
          ) : null}
          {entry.failed === null ? null : <span className={entry.failed === 'declined' ? 'entry-declined' : 'entry-failed'}>{words.file.end[entry.failed]}</span>}
        </li>
      ))}
      {transfer.entry_count > shown.length ? <li className="soft">{words.file.entriesMore(transfer.entry_count - shown.length)}</li> : null}
    </ul>
  );
}

interface WantedEntriesProps {
  readonly transfer: Transfer;
  /** By their index. */
  readonly unwanted: ReadonlySet<number>;
  readonly onChange: (unwanted: ReadonlySet<number>) => void;
}

/** The list to choose from. */
export function WantedEntries({ transfer, unwanted, onChange }: WantedEntriesProps) {
  const { words, formats } = useLanguage();
  const { entries, entry_count: all } = transfer;
  const size = entries.reduce((sum, entry, index) => (unwanted.has(index) ? sum - entry.size : sum), transfer.total_bytes);
  const turn = (index: number, isWanted: boolean): void => {
    const next = new Set(unwanted);
    if (isWanted) next.delete(index);
    else next.add(index);
    onChange(next);
  };
  return (
    <div className="wanted">
      <div className="wanted-head">
        <Check
          isOn={unwanted.size === 0}
          isMixed={unwanted.size > 0 && unwanted.size < entries.length}
          onChange={(isOn) => onChange(isOn ? new Set() : new Set(entries.keys()))}
          testId="want-all"
        >
          {words.file.wantAll}
        </Check>
        <p className="soft numbers" role="status">
          {words.file.wantedSize(all - unwanted.size, all, formats.bytes(Math.max(0, size)))}
        </p>
      </div>
      <ul className="entries" aria-label={words.file.wanted}>
        {entries.map((entry, index) => (
          <li key={entry.path}>
            <Check isOn={!unwanted.has(index)} onChange={(isWanted) => turn(index, isWanted)} testId="want-entry">
              <span className="wanted-words">
                <span className="entry-name" title={entry.path}>
                  {entry.path}
                </span>
                <span className="soft numbers">{formats.bytes(entry.size)}</span>
              </span>
            </Check>
          </li>
        ))}
        {all > entries.length ? <li className="soft">{words.file.entriesAlways(all - entries.length)}</li> : null}
      </ul>
    </div>
  );
}
