// A camera to look at things with, apart from the one that shows oneself: the one at the back where there is one.
//
// Promises: a stream with one picture track, or why there is none. Left to others: ending it.
import { browserCaptureDevices } from './CaptureDevices';
import type { MediaProblem } from './CallSnapshot';
import { problemOfError, problemOfPage } from './mediaProblem';

/** Pixels in a row that are asked for: enough for a code that fills a third of the picture. */
const WIDTH = 1280;

/** Asks for the camera. */
export async function lookAround(): Promise<MediaStream | MediaProblem> {
  const devices = browserCaptureDevices();
  if (devices === null) return problemOfPage(devices) ?? 'unsupported';
  try {
    return await devices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: WIDTH } } });
  } catch (error) {
    return problemOfError(error);
  }
}
