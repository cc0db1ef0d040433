// Which peer a transfer belongs to: what the room knows beyond its sessions. Twin of `crates/client/src/room/transfer_index.rs`.
//
// Promises: ids come from peers, so two of them may choose the same one, by malice only; who came first keeps it. A transfer that brought
// no file is forgotten at its end, one of ours of which something is missing when that is offered again, though its peer may go and come
// back; one that did bring a file stays until the room is left, since its files are found by its id.
import type { PeerId } from '../../../protocol/PeerId';
import type { TransferId } from '../../../protocol/TransferId';
import type { PickedSource } from '../files/PickedFiles';
import { Again, NOTHING_UNSENT, type Unsent } from './Again';

/** Files of an offer of ours that are remembered, to show what they are. */
const OFFERED = 16;

export class TransferIndex {
  readonly #records = new Map<TransferId, { readonly peer: PeerId; broughtFile: boolean }>();
  readonly #again = new Again();
  /** The first files of each offer of ours. */
  readonly #offered = new Map<TransferId, readonly PickedSource[]>();

  /** Notes a transfer. False when another peer has one of that id. */
  claim(transfer: TransferId, peer: PeerId): boolean {
    const known = this.#records.get(transfer);
    if (known === undefined) this.#records.set(transfer, { peer, broughtFile: false });
    return known === undefined || known.peer === peer;
  }

  /** Files of ours are offered. */
  offered(transfer: TransferId, sources: readonly PickedSource[]): void {
    this.#offered.set(transfer, sources.slice(0, OFFERED));
  }

  /** The first files of an offer of ours, while the room lasts; none of one to us. */
  offeredFiles(transfer: TransferId): readonly PickedSource[] {
    return this.#offered.get(transfer) ?? [];
  }

  /** A file stands under its name. */
  received(transfer: TransferId): void {
    const known = this.#records.get(transfer);
    if (known !== undefined) known.broughtFile = true;
  }

  /** The transfer has ended. What did not arrive of ours can be offered again to this peer, and until then the id stays its. */
  ended(transfer: TransferId, peer: PeerId, unsent: Unsent = NOTHING_UNSENT): void {
    if (this.#records.get(transfer)?.peer !== peer) return;
    for (const forgotten of this.#again.remember(transfer, unsent)) {
      if (this.#records.get(forgotten)?.broughtFile === false) this.#records.delete(forgotten);
    }
  }

  /** It was ours and to this peer, and something of it could be offered again. */
  remembers(transfer: TransferId, peer: PeerId): boolean {
    return this.#again.has(transfer) && this.#records.get(transfer)?.peer === peer;
  }

  /** What did not arrive of a transfer of ours to this peer, once; null if nothing is known of it. */
  takeUnsent(transfer: TransferId, peer: PeerId): Unsent | null {
    return this.remembers(transfer, peer) ? this.#again.take(transfer) : null;
  }

  /** What was taken could not be offered. */
  putBack(transfer: TransferId, unsent: Unsent): void {
    this.#again.putBack(transfer, unsent);
  }
}
