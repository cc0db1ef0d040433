// Chat and files as one stream, oldest first. Follows the newest line as long as one is at the end of it.
import { useLayoutEffect, useRef, useState } from 'react';
import type { Transfer } from '../../protocol/Transfer';
import { Button } from '../../shared/components/Button';
import { ChevronIcon, ClockIcon, DoubleCheckIcon, WarningIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import { nameOf, type Person } from '../../shared/view/Person';
import type { StreamItem, TextItem } from '../../shared/view/StreamItem';
import { Composer } from './Composer';
import { FileCard, type TransferActions } from './FileCard';
import { TextBody } from './TextBody';
import './conversation.css';

interface ConversationProps {
  readonly stream: readonly StreamItem[];
  readonly transfers: Readonly<Record<string, Transfer>>;
  readonly offeredAgain: ReadonlySet<string>;
  readonly people: readonly Person[];
  readonly canSend: boolean;
  /** The room has ended: what is here can be read and saved, nothing goes on. */
  readonly isOver: boolean;
  readonly copy: (text: string) => Promise<void>;
  readonly onSend: (body: string) => boolean;
  readonly onAttach: () => void;
  /** Null where folders cannot be picked. */
  readonly onAttachFolder: (() => void) | null;
  readonly actions: TransferActions;
}

/** Distance from the end, in pixels, that still counts as being at the end. */
const AT_END_PX = 48;
/** Texts of one person this close together stand as one. */
const TOGETHER_MS = 5 * 60_000;

/** The conversation. */
export function Conversation({
  stream,
  transfers,
  offeredAgain,
  people,
  canSend,
  isOver,
  copy,
  onSend,
  onAttach,
  onAttachFolder,
  actions,
}: ConversationProps) {
  const { words } = useLanguage();
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [hasNewBelow, setNewBelow] = useState(false);
  const lastKey = stream.at(-1)?.key;
  // Cards grow and shrink with their state; numbers change within them, several times a second.
  const states = stream.map((item) => (item.kind === 'transfer' ? (transfers[item.id]?.state ?? '') : '')).join();

  const toEnd = (): void => {
    const element = list.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(() => {
    if (isAtEnd.current) toEnd();
  }, [lastKey, states]);

  const onScroll = (): void => {
    const element = list.current;
    if (element === null) return;
    isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX;
    setNewBelow(!isAtEnd.current && element.scrollHeight > element.clientHeight);
  };

  /** What opens or folds under a press moves the end without a scroll, and is drawn after it. */
  const onClick = (): void => {
    requestAnimationFrame(onScroll);
  };

  return (
    <div className="conversation">
      <div ref={list} className="stream" onScroll={onScroll} onClick={onClick} tabIndex={0} role="log" aria-live="off" aria-label={words.chat.landmark} data-testid="stream">
        {stream.length === 0 ? (
          <div className="stream-empty">
            <p className="stream-empty-title">{words.chat.emptyTitle}</p>
            <p className="soft">{canSend ? words.chat.emptyBody : words.chat.emptyAlone}</p>
          </div>
        ) : null}
        <ol className="stream-list">
          {stream.map((item, index) => (
            <li key={item.key} className={`line line-${item.kind}`}>
              <Line item={item} before={stream[index - 1]} transfers={transfers} offeredAgain={offeredAgain} people={people} isOver={isOver} copy={copy} actions={actions} />
            </li>
          ))}
        </ol>
      </div>
      {hasNewBelow ? (
        <div className="stream-below">
          <Button kind="plain" icon={<ChevronIcon />} onPress={toEnd}>
            {words.chat.newBelow}
          </Button>
        </div>
      ) : null}
      <Composer canSend={canSend} onSend={onSend} onAttach={onAttach} onAttachFolder={onAttachFolder} />
    </div>
  );
}

interface LineProps {
  readonly item: StreamItem;
  readonly before: StreamItem | undefined;
  readonly transfers: Readonly<Record<string, Transfer>>;
  readonly offeredAgain: ReadonlySet<string>;
  readonly people: readonly Person[];
  readonly isOver: boolean;
  readonly copy: (text: string) => Promise<void>;
  readonly actions: TransferActions;
}

function Line({ item, before, transfers, offeredAgain, people, isOver, copy, actions }: LineProps) {
  const { words } = useLanguage();
  const personOf = (id: string) => people.find((person) => person.peer.id === id);
  switch (item.kind) {
    case 'presence':
      return <p className="presence soft">{words.chat[item.what](nameOf(personOf(item.peer), words))}</p>;
    case 'transfer': {
      const transfer = transfers[item.id];
      if (transfer === undefined) return null;
      return (
        <div className={transfer.direction === 'sending' ? 'line-own' : 'line-other'}>
          <FileCard
            transfer={transfer}
            name={nameOf(personOf(transfer.peer), words)}
            isOver={isOver}
            canOfferAgain={personOf(transfer.peer)?.presence === 'here' && !offeredAgain.has(transfer.id)}
            actions={actions}
          />
        </div>
      );
    }
    case 'text': {
      const continues = before?.kind === 'text' && before.from === item.from && item.atMs - before.atMs < TOGETHER_MS;
      const author = item.from === null ? words.chat.fromYou : nameOf(personOf(item.from), words);
      return <Text item={item} author={author} continues={continues} copy={copy} />;
    }
  }
}

interface TextProps {
  readonly item: TextItem;
  readonly author: string;
  readonly continues: boolean;
  readonly copy: (text: string) => Promise<void>;
}

function Text({ item, author, continues, copy }: TextProps) {
  const { words, formats } = useLanguage();
  const isOwn = item.from === null;
  return (
    <div className={isOwn ? 'line-own' : 'line-other'} data-testid="chat-message" data-own={isOwn}>
      <p className={continues || isOwn ? 'vh' : 'line-author'}>{author}</p>
      <div className={isOwn ? 'bubble bubble-own' : 'bubble'}>
        <TextBody body={item.body} copy={copy} />
        <p className="bubble-meta soft numbers">
          <time dateTime={new Date(item.atMs).toISOString()}>{formats.time(item.atMs)}</time>
          {isOwn ? <Delivery item={item} /> : null}
        </p>
      </div>
      {item.failed === null ? null : <p className="line-failed">{words.failure[item.failed].body}</p>}
    </div>
  );
}

function Delivery({ item }: { readonly item: TextItem }) {
  const { words } = useLanguage();
  const isDelivered = item.addressees.length > 0 && item.addressees.every((peer) => item.deliveredTo.includes(peer));
  const [state, label] =
    item.failed !== null
      ? (['failed', words.chat.notSentTitle] as const)
      : isDelivered
        ? (['delivered', words.chat.delivered] as const)
        : item.addressees.length === 0
          ? (['nobody', words.chat.notSent] as const)
          : (['sending', words.chat.sending] as const);
  return (
    <span className="bubble-delivery" data-testid="delivery" data-state={state} title={label}>
      {state === 'delivered' ? <DoubleCheckIcon /> : state === 'sending' ? <ClockIcon /> : <WarningIcon />}
      <span className="vh">{label}</span>
    </span>
  );
}
