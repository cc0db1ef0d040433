// Hashes blocks away from the page's own thread, in a few workers.
//
// Promises: nothing is copied on the way there and back: buffers are handed over; where workers cannot be had, the page hashes itself.
// A worker that fails takes the blocks it had with it (their promises reject), and is not used again. Leaves to others: how many blocks are
// under way at once, which bounds the memory.
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
}

/** More would only wait for the network. */
const WORKERS_MAX = 3;

export class BlockHasher {
  #lines: Line[] | null = null;

  /** `startWorker` throws where there are none. Workers start with the first block. */
  constructor(
    private readonly startWorker: () => HashWorker,
    /** Processors of the machine. */
    private readonly processors: number,
  ) {}

  /** Joins pieces to a block and hashes it. The buffers of the pieces are given away. */
  hash(pieces: readonly Bytes[]): Promise<HashedBlock> {
    this.#lines ??= this.#start();
    const [shortest] = this.#lines.toSorted((one, other) => one.waiting.length - other.waiting.length);
    if (shortest === undefined) return Promise.resolve().then(() => hashBlock(pieces));
    return new Promise((resolve, reject) => {
      shortest.waiting.push({ resolve, reject });
      shortest.worker.postMessage(pieces, [...new Set(pieces.map(({ buffer }) => buffer))]);
    });
  }

  #start(): Line[] {
    const lines: Line[] = [];
    try {
      // One processor stays with the page.
      while (lines.length < Math.min(WORKERS_MAX, Math.max(1, this.processors - 1))) lines.push(this.#line());
    } catch {
      // Without workers, or with fewer of them, the page goes on.
    }
    return lines;
  }

  #line(): Line {
    const line: Line = { worker: this.startWorker(), waiting: [] };
    line.worker.onmessage = ({ data }) => line.waiting.shift()?.resolve(data);
    line.worker.onerror = () => {
      line.worker.terminate();
      this.#lines = (this.#lines ?? []).filter((other) => other !== line);
      for (const { reject } of line.waiting.splice(0)) reject(new Error('a hashing worker failed'));
    };
    return line;
  }
}

/** The page's own. */
export function browserHasher(): BlockHasher {
  const start = (): HashWorker => new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' });
  return new BlockHasher(start, navigator.hardwareConcurrency);
}
