// Who holds a transfer up: the user here, the one on the other side, or both (docs/protocol.md, section 5.2, `pause`).
// Twin of `crates/transfer/src/hold.rs`.
//
// Leaves to `Outgoing` and `Incoming`: what stands still for it, and telling anyone.

/** Holds of both sides. */
export class Hold {
  /** Lasts over connections; said anew on each. */
  here = false;
  /** As last said on this connection. */
  there = false;

  /** Neither side holds it. */
  get isFree(): boolean {
    return !this.here && !this.there;
  }
}
