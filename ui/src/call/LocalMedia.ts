// Own camera, microphone, screen and choice of devices, the same object from the lobby into the room.
//
// Promises: one permission question when both are wanted; a missing camera does not take the microphone with it; after
// `close` every device is released. Left to others: sending the tracks (`Call`), remembering the choice (the host's settings).
import type { LocalMediaActions, LocalMediaSnapshot, MediaDevice, MediaDevices } from './CallSnapshot';
import { browserCaptureDevices } from './CaptureDevices';
import type { CaptureDevices } from './CaptureDevices';
import { LevelMeter } from './LevelMeter';
import { LocalScreen } from './LocalScreen';
import { LocalSource } from './LocalSource';
import { problemOfError, problemOfPage } from './mediaProblem';

/** Where to begin. */
export interface LocalMediaOptions {
  /** As stored; null is the system's choice. */
  readonly cameraId?: string | null;
  readonly microphoneId?: string | null;
  readonly speakerId?: string | null;
  /** The browser's unless a test brings others. */
  readonly devices?: CaptureDevices | null;
}

/** Own media. */
export interface LocalMedia {
  /** The same object until something changed. */
  snapshot(): LocalMediaSnapshot;
  /** Calls `listener` after every change; returns how to stop. */
  subscribe(listener: () => void): () => void;
  /** Opens what is wanted. Resolves when each is on or has a problem; never rejects. */
  start(wanted: { readonly camera: boolean; readonly microphone: boolean }): Promise<void>;
  /** Calls `listener` with the microphone's level, 0 … 1, once a frame; returns how to stop. */
  watchLevel(listener: (level: number) => void): () => void;
  /** The tracks to send; null while off. For `Call`. */
  tracks(): LocalTracks;
  /** Closes every device. The object cannot be used afterwards. */
  close(): void;
}

/** What there is to send. */
export interface LocalTracks {
  readonly audio: MediaStreamTrack | null;
  /** The shared screen's, else the camera's. */
  readonly video: MediaStreamTrack | null;
}

const NO_DEVICES: MediaDevices = { cameras: [], microphones: [], speakers: [] };

/** Own media, with everything off. */
export function createLocalMedia(options: LocalMediaOptions = {}): LocalMedia {
  return new DeviceLocalMedia(options);
}

class DeviceLocalMedia implements LocalMedia {
  readonly #devices: CaptureDevices | null;
  readonly #camera: LocalSource;
  readonly #microphone: LocalSource;
  readonly #screen: LocalScreen;
  readonly #meter = new LevelMeter();
  readonly #listeners = new Set<() => void>();
  readonly #unwatch: () => void;
  #list: MediaDevices = NO_DEVICES;
  #speakerId: string | null;
  #preview: MediaStream | null = null;
  /** The track that `#preview` shows. */
  #previewed: MediaStreamTrack | null = null;
  #snapshot: LocalMediaSnapshot;
  #closed = false;

  constructor(options: LocalMediaOptions) {
    this.#devices = options.devices === undefined ? browserCaptureDevices() : options.devices;
    this.#speakerId = options.speakerId ?? null;
    const changed = (): void => this.#changed();
    this.#camera = new LocalSource('camera', this.#devices, options.cameraId ?? null, changed);
    this.#microphone = new LocalSource('microphone', this.#devices, options.microphoneId ?? null, changed);
    this.#screen = new LocalScreen(this.#devices, changed);
    this.#unwatch = this.#devices?.watch(() => void this.#listDevices()) ?? (() => undefined);
    this.#snapshot = this.#build();
    void this.#listDevices();
  }

  snapshot(): LocalMediaSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async start(wanted: { readonly camera: boolean; readonly microphone: boolean }): Promise<void> {
    if (this.#closed) return;
    const camera = wanted.camera && this.#camera.snapshot.state === 'off';
    const microphone = wanted.microphone && this.#microphone.snapshot.state === 'off';
    const both = camera && microphone && this.#microphone.track === null && (await this.#startBoth());
    if (!both) {
      // One after the other, so that a browser that has to ask shows one question at a time.
      if (camera) await this.#camera.start();
      if (microphone) await this.#microphone.start();
    }
    // Names of devices are told only after access was granted.
    await this.#listDevices();
  }

  watchLevel(listener: (level: number) => void): () => void {
    return this.#meter.watch(listener);
  }

  tracks(): LocalTracks {
    return { audio: this.#microphone.track, video: this.#screen.track ?? this.#camera.track };
  }

  close(): void {
    this.#closed = true;
    this.#unwatch();
    this.#camera.close();
    this.#microphone.close();
    this.#screen.stop();
    this.#listeners.clear();
  }

  /** Asks for both at once. False when asking for each alone may still give one of them. */
  async #startBoth(): Promise<boolean> {
    const devices = this.#devices;
    if (devices === null) return false;
    const wishes = { camera: this.#camera.expect(), microphone: this.#microphone.expect() };
    let stream: MediaStream;
    try {
      stream = await devices.getUserMedia({ video: this.#camera.constraints, audio: this.#microphone.constraints });
    } catch (error) {
      const problem = problemOfError(error);
      this.#camera.settle(wishes.camera, problem);
      this.#microphone.settle(wishes.microphone, problem);
      // One refusal answers for both, unless one of them was granted before; any other trouble may be of one device only.
      if (problem !== 'refused') return false;
      const granted = await Promise.all([devices.permission('camera'), devices.permission('microphone')]);
      return !granted.includes('granted');
    }
    this.#camera.settle(wishes.camera, stream.getVideoTracks()[0] ?? 'failed');
    this.#microphone.settle(wishes.microphone, stream.getAudioTracks()[0] ?? 'failed');
    return true;
  }

  async #listDevices(): Promise<void> {
    if (this.#devices === null || this.#closed) return;
    let found: MediaDeviceInfo[];
    try {
      found = await this.#devices.enumerateDevices();
    } catch {
      // Without a list nothing can be chosen; the system's own choice still works.
      found = [];
    }
    const of = (kind: MediaDeviceKind): MediaDevice[] =>
      // Before access is granted browsers list devices without ids, which cannot be chosen.
      found.filter((d) => d.kind === kind && d.deviceId !== '').map((d) => ({ id: d.deviceId, label: d.label }));
    this.#list = {
      cameras: of('videoinput'),
      microphones: of('audioinput'),
      speakers: this.#devices.canChooseSpeaker ? of('audiooutput') : [],
    };
    this.#changed();
  }

  #changed(): void {
    const video = this.#camera.track;
    if (video !== this.#previewed) {
      this.#previewed = video;
      this.#preview = video === null ? null : new MediaStream([video]);
    }
    this.#meter.attach(this.#microphone.snapshot.state === 'on' ? this.#microphone.track : null);
    this.#snapshot = this.#build();
    for (const listener of [...this.#listeners]) listener();
  }

  #build(): LocalMediaSnapshot {
    return {
      camera: this.#camera.snapshot,
      microphone: this.#microphone.snapshot,
      screen: this.#screen.snapshot,
      preview: this.#preview,
      devices: this.#list,
      speakerId: this.#speakerId,
      actions: this.#actions(),
    };
  }

  #actions(): LocalMediaActions {
    const possible = !this.#closed && problemOfPage(this.#devices) === null;
    const toggle = (source: LocalSource): (() => void) | null => {
      if (!possible || source.snapshot.state === 'starting') return null;
      return () => {
        if (source.snapshot.state === 'on') source.stop();
        else void source.start().then(() => this.#listDevices());
      };
    };
    const choose = (source: LocalSource) => (possible ? (id: string | null) => void source.choose(id) : null);
    return {
      toggleCamera: toggle(this.#camera),
      toggleMicrophone: toggle(this.#microphone),
      toggleScreen: this.#toggleScreen(),
      chooseCamera: choose(this.#camera),
      chooseMicrophone: choose(this.#microphone),
      chooseSpeaker:
        possible && this.#devices?.canChooseSpeaker === true
          ? (id) => {
              this.#speakerId = id;
              this.#changed();
            }
          : null,
    };
  }
  #toggleScreen(): (() => void) | null {
    if (this.#closed || !this.#screen.isPossible || this.#screen.snapshot.state === 'starting') return null;
    return () => {
      if (this.#screen.snapshot.state === 'on') this.#screen.stop();
      else void this.#screen.start();
    };
  }
}
