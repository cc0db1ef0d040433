// The comparison of short strings with a peer, and device keys (docs/protocol.md, sections 7.4 and 7.5). Twin of
// `crates/client/src/room/session/comparing.rs`.
//
// Promises: both are of one proven connection and end with it. Leaves to others: the exchange itself (`Comparison`), what becomes of a peer
// that was found to be another (`PeerSession`), and remembering whom the user compared (the screen).
import type { ComparisonState } from '../../../protocol/ComparisonState';
import type { Control } from '../../../protocol/Control';
import type { PeerId } from '../../../protocol/PeerId';
import type { Random } from '../../../trust/bytes';
import { Comparison, type ComparisonMessage } from '../../../trust/Comparison';
import type { DeviceId, DeviceKey, DeviceProof } from '../../../trust/device';
import type { Epoch } from '../../../trust/Epoch';
import { TrustError } from '../../../trust/TrustError';
import type { Ends } from '../link/DataLink';
import type { MediaView } from './MediaProofs';
import { failed } from './failure';

/** What a comparison is made of, at the moment it begins. */
export interface ComparingSurroundings {
  readonly self: PeerId;
  readonly peer: PeerId;
  readonly random: Random;
  /** Of the proven data connection; null while there is none. */
  ends(): (Ends & { readonly link: number; readonly epoch: Epoch }) | null;
  /** The confirmed media connection, if any. */
  media(): MediaView | null;
  /** That peers are to recognise us by, if any. */
  device(): DeviceKey | null;
  sendControl(message: Control): void;
  /** What is to be shown of the peer changed. */
  changed(change: { readonly comparison?: ComparisonState | null; readonly device?: DeviceId | null }): void;
}

/** The comparison and the devices of one peer's connection. */
export class Comparing {
  #comparison: Comparison | null = null;
  #byUs = false;
  #state: ComparisonState | null = null;
  /** Our device, as shown on this connection. */
  #ours: DeviceId | null = null;
  #theirs: DeviceId | null = null;

  constructor(private readonly around: ComparingSurroundings) {}

  /** Proves our device on the connection, if it is to be shown and was not yet. */
  showDevice(): void {
    const ends = this.around.ends();
    const device = this.around.device();
    if (ends === null || device === null || this.#ours !== null) return;
    this.#ours = device.id;
    this.around.sendControl(ends.epoch.proveDevice(device, ends.link, ends.local, ends.remote));
  }

  /** The peer proves its device. What proves nothing changes nothing; one device is at the end of a connection. */
  deviceReceived(proof: DeviceProof): void {
    const ends = this.around.ends();
    if (ends === null || this.#theirs !== null) return;
    try {
      this.#theirs = ends.epoch.provenDevice(proof, ends.link, ends.local, ends.remote);
    } catch (error) {
      if (error instanceof TrustError) return;
      throw error;
    }
    this.around.changed({ device: this.#theirs });
  }

  /** Our user wants to compare. Throws `not-now` without a proven connection. */
  begin(): void {
    if (this.#isUnderWay) return;
    const comparison = this.#newComparison();
    if (comparison === null) throw failed('not-now', 'no proven connection with this peer');
    const message = comparison.begin();
    this.#comparison = comparison;
    this.#byUs = true;
    this.#tell({ state: 'begun', by_us: true });
    this.around.sendControl(message);
  }

  /** A message of a comparison, which may begin one. */
  receive(message: ComparisonMessage): void {
    if (message.type !== 'comparison-reveal' && !this.#isUnderWay) {
      this.#comparison = this.#newComparison();
      this.#byUs = false;
      this.#tell({ state: 'begun', by_us: false });
    }
    const comparison = this.#comparison;
    if (comparison === null) return;
    let answer: ComparisonMessage | null;
    try {
      answer = comparison.receive(message);
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      if (error.code === 'repeat') return;
      this.#comparison = null;
      this.#tell({ state: 'failed' });
      return;
    }
    const shown = comparison.shortString;
    if (shown !== null) this.#tell({ state: 'shown', by_us: this.#byUs, emoji: [...shown.places], digits: shown.digits });
    if (answer !== null) this.around.sendControl(answer);
  }

  /** Our user has compared. Throws `not-now` when nothing is shown. */
  judge(same: boolean): void {
    if (this.#state?.state !== 'shown') throw failed('not-now', 'nothing is shown to compare');
    this.#tell({ state: same ? 'same' : 'different' });
  }

  /** The connection is gone, and with it what was known of its ends. */
  forget(): void {
    this.#comparison = null;
    this.#ours = null;
    this.#theirs = null;
    this.around.changed({ device: null });
    // Whoever was found to be another stays so.
    if (this.#state?.state !== 'different') this.#tell(null);
  }

  get #isUnderWay(): boolean {
    return this.#comparison !== null && this.#comparison.shortString === null;
  }

  #tell(state: ComparisonState | null): void {
    this.#state = state;
    this.around.changed({ comparison: state });
  }

  /** Both ends as we see them; null without a proven connection. */
  #newComparison(): Comparison | null {
    const { self, peer, random } = this.around;
    const ends = this.around.ends();
    if (ends === null) return null;
    const media = this.around.media();
    return new Comparison(
      { peer: self, data: ends.local, media: media?.local ?? null, device: this.#ours },
      { peer, data: ends.remote, media: media?.remote ?? null, device: this.#theirs },
      random(32),
    );
  }
}
