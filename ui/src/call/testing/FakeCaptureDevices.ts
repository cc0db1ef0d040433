// Cameras and microphones that a test plugs in, takes away and refuses.
import type { CaptureDevices } from '../CaptureDevices';

export class FakeTrack {
  enabled = true;
  contentHint = '';
  readyState: 'live' | 'ended' = 'live';
  readonly #ended: (() => void)[] = [];

  constructor(
    readonly kind: 'audio' | 'video',
    readonly deviceId: string,
  ) {}

  getSettings(): MediaTrackSettings {
    return { deviceId: this.deviceId };
  }

  addEventListener(_type: 'ended', listener: () => void): void {
    this.#ended.push(listener);
  }

  /** As the page stops it: without an event. */
  stop(): void {
    this.readyState = 'ended';
  }

  /** As the system takes it away. */
  takeAway(): void {
    this.readyState = 'ended';
    for (const listener of this.#ended) listener();
  }
}

/** Also stands in for the global `MediaStream`, which Node has not. */
export class FakeStream {
  constructor(private readonly tracks: readonly FakeTrack[]) {}

  getTracks(): readonly FakeTrack[] {
    return this.tracks;
  }

  getVideoTracks(): readonly FakeTrack[] {
    return this.tracks.filter(({ kind }) => kind === 'video');
  }

  getAudioTracks(): readonly FakeTrack[] {
    return this.tracks.filter(({ kind }) => kind === 'audio');
  }
}

export class FakeCaptureDevices implements CaptureDevices {
  readonly canChooseSpeaker = false;
  readonly opened: FakeTrack[] = [];
  readonly #watchers = new Set<() => void>();
  readonly questions: MediaStreamConstraints[] = [];
  cameras = ['cam-1', 'cam-2'];
  microphones = ['mic-1', 'mic-2'];
  /** Error names to reject with, by kind. */
  readonly refusals = new Map<'audio' | 'video' | 'screen', string>();
  state: PermissionState = 'granted';
  /** While set, questions wait for `answer`. */
  held: (() => void)[] | null = null;

  async getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    this.questions.push(constraints);
    if (this.held !== null) await new Promise<void>((answer) => this.held?.push(answer));
    const tracks = (['video', 'audio'] as const).flatMap((kind) => {
      const wanted = constraints[kind];
      return wanted === undefined ? [] : [this.#open(kind, wanted as MediaTrackConstraints)];
    });
    this.opened.push(...tracks);
    return new FakeStream(tracks) as unknown as MediaStream;
  }

  getDisplayMedia: CaptureDevices['getDisplayMedia'] = async () => {
    if (this.held !== null) await new Promise<void>((answer) => this.held?.push(answer));
    const refusal = this.refusals.get('screen');
    if (refusal !== undefined) throw new DOMException(refusal, refusal);
    const track = new FakeTrack('video', 'screen');
    this.opened.push(track);
    return new FakeStream([track]) as unknown as MediaStream;
  };

  enumerateDevices(): Promise<MediaDeviceInfo[]> {
    const info = (kind: MediaDeviceKind) => (deviceId: string) => ({ kind, deviceId, label: deviceId }) as MediaDeviceInfo;
    return Promise.resolve([...this.cameras.map(info('videoinput')), ...this.microphones.map(info('audioinput'))]);
  }

  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => void this.#watchers.delete(listener);
  }

  /** Says that devices were plugged in or out. */
  tellChange(): void {
    for (const listener of [...this.#watchers]) listener();
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  permission(): Promise<PermissionState | null> {
    return Promise.resolve(this.state);
  }

  /** Devices that are open now. */
  get live(): FakeTrack[] {
    return this.opened.filter(({ readyState }) => readyState === 'live');
  }

  #open(kind: 'audio' | 'video', constraints: MediaTrackConstraints): FakeTrack {
    const refusal = this.refusals.get(kind);
    if (refusal !== undefined) throw new DOMException(refusal, refusal);
    const present = kind === 'video' ? this.cameras : this.microphones;
    const wanted = (constraints.deviceId as { exact: string } | undefined)?.exact;
    const device = wanted === undefined ? present[0] : present.find((id) => id === wanted);
    if (device === undefined) throw new DOMException('none', wanted === undefined ? 'NotFoundError' : 'OverconstrainedError');
    return new FakeTrack(kind, device);
  }
}
