// The worker that codes the own picture. All of its doing is in `OwnPicture`.
import type { MediaPortAddress } from '../../../../protocol/MediaPortAddress';
import type { CodecProblem } from '../../../../shared/rtc/RemoteMedia';
import { OwnPicture } from './OwnPicture';
import { workerScope } from './scope';

/** What the page tells it. */
export type CaptureTold =
  | { readonly type: 'open'; readonly address: MediaPortAddress }
  /** The worker's own from now on. */
  | { readonly type: 'use'; readonly track: MediaStreamTrack | null };

/** What it tells the page. */
export interface CaptureTells {
  readonly problem: CodecProblem | null;
}

const scope = workerScope<CaptureTold, CaptureTells>();
let picture: OwnPicture | null = null;
let toldProblem: CodecProblem | null = null;

scope.onmessage = ({ data }) => {
  if (data.type === 'use') {
    picture?.use(data.track);
    return;
  }
  picture = new OwnPicture({
    address: data.address,
    problem: (problem) => {
      if (problem === toldProblem) return;
      toldProblem = problem;
      scope.postMessage({ problem });
    },
  });
};
