// Rejections of the shell as the port promises them.
import type { Failure } from '../../protocol/Failure';
import { HostError } from '../port';

function isFailure(value: unknown): value is Failure {
  return (
    typeof value === 'object' && value !== null &&
    'code' in value && typeof value.code === 'string' &&
    'detail' in value && typeof value.detail === 'string'
  );
}

/** Whatever a command was rejected with, as a HostError. What is no failure of ours is one inside. */
export function toHostError(reason: unknown): HostError {
  if (reason instanceof HostError) return reason;
  if (isFailure(reason)) return new HostError(reason);
  const detail = reason instanceof Error ? reason.message : typeof reason === 'string' ? reason : 'unknown';
  return new HostError({ code: 'internal', detail });
}
