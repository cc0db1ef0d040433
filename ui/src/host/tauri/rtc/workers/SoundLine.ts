// Sound between the audio worklets and the sound socket. PCM passes here, never on the page's main thread.
//
// Promises: what the microphone gives leaves only while it is captured; `silence` stops it at once, also what is on its way here
// already; the player's wishes are passed on, and forgotten with the socket they were made over. Left to others: worklets,
// echo, codecs and mixing (the engine).
import type { MediaPortAddress } from '../../../../protocol/MediaPortAddress';
import { SOUND_PATH, SOUND_PIECE_SAMPLES, WANTED_PIECES } from '../portLimits';
import { PortSocket, webSocket } from '../PortSocket';
import type { OpenSocket } from '../PortSocket';

/** Bytes of a piece's samples. */
const PIECE_BYTES = SOUND_PIECE_SAMPLES * 2;
/** Bytes that may wait to leave: a tenth of a second. What is older is of no use in a talk. */
const UNSENT_BYTES = 10 * (PIECE_BYTES + 1);
/** Pieces of the microphone that leave together: each message wakes half a dozen threads on its way. */
const TOGETHER = 2;
const CAPTURED = 1;
const WANTED = 2;
const SILENCED = 3;
const PLAYED = 1;

/** The player's end of a channel to its worklet. */
export interface PlayerPort {
  /** Samples of one or more pieces, to be played next. */
  play(samples: ArrayBuffer): void;
  /** What was asked for will not come. */
  reset(): void;
}

export class SoundLine {
  readonly #socket: PortSocket;
  #player: PlayerPort | null = null;
  #isCaptured = false;
  #message = captureMessage();
  #pieces = 0;

  constructor(address: MediaPortAddress, openSocket: OpenSocket = webSocket) {
    this.#socket = new PortSocket(
      address,
      SOUND_PATH,
      { heard: (data) => this.#heard(data), opened: () => this.#player?.reset(), lost: () => this.#lost() },
      openSocket,
    );
  }

  /** For ever. What the player asked for is forgotten with the socket. */
  close(): void {
    this.#isCaptured = false;
    this.#player = null;
    this.#socket.close();
  }

  connectPlayer(player: PlayerPort): void {
    this.#player = player;
  }

  /** The microphone may be heard. */
  capture(): void {
    this.#isCaptured = true;
  }

  /** The microphone was muted or given back. */
  silence(): void {
    if (!this.#isCaptured) return;
    this.#isCaptured = false;
    this.#pieces = 0;
    this.#socket.send(Uint8Array.of(SILENCED).buffer);
  }

  /** A piece of the microphone's samples. */
  captured(samples: ArrayBuffer): void {
    if (!this.#isCaptured || samples.byteLength !== PIECE_BYTES) return;
    if (this.#socket.bufferedBytes > UNSENT_BYTES) {
      this.#pieces = 0;
      return;
    }
    this.#message.set(new Uint8Array(samples), 1 + this.#pieces * PIECE_BYTES);
    this.#pieces += 1;
    if (this.#pieces < TOGETHER) return;
    this.#socket.send(this.#message.buffer);
    this.#message = captureMessage();
    this.#pieces = 0;
  }

  /** The player has room for so many pieces. */
  wanted(pieces: number): void {
    this.#socket.send(Uint8Array.of(WANTED, Math.min(pieces, WANTED_PIECES)).buffer);
  }

  /** What was on its way, or half a message, is of another time. */
  #lost(): void {
    this.#pieces = 0;
    this.#player?.reset();
  }

  #heard(data: unknown): void {
    const pieces = data instanceof ArrayBuffer ? (data.byteLength - 1) / PIECE_BYTES : 0;
    if (!(data instanceof ArrayBuffer) || pieces < 1 || !Number.isInteger(pieces) || new Uint8Array(data)[0] !== PLAYED) {
      console.error('the engine sent something that is no sound');
      return;
    }
    this.#player?.play(data.slice(1));
  }
}

function captureMessage(): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(1 + TOGETHER * PIECE_BYTES);
  message[0] = CAPTURED;
  return message;
}
