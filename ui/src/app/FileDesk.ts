// Where files are handed over: turns wishes about them into commands, takes what may come unasked, and writes down what ended.
//
// Promises: nothing is taken unasked but from people the user chose for this stay, and nothing of it that could run as a program; an
// offer is taken unasked once, so that what came of it stays with the user. Leaves to others: the state (`reduce`), telling it.
import type { Host, ReceivedAction } from '../host/port';
import type { Command } from '../protocol/Command';
import type { Event } from '../protocol/Event';
import type { PeerId } from '../protocol/PeerId';
import type { PickedFile } from '../protocol/PickedFile';
import type { Transfer } from '../protocol/Transfer';
import type { TransferId } from '../protocol/TransferId';
import { endingOf } from '../shared/view/ending';
import { ownName } from '../shared/view/transferLine';
import { isTakenUnasked, peopleHere, personOf, unfinishedTransfers, type AppState } from './state/AppState';
import type { Input } from './state/reduce';
import type { TransferHistory } from './TransferHistory';

/** What the desk stands in. */
export interface DeskParts {
  readonly host: Host;
  readonly history: TransferHistory;
  readonly now: () => number;
  readonly state: () => AppState;
  readonly put: (input: Input) => void;
  /** Passes a command on; its rejection ends in the state. Resolves to whether it was taken. */
  readonly order: (command: Command, peer?: PeerId | null) => Promise<boolean>;
  readonly refuse: (error: unknown, peer: PeerId | null) => void;
}

export class FileDesk {
  readonly #parts: DeskParts;
  /** Offers that were taken unasked. */
  readonly #taken = new Set<TransferId>();

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Lets the user choose files and offers them. */
  attach(peer: PeerId | null = null): void {
    this.#parts.host.pickFiles().then(
      (files) => this.take(files, peer),
      (error: unknown) => this.#parts.refuse(error, peer),
    );
  }

  /** Lets the user choose a folder and offers all that is in it. */
  attachFolder(peer: PeerId | null = null): void {
    this.#parts.host.pickFolder().then(
      (files) => this.take(files, peer),
      (error: unknown) => this.#parts.refuse(error, peer),
    );
  }

  /** Offers files to a peer, to the only one there is, or asks whom they are for. */
  take(files: readonly PickedFile[], peer: PeerId | null = null): void {
    if (files.length === 0) return;
    const here = peopleHere(this.#parts.state());
    // Someone who is away could not be chosen anyway, be it the same person before a restart.
    const reachable = here.filter((person) => person.peer.link === 'connected');
    const choice = reachable.length > 0 ? reachable : here;
    const only = choice.length === 1 ? choice[0]?.peer.id : undefined;
    const to = peer ?? only;
    if (to !== undefined) this.offer(files, to);
    else if (here.length === 0) this.#parts.put({ type: 'command-refused', failure: { code: 'no-such-peer', detail: 'files without a receiver' }, peer: null });
    else this.#parts.put({ type: 'files-taken', files });
  }

  offer(files: readonly PickedFile[], peer: PeerId): void {
    this.#parts.put({ type: 'files-put-down' });
    this.#parts.put({ type: 'panel-chosen', panel: 'chat' });
    void this.#parts.order({ type: 'offer-files', peer, handles: files.map((file) => file.handle) }, peer);
  }

  putDown(): void {
    this.#parts.put({ type: 'files-put-down' });
  }

  /** Takes an offer, but for the entries of these indices. */
  accept(transfer: TransferId, without: readonly number[] = []): void {
    void this.#parts.order({ type: 'accept-transfer', transfer, without: [...without] });
  }

  decline(transfer: TransferId): void {
    void this.#parts.order({ type: 'decline-transfer', transfer });
  }

  cancel(transfer: TransferId): void {
    void this.#parts.order({ type: 'cancel-transfer', transfer });
  }

  pause(transfer: TransferId, paused: boolean): void {
    void this.#parts.order({ type: 'pause-transfer', transfer, paused });
  }

  /** Offers what of an ended transfer did not arrive, as a new one. */
  offerAgain(transfer: TransferId): void {
    this.#parts.put({ type: 'offered-again', transfer, isOffered: true });
    void this.#parts.order({ type: 'offer-again', transfer }, this.#of(transfer)?.peer).then((isTaken) => {
      if (!isTaken) this.#parts.put({ type: 'offered-again', transfer, isOffered: false });
    });
  }

  /** From now on, and what waits already. */
  setAutoAccept(peer: PeerId, isOn: boolean): void {
    this.#parts.put({ type: 'auto-accept-changed', peer, isOn });
    if (!isOn) return;
    for (const transfer of Object.values(this.#parts.state().transfers)) if (transfer.peer === peer) this.#takeUnasked(transfer);
  }

  /** Resolves to whether it worked. */
  async useReceived(transfer: TransferId, action: ReceivedAction): Promise<boolean> {
    try {
      await this.#parts.host.useReceived(transfer, action);
      return true;
    } catch (error) {
      this.#parts.refuse(error, null);
      return false;
    }
  }

  /** Small pictures of what was received. A card without them is as good, so nobody hears of a failure. */
  previews = (transfer: TransferId): Promise<readonly string[]> => this.#parts.host.previews(transfer).catch(() => []);

  /** After an event became state; `before` is the state it found. */
  heard(before: AppState, event: Event): void {
    if (event.type !== 'transfer-changed' || this.#parts.state().place !== 'room') return;
    const { transfer } = event;
    const old = before.transfers[transfer.id];
    if (endingOf(transfer) !== null) {
      this.#taken.delete(transfer.id);
      if (old === undefined || endingOf(old) === null) this.#remember(transfer);
    } else this.#takeUnasked(transfer);
  }

  /** Before the room is left: what is under way ends with it, and nobody will say so. */
  leaving(): void {
    for (const transfer of unfinishedTransfers(this.#parts.state())) {
      this.#remember({ ...transfer, state: 'cancelled', code: null, ended_by_us: true });
    }
    this.#taken.clear();
  }

  #takeUnasked(transfer: Transfer): void {
    if (this.#taken.has(transfer.id) || !isTakenUnasked(this.#parts.state(), transfer)) return;
    this.#taken.add(transfer.id);
    this.accept(transfer.id);
  }

  #remember(transfer: Transfer): void {
    const ending = endingOf(transfer);
    if (ending === null) return;
    const person = personOf(this.#parts.state(), transfer.peer)?.peer.name.trim() ?? '';
    this.#parts.history.add({ ...ending, id: transfer.id, name: ownName(transfer), bytes: transfer.total_bytes, person, endedAtMs: this.#parts.now() });
  }

  #of(transfer: TransferId): Transfer | undefined {
    return this.#parts.state().transfers[transfer];
  }
}
