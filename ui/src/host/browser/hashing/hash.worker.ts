// The worker that hashes blocks. All of its doing is in `hashBlock`.
import type { Bytes } from '../../../trust/bytes';
import { hashBlock, type HashedBlock } from './blockHash';

/** What the page asks; the answers come in the order of the questions. */
export type HashTold = readonly Bytes[];

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<HashTold>) => void) | null;
  postMessage(message: HashedBlock, transfer: Transferable[]): void;
};

scope.onmessage = ({ data }) => {
  const hashed = hashBlock(data);
  scope.postMessage(hashed, [hashed.bytes.buffer]);
};
