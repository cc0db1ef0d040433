// The worker between the audio worklets and the engine. All of its doing is in `SoundLine`.
import type { MediaPortAddress } from '../../../../protocol/MediaPortAddress';
import { SoundMemory } from '../SoundMemory';
import { workerScope } from './scope';
import { SoundLine } from './SoundLine';

/** What the page tells it. */
export type SoundTold =
  /** `memory` is what it shares with the worklets; see `SoundMemory`. */
  | { readonly type: 'open'; readonly address: MediaPortAddress; readonly memory: SharedArrayBuffer }
  | { readonly type: 'capture' }
  | { readonly type: 'silence' }
  /** The worklets are gone; others may open later. */
  | { readonly type: 'close' };

const scope = workerScope<SoundTold, never>();
let line: SoundLine | null = null;

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case 'open':
      line?.close();
      line = new SoundLine(data.address, new SoundMemory(data.memory));
      break;
    case 'close':
      line?.close();
      line = null;
      break;
    case 'capture':
      line?.capture();
      break;
    case 'silence':
      line?.silence();
      break;
  }
};
