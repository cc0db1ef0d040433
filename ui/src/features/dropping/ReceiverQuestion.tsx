// Asks whom chosen files are for, when several people are here.
import type { PeerId } from '../../protocol/PeerId';
import { Button } from '../../shared/components/Button';
import { Sheet } from '../../shared/components/Sheet';
import { useLanguage } from '../../shared/i18n/Language';
import { nameOf, type Person } from '../../shared/view/Person';

interface ReceiverQuestionProps {
  readonly people: readonly Person[];
  readonly files: number;
  readonly onChoose: (peer: PeerId) => void;
  readonly onClose: () => void;
}

/** An open question. */
export function ReceiverQuestion({ people, files, onChoose, onClose }: ReceiverQuestionProps) {
  const { words } = useLanguage();
  return (
    <Sheet title={words.drop.choose} onClose={onClose}>
      <p className="soft">{words.drop.chooseBody(files)}</p>
      <ul className="receivers">
        {people.map((person) => (
          <li key={person.peer.id}>
            <Button wide isDisabled={person.peer.link !== 'connected'} onPress={() => onChoose(person.peer.id)}>
              {nameOf(person, words)}
            </Button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
