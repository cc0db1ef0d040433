// One transfer: what, how much, from or to whom, one line of state, and the one or two actions that make sense now.
import { useState, type ReactNode } from 'react';
import { ProgressBar } from 'react-aria-components';
import type { ReceivedAction } from '../../host/port';
import type { Transfer } from '../../protocol/Transfer';
import { Button } from '../../shared/components/Button';
import {
  ArchiveFileIcon,
  CheckIcon,
  ChevronIcon,
  FileIcon,
  FilesIcon,
  FilmFileIcon,
  PictureFileIcon,
  SoundFileIcon,
  WarningIcon,
} from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import { shortenMiddle } from '../../shared/view/shorten';
import { shareOf, transferLine, transferName } from '../../shared/view/transferLine';

/** What a card may ask for. */
export interface TransferActions {
  readonly accept: (transfer: string) => void;
  readonly decline: (transfer: string) => void;
  readonly cancel: (transfer: string) => void;
  /** Resolves to whether it worked. */
  readonly useReceived: (transfer: string, action: ReceivedAction) => Promise<boolean>;
  readonly receivedActions: readonly ReceivedAction[];
}

interface FileCardProps {
  readonly transfer: Transfer;
  readonly name: string;
  /** The room has ended. */
  readonly isOver: boolean;
  readonly actions: TransferActions;
}

/** Entries of a card that are listed when it is opened. */
const ENTRIES_SHOWN = 50;
/** What fits on a card's line at 360 px. */
const NAME_CHARS = 30;

/** A file card. */
export function FileCard({ transfer, name, isOver, actions }: FileCardProps) {
  const { words, formats } = useLanguage();
  const [isOpen, setOpen] = useState(false);
  const title = transferName(transfer, words);
  const line = transferLine(transfer, name, words, formats, isOver);
  const isMoving = !isOver && (transfer.state === 'moving' || transfer.state === 'interrupted');
  const isSeveral = transfer.entry_count > 1;
  const isReceiving = transfer.direction === 'receiving';

  return (
    <article className="card" aria-label={title} data-testid="file-card" data-state={transfer.state} data-direction={transfer.direction} data-transfer={transfer.id}>
      <div className="card-head">
        <span className="card-icon">{isSeveral ? <FilesIcon size="large" /> : <KindIcon name={title} />}</span>
        <div className="card-words">
          {/* Shortened for the eye; the whole name for those who hear it, who focus it, and who select it. */}
          <p className="card-name" title={title} tabIndex={title.length > NAME_CHARS ? 0 : undefined}>
            <span className="card-name-short" aria-hidden={title.length > NAME_CHARS}>
              {shortenMiddle(title, NAME_CHARS)}
            </span>
            {title.length > NAME_CHARS ? <span className="card-name-full">{title}</span> : null}
          </p>
          <p className="card-about soft numbers">
            {formats.bytes(transfer.total_bytes)} · {isReceiving ? words.file.from(name) : words.file.to(name)}
          </p>
        </div>
      </div>
      {isMoving ? (
        <ProgressBar className="progress" value={shareOf(transfer) * 100} aria-label={words.file.progress(title)}>
          {({ percentage }) => (
            <span className="progress-track">
              <span className="progress-done" style={{ inlineSize: `${percentage ?? 0}%` }} />
            </span>
          )}
        </ProgressBar>
      ) : null}
      <p className={`card-line card-line-${line.tone} numbers`} data-testid="file-line">
        {line.tone === 'good' ? <CheckIcon /> : line.tone === 'bad' ? <WarningIcon /> : null}
        <span>{line.words}</span>
      </p>
      {isSeveral ? (
        <>
          <button type="button" className="card-more" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <ChevronIcon />
            {words.file.entries}
          </button>
          {isOpen ? <Entries transfer={transfer} /> : null}
        </>
      ) : null}
      {line.actions.length === 0 ? null : (
        <div className="card-actions">
          {line.actions.includes('accept') ? (
            <Button kind="primary" onPress={() => actions.accept(transfer.id)} data-testid="accept">
              {words.file.accept}
            </Button>
          ) : null}
          {line.actions.includes('decline') ? (
            <Button onPress={() => actions.decline(transfer.id)} data-testid="decline">
              {words.file.decline}
            </Button>
          ) : null}
          {line.actions.includes('cancel') ? (
            <Button onPress={() => actions.cancel(transfer.id)} data-testid="cancel">
              {words.file.cancel}
            </Button>
          ) : null}
          {line.actions.includes('use') ? <Use transfer={transfer} actions={actions} /> : null}
        </div>
      )}
    </article>
  );
}

function Use({ transfer, actions }: { readonly transfer: Transfer; readonly actions: TransferActions }): ReactNode {
  const { words } = useLanguage();
  const [outcome, setOutcome] = useState<'none' | 'saved' | 'failed'>('none');
  const label: Record<ReceivedAction, string> = { open: words.file.open, 'show-in-folder': words.file.show, save: words.file.save };
  return (
    <>
      {actions.receivedActions.map((action, index) => (
        <Button
          key={action}
          kind={index === 0 ? 'primary' : 'plain'}
          onPress={() => {
            void actions.useReceived(transfer.id, action).then((worked) => setOutcome(!worked ? 'failed' : action === 'save' ? 'saved' : 'none'));
          }}
          data-testid={action === 'show-in-folder' ? 'show' : action}
        >
          {label[action]}
        </Button>
      ))}
      <p className={outcome === 'none' ? 'vh' : 'card-outcome'} role="status">
        {outcome === 'saved' ? words.file.saved : outcome === 'failed' ? words.file.useFailed : ''}
      </p>
    </>
  );
}

function Entries({ transfer }: { readonly transfer: Transfer }) {
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
          {entry.failed === null ? null : <span className="entry-failed">{words.file.end[entry.failed]}</span>}
        </li>
      ))}
      {transfer.entry_count > shown.length ? <li className="soft">{words.file.entriesMore(transfer.entry_count - shown.length)}</li> : null}
    </ul>
  );
}

const KINDS: readonly (readonly [RegExp, typeof FileIcon])[] = [
  [/\.(png|jpe?g|gif|webp|avif|heic|svg|bmp|tiff?)$/i, PictureFileIcon],
  [/\.(mp4|mov|mkv|webm|avi|m4v)$/i, FilmFileIcon],
  [/\.(mp3|m4a|aac|flac|ogg|opus|wav)$/i, SoundFileIcon],
  [/\.(zip|tar|gz|xz|zst|7z|rar|iso|dmg)$/i, ArchiveFileIcon],
];

function KindIcon({ name }: { readonly name: string }) {
  const Icon = KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? FileIcon;
  return <Icon size="large" />;
}
