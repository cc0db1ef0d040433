// The list of keys.
import { Sheet } from '../../shared/components/Sheet';
import { useLanguage } from '../../shared/i18n/Language';

/** An open dialog with the keys. */
export function Keys({ onClose }: { readonly onClose: () => void }) {
  const { words } = useLanguage();
  const { keys } = words;
  const rows: readonly (readonly [string, string])[] = [
    [keys.space, keys.talk],
    ['M', keys.microphone],
    ['V', keys.camera],
    ['S', keys.screen],
    ['C', keys.chat],
    ['F', keys.files],
    ['P', keys.people],
    ['?', keys.list],
    [keys.esc, keys.escape],
  ];
  return (
    <Sheet title={keys.title} onClose={onClose}>
      <dl className="keys">
        {rows.map(([key, what]) => (
          <div key={key} className="keys-row">
            <dt>
              <kbd className="key">{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
