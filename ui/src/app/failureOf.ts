// What a rejection of the host means to the screen.
import { HostError } from '../host/port';
import type { Failure } from '../protocol/Failure';

/** A host rejects with `HostError` only; anything else is a fault inside. */
export function failureOf(error: unknown): Failure {
  if (error instanceof HostError) return error.failure;
  return { code: 'internal', detail: error instanceof Error ? error.message : 'not an error' };
}
