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
  InfoIcon,
  PictureFileIcon,
  SoundFileIcon,
  WarningIcon,
} from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import { shortenMiddle } from '../../shared/view/shorten';
import { shareOf, transferLine, transferName } from '../../shared/view/transferLine';
import { Entries, WantedEntries } from './Entries';
import { Previews } from './Previews';
import { useKeptFocus } from './useKeptFocus';
import './card.css';

/** What a card may ask for. */
export interface TransferActions {
  /** Without the entries of these indices. */
  readonly accept: (transfer: string, without: readonly number[]) => void;
  readonly decline: (transfer: string) => void;
  readonly cancel: (transfer: string) => void;
  readonly pause: (transfer: string, paused: boolean) => void;
  readonly offerAgain: (transfer: string) => void;
  /** Resolves to whether it worked. */
  readonly useReceived: (transfer: string, action: ReceivedAction) => Promise<boolean>;
  readonly receivedActions: readonly ReceivedAction[];
  /** Small pictures of what is sent or was received, as `data:` URLs; never rejects. */
  readonly previews: (transfer: string) => Promise<readonly string[]>;
}

interface FileCardProps {
  readonly transfer: Transfer;
  readonly name: string;
  /** The room has ended. */
  readonly isOver: boolean;
  /** What did not arrive of it can be offered once more: its receiver is here, and it was not done yet. */
  readonly canOfferAgain: boolean;
  readonly actions: TransferActions;
}

/** Nothing left out yet. */
const NOTHING: ReadonlySet<number> = new Set();
/** What fits on a card's line at 360 px. */
const NAME_CHARS = 30;

/** A file card. */
export function FileCard({ transfer, name, isOver, canOfferAgain, actions }: FileCardProps) {
  const { words, formats } = useLanguage();
  const [isOpen, setOpen] = useState(false);
  const [unwanted, setUnwanted] = useState<ReadonlySet<number>>(NOTHING);
  const title = transferName(transfer, words);
  const line = transferLine(transfer, name, words, formats, isOver);
  const isMoving = !isOver && (transfer.state === 'moving' || transfer.state === 'paused' || transfer.state === 'interrupted');
  const isSeveral = transfer.entry_count > 1;
  const isReceiving = transfer.direction === 'receiving';
  const can = new Set(line.actions.filter((action) => action !== 'offer-again' || canOfferAgain));
  const asks = can.has('accept');
  const isHeld = can.has('go-on');
  const kept = useKeptFocus([...can].join());
  const chosen = transfer.entry_count - unwanted.size;

  return (
    <article {...kept} tabIndex={-1} className="card" aria-label={title} data-testid="file-card" data-state={transfer.state} data-direction={transfer.direction} data-transfer={transfer.id}>
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
      {!isReceiving || transfer.state === 'proven' ? <Previews transfer={transfer.id} load={actions.previews} /> : null}
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
          {!isOpen ? null : asks ? <WantedEntries transfer={transfer} unwanted={unwanted} onChange={setUnwanted} /> : <Entries transfer={transfer} />}
        </>
      ) : null}
      {asks && transfer.executable ? (
        <p className="card-why" data-testid="asks-because">
          <InfoIcon />
          <span>{words.file.asksBecause}</span>
        </p>
      ) : null}
      {can.size === 0 ? null : (
        <div className="card-actions">
          {asks ? (
            <Button kind="primary" isDisabled={chosen === 0} onPress={() => actions.accept(transfer.id, [...unwanted].sort((one, other) => one - other))} data-testid="accept">
              {isSeveral && (isOpen || unwanted.size > 0) ? words.file.acceptSome(chosen, transfer.entry_count) : words.file.accept}
            </Button>
          ) : null}
          {can.has('decline') ? (
            <Button onPress={() => actions.decline(transfer.id)} data-testid="decline">
              {words.file.decline}
            </Button>
          ) : null}
          {can.has('pause') || can.has('go-on') ? (
            <Button
              kind={isHeld ? 'primary' : 'plain'}
              onPress={() => actions.pause(transfer.id, !isHeld)}
              data-testid={isHeld ? 'go-on' : 'pause'}
            >
              {isHeld ? words.file.goOn : words.file.pause}
            </Button>
          ) : null}
          {can.has('cancel') ? (
            <Button onPress={() => actions.cancel(transfer.id)} data-testid="cancel">
              {words.file.cancel}
            </Button>
          ) : null}
          {can.has('offer-again') ? (
            <Button onPress={() => actions.offerAgain(transfer.id)} data-testid="offer-again">
              {words.file.offerAgain}
            </Button>
          ) : null}
          {can.has('use') ? <Use transfer={transfer} actions={actions} /> : null}
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
