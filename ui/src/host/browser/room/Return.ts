// Goes on with what an earlier session stored of an accepted transfer, before its sender hears that it was accepted.
//
// What it is: the blocks that are left are read, hashed again and handed to the machine as if they had just come; meanwhile what the machine
// says to the sender is held back, and put right afterwards: `accept` names what was handed in, `stored` does not count it.
// Promises: nothing counts but by its hash; a lost connection, an end, or a block that is not right anywhere in between loses nothing but
// the rest. Leaves to others: what is left (`storage`), and every rule of the protocol (`Exchange`).
import type { Control } from '../../../protocol/Control';
import { RESUME_POINTS } from '../../../protocol/limits';
import type { ResumePoint } from '../../../protocol/ResumePoint';
import type { TransferId } from '../../../protocol/TransferId';
import { blockCount, blockLength, entryProof, jsBlake3 } from '../../../transfer/block';
import { encodeFrame } from '../../../transfer/frame';
import type { Input } from '../../../transfer/input';
import { equalBytes, type Bytes } from '../../../trust/bytes';
import type { BlockHasher } from '../hashing/BlockHasher';
import type { HashedBlock } from '../hashing/blockHash';
import type { LeftEntry } from '../storage/OfferFolder';

export interface ReturnOwner {
  readonly hasher: Pick<BlockHasher, 'hash'>;
  /** Looks for what is left. Never rejects. */
  left(): Promise<readonly LeftEntry[]>;
  handIn(input: Extract<Input, { type: 'block-received' | 'frame-received' }>): void;
  say(message: Control): void;
}

type Accept = Extract<Control, { type: 'accept' }>;

/** Entries in part that are gone on with: an honest sender leaves one, and the machine takes few. */
const PARTS = 8;
/** Blocks that are read and hashed together. */
const AHEAD = 4;

export class Return {
  /** The machine's `accept` on this connection, which the sender has not heard. */
  #held: Accept | null = null;
  /** Failures of entries: the sender hears them after the `accept`. */
  #failures: Control[] = [];
  /** Entries in part, and the next block of each. */
  readonly #parts = new Map<number, number>();
  /** Entries that are not wanted or have failed: nothing more is handed in of them. */
  readonly #gone = new Set<number>();
  /** Bytes handed in since the machine's last `accept`. */
  #handedBytes = 0;
  #isHandingIn = false;
  #isDone = false;
  #isStopped = false;
  #moved: (() => void) | null = null;
  #finishing: { readonly entry: number; readonly end: () => void } | null = null;

  constructor(
    private readonly transfer: TransferId,
    private readonly sizes: readonly number[],
    private readonly owner: ReturnOwner,
  ) {}

  /** A block the machine orders to be written now is stored already. */
  get isHandingIn(): boolean {
    return this.#isHandingIn;
  }

  /** Hands in what is left. Never rejects. */
  async run(): Promise<void> {
    for (const left of await this.owner.left()) {
      if (this.#isStopped || this.#parts.size >= PARTS) break;
      const size = this.sizes[left.entry];
      if (size !== undefined && !this.#gone.has(left.entry) && left.blocks <= blockCount(size)) await this.#handInEntry(left, size);
    }
    if (await this.#flowing()) this.#finish();
  }

  /** Says a message of the machine about this transfer, now, later or changed. */
  say(message: Control): void {
    if (message.type === 'accept') {
      this.#handedBytes = 0;
      if (!this.#isDone) {
        this.#held = message;
        this.#moved?.();
        return;
      }
    } else if (message.type === 'stored') {
      const bytes = message.bytes - this.#handedBytes;
      if (this.#isDone && bytes > 0) this.owner.say({ ...message, bytes });
      return;
    } else if (message.type === 'entry-failed' && message.code === 'declined') {
      // The sender hears what is not wanted before the `accept`.
      this.entryFailed(message.entry);
    } else if (message.type === 'entry-failed' && !this.#isDone) {
      this.#failures.push(message);
      return;
    }
    this.owner.say(message);
  }

  /** The next connection has an `accept` of its own. */
  linkLost(): void {
    this.#held = null;
    this.#failures = [];
  }

  /** The machine knows of an entry that it stands under its name, or not. */
  entryFinished(entry: number): void {
    if (this.#finishing?.entry === entry) this.#finishing.end();
  }

  /** An entry has failed, on either side, or is not wanted. */
  entryFailed(entry: number): void {
    this.#gone.add(entry);
    this.#parts.delete(entry);
    this.entryFinished(entry);
  }

  /** The transfer has ended. */
  stop(): void {
    this.#isStopped = true;
    this.#moved?.();
    this.#finishing?.end();
  }

  async #handInEntry(left: LeftEntry, size: number): Promise<void> {
    const { entry, blocks, isWhole } = left;
    const ahead: Promise<HashedBlock | null>[] = [];
    const proofs: Bytes[] = [];
    for (let block = 0; block < blocks; block += 1) {
      for (let next = block + ahead.length; ahead.length < AHEAD && next < blocks; next += 1) ahead.push(this.#proven(left, next, size));
      const hashed = (await ahead.shift()) ?? null;
      if (hashed === null) break;
      if (!(await this.#flowing()) || this.#gone.has(entry)) return;
      const { bytes, proof } = hashed;
      this.#parts.set(entry, block + 1);
      this.#handedBytes += bytes.length;
      this.#handIn({ type: 'block-received', transfer: this.transfer, entry, block, bytes, proof, claimed: proof });
      proofs.push(proof);
    }
    if (!isWhole || proofs.length !== blockCount(size) || !(await this.#flowing()) || this.#gone.has(entry)) return;
    const finished = new Promise<void>((resolve) => {
      this.#finishing = { entry, end: resolve };
    });
    this.#parts.delete(entry);
    const header = { kind: 'entry-proof', transfer: this.transfer, entry, block: proofs.length, offset: 0 } as const;
    this.#handIn({ type: 'frame-received', frame: encodeFrame(header, entryProof(jsBlake3, proofs)) });
    await finished;
  }

  /** A block that has the hash it had when it was stored. */
  async #proven(left: LeftEntry, block: number, size: number): Promise<HashedBlock | null> {
    try {
      const { bytes, noted } = await left.read(block);
      if (bytes.length !== blockLength(size, block)) return null;
      const hashed = await this.owner.hasher.hash([bytes]);
      return equalBytes(hashed.proof, noted) ? hashed : null;
    } catch {
      // What cannot be read is sent again.
      return null;
    }
  }

  #handIn(input: Parameters<ReturnOwner['handIn']>[0]): void {
    this.#isHandingIn = true;
    try {
      this.owner.handIn(input);
    } finally {
      this.#isHandingIn = false;
    }
  }

  /** Waits until the machine takes blocks. False when the transfer has ended. */
  async #flowing(): Promise<boolean> {
    while (this.#held === null && !this.#isStopped) {
      await new Promise<void>((resolve) => {
        this.#moved = resolve;
      });
    }
    return !this.#isStopped;
  }

  #finish(): void {
    const held = this.#held;
    this.#isDone = true;
    this.#held = null;
    if (held === null) return;
    const parts = [...this.#parts].map(([entry, next_block]): ResumePoint => ({ entry, next_block, proven: false, stored: [] }));
    const others = held.resume.filter(({ entry }) => !this.#parts.has(entry));
    const room = RESUME_POINTS - parts.length;
    // Only proven ones can be more than there is room for.
    for (const { entry } of others.slice(room)) this.owner.say({ type: 'proven', transfer: this.transfer, entry });
    this.owner.say({ ...held, resume: [...parts, ...others.slice(0, room)] });
    for (const failure of this.#failures.splice(0)) this.owner.say(failure);
  }
}
