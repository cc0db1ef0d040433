// The media plane with one peer: which connection is the current one, and how it is mended.
//
// Promises: follows docs/protocol.md 4.2 and 6. A higher number replaces, a lower one is ignored; the initiator begins, the
// other side steps in only when it does not; a cut is first mended by an ICE restart, then by a new connection; after
// `ATTEMPTS` in a row without success it waits to be asked. Left to others: sealing, proving (the host), devices.
import type { Command } from '../protocol/Command';
import type { MediaSignal } from '../protocol/MediaSignal';
import type { Peer } from '../protocol/Peer';
import type { PeerId } from '../protocol/PeerId';
import type { Seen } from '../protocol/Seen';
import type { MediaConnectionFactory, RemoteMedia } from '../shared/rtc/RemoteMedia';
import type { RemoteSnapshot, RemoteState } from './CallSnapshot';
import type { LocalTracks } from './LocalMedia';
import { MediaLink } from './MediaLink';
import type { MediaLinkOwner } from './MediaLink';

/** What the media of one peer needs around it. */
export interface PeerMediaSurroundings {
  readonly factory: MediaConnectionFactory;
  configuration(): RTCConfiguration;
  tracks(): LocalTracks;
  dispatch(command: Command): void;
  changed(): void;
}

/** A cut this young often heals by itself: a Wi-Fi hand-over takes about as long. */
const RESTART_AFTER_MS = 2_000;
/** The side that did not begin gives the other one this much time to act first, so that both seldom act at once. */
const YIELD_MS = 5_000;
/** As on the data plane: past this a restart seldom helps. */
const REBUILD_AFTER_MS = 25_000;
/** A new connection has this long to come up and be proven. */
const CONNECT_MS = 30_000;
/** Connections in a row that may fail before the user is asked. */
const ATTEMPTS = 3;
/** Highest number taken from a peer: one far above is no repair but an attempt to exhaust the numbers. */
const LINK_STEP_MAX = 64;

export class PeerMedia {
  #peer: Peer;
  #link: MediaLink | null = null;
  #number = 0;
  #failedInRow = 0;
  #refused = false;
  #gaveUp = false;
  #lastMedia: RemoteMedia | null = null;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(
    peer: Peer,
    private readonly around: PeerMediaSurroundings,
  ) {
    this.#peer = peer;
    this.#beginIfOurs();
  }

  get id(): PeerId {
    return this.#peer.id;
  }

  snapshot(): RemoteSnapshot {
    const state = this.#state();
    const canRetry = (state === 'failed' || state === 'refused') && this.#peer.epoch !== null;
    return {
      peer: this.#peer.id,
      state,
      media: this.#link?.media ?? (state === 'interrupted' ? this.#lastMedia : null),
      problem: this.#link?.problem ?? null,
      proof: this.#link?.proof ?? null,
      retry: canRetry ? () => this.#retry() : null,
    };
  }

  /** The peer's state changed. A new epoch ends everything of the old one. */
  update(peer: Peer): void {
    const before = this.#peer;
    this.#peer = peer;
    if (peer.epoch !== before.epoch) this.#reset();
    this.#beginIfOurs();
  }

  receive(signal: MediaSignal): void {
    if (this.#peer.epoch === null || signal.link < this.#number) return;
    const offer = signal.type === 'description' && signal.description.type === 'offer';
    if (signal.link > this.#number) {
      // Only an offer begins a connection; a stray candidate of one that was never offered means nothing.
      if (!offer || signal.link > this.#number + LINK_STEP_MAX) return;
      this.#open(signal.link, false);
    } else if (offer && this.#link?.unanswered === true && this.#peer.polite) {
      // Both began this number at once. Sections added by an offer that is rolled back would stay behind, so the polite
      // side starts from nothing.
      this.#open(signal.link, false);
    }
    this.#link?.receive(signal);
  }

  confirmed(link: number, seen: Seen): void {
    if (link !== this.#number || this.#link === null) return;
    this.#failedInRow = 0;
    this.#link.prove(seen);
    this.#follow();
  }

  refused(link: number): void {
    if (link !== this.#number || this.#link === null) return;
    this.#refused = true;
    this.#closeLink();
    this.#lastMedia = null;
    this.around.changed();
  }

  /** Own devices changed. */
  sendTracks(): void {
    this.#link?.sendTracks();
  }

  /** For tests and details; null while there is no connection. */
  stats(): Promise<RTCStatsReport> | null {
    return this.#link?.stats() ?? null;
  }

  close(): void {
    this.#closeLink();
  }

  #state(): RemoteState {
    if (this.#refused) return 'refused';
    if (this.#gaveUp) return 'failed';
    if (this.#link?.proof != null) return this.#link.state === 'connected' ? 'live' : 'interrupted';
    return this.#lastMedia === null ? 'connecting' : 'interrupted';
  }

  #reset(): void {
    this.#closeLink();
    this.#number = 0;
    this.#failedInRow = 0;
    this.#refused = false;
    this.#gaveUp = false;
    this.around.changed();
  }

  /** Begins the first connection once the data plane, which has to confirm it, is up. */
  #beginIfOurs(): void {
    const { epoch, link, initiator, host } = this.#peer;
    // The shell tool has no camera and no screen.
    if (epoch === null || link !== 'connected' || host === 'shell') return;
    if (initiator && this.#number === 0) this.#open(1, true);
  }

  #retry(): void {
    if (this.#peer.epoch === null) return;
    this.#refused = false;
    this.#gaveUp = false;
    this.#failedInRow = 0;
    this.#open(this.#number + 1, true);
  }

  #open(number: number, ours: boolean): void {
    this.#closeLink();
    this.#number = number;
    this.#gaveUp = false;
    // A refused connection stays refused until the user or a new connection of the peer says otherwise.
    this.#refused = false;
    const link = this.#make(number, ours);
    if (link === null) {
      this.#gaveUp = true;
      this.around.changed();
      return;
    }
    this.#link = link;
    this.#later(CONNECT_MS, () => {
      if (link.proof === null) this.#lost();
    });
    if (ours) link.begin();
    this.around.changed();
  }

  /** Null when the platform refuses the configuration: an ICE server that passed every guard and yet is none. */
  #make(number: number, ours: boolean): MediaLink | null {
    const around: MediaLinkOwner = {
      send: (signal) =>
        this.around.dispatch({ type: 'send-media-signal', peer: this.id, signal: { ...signal, link: number } }),
      connected: (fingerprints) =>
        this.around.dispatch({ type: 'confirm-media', peer: this.id, link: number, ...fingerprints }),
      refused: () => this.refused(number),
      // A closed link says nothing any more, so this is always about the current one.
      changed: () => this.#follow(),
    };
    const tracks = (): LocalTracks => this.around.tracks();
    try {
      return new MediaLink(number, ours, this.around.factory, this.around.configuration(), tracks, around);
    } catch {
      return null;
    }
  }

  /** The current link changed: arm what has to happen when it stays as it is. */
  #follow(): void {
    const link = this.#link;
    if (link === null) return;
    if (link.media !== null) this.#lastMedia = link.media;
    if (link.state === 'failed') {
      this.#lost();
      return;
    }
    if (link.proof !== null) this.#clearTimers();
    if (link.state === 'disconnected') {
      const wait = RESTART_AFTER_MS + (this.#peer.initiator ? 0 : YIELD_MS);
      this.#later(wait, () => link.restart());
      this.#later(REBUILD_AFTER_MS + (this.#peer.initiator ? 0 : YIELD_MS), () => this.#lost());
    }
    this.around.changed();
  }

  /** The current link is beyond mending. */
  #lost(): void {
    const wasProven = this.#link?.proof != null;
    this.#closeLink();
    if (!wasProven) this.#failedInRow += 1;
    if (this.#failedInRow >= ATTEMPTS) {
      this.#gaveUp = true;
      this.#lastMedia = null;
    } else {
      const next = this.#number + 1;
      this.#later(this.#peer.initiator ? 0 : YIELD_MS, () => {
        if (this.#peer.epoch !== null && this.#number < next) this.#open(next, true);
      });
    }
    this.around.changed();
  }

  #closeLink(): void {
    this.#clearTimers();
    this.#link?.close();
    this.#link = null;
  }

  #later(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
