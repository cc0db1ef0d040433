// Texts and files between this peer and one other (docs/protocol.md, sections 5.2 to 5.4): takes inputs, hands each to the transfer or
// text it is about, keeps the orders, draws the consequences. Twin of `crates/transfer/src/exchange.rs`.
//
// What it is: one `Exchange` belongs to one remote peer and outlives its connections: it learns of them by `link-up` and `link-lost`,
// and goes on where it was. Promises: no IO, no promise, no clock (time is an argument, milliseconds of any steady clock), no randomness;
// bounded memory whatever the peer sends; hostile frames end a transfer with the code `protocol`, never in an exception; what is ordered
// to be written was proven block by block. Leaves to others: channels, files, key confirmation (`link-up` means it was right).
//
// Contract: after *every* call of `handle` drain `pollOutput` until it gives null, carrying out each order before the next of its kind,
// and then arrange a `tick` for `nextTimeoutMs`. Reading, writing and finishing are ordered and answered later, in any order, by inputs;
// sending has no answer.

import type { Control } from '../protocol/Control';
import type { OfferedEntry } from '../protocol/OfferedEntry';
import type { PeerId } from '../protocol/PeerId';
import type { TransferCode } from '../protocol/TransferCode';
import type { TransferId } from '../protocol/TransferId';
import { jsBlake3, type Hash } from './block';
import { isMendable, lastWordMessages, NO_WORD, type LastWord } from './ended';
import { TransferError } from './error';
import { decodeFrame, HEADER_BYTES } from './frame';
import { Incoming } from './incoming';
import type { Input } from './input';
import { FRAME_PAYLOAD_BYTES, OFFER_ENTRIES, OFFERS_PENDING, TEXT_BYTES } from '../protocol/limits';
import { prepareEntries } from './offer';
import { Outgoing } from './outgoing';
import type { ExchangeEvent, Output } from './output';
import { OutputQueue } from './outputQueue';
import { snapshot, viewState, type Ending } from './snapshot';
import { textBytes, Texts } from './texts';
import { Transfers } from './transfers';
import { Turns } from './turns';

/** Texts and transfers with one remote peer, over all its connections. */
export class Exchange {
  /** Payload of a data frame on the live link; null while none is up. */
  #payloadBytes: number | null = null;
  readonly #outputs = new OutputQueue();
  readonly #texts = new Texts();
  readonly #transfers = new Transfers();
  readonly #turns = new Turns();

  /** A machine without a link. `peer` names the other side in snapshots. */
  constructor(
    readonly peer: PeerId,
    private readonly hash: Hash = jsBlake3,
  ) {}

  /**
   * Takes an input. `nowMs` never falls. Throws `TransferError`, and only for wishes of the user (`offer-files`, `accept`, `decline`,
   * `pause`, `cancel`, `send-text`); the machine is then unchanged. What a peer does wrong shows in outputs.
   */
  handle(nowMs: number, input: Input): void {
    this.#take(nowMs, input);
    this.#pump(nowMs);
    this.#tellProgress(nowMs);
  }

  /** The next order or event, oldest first; null when there is none. */
  pollOutput(): Output | null {
    return this.#outputs.shift();
  }

  /** Entries of a transfer of ours under way that the receiver has not, for who gives the machine up. None of any other transfer. */
  missing(transfer: TransferId): readonly number[] {
    return this.#transfers.outgoing.get(transfer)?.missing() ?? [];
  }

  /** When the machine wants a `tick`, on the clock of `nowMs`. Null while it wants none. */
  nextTimeoutMs(): number | null {
    return this.#transfers.dueMs();
  }

  /** Whether anything is under way that leaving would stop: a transfer that waits or moves. */
  get isBusy(): boolean {
    return !this.#transfers.isEmpty;
  }

  #take(nowMs: number, input: Input): void {
    switch (input.type) {
      case 'link-up':
        { this.#linkUp(nowMs, input.maxMessageBytes); return; }
      case 'link-lost':
        { this.#linkLost(nowMs); return; }
      case 'control-received':
        // Without a link it is what the driver still had of a lost one.
        if (this.#payloadBytes !== null) this.#controlReceived(nowMs, input.message);
        return;
      case 'frame-received':
        if (this.#payloadBytes !== null) this.#frameReceived(nowMs, input.frame);
        return;
      case 'block-received':
        if (this.#payloadBytes !== null) this.#judge(nowMs, input.transfer, this.#transfers.block(input));
        return;
      case 'offer-files':
        { this.#offerFiles(nowMs, input.transfer, input.entries); return; }
      case 'accept':
        this.#transfers.waitingOffer(input.transfer).accept(input.without, this.#payloadBytes !== null);
        { this.#tell(nowMs, input.transfer); return; }
      case 'decline':
        this.#transfers.waitingOffer(input.transfer);
        { this.#end(nowMs, input.transfer, { state: 'declined', code: null, byUs: true }, { type: 'declined' }); return; }
      case 'pause':
        { this.#pause(nowMs, input.transfer, input.paused); return; }
      case 'limit-speed':
        { this.#turns.limit(input.bytesPerSecond); return; }
      case 'cancel':
        if (!this.#transfers.isShown(input.transfer)) throw new TransferError('not-now');
        { this.#cancel(nowMs, input.transfer, 'cancelled'); return; }
      case 'send-text': {
        const text = this.#texts.write(input.id, input.body, input.sentAtMs);
        if (this.#payloadBytes !== null) this.#send(text);
        return;
      }
      case 'block-read':
        this.#transfers.outgoing.get(input.transfer)?.blockRead(input.entry, input.block, input.result, input.proof ?? null);
        { this.#settle(nowMs, input.transfer, null); return; }
      case 'block-written': {
        const code = this.#transfers.incoming.get(input.transfer)?.blockWritten(input.entry, input.block, input.result);
        this.#settle(nowMs, input.transfer, code ?? null); return;
      }
      case 'entry-finished': {
        const code = this.#transfers.incoming.get(input.transfer)?.entryFinished(input.entry, input.result);
        this.#settle(nowMs, input.transfer, code ?? null); return;
      }
      case 'tick':
        return;
    }
  }

  #linkUp(nowMs: number, maxMessageBytes: number): void {
    this.#linkLost(nowMs);
    this.#payloadBytes = Math.max(1, Math.min(FRAME_PAYLOAD_BYTES, maxMessageBytes - HEADER_BYTES));
    for (const message of this.#transfers.ended.linkUp(nowMs)) this.#send(message);
    for (const message of this.#texts.waiting()) this.#send(message);
    for (const message of this.#transfers.linkUp()) this.#send(message);
    for (const transfer of this.#transfers.incoming.values()) transfer.linkUp();
    this.#tellAccepted(nowMs);
  }

  #linkLost(nowMs: number): void {
    if (this.#payloadBytes === null) return;
    this.#payloadBytes = null;
    this.#transfers.linkLost(nowMs);
    this.#tellAccepted(nowMs);
  }

  #tellAccepted(nowMs: number): void {
    for (const [id, { isAccepted }] of this.#transfers.all()) if (isAccepted) this.#tell(nowMs, id);
  }

  #offerFiles(nowMs: number, id: TransferId, entries: readonly OfferedEntry[]): void {
    if (this.#transfers.isKnown(id) || this.#transfers.unansweredOutgoing >= OFFERS_PENDING) throw new TransferError('not-now');
    const transfer = new Outgoing(id, prepareEntries(entries), this.hash, (output) => this.#outputs.push(output));
    if (this.#payloadBytes !== null) for (const message of transfer.offer()) this.#send(message);
    this.#transfers.outgoing.set(id, transfer);
    this.#tell(nowMs, id);
  }

  #pause(nowMs: number, id: TransferId, paused: boolean): void {
    if (!this.#transfers.holdHere(id, paused)) throw new TransferError('not-now');
    // A receiver that has not accepted on this connection says its hold when it does.
    const isDue = this.#transfers.incoming.get(id)?.isFlowing === false;
    if (this.#payloadBytes !== null && !isDue) this.#send({ type: 'pause', transfer: id, paused });
    this.#tell(nowMs, id);
  }

  #controlReceived(nowMs: number, message: Control): void {
    switch (message.type) {
      case 'text':
        { this.#textReceived(message); return; }
      case 'text-received':
        if (this.#texts.confirm(message.id)) this.#event({ type: 'text-delivered', id: message.id });
        return;
      case 'offer':
        this.#offerReceived(nowMs, message.transfer, message.entry_count, message.total_bytes);
        { this.#entriesReceived(nowMs, message.transfer, message.entries, message.last); return; }
      case 'offer-entries':
        { this.#entriesReceived(nowMs, message.transfer, message.entries, message.last); return; }
      case 'accept':
        { this.#acceptReceived(nowMs, message); return; }
      case 'pause':
        // It may have ended here already.
        if (this.#transfers.holdThere(message.transfer, message.paused)) this.#tell(nowMs, message.transfer);
        return;
      case 'decline':
        if (this.#transfers.outgoing.get(message.transfer)?.isAccepted === false) {
          this.#end(nowMs, message.transfer, { state: 'declined', code: null, byUs: false }, NO_WORD);
        }
        return;
      case 'cancel':
        { this.#end(nowMs, message.transfer, { state: 'cancelled', code: message.code, byUs: false }, NO_WORD); return; }
      case 'stored':
        { this.#settle(nowMs, message.transfer, this.#transfers.outgoing.get(message.transfer)?.stored(message.bytes) ?? null); return; }
      case 'proven':
        { this.#settle(nowMs, message.transfer, this.#transfers.outgoing.get(message.transfer)?.proven(message.entry) ?? null); return; }
      case 'entry-failed': {
        const transfer = this.#transfers.get(message.transfer);
        this.#settle(nowMs, message.transfer, transfer?.failedThere(message.entry, message.code) ?? null); return;
      }
      default:
        return;
    }
  }

  #textReceived({ id, body, sent_at_ms: sentAtMs }: Extract<Control, { type: 'text' }>): void {
    if (textBytes(body) > TEXT_BYTES) { this.#event({ type: 'protocol-broken', fault: 'text-too-long' }); return; }
    this.#send({ type: 'text-received', id });
    if (this.#texts.isNew(id)) this.#event({ type: 'text-received', id, body, sentAtMs });
  }

  #acceptReceived(nowMs: number, { transfer, resume }: Extract<Control, { type: 'accept' }>): void {
    const known = this.#transfers.outgoing.get(transfer);
    if (known !== undefined) {
      this.#settle(nowMs, transfer, known.accept(resume));
      this.#tell(nowMs, transfer);
    } else if (!this.#transfers.isKnown(transfer)) {
      this.#send({ type: 'cancel', transfer, code: 'forgotten' });
    }
  }

  #offerReceived(nowMs: number, id: TransferId, entryCount: number, totalBytes: number): void {
    const word = this.#transfers.ended.word(id);
    if (word !== undefined) {
      // The other side has not heard how it ended; outcomes were said when the link came up.
      if (word.type === 'declined' || word.type === 'cancelled') this.#say(word, id);
      return;
    }
    if (this.#transfers.isKnown(id)) return;
    if (this.#transfers.unansweredIncoming >= OFFERS_PENDING) this.#event({ type: 'protocol-broken', fault: 'too-many-offers' });
    else if (entryCount === 0 || entryCount > OFFER_ENTRIES) this.#refuse(nowMs, id, 'bad-offer');
    else this.#transfers.incoming.set(id, new Incoming(id, entryCount, totalBytes, this.hash, (output) => this.#outputs.push(output)));
  }

  #entriesReceived(nowMs: number, id: TransferId, page: readonly OfferedEntry[], last: boolean): void {
    const collected = this.#transfers.collect(id, page, last);
    if (typeof collected === 'string') this.#refuse(nowMs, id, collected);
    else if (collected) this.#tell(nowMs, id);
  }

  /** Ends an offer that no one has seen. */
  #refuse(nowMs: number, transfer: TransferId, code: TransferCode): void {
    this.#send({ type: 'cancel', transfer, code });
    this.#transfers.ended.push(transfer, { type: 'cancelled', code }, nowMs);
  }

  #frameReceived(nowMs: number, frame: Uint8Array): void {
    const decoded = decodeFrame(frame);
    if (!decoded.ok) { this.#event({ type: 'protocol-broken', fault: 'frame' }); return; }
    this.#judge(nowMs, decoded.header.transfer, this.#transfers.frame(decoded.header, decoded.payload));
  }

  /** Draws the consequence of what came on `bulk`; `code` is undefined when its transfer is not under way. */
  #judge(nowMs: number, id: TransferId, code: TransferCode | null | undefined): void {
    if (code !== undefined) this.#settle(nowMs, id, code);
    else if (this.#transfers.ended.word(id) === undefined) this.#event({ type: 'protocol-broken', fault: 'unasked' });
  }

  /** Draws the consequence of a step: cancels the transfer for a code, or ends it when it is complete. */
  #settle(nowMs: number, id: TransferId, code: TransferCode | null): void {
    if (code !== null) { this.#cancel(nowMs, id, code); return; }
    const transfer = this.#transfers.get(id);
    if (transfer?.isComplete !== true) return;
    this.#end(nowMs, id, { state: viewState(transfer.view()), code: null, byUs: false }, transfer.lastWord());
  }

  /** We end a transfer. */
  #cancel(nowMs: number, id: TransferId, code: TransferCode): void {
    this.#end(nowMs, id, { state: 'cancelled', code, byUs: true }, { type: 'cancelled', code });
  }

  /** The end of a transfer of either direction, whoever ends it. */
  #end(nowMs: number, id: TransferId, ending: Ending, word: LastWord): void {
    const transfer = this.#transfers.get(id);
    if (transfer === undefined) return;
    const wasShown = this.#transfers.isShown(id);
    const missing = this.missing(id);
    this.#transfers.remove(id);
    const linkIsUp = this.#payloadBytes !== null;
    if (linkIsUp && (word.type === 'declined' || word.type === 'cancelled')) this.#say(word, id);
    this.#transfers.ended.push(id, word, linkIsUp ? nowMs : null);
    if (!wasShown) return;
    this.#event({ type: 'transfer-changed', transfer: snapshot(transfer.view(), this.peer, ending) });
    this.#outputs.push({ type: 'release-transfer', transfer: id, keep: isWorthKeeping(ending, word), missing });
  }

  /** Reads ahead and sends what the window has room for, a block of each transfer in turn. */
  #pump(nowMs: number): void {
    if (this.#payloadBytes === null) return;
    let moved = true;
    while (moved) {
      moved = this.#turns.readAhead(this.#transfers.outgoing);
      for (;;) {
        const served = this.#turns.sendNext(this.#transfers.outgoing, this.#payloadBytes);
        if (served === null) break;
        moved = true;
        this.#settle(nowMs, served, null);
      }
    }
  }

  #tellProgress(nowMs: number): void {
    for (const [id, { meter }] of this.#transfers.all()) if (meter.isDue(nowMs)) this.#tell(nowMs, id);
  }

  /** Tells the state of a transfer, unless nothing about it is new. */
  #tell(nowMs: number, id: TransferId): void {
    const transfer = this.#transfers.get(id);
    if (transfer?.meter.tell(nowMs, transfer.view().storedBytes, viewState(transfer.view())) !== true) return;
    this.#event({ type: 'transfer-changed', transfer: snapshot(transfer.view(), this.peer, null) });
  }

  #say(word: LastWord, id: TransferId): void {
    for (const message of lastWordMessages(word, id)) this.#send(message);
  }

  #send(message: Control): void {
    this.#outputs.push({ type: 'send-control', message });
  }

  #event(event: ExchangeEvent): void {
    this.#outputs.push({ type: 'event', event });
  }
}

/** Whether a later session may go on where a transfer ended. */
function isWorthKeeping({ code }: Ending, word: LastWord): boolean {
  if (word.type === 'outcomes') return word.failed.some((entry) => isMendable(entry.code));
  return code !== null && isMendable(code);
}
