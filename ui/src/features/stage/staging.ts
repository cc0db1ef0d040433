// Who has the stage when not everyone is shown alike: whom the user enlarged, else whose picture looks like a shared screen.
//
// Promises: pure; speaking changes nothing; a screen that was put back stays back until it ends.
import type { PeerId } from '../../protocol/PeerId';

/** What is known about it. */
export interface Staging {
  /** By the user's own choice. */
  readonly enlarged: PeerId | null;
  /** Whose pictures look like screens, in the order they began. */
  readonly screens: readonly PeerId[];
  /** Screens that the user put back among the others. */
  readonly putBack: readonly PeerId[];
}

/** Everyone is shown alike. */
export const ALL_ALIKE: Staging = { enlarged: null, screens: [], putBack: [] };

/** Who has the stage, among those who are here; null when everyone is shown alike. */
export function staged({ enlarged, screens, putBack }: Staging, here: readonly PeerId[]): PeerId | null {
  if (enlarged !== null && here.includes(enlarged)) return enlarged;
  return screens.find((peer) => here.includes(peer) && !putBack.includes(peer)) ?? null;
}

/** The user enlarged a picture, or put the one that has the stage back. */
export function afterToggle(staging: Staging, peer: PeerId, current: PeerId | null): Staging {
  const others = staging.putBack.filter((one) => one !== peer);
  return peer === current
    ? { ...staging, enlarged: null, putBack: staging.screens }
    : { ...staging, enlarged: peer, putBack: others };
}

/** A picture began or ceased to look like a screen. The same object when nothing changed. */
export function afterLook(staging: Staging, peer: PeerId, isScreen: boolean): Staging {
  if (staging.screens.includes(peer) === isScreen) return staging;
  return isScreen
    ? { ...staging, screens: [...staging.screens, peer] }
    : { ...staging, screens: staging.screens.filter((one) => one !== peer), putBack: staging.putBack.filter((one) => one !== peer) };
}
