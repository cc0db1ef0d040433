// The global scope of a worker, typed by what it is told and what it tells.

export interface WorkerScope<Told, Tells> {
  onmessage: ((event: MessageEvent<Told>) => void) | null;
  postMessage(message: Tells, transfer?: Transferable[]): void;
}

/** The one this runs in. TypeScript's DOM types know windows only. */
export function workerScope<Told, Tells>(): WorkerScope<Told, Tells> {
  return globalThis as unknown as WorkerScope<Told, Tells>;
}
