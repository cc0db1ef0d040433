// The accepted transfers from one peer: each goes on with what an earlier session left of it, whatever there is.
//
// Promises: what the machine says of a transfer that was accepted goes by way of its return; once stopped, nothing is said or handed in
// for it any more. Leaves to others: what a return is (`Return`), what is left (`EntrySinks`).
import type { Control } from '../../../protocol/Control';
import type { TransferId } from '../../../protocol/TransferId';
import { Return, type ReturnOwner } from './Return';

/** What returns need around them. */
export interface ReturnsOwner extends Omit<ReturnOwner, 'left'> {
  /** A transfer that was told of and has not ended. */
  isUnderWay(transfer: TransferId): boolean;
  /** Sizes of the entries of an offer, in their order. */
  sizes(transfer: TransferId): readonly number[];
  /** Looks for what is left of a transfer. Never rejects. */
  left(transfer: TransferId): ReturnType<ReturnOwner['left']>;
}

export class Returns {
  readonly #returns = new Map<TransferId, Return>();

  constructor(private readonly owner: ReturnsOwner) {}

  /** Says a message of the machine; those of a transfer to us by way of its return. */
  say(message: Control): void {
    const returning = 'transfer' in message ? (this.#returns.get(message.transfer) ?? this.#begun(message)) : undefined;
    if (returning === undefined) this.owner.say(message);
    else returning.say(message);
  }

  /** A block of it that the machine orders to be written now is stored already. */
  isHandingIn(transfer: TransferId): boolean {
    return this.#returns.get(transfer)?.isHandingIn === true;
  }

  /** An entry stands under its name, or not. */
  entryFinished(transfer: TransferId, entry: number): void {
    this.#returns.get(transfer)?.entryFinished(entry);
  }

  /** An entry has failed, on either side. */
  entryFailed(transfer: TransferId, entry: number): void {
    this.#returns.get(transfer)?.entryFailed(entry);
  }

  linkLost(): void {
    for (const returning of this.#returns.values()) returning.linkLost();
  }

  /** A transfer has ended. */
  stop(transfer: TransferId): void {
    this.#returns.get(transfer)?.stop();
    this.#returns.delete(transfer);
  }

  stopAll(): void {
    for (const transfer of [...this.#returns.keys()]) this.stop(transfer);
  }

  /** The return of a transfer that is accepted with this message. */
  #begun(message: Control): Return | undefined {
    // What is not wanted is said first; of a transfer that has ended it is said again, without an `accept`.
    const accepts = message.type === 'accept' || (message.type === 'entry-failed' && message.code === 'declined');
    const { owner } = this;
    if (!accepts || !owner.isUnderWay(message.transfer)) return undefined;
    const { transfer } = message;
    const returning = new Return(transfer, owner.sizes(transfer), {
      hasher: owner.hasher,
      left: () => owner.left(transfer),
      handIn: (input) => owner.handIn(input),
      say: (said) => owner.say(said),
    });
    this.#returns.set(transfer, returning);
    void returning.run();
    return returning;
  }
}
