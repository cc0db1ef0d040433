// The worker between the audio worklets and the engine. All of its doing is in `SoundLine`.
import type { MediaPortAddress } from '../../../../protocol/MediaPortAddress';
import { workerScope } from './scope';
import { SoundLine } from './SoundLine';

/** What the page tells it. */
export type SoundTold =
  /** With the other ends of the worklets' channels. */
  | { readonly type: 'open'; readonly address: MediaPortAddress; readonly microphone: MessagePort; readonly speaker: MessagePort }
  | { readonly type: 'capture' }
  | { readonly type: 'silence' }
  /** The worklets are gone; others may open later. */
  | { readonly type: 'close' };

const scope = workerScope<SoundTold, never>();
let line: SoundLine | null = null;
let ports: readonly MessagePort[] = [];

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case 'open':
      close();
      line = openLine(data);
      ports = [data.microphone, data.speaker];
      break;
    case 'close':
      close();
      break;
    case 'capture':
      line?.capture();
      break;
    case 'silence':
      line?.silence();
      break;
  }
};

/** A port that stays open holds what is at its other end. */
function close(): void {
  line?.close();
  line = null;
  for (const port of ports) {
    port.onmessage = null;
    port.close();
  }
  ports = [];
}

function openLine({ address, microphone, speaker }: Extract<SoundTold, { type: 'open' }>): SoundLine {
  const opened = new SoundLine(address);
  microphone.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => opened.captured(data);
  speaker.onmessage = ({ data }: MessageEvent<number>) => opened.wanted(data);
  opened.connectPlayer({
    play: (samples) => speaker.postMessage(samples, [samples]),
    reset: () => speaker.postMessage('reset'),
  });
  return opened;
}
