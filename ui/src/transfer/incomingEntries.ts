// The entries of a transfer to us, by number: what became of them, and where each goes on.
// Twin of `crates/transfer/src/incoming_entries.rs`.

import { RESUME_POINTS } from '../protocol/limits';
import type { ResumePoint } from '../protocol/ResumePoint';
import type { TransferCode } from '../protocol/TransferCode';
import type { TransferEntry } from '../protocol/TransferEntry';
import { blockCount } from './block';
import type { FailedEntry, LastWord } from './ended';
import { TransferError } from './error';
import { isFailed, viewOfIncoming, type IncomingEntry, type IncomingState } from './incomingEntry';
import { OpenEntry } from './openEntry';

/** The entries in the order of the offer. None while it is not whole. */
export class IncomingEntries {
  #provenCount = 0;
  #declinedCount = 0;
  #endedCount = 0;

  constructor(private readonly entries: readonly IncomingEntry[] = []) {}

  get length(): number {
    return this.entries.length;
  }

  get provenCount(): number {
    return this.#provenCount;
  }

  get declinedCount(): number {
    return this.#declinedCount;
  }

  /**
   * The user does not want these. Gives their bytes. Throws `TransferError` `not-now` if nothing is left, or one does not exist or stands
   * there twice; nothing was changed then.
   */
  decline(without: readonly number[]): number {
    const distinct = new Set(without);
    const exists = (number: number): boolean => this.entries[number] !== undefined;
    if (distinct.size !== without.length || distinct.size >= this.entries.length || !without.every(exists)) throw new TransferError('not-now');
    let bytes = 0;
    for (const number of distinct) {
      bytes += this.fail(number, 'declined')?.size ?? 0;
      this.#declinedCount += 1;
    }
    return bytes;
  }

  /** Every entry is proven or has failed. */
  get isEnded(): boolean {
    return this.#endedCount === this.entries.length;
  }

  get(number: number): IncomingEntry | undefined {
    return this.entries[number];
  }

  /** An entry has its name. */
  prove(number: number): void {
    const entry = this.entries[number];
    if (entry === undefined) return;
    entry.state = 'proven';
    this.#provenCount += 1;
    this.#endedCount += 1;
  }

  /** Ends an entry without proof. Gives its size and how far it was; null when it had ended already. */
  fail(number: number, code: TransferCode): { readonly size: number; readonly before: IncomingState } | null {
    const entry = this.entries[number];
    if (entry === undefined || entry.state === 'proven' || isFailed(entry.state)) return null;
    const { size, state: before } = entry;
    entry.state = { failed: code };
    this.#endedCount += 1;
    return { size, before };
  }

  /** Forgets what has arrived of blocks that are not whole. */
  dropCollected(): void {
    for (const { state } of this.entries) if (state instanceof OpenEntry) state.dropCollected();
  }

  /** Where to go on, and the outcomes that are to be said before because the points have no room for them. */
  resume(): { readonly resume: ResumePoint[]; readonly word: LastWord } {
    const resume: ResumePoint[] = [];
    for (const [entry, { state }] of this.entries.entries()) {
      if (state instanceof OpenEntry && state.nextBlock > 0) resume.push({ entry, next_block: state.nextBlock, proven: false, stored: [] });
    }
    const { proven, failed } = this.#ended();
    const asMessages = proven.slice(0, Math.max(0, proven.length - Math.max(0, RESUME_POINTS - resume.length)));
    for (const entry of proven.slice(asMessages.length)) {
      resume.push({ entry, next_block: blockCount(this.entries[entry]?.size ?? 0), proven: true, stored: [] });
    }
    return { resume, word: { type: 'outcomes', proven: asMessages, failed } };
  }

  /** What became of the entries, for the sender. */
  outcomes(): LastWord {
    return { type: 'outcomes', ...this.#ended() };
  }

  view(number: number): TransferEntry {
    const entry = this.entries[number];
    return entry === undefined ? { path: '', size: 0, proven: false, failed: null } : viewOfIncoming(entry);
  }

  #ended(): { proven: number[]; failed: FailedEntry[] } {
    const proven: number[] = [];
    const failed: FailedEntry[] = [];
    for (const [entry, { state }] of this.entries.entries()) {
      if (state === 'proven') proven.push(entry);
      else if (isFailed(state)) failed.push({ entry, code: state.failed });
    }
    return { proven, failed };
  }
}
