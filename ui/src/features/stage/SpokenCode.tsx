// The invitation for the ear: a code to read out over a telephone, how far it has come, and how long it still lives.
import { useEffect, useState } from 'react';
import { Button } from '../../shared/components/Button';
import { Notice } from '../../shared/components/Notice';
import { ClockIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import { codeLine } from '../../shared/view/codeLine';
import { isCodeLive, type ShownCode } from '../../shared/view/ShownCode';
import './spokenCode.css';

/** A room's code, and what can be done about it. */
export interface Spoken {
  /** The last one that was opened. */
  readonly code: ShownCode | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

interface SpokenCodeProps extends Spoken {
  /** Where a guest types it. */
  readonly server: string;
}

/** The code. What changes is said by the announcer, also while this is folded away. */
export function SpokenCode({ code, now, onOpen, onClose, server }: SpokenCodeProps) {
  const { words } = useLanguage();
  const says = words.room.code;
  const isLive = code !== null && isCodeLive(code);
  const isUnopened = code === null || code.state === 'closed';
  return (
    <section className={isLive ? 'spoken spoken-live' : 'spoken'} aria-label={says.title} data-testid="code" data-state={code?.state ?? 'none'}>
      {isLive ? <Live code={code} now={now} server={server} /> : isUnopened ? null : <Over code={code} />}
      {/* One button all along, so that the focus stays on it whatever becomes of the code. */}
      <Button wide={!isLive} onPress={isLive ? onClose : onOpen} data-testid={isLive ? 'close-code' : 'open-code'}>
        {isLive ? says.end : isUnopened ? says.open : says.again}
      </Button>
      {isUnopened ? <p className="spoken-note soft">{says.openNote}</p> : null}
    </section>
  );
}

interface LiveProps {
  readonly code: ShownCode;
  readonly now: () => number;
  readonly server: string;
}

function Live({ code, now, server }: LiveProps) {
  const { words } = useLanguage();
  const says = words.room.code;
  return (
    <>
      {code.text === null ? null : <Text text={code.text} />}
      <p className="spoken-state" data-testid="code-line">
        {codeLine(code, words)}
      </p>
      {code.text === null ? null : (
        <>
          <Countdown key={code.endsAtMs} endsAtMs={code.endsAtMs} now={now} />
          <p className="spoken-note soft">{says.tell(server)}</p>
        </>
      )}
    </>
  );
}

/** The code in its parts, each unbroken. */
function Text({ text }: { readonly text: string }) {
  const parts = text.split('-');
  return (
    <p className="spoken-text" data-testid="code-text">
      {parts.map((part, place) => (
        <span key={place} className={place === 0 ? 'spoken-part spoken-number' : 'spoken-part'}>
          {part}
          {place === parts.length - 1 ? null : <span className="spoken-dash">-</span>}
        </span>
      ))}
    </p>
  );
}

function Countdown({ endsAtMs, now }: { readonly endsAtMs: number; readonly now: () => number }) {
  const { words, formats } = useLanguage();
  const [atMs, setAtMs] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setAtMs(now()), 250);
    return () => clearInterval(timer);
  }, [now]);
  return (
    <p className="spoken-left">
      <ClockIcon />
      {/* Looked up by those who want to know, and not said every second. */}
      <span className="numbers" role="timer" aria-live="off" data-testid="code-left">
        {words.room.code.left(formats.countdown(endsAtMs - atMs))}
      </span>
    </p>
  );
}

function Over({ code }: { readonly code: ShownCode }) {
  const { words } = useLanguage();
  return (
    <Notice tone={code.state === 'used' ? 'info' : code.state === 'failed' ? 'danger' : 'warn'} title={codeLine(code, words)} isSaid testId="code-line">
      {code.state === 'burnt' ? words.room.code.burntWhy : undefined}
    </Notice>
  );
}
