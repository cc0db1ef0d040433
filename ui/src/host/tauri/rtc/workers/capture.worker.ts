// The worker that codes the own picture. All of its doing is in `OwnPicture`.
import type { MediaPortAddress } from '../../../../protocol/MediaPortAddress';
import type { CodecProblem } from '../../../../shared/rtc/RemoteMedia';
import { OwnPicture } from './OwnPicture';
import type { FrameReader } from './OwnPicture';
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

/** https://www.w3.org/TR/mediacapture-transform/#track-processor */
declare const MediaStreamTrackProcessor: new (init: { track: MediaStreamTrack; maxBufferSize?: number }) => {
  readonly readable: ReadableStream<VideoFrame>;
};

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
    readFrames: (track): FrameReader => new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader(),
    problem: (problem) => {
      if (problem === toldProblem) return;
      toldProblem = problem;
      scope.postMessage({ problem });
    },
  });
};
