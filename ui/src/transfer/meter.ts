// How fast a transfer moves, how long it will take, and when that is worth telling. Twin of `crates/transfer/src/meter.rs`.

import type { TransferState } from '../protocol/TransferState';

/** Milliseconds between two snapshots for progress alone: five a second look smooth. */
const TELL_MS = 200;
/** Milliseconds after which a transfer that does not move is looked at again, so that its speed falls on the screen as well. */
const IDLE_MS = 1_000;
/** Milliseconds over which speed is averaged: long enough to be calm, short enough to follow. */
const AVERAGE_MS = 4_000;
/** Milliseconds after which there is something to average. */
const KNOWN_MS = 500;

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** Progress of one transfer over time. */
export class Meter {
  #samples: Sample[] = [];
  #toldAtMs: number | null = null;
  #toldBytes = 0;
  #toldSpeed: number | null = null;
  #toldState: TransferState | null = null;
  #hasNews = false;
  #isMoving = false;

  /** Bytes begin to move, or stop. */
  setMoving(isMoving: boolean): void {
    if (this.#isMoving === isMoving) return;
    this.#isMoving = isMoving;
    this.#samples = [];
  }

  /** Something small happened that a snapshot should show before long. */
  note(): void {
    this.#hasNews = true;
  }

  /** Whether a snapshot is due. */
  isDue(nowMs: number): boolean {
    const due = this.dueMs();
    return due !== null && due <= nowMs;
  }

  /** When to look again. */
  dueMs(): number | null {
    const told = this.#toldAtMs ?? 0;
    if (this.#hasNews) return told + TELL_MS;
    return this.#isMoving ? told + IDLE_MS : null;
  }

  /** Takes a look, `bytes` being stored by now. False when a snapshot would show nothing new. */
  tell(nowMs: number, bytes: number, state: TransferState): boolean {
    if (this.#isMoving) {
      this.#samples.push({ atMs: nowMs, bytes });
      while ((this.#samples[1]?.atMs ?? Infinity) + AVERAGE_MS <= nowMs) this.#samples.shift();
    }
    const speed = this.bytesPerSecond();
    const isSame = this.#toldState === state && this.#toldBytes === bytes && this.#toldSpeed === speed;
    const isNews = this.#hasNews || !isSame;
    this.#toldAtMs = nowMs;
    this.#toldBytes = bytes;
    this.#toldSpeed = speed;
    this.#toldState = state;
    this.#hasNews = false;
    return isNews;
  }

  /** Averaged over the last seconds; null until known. */
  bytesPerSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < KNOWN_MS) return null;
    return Math.floor((Math.max(0, last.bytes - first.bytes) * 1_000) / (last.atMs - first.atMs));
  }

  /** Milliseconds until `leftBytes` more are stored; null while unknown or nothing moves. */
  remainingMs(leftBytes: number): number | null {
    const speed = this.bytesPerSecond();
    return speed === null || speed === 0 ? null : Math.ceil((leftBytes * 1_000) / speed);
  }
}
