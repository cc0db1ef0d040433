// Where one writes. Enter sends, Shift+Enter breaks the line, and the Enter that ends a Korean syllable does neither.
import { useRef, useState, type KeyboardEvent } from 'react';
import { TextArea, TextField } from 'react-aria-components';
import { IconButton } from '../../shared/components/Button';
import { FolderIcon, PaperclipIcon, SendIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';

interface ComposerProps {
  /** Someone is here to receive it. */
  readonly canSend: boolean;
  /** False when it was not taken: too long. */
  readonly onSend: (body: string) => boolean;
  readonly onAttach: () => void;
  /** Null where folders cannot be picked. */
  readonly onAttachFolder: (() => void) | null;
}

/** The composer. */
export function Composer({ canSend, onSend, onAttach, onAttachFolder }: ComposerProps) {
  const { words } = useLanguage();
  const [body, setBody] = useState('');
  const [isTooLong, setTooLong] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const isEmpty = body.trim() === '';

  const send = (): void => {
    if (isEmpty || !canSend) return;
    if (onSend(body)) {
      setBody('');
      setTooLong(false);
    } else setTooLong(true);
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {isTooLong ? (
        <p className="composer-error field-error" role="alert">
          {words.chat.tooLong}
        </p>
      ) : null}
      <IconButton label={words.chat.attach} isDisabled={!canSend} onPress={onAttach} data-testid="attach">
        <PaperclipIcon />
      </IconButton>
      {onAttachFolder === null ? null : (
        <IconButton label={words.chat.attachFolder} isDisabled={!canSend} onPress={onAttachFolder} data-testid="attach-folder">
          <FolderIcon />
        </IconButton>
      )}
      <TextField className="composer-field" aria-label={words.chat.input} value={body} onChange={setBody} isInvalid={isTooLong} validationBehavior="aria">
        <TextArea
          ref={input}
          className="composer-input"
          rows={1}
          placeholder={words.chat.placeholder}
          onKeyDown={onKeyDown}
          enterKeyHint="send"
          data-testid="chat-input"
        />
      </TextField>
      <IconButton label={words.chat.send} look={isEmpty || !canSend ? 'quiet' : 'primary'} type="submit" isDisabled={isEmpty || !canSend} data-testid="chat-send">
        <SendIcon />
      </IconButton>
    </form>
  );
}
