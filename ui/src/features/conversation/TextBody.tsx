// A text as it was written: its links, its code, and folded while it is long. Made of values (`textShape`), never of markup.
import { useMemo, useState } from 'react';
import { Button, IconButton } from '../../shared/components/Button';
import { CheckIcon, CopyIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import { isLong, textShape, type Inline } from '../../shared/view/textShape';
import './text.css';

interface TextBodyProps {
  readonly body: string;
  readonly copy: (text: string) => Promise<void>;
}

/** The body of a text. */
export function TextBody({ body, copy }: TextBodyProps) {
  const { words } = useLanguage();
  const blocks = useMemo(() => textShape(body), [body]);
  const canFold = useMemo(() => isLong(body), [body]);
  const [isUnfolded, setUnfolded] = useState(false);
  const isFolded = canFold && !isUnfolded;
  return (
    <>
      {/* What has the focus must be seen, so a link beyond the fold opens it. */}
      <div className={isFolded ? 'bubble-body bubble-body-folded' : 'bubble-body'} dir="auto" onFocus={() => setUnfolded(true)} data-testid="chat-body">
        {blocks.map((block, index) =>
          block.kind === 'fence' ? <Fence key={index} code={block.code} copy={copy} /> : block.parts.map((part, at) => <Part key={`${String(index)}-${String(at)}`} part={part} />),
        )}
      </div>
      {canFold ? (
        <span className="bubble-fold">
          <Button kind="quiet" aria-expanded={isUnfolded} onPress={() => setUnfolded(!isUnfolded)} data-testid="fold">
            {isUnfolded ? words.chat.showLess : words.chat.showAll}
          </Button>
        </span>
      ) : null}
    </>
  );
}

function Part({ part }: { readonly part: Inline }) {
  switch (part.kind) {
    case 'plain':
      return part.text;
    case 'code':
      return <code className="code">{part.text}</code>;
    case 'link':
      return (
        <>
          <a className="link" href={part.href} title={part.href} target="_blank" rel="noopener noreferrer">
            {part.text}
          </a>
          {part.host === null ? null : (
            <>
              {' '}
              <span className="link link-host soft">({part.host})</span>
            </>
          )}
        </>
      );
  }
}

function Fence({ code, copy }: { readonly code: string; readonly copy: (text: string) => Promise<void> }) {
  const { words } = useLanguage();
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'failed'>('none');
  return (
    <span className="fence">
      {/* Focusable, so that it scrolls by keyboard. */}
      <pre className="fence-code" dir="ltr" tabIndex={0} role="group" aria-label={words.chat.code}>
        <code>{code}</code>
      </pre>
      <IconButton
        label={words.chat.copyCode}
        onPress={() => {
          copy(code).then(
            () => setOutcome('copied'),
            () => setOutcome('failed'),
          );
        }}
        placement="left"
        data-testid="copy-code"
      >
        {outcome === 'copied' ? <CheckIcon /> : <CopyIcon />}
      </IconButton>
      <span className={outcome === 'failed' ? 'fence-outcome' : 'vh'} role="status">
        {outcome === 'copied' ? words.copied : outcome === 'failed' ? words.chat.copyCodeFailed : ''}
      </span>
    </span>
  );
}
