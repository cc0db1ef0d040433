// Which peer a transfer belongs to: what the room knows beyond its sessions. Twin of `crates/client/src/room/transfer_index.rs`.
//
// Promises: ids come from peers, so two of them may choose the same one, by malice only; who came first keeps it. A transfer that brought
// no file is forgotten at its end; one that did stays until the room is left, since its files are found by its id.
import type { PeerId } from '../../../protocol/PeerId';
import type { TransferId } from '../../../protocol/TransferId';

export class TransferIndex {
  readonly #records = new Map<TransferId, { readonly peer: PeerId; broughtFile: boolean }>();

  /** Notes a transfer. False when another peer has one of that id. */
  claim(transfer: TransferId, peer: PeerId): boolean {
    const known = this.#records.get(transfer);
    if (known === undefined) this.#records.set(transfer, { peer, broughtFile: false });
    return known === undefined || known.peer === peer;
  }

  /** A file stands under its name. */
  received(transfer: TransferId): void {
    const known = this.#records.get(transfer);
    if (known !== undefined) known.broughtFile = true;
  }

  /** The transfer has ended, and nothing of it will be offered again. */
  ended(transfer: TransferId, peer: PeerId): void {
    const known = this.#records.get(transfer);
    if (known?.peer === peer && !known.broughtFile) this.#records.delete(transfer);
  }
}
