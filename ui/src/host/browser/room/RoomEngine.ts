// The engine behind the screen in a browser: commands in, events out (`crates/protocol/src/host.rs`).
//
// Promises: one room at a time; a command rejects with a `HostError` when it was not taken, and what comes of a taken one arrives as
// events; a peer stays as long as its own connection lives, whatever the server says. Leaves to others: sealing and connections
// (`PeerSession`), the way to the server (`SignalingLink`), where files lie (`storage`).
import type { CodeLanguage } from '../../../protocol/CodeLanguage';
import type { Command } from '../../../protocol/Command';
import type { Event } from '../../../protocol/Event';
import type { Failure } from '../../../protocol/Failure';
import type { IceServer } from '../../../protocol/IceServer';
import type { Joined } from '../../../protocol/Joined';
import type { PeerId } from '../../../protocol/PeerId';
import type { RoomState } from '../../../protocol/RoomState';
import type { TextId } from '../../../protocol/TextId';
import type { TransferId } from '../../../protocol/TransferId';
import { textBytes } from '../../../transfer/texts';
import { TEXT_BYTES, VERSION } from '../../../protocol/limits';
import type { Random } from '../../../trust/bytes';
import type { About } from '../../../trust/Correspondence';
import type { RoomKeys } from '../../../trust/derivation';
import type { DeviceKey } from '../../../trust/device';
import { invitationLink, type Invitation } from '../../../trust/invitation';
import { cutName } from '../../../trust/displayName';
import { HostError } from '../../port';
import type { PickedFiles, PickedSource } from '../files/PickedFiles';
import { SharedPace } from '../link/SharedPace';
import { SignalingLink } from '../signaling/SignalingLink';
import type { SignalingFact } from '../signaling/SignalingLink';
import { CodeDesk } from '../spoken/CodeDesk';
import { Admission } from './Admission';
import { AwaitedPeers } from './AwaitedPeers';
import { Entrance, type Arrival } from './Entrance';
import { failed } from './failure';
import { PeerSession } from './PeerSession';
import { forgetSeat } from './seat';
import type { RoomTabs } from './RoomTabs';
import type { TransferPlaces } from './TransferPlaces';
import { dispatchTransfer } from './transferCommands';
import { TransferIndex } from './TransferIndex';

/** What an engine needs around it. */
export interface EngineSurroundings {
  /** Base URL of the server that one without a name stands for. */
  readonly ownServer: string;
  readonly random: Random;
  readonly tabs: RoomTabs;
  readonly picked: PickedFiles;
  readonly places: TransferPlaces;
  /** From the settings, at the moment a connection is made. */
  ice(): { readonly servers: readonly IceServer[]; readonly relayOnly: boolean };
  /** By which peers recognise this device; null while the user does not want it. */
  device(): DeviceKey | null;
  emit(event: Event): void;
}

interface Room {
  readonly invitation: Invitation;
  readonly keys: RoomKeys;
  readonly self: PeerId;
  readonly signaling: SignalingLink;
  readonly sessions: Map<PeerId, PeerSession>;
  readonly transfers: TransferIndex;
  readonly refused: Set<PeerId>;
  readonly admission: Admission;
  /** Peers the server has in the room. */
  readonly present: Set<PeerId>;
  iceServers: readonly IceServer[];
  entered: boolean;
  /** Behind a spoken code into this room, the last one that was opened. */
  desk: CodeDesk | null;
}

/** Peers known at most: a room's worth, and those that only their own connection keeps here. */
const SESSIONS_MAX = 32;
/** After we came back to a server, the others may still be on their way back to it. */
const RETURN_MS = 20_000;
/** A peer with a transfer under way is waited for this long after its connection was lost. */
const ABSENT_MS = 60_000;
const AGENT = 'parlor/0.1.0';

export class RoomEngine {
  #room: Room | null = null;
  readonly #entrance: Entrance;
  #name = '';
  #mediaState = { microphone: false, camera: false };
  readonly #awaited = new AwaitedPeers();
  /** Outlasts a room: it is the user's connection that is spared. */
  readonly #pace = new SharedPace();

  constructor(private readonly around: EngineSurroundings) {
    const { ownServer, random, tabs } = around;
    this.#entrance = new Entrance({
      ownServer,
      random,
      tabs,
      begun: (name) => {
        this.#name = cutName(name);
        this.#tellState('entering', null);
      },
      arrived: (arrival) => this.#sitDown(arrival),
      ended: (failure) => this.#tellState('closed', failure),
    });
  }

  /** The first files of an offer of ours, while the room lasts. */
  offered(transfer: TransferId): readonly PickedSource[] {
    return this.#room?.transfers.offeredFiles(transfer) ?? [];
  }

  async dispatch(command: Command): Promise<void> {
    switch (command.type) {
      case 'start-room':
      case 'join-room':
      case 'join-by-code':
        if (this.#room !== null) throw failed('not-now', 'in a room already');
        await this.#entrance.enter(command);
        break;
      case 'look-nearby':
        throw failed('not-now', 'a page hears nothing of the network');
      case 'leave-room':
        this.leave(true);
        break;
      case 'open-code':
        this.#openCode(this.#invited(), command.language);
        break;
      case 'close-code':
        this.#room?.desk?.close();
        break;
      case 'withdraw-invitation':
        this.#withdraw(this.#inside(), null);
        break;
      case 'invite-one': {
        const room = this.#invited();
        room.admission.limit(command.only ? room.sessions.keys() : null);
        this.#tellAdmission(room);
        break;
      }
      case 'send-text': {
        if (textBytes(command.body) > TEXT_BYTES) throw failed('text-too-long', 'over the limit of a text');
        this.#sendText(command.id, command.body);
        break;
      }
      case 'offer-files':
      case 'offer-again':
      case 'accept-transfer':
      case 'decline-transfer':
      case 'cancel-transfer':
      case 'pause-transfer': {
        const { picked, random } = this.around;
        dispatchTransfer({ sessions: this.#inside().sessions, picked, random }, command);
        break;
      }
      case 'limit-speed':
        this.#pace.limit(command.bytes_per_second);
        for (const session of this.#room?.sessions.values() ?? []) session.keepToThePace();
        break;
      case 'set-name':
        this.#name = cutName(command.name);
        for (const session of this.#room?.sessions.values() ?? []) session.renamed();
        break;
      case 'send-media-signal':
        this.#session(command.peer).sendMediaSignal(command);
        break;
      case 'confirm-media':
        this.#session(command.peer).confirmMedia(command);
        break;
      case 'compare':
        this.#session(command.peer).compare();
        break;
      case 'judge-comparison':
        this.#session(command.peer).judgeComparison(command.same);
        break;
      case 'set-media-state':
        this.#mediaState = { microphone: command.microphone, camera: command.camera };
        for (const session of this.#room?.sessions.values() ?? []) session.tellMediaState();
        break;
    }
  }

  /** Whether peers are to recognise this device has changed. */
  deviceChanged(): void {
    for (const session of this.#room?.sessions.values() ?? []) session.showDevice();
  }

  /** To everyone; for whom too many wait already is told, and keeps it from nobody else. */
  #sendText(id: TextId, body: string): void {
    const sentAtMs = Date.now();
    for (const [peer, { transfers }] of this.#inside().sessions) {
      try {
        transfers.sendText(id, body, sentAtMs);
      } catch (error) {
        // What is too long is so for everyone, and the first has refused it.
        if (!(error instanceof HostError) || error.failure.code === 'text-too-long') throw error;
        this.around.emit({ type: 'command-failed', failure: error.failure, peer });
      }
    }
  }

  /** Leaves, telling the others. `forget`: for good, rather than to be reloaded. */
  leave(forget: boolean): void {
    const room = this.#room;
    if (room === null) {
      this.#entrance.withdraw();
      return;
    }
    this.#close(room, null, (session) => session.sayBye());
    room.signaling.leave();
    if (forget) forgetSeat(room.keys.room);
  }

  #sitDown({ invitation, keys, seat, starter }: Arrival): void {
    const { room: id, joinToken: token } = keys;
    const signaling = new SignalingLink(
      invitation.server,
      // Who was inside before a reload may find that the server has forgotten the room meanwhile.
      { version: VERSION, room: id, token, peer: seat.peer, resume: seat.resume, starter: starter || seat.kept },
      (fact) => {
        if (this.#room?.signaling === signaling) this.#heard(this.#room, fact);
      },
    );
    this.#room = {
      invitation,
      keys,
      self: seat.peer,
      signaling,
      sessions: new Map(),
      transfers: new TransferIndex(),
      refused: new Set(),
      admission: new Admission(id, seat.admitting),
      present: new Set(),
      iceServers: [],
      entered: false,
      desk: null,
    };
    signaling.begin();
  }

  #heard(room: Room, fact: SignalingFact): void {
    switch (fact.type) {
      case 'entered':
        this.#entered(room, fact.joined);
        break;
      case 'server-lost':
        this.#tellState(room.entered ? 'reconnecting' : 'entering', { code: fact.code, detail: fact.detail });
        break;
      case 'refused':
        this.#close(room, { code: fact.code, detail: fact.detail });
        // A seat that was refused is no seat: the next try is with a fresh one.
        forgetSeat(room.keys.room);
        break;
      case 'peer-joined':
        this.#seen(room, fact.peer);
        this.#knownOrNew(room, fact.peer);
        break;
      case 'peer-left':
        room.present.delete(fact.peer);
        this.#dropIfGone(room, fact.peer);
        break;
      case 'signal-received':
        this.#knownOrNew(room, fact.from)?.receive(fact.body);
        break;
    }
  }

  #entered(room: Room, joined: Joined): void {
    room.iceServers = joined.ice_servers;
    const first = !room.entered;
    room.entered = true;
    if (first) {
      const { keys, invitation, self } = room;
      const link = invitationLink(invitation);
      this.around.emit({ type: 'room-entered', room: keys.room, link, self_peer: self, ice_servers: joined.ice_servers });
    }
    this.#tellState('open', null);
    if (first && (room.admission.withdrawn !== null || room.admission.isForOne)) this.#tellAdmission(room);
    const before = [...room.present];
    room.present.clear();
    for (const peer of joined.peers) {
      this.#seen(room, peer);
      const session = this.#knownOrNew(room, peer);
      // A proven connection that answers shows that the other side still knows our epoch.
      if (session?.isConnected === false) session.greet();
    }
    for (const peer of before) if (!room.present.has(peer)) this.#await(room, peer, RETURN_MS);
  }

  #seen(room: Room, peer: PeerId): void {
    room.present.add(peer);
    this.#awaited.seen(peer);
  }

  /** A peer that was here has a while to return before it counts as gone. */
  #await(room: Room, peer: PeerId, waitMs: number): void {
    this.#awaited.wait(peer, waitMs, () => this.#dropIfGone(room, peer, true));
  }

  #knownOrNew(room: Room, peer: PeerId): PeerSession | null {
    const known = room.sessions.get(peer);
    if (known !== undefined) return known;
    if (room.sessions.size >= SESSIONS_MAX || peer === room.self || !room.admission.lets(peer)) return null;
    const session: PeerSession = new PeerSession(peer, {
      keys: room.keys,
      self: room.self,
      random: this.around.random,
      places: this.around.places,
      transfers: room.transfers,
      refused: room.refused,
      pace: this.#pace,
      about: (): About => ({ name: this.#name, agent: AGENT, host: 'browser' }),
      device: () => this.around.device(),
      mediaState: () => this.#mediaState,
      configuration: () => this.#configuration(room),
      send: (body) => room.signaling.send(peer, body),
      emit: (event) => this.around.emit(event),
      isWithdrawn: () => room.admission.withdrawn !== null,
      withdrawn: () => this.#withdraw(room, peer),
      proven: () => {
        if (room.admission.proven(peer)) this.#withdrawn(room);
      },
      saidBye: () => this.#drop(room, peer, true),
      linkChanged: () => this.#dropIfGone(room, peer),
    });
    room.sessions.set(peer, session);
    session.announce();
    session.awaitHello();
    return session;
  }

  /** A peer is gone when neither the server nor its own connection has it any more, and no transfer waits for it. */
  #dropIfGone(room: Room, peer: PeerId, waited = false): void {
    const session = room.sessions.get(peer);
    if (session === undefined || room.present.has(peer) || this.#awaited.has(peer) || session.isAlive) return;
    // What was cut off for longer than its connection lives may come back, and a transfer then goes on where it was.
    if (session.transfers.isBusy && !waited) this.#await(room, peer, ABSENT_MS);
    else this.#drop(room, peer, false);
  }

  #drop(room: Room, peer: PeerId, saidBye: boolean): void {
    const session = room.sessions.get(peer);
    if (session === undefined) return;
    room.sessions.delete(peer);
    session.transfers.peerLeft();
    session.close();
    room.signaling.forget(peer);
    this.around.emit({ type: 'peer-left', peer, said_bye: saidBye });
  }

  #close(room: Room, failure: Failure | null, parting?: (session: PeerSession) => void): void {
    this.#room = null;
    room.desk?.close();
    this.#awaited.clear();
    for (const session of room.sessions.values()) {
      parting?.(session);
      session.close();
    }
    this.around.tabs.release();
    this.around.picked.clear();
    this.#mediaState = { microphone: false, camera: false };
    this.#tellState('closed', failure);
  }

  #configuration(room: Room): RTCConfiguration {
    const { servers, relayOnly } = this.around.ice();
    return {
      iceServers: [...room.iceServers, ...servers].map((server) => ({ ...server, urls: [...server.urls] })),
      iceTransportPolicy: relayOnly ? 'relay' : 'all',
    };
  }

  /** Nobody new is met from now on. */
  #withdraw(room: Room, by: PeerId | null): void {
    if (room.admission.withdraw(by, room.sessions.keys())) this.#withdrawn(room);
  }

  #withdrawn(room: Room): void {
    room.desk?.close();
    for (const [peer, session] of [...room.sessions]) {
      if (room.admission.lets(peer)) session.tellWithdrawn();
      // Who was on the way in when the one guest came.
      else this.#drop(room, peer, false);
    }
    this.#tellAdmission(room);
  }

  #tellAdmission({ signaling, admission }: Room): void {
    const { withdrawn, isForOne } = admission;
    if (withdrawn === null) {
      this.around.emit({ type: 'invitation-for-one', only: isForOne });
      return;
    }
    signaling.withdraw(withdrawn.known);
    this.around.emit({ type: 'invitation-withdrawn', by: withdrawn.by, guest: withdrawn.guest });
  }

  /** One at a time: the one before ends. */
  #openCode(room: Room, language: CodeLanguage): void {
    room.desk?.close();
    room.desk = new CodeDesk(room.invitation, language, this.around.random, (code) => this.around.emit({ type: 'code-changed', code }));
    room.desk.open();
  }

  #inside(): Room {
    if (this.#room?.entered !== true) throw failed('not-now', 'not in a room');
    return this.#room;
  }

  /** Inside, with an invitation that stands. */
  #invited(): Room {
    const room = this.#inside();
    if (room.admission.withdrawn !== null) throw failed('not-now', 'the invitation is withdrawn');
    return room;
  }

  #session(peer: PeerId): PeerSession {
    const session = this.#inside().sessions.get(peer);
    if (session === undefined) throw failed('no-such-peer', 'not here');
    return session;
  }

  #tellState(state: RoomState, failure: Failure | null): void {
    this.around.emit({ type: 'room-changed', state, failure });
  }
}
