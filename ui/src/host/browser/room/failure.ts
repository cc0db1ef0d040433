// How this host says that a wish was not granted.
import { HostError } from '../../port';
import type { FailureCode } from '../../../protocol/FailureCode';

/** A rejection of the port's promises. `detail` is for the log and never holds a secret. */
export function failed(code: FailureCode, detail: string): HostError {
  return new HostError({ code, detail });
}
