// The worker between the audio worklets and the engine. All of its doing is in `SoundLine`.
import type { MediaPortAddress } from '../../../../protocol/MediaPortAddress';
import { workerScope } from './scope';
import { SoundLine } from './SoundLine';

/** What the page tells it. */
export type SoundTold =
  /** With the other ends of the worklets' channels. */
  | { readonly type: 'open'; readonly address: MediaPortAddress; readonly microphone: MessagePort; readonly speaker: MessagePort }
  | { readonly type: 'capture' }
  | { readonly type: 'silence' };

const scope = workerScope<SoundTold, never>();
let line: SoundLine | null = null;

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case 'open':
      line = openLine(data);
      break;
    case 'capture':
      line?.capture();
      break;
    case 'silence':
      line?.silence();
      break;
  }
};

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
