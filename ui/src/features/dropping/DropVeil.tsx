// Over the window while files hover over it: where they would go before they go.
import { FilesIcon } from '../../shared/icons/icons';
import { useLanguage } from '../../shared/i18n/Language';
import './dropping.css';

interface DropVeilProps {
  /** Who would receive them; several are asked about after the drop. */
  readonly receivers: readonly string[];
}

/** The veil. */
export function DropVeil({ receivers }: DropVeilProps) {
  const { words } = useLanguage();
  const [first] = receivers;
  const sentence =
    first === undefined ? words.drop.nobody : receivers.length === 1 ? words.drop.one(first) : words.drop.choose;
  return (
    <div className="veil" role="status" data-testid="drop-veil">
      <div className="veil-frame">
        <span className="veil-mark">
          <FilesIcon size="large" />
        </span>
        <p className="veil-title">{sentence}</p>
        {first === undefined ? null : <p>{words.drop.note}</p>}
      </div>
    </div>
  );
}
