// Key confirmation of the media plane with one peer (docs/protocol.md, section 6): ours and theirs, whichever comes first.
//
// Promises: a connection is confirmed only when our own view of it and the peer's right MAC have met; one confirmation of each side is
// kept, that of the highest number. Leaves to others: the connections (`call`), the way to the peer (`PeerSession`).
import type { Control } from '../../../protocol/Control';
import type { Seen } from '../../../protocol/Seen';
import type { Bytes } from '../../../trust/bytes';
import type { Epoch } from '../../../trust/Epoch';

type MediaConfirm = Extract<Control, { type: 'media-confirm' }>;

/** Our view of a media connection. */
export interface MediaView {
  readonly link: number;
  readonly local: Bytes;
  readonly remote: Bytes;
  readonly seen: Seen;
}

export type MediaVerdict =
  | { readonly type: 'confirmed'; readonly link: number; readonly seen: Seen }
  | { readonly type: 'refused'; readonly link: number };

export class MediaProofs {
  #view: MediaView | null = null;
  #claim: MediaConfirm | null = null;
  #judged = 0;
  #confirmed: MediaView | null = null;

  constructor(private readonly epoch: Epoch) {}

  /** Our confirmation of the connection we see; null while we see none. To be sent again over each new data connection. */
  get message(): MediaConfirm | null {
    const view = this.#view;
    if (view === null) return null;
    const mac = this.epoch.confirm('media', view.link, view.local, view.remote);
    return { type: 'media-confirm', link: view.link, mac, seen: view.seen };
  }

  /** The connection known last, if both sides saw the same of it. */
  get confirmed(): MediaView | null {
    return this.#confirmed?.link === this.#view?.link ? this.#confirmed : null;
  }

  /** A media connection is up here. */
  see(view: MediaView): MediaVerdict | null {
    if (this.#view !== null && view.link < this.#view.link) return null;
    this.#view = view;
    return this.#judge();
  }

  /** The peer's confirmation came. */
  receive(claim: MediaConfirm): MediaVerdict | null {
    if (this.#claim !== null && claim.link < this.#claim.link) return null;
    this.#claim = claim;
    return this.#judge();
  }

  #judge(): MediaVerdict | null {
    const view = this.#view;
    const claim = this.#claim;
    // A confirmation repeated over a new data connection was judged before.
    if (view === null || claim === null || view.link !== claim.link || view.link <= this.#judged) return null;
    this.#judged = view.link;
    if (!this.epoch.isConfirmed(claim.mac, 'media', view.link, view.local, view.remote)) {
      return { type: 'refused', link: view.link };
    }
    this.#confirmed = view;
    const seen = view.seen === 'certificate' && claim.seen === 'certificate' ? 'certificate' : 'description';
    return { type: 'confirmed', link: view.link, seen };
  }
}
