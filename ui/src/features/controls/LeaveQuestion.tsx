// Asks before leaving, and only when a transfer would stop.
import { Button } from '../../shared/components/Button';
import { Sheet } from '../../shared/components/Sheet';
import { useLanguage } from '../../shared/i18n/Language';

interface LeaveQuestionProps {
  /** Transfers that would stop. */
  readonly unfinished: number;
  readonly onStay: () => void;
  readonly onLeave: () => void;
}

/** An open question. */
export function LeaveQuestion({ unfinished, onStay, onLeave }: LeaveQuestionProps) {
  const { words } = useLanguage();
  return (
    <Sheet
      title={words.leave.title}
      asks
      onClose={onStay}
      actions={
        <>
          <Button onPress={onStay} autoFocus>
            {words.leave.stay}
          </Button>
          <Button kind="danger" onPress={onLeave} data-testid="leave-anyway">
            {words.leave.go}
          </Button>
        </>
      }
    >
      <p>{words.leave.body(unfinished)}</p>
    </Sheet>
  );
}
