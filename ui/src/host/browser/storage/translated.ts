// Failures of the browser's files in the words of a sink.
import { StorageError } from './entrySink';

/** The same promise, rejecting with a `StorageError`. */
export async function translated<Value>(promise: Promise<Value>): Promise<Value> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
    throw new StorageError(isFull ? 'no-space' : 'write-failed', { cause: error });
  }
}
