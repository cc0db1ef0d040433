// Remembers the last transfers that ended, in this origin's local storage, until they are cleared.
//
// Promises: newest first, at most `TRANSFERS`, each once; what is stored is looked at before it is believed, one by one; other windows'
// are seen too; without storage (a strict browser) it lasts as long as the page. Leaves to others: what is worth remembering.
import type { TransferCode } from '../protocol/TransferCode';
import type { EndedState } from '../shared/view/ending';
import type { PastTransfer, PastTransfers } from '../shared/view/PastTransfer';

/** More than anyone looks back; together far below what an origin may store. */
const TRANSFERS = 200;
const KEY = 'parlor.history';
/** The longest name of a file in bytes, and so in characters. */
const NAME_CHARS = 255;
const PERSON_CHARS = 128;

const STATES: Record<EndedState, true> = { proven: true, partial: true, declined: true, cancelled: true };
const CODES: Record<TransferCode, true> = {
  cancelled: true,
  declined: true,
  forgotten: true,
  'no-space': true,
  'write-failed': true,
  'read-failed': true,
  'source-changed': true,
  corrupt: true,
  'bad-offer': true,
  protocol: true,
};

export class TransferHistory implements PastTransfers {
  readonly #storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly #listeners = new Set<() => void>();
  /** What `#list` was read from. */
  #raw: string | null = null;
  #list: readonly PastTransfer[] = [];
  /** The storage took nothing; what it still holds is older than `#list`. */
  #isLost = false;

  /** Storage that may throw when it is asked for. */
  constructor(storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> = () => localStorage) {
    this.#storage = storage;
  }

  /** The same array until something changed. */
  list = (): readonly PastTransfer[] => {
    const raw = this.#read();
    if (raw !== this.#raw) {
      this.#raw = raw;
      this.#list = guarded(raw);
    }
    return this.#list;
  };

  /** Tells of changes by this window; returns how to stop. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  add(past: PastTransfer): void {
    const known = this.list();
    if (known.some(({ id }) => id === past.id)) return;
    this.#keep([past, ...known].slice(0, TRANSFERS));
  }

  clear = (): void => {
    this.#keep([]);
  };

  #keep(list: readonly PastTransfer[]): void {
    this.#list = list;
    this.#raw = list.length === 0 ? null : JSON.stringify(list);
    try {
      if (this.#raw === null) this.#storage().removeItem(KEY);
      else this.#storage().setItem(KEY, this.#raw);
      this.#isLost = false;
    } catch {
      this.#isLost = true;
    }
    for (const listener of [...this.#listeners]) listener();
  }

  #read(): string | null {
    if (this.#isLost) return this.#raw;
    try {
      return this.#storage().getItem(KEY);
    } catch {
      return this.#raw;
    }
  }
}

/** Past transfers out of anything. */
function guarded(raw: string | null): readonly PastTransfer[] {
  if (raw === null) return [];
  try {
    const stored: unknown = JSON.parse(raw);
    return Array.isArray(stored) ? stored.slice(0, TRANSFERS).flatMap((one: unknown) => guardedOne(one) ?? []) : [];
  } catch {
    return [];
  }
}

function guardedOne(value: unknown): PastTransfer | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, name, person, state, code, isReceiving, endedByUs, bytes, endedAtMs, entryCount, provenCount, declinedCount } = value as Record<string, unknown>;
  if (!isText(id, 64) || !isText(person, PERSON_CHARS) || !(name === null || isText(name, NAME_CHARS))) return null;
  if (!isIn(STATES, state) || !(code === null || isIn(CODES, code))) return null;
  if (typeof isReceiving !== 'boolean' || typeof endedByUs !== 'boolean') return null;
  if (!isCount(bytes) || !isCount(entryCount) || !isCount(provenCount) || !isCount(declinedCount)) return null;
  // A moment beyond what dates reach would break whoever shows it.
  if (!isCount(endedAtMs) || endedAtMs > 8.64e15) return null;
  return { id, name, person, state, code, isReceiving, endedByUs, bytes, endedAtMs, entryCount, provenCount, declinedCount };
}

function isText(value: unknown, chars: number): value is string {
  return typeof value === 'string' && value.length <= chars;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isIn<K extends string>(known: Record<K, true>, value: unknown): value is K {
  return typeof value === 'string' && Object.hasOwn(known, value);
}
