// Own camera or own microphone: opening, closing, changing and losing one device.
//
// Promises: at most one device of the kind is open at a time; a device that was opened for a wish since withdrawn is closed
// at once; losing a device is told apart into unplugged and permission withdrawn. Left to others: what is done with the track.
import type { MediaProblem, SourceSnapshot } from './CallSnapshot';
import type { CaptureDevices } from './CaptureDevices';
import { problemOfError, problemOfPage } from './mediaProblem';

export type SourceKind = 'camera' | 'microphone';

export class LocalSource {
  #snapshot: SourceSnapshot;
  #track: MediaStreamTrack | null = null;
  /** Rises with every wish, so that what was opened for an older one is recognised. */
  #wish = 0;

  constructor(
    private readonly kind: SourceKind,
    private readonly devices: CaptureDevices | null,
    deviceId: string | null,
    private readonly changed: () => void,
  ) {
    this.#snapshot = { state: 'off', problem: problemOfPage(devices), deviceId };
  }

  get snapshot(): SourceSnapshot {
    return this.#snapshot;
  }

  /** The open device's track; null while there is none. A muted microphone keeps its track, disabled. */
  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  /** What to ask `getUserMedia` for: the chosen device and no other. A mere preference (`ideal`) is not always followed. */
  get constraints(): MediaTrackConstraints {
    return this.#constraints(this.#snapshot.deviceId);
  }

  #constraints(deviceId: string | null): MediaTrackConstraints {
    const device = deviceId === null ? {} : { deviceId: { exact: deviceId } };
    return this.kind === 'camera'
      ? { ...device, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } }
      : { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  }

  /** Announces that a device is being opened; returns the wish that `settle` has to name. */
  expect(): number {
    this.#wish += 1;
    this.#set({ state: 'starting', problem: null });
    return this.#wish;
  }

  /** What came of a wish. A track for a wish since withdrawn is stopped. */
  settle(wish: number, outcome: MediaStreamTrack | MediaProblem): void {
    const stale = wish !== this.#wish;
    if (typeof outcome === 'string') {
      if (!stale) this.#set({ state: 'off', problem: outcome });
      return;
    }
    if (stale) {
      outcome.stop();
      return;
    }
    this.#release();
    this.#track = outcome;
    outcome.addEventListener('ended', () => void this.#ended(outcome));
    this.#set({ state: 'on', problem: null, deviceId: outcome.getSettings().deviceId ?? this.#snapshot.deviceId });
  }

  /** Turns it on. */
  async start(): Promise<void> {
    if (this.#snapshot.state !== 'off') return;
    if (this.#track !== null) {
      this.#track.enabled = true;
      this.#set({ state: 'on', problem: null });
      return;
    }
    const wish = this.expect();
    this.settle(wish, await this.#open());
  }

  /** Turns it off. The camera is closed, so that its light goes out; the microphone stays open but silent, so that the first
   *  word after unmuting is heard (and so that browsers which forget permissions do not ask again). */
  stop(): void {
    this.#wish += 1;
    if (this.kind === 'microphone' && this.#track !== null) this.#track.enabled = false;
    else this.#release();
    this.#set({ state: 'off', problem: null });
  }

  /** Takes another device, at once if it is open. */
  async choose(deviceId: string | null): Promise<void> {
    this.#set({ deviceId });
    if (this.#snapshot.state === 'off') {
      this.#release();
      return;
    }
    const wish = this.expect();
    // First closed, then opened: many systems do not open a second camera beside the first.
    this.#release();
    this.settle(wish, await this.#open());
  }

  /** Closes the device whatever its state. */
  close(): void {
    this.#wish += 1;
    this.#release();
    this.#set({ state: 'off' });
  }

  async #open(): Promise<MediaStreamTrack | MediaProblem> {
    const opened = await this.#openDevice(this.#snapshot.deviceId);
    // When the chosen device is gone another one is better than none.
    return opened === 'no-device' && this.#snapshot.deviceId !== null ? this.#openDevice(null) : opened;
  }

  async #openDevice(deviceId: string | null): Promise<MediaStreamTrack | MediaProblem> {
    if (this.devices === null) return problemOfPage(this.devices) ?? 'unsupported';
    const constraints = this.#constraints(deviceId);
    try {
      const stream = await this.devices.getUserMedia(
        this.kind === 'camera' ? { video: constraints } : { audio: constraints },
      );
      return stream.getTracks()[0] ?? 'failed';
    } catch (error) {
      return problemOfError(error);
    }
  }

  async #ended(track: MediaStreamTrack): Promise<void> {
    if (track !== this.#track) return;
    const wasOff = this.#snapshot.state === 'off';
    this.#track = null;
    this.#wish += 1;
    const wish = this.#wish;
    this.#set({ state: 'off', problem: wasOff ? null : 'unplugged' });
    const permission = await this.devices?.permission(this.kind);
    if (permission !== 'granted' && permission !== null && permission !== undefined && wish === this.#wish && !wasOff) {
      this.#set({ problem: 'withdrawn' });
    }
  }

  #release(): void {
    const track = this.#track;
    this.#track = null;
    // `stop` fires no `ended`, so this is no loss.
    track?.stop();
  }

  #set(change: Partial<SourceSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    this.changed();
  }
}
