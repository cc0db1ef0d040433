// Talking while muted: the microphone is on as long as a key is held.
//
// Promises: a device that takes long to start is turned off again all the same when the key was let go meanwhile; a
// microphone that was on by itself is left on. Left to others: the key.
import type { LocalMedia } from '../call';

export class HoldToTalk {
  /** `released` waits for a device that is still starting. */
  #state: 'none' | 'held' | 'released' = 'none';

  constructor(
    private readonly local: () => LocalMedia,
    private readonly changed: (isTalking: boolean) => void,
  ) {}

  hold(): void {
    const { microphone, actions } = this.local().snapshot();
    if (microphone.state !== 'off' || actions.toggleMicrophone === null) return;
    this.#state = 'held';
    this.changed(true);
    actions.toggleMicrophone();
  }

  release(): void {
    if (this.#state !== 'held') return;
    this.#state = 'released';
    this.changed(false);
    this.followMicrophone();
  }

  /** The microphone changed: a wait may be over. */
  followMicrophone(): void {
    const { microphone, actions } = this.local().snapshot();
    if (this.#state !== 'released' || microphone.state === 'starting') return;
    this.#state = 'none';
    if (microphone.state === 'on') actions.toggleMicrophone?.();
  }
}
