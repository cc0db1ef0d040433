// Own screen: asking what to share, sharing it, and noticing when the system ends it.
//
// Promises: one thing is shared at a time; what was chosen after the wish was withdrawn is let go at once; an end by the
// system's own button is an end on purpose. Left to others: what is sent in its place before and after (`LocalMedia`).
import type { ScreenProblem, ScreenSnapshot } from './CallSnapshot';
import type { CaptureDevices } from './CaptureDevices';

/** A screen is read, not watched: sharp letters count for more than smooth motion. */
const SCREEN_CONSTRAINTS: MediaTrackConstraints = {
  width: { max: 1920 },
  height: { max: 1920 },
  frameRate: { max: 15 },
};

const OFF: ScreenSnapshot = { state: 'off', problem: null, preview: null };

export class LocalScreen {
  #snapshot = OFF;
  #track: MediaStreamTrack | null = null;
  /** Rises with every wish, so that what was chosen for an older one is recognised. */
  #wish = 0;

  constructor(
    private readonly devices: CaptureDevices | null,
    private readonly changed: () => void,
  ) {}

  get snapshot(): ScreenSnapshot {
    return this.#snapshot;
  }

  /** What is shared; null while nothing is. */
  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  /** False where pages cannot share screens at all. */
  get isPossible(): boolean {
    return this.devices !== null && this.devices.getDisplayMedia !== null;
  }

  /** Lets the user choose and begins. Call from a gesture: without one the browser refuses. */
  async start(): Promise<void> {
    const getDisplayMedia = this.devices?.getDisplayMedia ?? null;
    if (getDisplayMedia === null || this.#snapshot.state !== 'off') return;
    this.#wish += 1;
    const wish = this.#wish;
    this.#set({ ...OFF, state: 'starting' });
    let track: MediaStreamTrack | undefined;
    let problem: ScreenProblem = 'failed';
    try {
      [track] = (await getDisplayMedia({ video: SCREEN_CONSTRAINTS, audio: false })).getVideoTracks();
    } catch (error) {
      problem = screenProblemOf(error);
    }
    if (wish !== this.#wish) {
      track?.stop();
      return;
    }
    // Taken away between the choice and now: then there never was anything to share.
    if (track === undefined || track.readyState === 'ended') {
      this.#set({ ...OFF, problem });
      return;
    }
    track.contentHint = 'detail';
    this.#track = track;
    track.addEventListener('ended', () => {
      if (track === this.#track) this.stop();
    });
    this.#set({ state: 'on', problem: null, preview: new MediaStream([track]) });
  }

  /** Ends sharing, and the question what to share. */
  stop(): void {
    this.#wish += 1;
    const track = this.#track;
    this.#track = null;
    track?.stop();
    this.#set(OFF);
  }

  #set(snapshot: ScreenSnapshot): void {
    this.#snapshot = snapshot;
    this.changed();
  }
}

/** Of a rejected `getDisplayMedia` (https://www.w3.org/TR/screen-capture/#dom-mediadevices-getdisplaymedia). */
function screenProblemOf(error: unknown): ScreenProblem {
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
    case 'NotSupportedError':
      return 'no-source';
    default:
      return 'failed';
  }
}
