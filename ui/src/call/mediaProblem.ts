// Why a device cannot be used, from what the browser says (https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia).
import type { CaptureDevices } from './CaptureDevices';
import type { MediaProblem } from './CallSnapshot';

/** Of a rejected `getUserMedia`. */
export function problemOfError(error: unknown): MediaProblem {
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'no-device';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

/** Why there are no devices at all, or null when there may be. */
export function problemOfPage(devices: CaptureDevices | null): MediaProblem | null {
  if (devices !== null) return null;
  return globalThis.isSecureContext ? 'unsupported' : 'insecure-page';
}
