// Runs in the page under test: a camera that draws the time and a microphone that plays bursts of one tone, in place of the real ones.
//
// Promises: each opened camera has its own colour, in the order of `colours`, so that a change of device can be seen on the other
// side; stopping a track stops its drawing. Bursts rather than a steady tone: noise suppression takes a steady one for noise.
import { drawTimeCode, type Colour } from './timeCode';

/** What the devices give. */
export interface SourceOptions {
  /** Of the first camera opened, the second, … and round again; none leaves the camera as it is. */
  readonly colours: readonly Colour[];
  /** Of the microphone; none leaves it as it is. */
  readonly toneHz: number | null;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  /** Share of the upper right quarter that is noise, 0 … 1: what makes the codec spend bits. */
  readonly detail: number;
  /** Asked of the real camera, when it stays as it is, in place of what the page asks. */
  readonly exactSize?: boolean;
}

const BURST_S = 0.4;
const PAUSE_S = 0.2;
/** From one burst's beginning to the next one's, ms. */
export const BURST_PERIOD_MS = (BURST_S + PAUSE_S) * 1000;

let opened = 0;
/** The microphone opened last, and when on its clock it began. */
let tone: { readonly context: AudioContext; readonly beganAt: number } | null = null;

/** Replaces `getUserMedia`. */
export function replaceDevices(options: SourceOptions): void {
  // Absent on a page without HTTPS.
  const devices = (navigator as Partial<Navigator>).mediaDevices;
  if (devices === undefined) return;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints = {}) => {
    const paints = (constraints.video ?? false) !== false && options.colours.length > 0;
    const plays = (constraints.audio ?? false) !== false && options.toneHz !== null;
    const real: MediaStreamConstraints = {};
    if (!paints && constraints.video !== undefined) real.video = sized(constraints.video, options);
    if (!plays && constraints.audio !== undefined) real.audio = constraints.audio;
    const tracks = real.video !== undefined || real.audio !== undefined ? (await open(real)).getTracks() : [];
    // The permission is asked for as ever: addresses of ICE and sound depend on it.
    if (real.video === undefined && real.audio === undefined) for (const track of (await open(constraints)).getTracks()) track.stop();
    if (paints) tracks.push(paintedTrack(options));
    if (plays) tracks.push(toneTrack(options.toneHz));
    return new MediaStream(tracks);
  };
}

function sized(video: boolean | MediaTrackConstraints, options: SourceOptions): boolean | MediaTrackConstraints {
  if (options.exactSize !== true || video === false) return video;
  const asked = video === true ? {} : video;
  return { ...asked, width: { exact: options.width }, height: { exact: options.height }, frameRate: { ideal: options.frameRate } };
}

function paintedTrack({ colours, width, height, frameRate, detail }: SourceOptions): MediaStreamTrack {
  const colour = colours[opened % colours.length] ?? [128, 128, 128];
  opened += 1;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no 2D canvas');
  const noise = noisePicture(width, height);
  const [track] = canvas.captureStream(frameRate).getVideoTracks();
  if (track === undefined) throw new Error('the canvas gives no track');
  const noisyWidth = Math.floor((width / 2) * detail);
  const draw = (): void => {
    drawTimeCode(context, colour, Date.now());
    context.fillStyle = '#777';
    context.fillRect(width / 2, 0, width / 2, height / 2);
    if (noisyWidth > 0) {
      const shift = Math.floor(Math.random() * (noise.width - noisyWidth));
      context.drawImage(noise, shift, 0, noisyWidth, height / 2, width / 2, 0, noisyWidth, height / 2);
    }
  };
  draw();
  const began = performance.now();
  let drawn = 1;
  const next = (): void => {
    if (track.readyState === 'ended') return;
    draw();
    const elapsed = performance.now() - began;
    // Those that could not be drawn in time are left out rather than caught up with.
    drawn = Math.max(drawn + 1, Math.floor((elapsed * frameRate) / 1000) + 1);
    setTimeout(next, Math.max(0, (drawn * 1000) / frameRate - elapsed));
  };
  setTimeout(next, 1000 / frameRate);
  return track;
}

/** Grains of 4 x 4 pixels, wide enough to be shown shifted. */
function noisePicture(width: number, height: number): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width, height: height / 2 });
  const context = canvas.getContext('2d');
  for (let y = 0; context !== null && y < height / 2; y += 4) {
    for (let x = 0; x < width; x += 4) {
      context.fillStyle = `hsl(${Math.floor(Math.random() * 360)} 70% ${Math.floor(Math.random() * 100)}%)`;
      context.fillRect(x, y, 4, 4);
    }
  }
  return canvas;
}

function toneTrack(toneHz: number): MediaStreamTrack {
  const context = new AudioContext({ sampleRate: 48_000 });
  const destination = context.createMediaStreamDestination();
  const buffer = context.createBuffer(1, Math.round(48_000 * (BURST_S + PAUSE_S)), 48_000);
  const samples = buffer.getChannelData(0);
  const burst = 48_000 * BURST_S;
  for (let index = 0; index < burst; index += 1) {
    // Soft edges: a click would be of every frequency.
    samples[index] = 0.5 * Math.sin((Math.PI * index) / burst) * Math.sin((2 * Math.PI * toneHz * index) / 48_000);
  }
  const source = Object.assign(context.createBufferSource(), { buffer, loop: true });
  source.connect(destination);
  const beganAt = context.currentTime;
  source.start(beganAt);
  tone = { context, beganAt };
  // A page whose devices were allowed before opens them before anybody touched it; sound sleeps until then.
  const wake = (): void => void context.resume();
  for (const gesture of ['pointerdown', 'keydown'] as const) addEventListener(gesture, wake, { capture: true });
  wake();
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error('no track of the tone');
  const stop = track.stop.bind(track);
  track.stop = () => {
    stop();
    for (const gesture of ['pointerdown', 'keydown'] as const) removeEventListener(gesture, wake, { capture: true });
    void context.close();
  };
  return track;
}

/** `Date.now()` in the middle of a burst of the microphone opened last, to within a render quantum or two; null without one. */
export function burstMiddleAtMs(): number | null {
  if (tone === null) return null;
  const { context, beganAt } = tone;
  return Date.now() - (context.currentTime - beganAt) * 1000 + (BURST_S * 1000) / 2;
}
