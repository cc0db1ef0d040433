// Who waits behind a spoken code in the local network. What stands here is what the network says: the words of the code prove it.
import type { NearbyRoom } from '../../protocol/NearbyRoom';
import { useLanguage } from '../../shared/i18n/Language';
import type { Words } from '../../shared/i18n/en';
import { parsedUrl } from '../../shared/view/parsedUrl';
import './nearby.css';

/** As many as are shown; the number of a code finds the others too. */
const SHOWN = 6;

interface NearbyProps {
  readonly rooms: readonly NearbyRoom[];
  readonly onChoose: (room: NearbyRoom) => void;
}

/** The list; choosing one begins its code. */
export function Nearby({ rooms, onChoose }: NearbyProps) {
  const { words } = useLanguage();
  return (
    <section className="nearby" aria-label={words.lobby.nearby} data-testid="nearby">
      <h3 className="nearby-title">{words.lobby.nearby}</h3>
      <ul className="nearby-list">
        {rooms.slice(0, SHOWN).map((room) => (
          <li key={`${room.server} ${room.number}`}>
            <button type="button" className="nearby-one" onClick={() => onChoose(room)} data-testid="nearby-room">
              <bdi className="nearby-name">{nameOf(room, words)}</bdi>
              <span className="nearby-host soft">{hostOf(room.server)}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="nearby-note soft">{words.lobby.nearbyNote}</p>
    </section>
  );
}

/** What somebody nearby calls themselves. */
export function nameOf({ name }: NearbyRoom, words: Words): string {
  return name.trim() === '' ? words.lobby.nearbyNameless : name;
}

/** Address and port, for people. */
export function hostOf(server: string): string {
  return parsedUrl(server)?.host ?? server;
}
