// One own track for all senders: captured and coded once, whoever many connections send it.
//
// Promises: `changed` is told the track in use whenever that changes, null when nobody sends it or it is disabled. The track
// handed in last wins: all senders of a page send the same, and change one after the other.
export class SharedTrack {
  readonly #users = new Map<object, MediaStreamTrack>();
  #used: MediaStreamTrack | null = null;

  constructor(private readonly changed: (track: MediaStreamTrack | null) => void) {}

  /** `user` sends this track from now on, as its `enabled` says now; null for nothing. */
  use(user: object, track: MediaStreamTrack | null): void {
    // Anew, so that the last in the map is the one handed in last.
    this.#users.delete(user);
    if (track !== null) this.#users.set(user, track);
    const newest = [...this.#users.values()].at(-1) ?? null;
    const used = newest?.enabled === true ? newest : null;
    if (used === this.#used) return;
    this.#used = used;
    this.changed(used);
  }
}
