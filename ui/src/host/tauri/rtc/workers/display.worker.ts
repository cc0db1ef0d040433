// The worker that shows everyone's pictures and the own one. All of its doing is in `RemotePictures`, `OwnView` and `Surfaces`.
import type { MediaPortAddress } from '../../../../protocol/MediaPortAddress';
import type { CodecProblem } from '../../../../shared/rtc/RemoteMedia';
import { OwnView } from './OwnView';
import { RemotePictures } from './RemotePictures';
import { workerScope } from './scope';
import { Surfaces } from './Surfaces';
import type { Drawable } from './Surfaces';
import { turns } from './turns';

/** The connection whose picture it is, or the own one. */
export type PictureName = number | 'own';

/** What the page tells it. */
export type DisplayTold =
  | { readonly type: 'open'; readonly address: MediaPortAddress }
  | { readonly type: 'play' | 'close'; readonly connection: number }
  | { readonly type: 'keep'; readonly surface: number; readonly canvas: OffscreenCanvas }
  | { readonly type: 'attach' | 'detach'; readonly picture: PictureName; readonly surface: number }
  /** The worker's own from now on. */
  | { readonly type: 'own'; readonly track: MediaStreamTrack | null }
  | { readonly type: 'forget'; readonly surface: number };

/** What it tells the page. */
export type DisplayTells =
  | { readonly type: 'pictured'; readonly surface: number; readonly width: number; readonly height: number }
  | { readonly type: 'problem'; readonly connection: number; readonly problem: CodecProblem | null };

const scope = workerScope<DisplayTold, DisplayTells>();
const soon = turns();
const surfaces = new Surfaces((surface, width, height) => scope.postMessage({ type: 'pictured', surface, width, height }));
const own = new OwnView(soon);
let remote: RemotePictures | null = null;

function pictureOf(name: PictureName): Drawable | null {
  return name === 'own' ? own : (remote?.of(name) ?? null);
}

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case 'open':
      remote = new RemotePictures(data.address, (connection, problem) => scope.postMessage({ type: 'problem', connection, problem }), soon);
      break;
    case 'play':
      remote?.play(data.connection);
      break;
    case 'close': {
      const picture = remote?.of(data.connection) ?? null;
      if (picture !== null) surfaces.end(picture);
      remote?.close(data.connection);
      break;
    }
    case 'own':
      own.use(data.track);
      break;
    case 'keep':
      surfaces.keep(data.surface, data.canvas);
      break;
    case 'attach':
    case 'detach': {
      const picture = pictureOf(data.picture);
      if (picture !== null) surfaces[data.type](picture, data.surface);
      break;
    }
    case 'forget':
      surfaces.forget(data.surface);
      break;
  }
};
