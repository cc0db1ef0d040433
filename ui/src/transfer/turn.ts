// Turns among transfers, so that a large one does not hold up the others.

import type { TransferId } from '../protocol/TransferId';

/** Offers the turn to each of `transfers`, beginning behind the one served last, until one takes it; null when none does. */
export function inTurn<Item>(
  transfers: ReadonlyMap<TransferId, Item>,
  last: TransferId | null,
  serve: (item: Item) => boolean,
): TransferId | null {
  const ids = [...transfers.keys()].sort();
  const behind = ids.findIndex((id) => last === null || id > last);
  const order = behind < 0 ? ids : [...ids.slice(behind), ...ids.slice(0, behind)];
  return order.find((id) => {
    const transfer = transfers.get(id);
    return transfer !== undefined && serve(transfer);
  }) ?? null;
}
