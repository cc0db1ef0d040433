// Hashes blocks away from the page's own thread, in a few workers.
//
// Promises: nothing is copied on the way there and back: buffers are handed over; as long as no worker has answered, the page hashes itself,
// so one that cannot be loaded (the server is away) costs no block. A worker that fails later takes the blocks it had with it (their
// promises reject), and is not used again. Leaves to others: how many blocks are under way at once, which bounds the memory.
import type { Bytes } from '../../../trust/bytes';
import { hashBlock, type HashedBlock } from './blockHash';
import type { HashTold } from './hash.worker';

/** What a worker is to this. */
export interface HashWorker {
  onmessage: ((event: MessageEvent<HashedBlock>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(pieces: HashTold, transfer: Transferable[]): void;
  terminate(): void;
}

interface Waiting {
  readonly resolve: (hashed: HashedBlock) => void;
  readonly reject: (error: Error) => void;
}

interface Line {
  readonly worker: HashWorker;
  /** In the order they were asked. */
  readonly waiting: Waiting[];
  /** It has answered. */
  isThere: boolean;
}

/** A block up to this is hashed sooner than it is handed to a worker and back. */
export const SMALL_BYTES = 32 * 1024;
/** More would only wait for the network. */
const WORKERS_MAX = 3;

export class BlockHasher {
  #lines: Line[] = [];

  /** `startWorker` throws where there are none. */
  constructor(
    private readonly startWorker: () => HashWorker,
    /** Processors of the machine. */
    private readonly processors: number,
  ) {}

  /** Starts the workers that are not there yet: best while their script can surely be loaded, which is some time before the first block. */
  begin(): void {
    try {
      // One processor stays with the page.
      while (this.#lines.length < Math.min(WORKERS_MAX, Math.max(1, this.processors - 1))) this.#lines.push(this.#line());
    } catch {
      // Without workers, or with fewer of them, the page goes on.
    }
  }

  /** Joins pieces to a block and hashes it. The buffers of the pieces are given away. */
  hash(pieces: readonly Bytes[]): Promise<HashedBlock> {
    const isSmall = pieces.reduce((sum, { length }) => sum + length, 0) <= SMALL_BYTES;
    const there = this.#lines.filter(({ isThere }) => isThere && !isSmall);
    const [shortest] = there.toSorted((one, other) => one.waiting.length - other.waiting.length);
    return shortest === undefined ? Promise.resolve().then(() => hashBlock(pieces)) : ask(shortest, pieces);
  }

  #line(): Line {
    const line: Line = { worker: this.startWorker(), waiting: [], isThere: false };
    line.worker.onmessage = ({ data }) => line.waiting.shift()?.resolve(data);
    line.worker.onerror = () => {
      line.worker.terminate();
      this.#lines = this.#lines.filter((other) => other !== line);
      for (const { reject } of line.waiting.splice(0)) reject(new Error('a hashing worker failed'));
    };
    // Nothing is lost with a block of nothing, and its answer shows that the worker is there.
    ask(line, []).then(
      () => {
        line.isThere = true;
      },
      () => undefined,
    );
    return line;
  }
}

function ask({ worker, waiting }: Line, pieces: readonly Bytes[]): Promise<HashedBlock> {
  return new Promise((resolve, reject) => {
    waiting.push({ resolve, reject });
    worker.postMessage(pieces, [...new Set(pieces.map(({ buffer }) => buffer))]);
  });
}

/** The page's own. */
export function browserHasher(): BlockHasher {
  const start = (): HashWorker => new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' });
  return new BlockHasher(start, navigator.hardwareConcurrency);
}
