// The screen's own stay: holds the host, the own media and the call together, and turns wishes into commands.
//
// Promises: one state, replaced whole, told once a change; every rejection of the host ends in the state; leaving ends the
// call and puts the camera's light out. Left to others: what the state looks like (`reduce`), drawing it (React).
import { createCall, createLocalMedia, type Call, type LocalMedia } from '../call';
import { ACQUAINTANCES_MAX, type Host, type Settings } from '../host/port';
import type { CodeLanguage } from '../protocol/CodeLanguage';
import type { Command } from '../protocol/Command';
import type { Event } from '../protocol/Event';
import type { PeerId } from '../protocol/PeerId';
import { entryCommand } from './entryCommand';
import { failureOf } from './failureOf';
import { FileDesk } from './FileDesk';
import { HoldToTalk } from './HoldToTalk';
import type { SessionParts } from './SessionParts';
import { INITIAL, personOf, type AppState, type Entry, type Panel } from './state/AppState';
import { reduce, type Input } from './state/reduce';
import type { TransferHistory } from './TransferHistory';

/** What is shown, with the settings beside it. */
export interface SessionSnapshot {
  readonly state: AppState;
  readonly settings: Settings;
  /** Storing the settings failed; they hold until the program closes. */
  readonly settingsLost: boolean;
}

/** The longest text the engine takes, in bytes of UTF-8. */
export const TEXT_BYTES = 32 * 1024;

export class Session {
  readonly host: Host;
  readonly files: FileDesk;
  readonly history: TransferHistory;
  readonly #parts: SessionParts;
  readonly #listeners = new Set<() => void>();
  readonly #stops: (() => void)[] = [];
  #snapshot: SessionSnapshot;
  #local: LocalMedia;
  #stopLocal: () => void;
  #call: Call | null = null;
  #endStay: (() => void) | null = null;
  readonly #talk = new HoldToTalk(
    () => this.#local,
    (isTalking) => this.#put({ type: 'talk-changed', isTalking }),
  );

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.host = parts.host;
    this.history = parts.history;
    this.files = new FileDesk({
      host: parts.host,
      history: parts.history,
      now: parts.now,
      state: () => this.#snapshot.state,
      put: (input) => this.#put(input),
      order: (command, peer) => this.#order(command, peer),
      refuse: (error, peer) => this.#refuse(error, peer),
    });
    this.#snapshot = { state: INITIAL, settings: parts.settings, settingsLost: false };
    [this.#local, this.#stopLocal] = this.#openLocal();
  }

  /** Whether the page goes back to where it was, with the devices it had on. To be asked before `start`. */
  get goesBack(): boolean {
    return this.#parts.memory.stay() !== null;
  }

  /** Begins to listen; returns how to stop. */
  start(): () => void {
    this.#stops.push(
      this.host.subscribe((event) => this.#hear(event)),
      this.host.watchLinks(({ link }) => {
        // A reload keeps the address: the link of the room we go back into is no new invitation.
        if (link !== this.#parts.memory.stay()?.link) this.#put({ type: 'link-arrived', link });
      }),
    );
    // The engine keeps it over rooms, and forgets it with the program.
    this.#limitSpeed(this.#snapshot.settings.speedLimit);
    const stay = this.#parts.memory.stay();
    if (stay !== null) {
      this.#enter({ how: 'return', link: stay.link });
      this.startMedia({ camera: stay.camera, microphone: stay.microphone });
    }
    return () => {
      for (const stop of this.#stops.splice(0)) stop();
      this.#endCall();
      this.#stopLocal();
      this.#local.close();
    };
  }

  snapshot = (): SessionSnapshot => this.#snapshot;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Statistics of the call, for the window's tests. */
  stats(peer: PeerId): Promise<RTCStatsReport> | null {
    return this.#call?.stats(peer) ?? null;
  }

  watchLevel = (listener: (level: number) => void): (() => void) => this.#local.watchLevel(listener);

  /** Opens camera and microphone. From a gesture, or where access was granted before. */
  startMedia(wanted: { readonly camera: boolean; readonly microphone: boolean }): void {
    void this.#local.start(wanted);
  }

  /** The microphone is on as long as it is held, however long the device takes to start. */
  holdToTalk(isHeld: boolean): void {
    if (isHeld) this.#talk.hold();
    else this.#talk.release();
  }

  startRoom(): void {
    this.#enter({ how: 'start' });
  }

  /** Enters by link, unless another window of this program is there already. */
  joinRoom(link: string, evenTwice = false): void {
    const trimmed = link.trim();
    if (evenTwice) {
      this.#enter({ how: 'join', link: trimmed });
      return;
    }
    void this.#parts.otherWindows.isIn(trimmed).then((isIn) => {
      if (isIn) this.#put({ type: 'other-window-found', link: trimmed });
      else this.#enter({ how: 'join', link: trimmed });
    });
  }

  /** Stops going in. */
  giveUpEntering(): void {
    this.#parts.memory.forget();
    this.#endCall();
    this.#put({ type: 'entry-given-up' });
    void this.#order({ type: 'leave-room' });
  }

  leave(): void {
    this.#parts.memory.forget();
    this.files.leaving();
    void this.#order({ type: 'leave-room' });
    this.#endCall();
    this.#put({ type: 'room-left' });
    this.#stopLocal();
    this.#local.close();
    [this.#local, this.#stopLocal] = this.#openLocal();
  }

  /** Enters by a spoken code; `server` is where it was made, unless that is the server for new rooms. */
  joinByCode(code: string, server: string | null): void {
    this.#enter({ how: 'code', code: code.trim(), server: server ?? this.#snapshot.settings.server });
  }

  /** Looks for rooms in the local network, or no more. Does nothing where a host cannot. */
  lookNearby(on: boolean): void {
    if (this.host.can.lookNearby) void this.#order({ type: 'look-nearby', on });
  }

  /** Opens a code for this room, in place of the one before. */
  openCode(language: CodeLanguage): void {
    void this.#order({ type: 'open-code', language });
  }

  closeCode(): void {
    void this.#order({ type: 'close-code' });
  }

  /** Lets one more guest in, and nobody after; or, while none has come, everyone again. */
  inviteOne(only: boolean): void {
    void this.#order({ type: 'invite-one', only });
  }

  /** Lets nobody new in, for good. */
  withdrawInvitation(): void {
    void this.#order({ type: 'withdraw-invitation' });
  }

  /** Milliseconds since 1970, as the state has it. */
  now = (): number => this.#parts.now();

  forgetLink(): void {
    this.#put({ type: 'link-forgotten' });
  }

  /** False when it is too long or empty; then nothing happened. */
  sendText(body: string): boolean {
    if (body.trim() === '' || new TextEncoder().encode(body).length > TEXT_BYTES) return false;
    const id = this.#parts.randomId();
    this.#put({ type: 'text-written', id, body, atMs: this.#parts.now() });
    this.host.dispatch({ type: 'send-text', id, body }).catch((error: unknown) => {
      this.#put({ type: 'text-refused', id, failure: failureOf(error) });
    });
    return true;
  }

  choosePanel(panel: Panel | null): void {
    this.#put({ type: 'panel-chosen', panel });
  }

  setVisible(visible: boolean): void {
    this.#put({ type: 'visibility-changed', visible });
  }

  readRefusal(): void {
    this.#put({ type: 'refusal-read' });
  }

  /** Stores settings and puts them to use at once where they can be. */
  changeSettings(change: Partial<Settings>): void {
    const settings = { ...this.#snapshot.settings, ...change };
    this.#show({ ...this.#snapshot, settings });
    if (change.name !== undefined && this.#snapshot.state.place === 'room') void this.#order({ type: 'set-name', name: change.name });
    if (change.speedLimit !== undefined) this.#limitSpeed(change.speedLimit);
    this.host.saveSettings(settings).then(
      () => this.#show({ ...this.#snapshot, settingsLost: false }),
      () => this.#show({ ...this.#snapshot, settingsLost: true }),
    );
  }

  /** Begins to compare with a person. */
  compare(peer: PeerId): void {
    void this.#order({ type: 'compare', peer }, peer);
  }

  /** What the two found. A device that is the one it says is remembered with the person's name. */
  judgeComparison(peer: PeerId, same: boolean): void {
    const person = personOf(this.#snapshot.state, peer);
    void this.#order({ type: 'judge-comparison', peer, same }, peer).then((isTaken) => {
      const device = person?.peer.device ?? null;
      if (person === undefined || device === null || !same || !isTaken) return;
      const others = this.#snapshot.settings.acquaintances.filter((one) => one.device !== device);
      const acquaintance = { device, name: person.peer.name, comparedAtMs: this.#parts.now() };
      this.changeSettings({ acquaintances: [acquaintance, ...others].slice(0, ACQUAINTANCES_MAX) });
    });
  }

  /** Lets the user choose where received files go. */
  chooseFolder(): void {
    this.host.chooseFolder().then(
      (downloadFolder) => {
        if (downloadFolder !== null) this.changeSettings({ downloadFolder });
      },
      (error: unknown) => this.#refuse(error, null),
    );
  }

  #enter(entry: Entry): void {
    const { name, server, iceServers, relayOnly } = this.#snapshot.settings;
    this.#endCall();
    this.#put({ type: 'entry-begun', entry });
    const call = (this.#parts.openCall ?? createCall)({
      local: this.#local,
      connect: this.host.can.call ? this.#parts.connect : null,
      dispatch: (command) => this.host.dispatch(command),
      iceServers,
      relayOnly,
    });
    this.#call = call;
    const stopCall = call.subscribe(() => this.#put({ type: 'call-changed', call: call.snapshot() }));
    this.#put({ type: 'call-changed', call: call.snapshot() });
    this.#endStay = () => {
      stopCall();
      call.close();
    };
    this.host.dispatch(entryCommand(entry, server, name)).catch((error: unknown) => {
      if (this.#call !== call) return;
      this.#put({ type: 'entry-refused', failure: failureOf(error) });
      this.#afterEntering();
    });
  }

  #hear(event: Event): void {
    this.#call?.receive(event);
    const before = this.#snapshot.state;
    this.#put({ type: 'host-event', event, atMs: this.#parts.now() });
    this.files.heard(before, event);
    if (event.type === 'room-entered' && this.#snapshot.state.place === 'room') {
      this.#remember(event.link);
      if (before.place !== 'room') this.#beginStay(event.link);
    }
    this.#afterEntering();
  }

  /** When a door stayed shut, what was made for the room goes away again. */
  #afterEntering(): void {
    const { place, room } = this.#snapshot.state;
    if (place === 'lobby') {
      this.#parts.memory.forget();
      this.#endCall();
    } else if (room?.state === 'closed') this.#parts.memory.forget();
  }

  #beginStay(link: string): void {
    const endCall = this.#endStay;
    const leaveWindow = this.#parts.otherWindows.enter(link);
    const sleep = this.host.keepAwake();
    this.#endStay = () => {
      endCall?.();
      leaveWindow();
      sleep();
    };
  }

  #endCall(): void {
    this.#endStay?.();
    this.#endStay = null;
    this.#call = null;
  }

  /** So that the page can come back to the room as it was. */
  #remember(link: string): void {
    const { camera, microphone } = this.#local.snapshot();
    this.#parts.memory.keep({ link, camera: camera.state !== 'off', microphone: microphone.state !== 'off' });
  }

  #openLocal(): [LocalMedia, () => void] {
    const { settings } = this.#snapshot;
    const open = this.#parts.openMedia ?? ((chosen: Settings) => createLocalMedia(chosen));
    const local = open(settings);
    const stop = local.subscribe(() => {
      this.#put({ type: 'local-changed', local: local.snapshot() });
      this.#talk.followMicrophone();
      const stay = this.#parts.memory.stay();
      if (stay !== null) this.#remember(stay.link);
    });
    this.#put({ type: 'local-changed', local: local.snapshot() });
    return [local, stop];
  }

  #limitSpeed(bytesPerSecond: number | null): void {
    void this.#order({ type: 'limit-speed', bytes_per_second: bytesPerSecond });
  }

  /** Resolves to whether it was taken; why not ends in the state. */
  async #order(command: Command, peer: PeerId | null = null): Promise<boolean> {
    try {
      await this.host.dispatch(command);
      return true;
    } catch (error) {
      // Leaving a room that is gone already is what was wanted.
      if (command.type !== 'leave-room') this.#refuse(error, peer);
      return false;
    }
  }

  #refuse(error: unknown, peer: PeerId | null): void {
    this.#put({ type: 'command-refused', failure: failureOf(error), peer });
  }

  #put(input: Input): void {
    const state = reduce(this.#snapshot.state, input);
    if (state !== this.#snapshot.state) this.#show({ ...this.#snapshot, state });
  }

  #show(snapshot: SessionSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of [...this.#listeners]) listener();
  }
}
