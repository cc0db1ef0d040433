// The worker that shows everyone's pictures. All of its doing is in `RemotePictures`.
import type { MediaPortAddress } from '../../../../protocol/MediaPortAddress';
import type { CodecProblem } from '../../../../shared/rtc/RemoteMedia';
import { RemotePictures } from './RemotePictures';
import { workerScope } from './scope';

/** What the page tells it. */
export type DisplayTold =
  | { readonly type: 'open'; readonly address: MediaPortAddress }
  | { readonly type: 'play' | 'close'; readonly connection: number }
  | { readonly type: 'keep'; readonly surface: number; readonly canvas: OffscreenCanvas }
  | { readonly type: 'attach' | 'detach'; readonly connection: number; readonly surface: number }
  | { readonly type: 'forget'; readonly surface: number };

/** What it tells the page. */
export type DisplayTells =
  | { readonly type: 'pictured'; readonly surface: number; readonly width: number; readonly height: number }
  | { readonly type: 'problem'; readonly connection: number; readonly problem: CodecProblem | null };

const scope = workerScope<DisplayTold, DisplayTells>();
let pictures: RemotePictures | null = null;

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case 'open':
      pictures = new RemotePictures(data.address, {
        pictured: (surface, width, height) => scope.postMessage({ type: 'pictured', surface, width, height }),
        problem: (connection, problem) => scope.postMessage({ type: 'problem', connection, problem }),
      });
      break;
    case 'play':
      pictures?.play(data.connection);
      break;
    case 'close':
      pictures?.close(data.connection);
      break;
    case 'keep':
      pictures?.keep(data.surface, data.canvas);
      break;
    case 'attach':
      pictures?.attach(data.connection, data.surface);
      break;
    case 'detach':
      pictures?.detach(data.connection, data.surface);
      break;
    case 'forget':
      pictures?.forget(data.surface);
      break;
  }
};
