// Sound between the audio worklets and the sound socket. PCM passes here, never on the page's main thread.
//
// Promises: what the microphone gives leaves only while it is captured; `silence` stops it at once, also what is on its way here
// already; the player's wishes are passed on, and forgotten with the socket they were made over. Left to others: worklets,
// echo, codecs and mixing (the engine).
import type { MediaPortAddress } from '../../../../protocol/MediaPortAddress';
import { CAPTURED_SAMPLES, SOUND_PATH, SOUND_PIECE_SAMPLES, WANTED_PIECES } from '../portLimits';
import { PortSocket, webSocket } from '../PortSocket';
import type { OpenSocket } from '../PortSocket';
import type { SoundMemory } from '../SoundMemory';

/** Bytes of a piece's samples. */
const PIECE_BYTES = SOUND_PIECE_SAMPLES * 2;
/** Bytes that may wait to leave: a tenth of a second. What is older is of no use in a talk. */
const UNSENT_BYTES = 10 * (PIECE_BYTES + 1);
const CAPTURED = 1;
const WANTED = 2;
const SILENCED = 3;
const PLAYED = 1;

export class SoundLine {
  readonly #socket: PortSocket;
  #isCaptured = false;
  #isOver = false;

  constructor(
    address: MediaPortAddress,
    private readonly memory: SoundMemory,
    openSocket: OpenSocket = webSocket,
  ) {
    const startOver = (): void => memory.startOver();
    this.#socket = new PortSocket(address, SOUND_PATH, { heard: (data) => this.#heard(data), opened: startOver, lost: startOver }, openSocket);
    void this.#serve();
  }

  /** For ever. */
  close(): void {
    this.#isCaptured = false;
    this.#isOver = true;
    this.#socket.close();
    this.memory.ring();
  }

  /** The microphone may be heard. */
  capture(): void {
    // What it gave before was not to be heard.
    while (this.memory.captured.read() !== null);
    this.#isCaptured = true;
  }

  /** The microphone was muted or given back. */
  silence(): void {
    if (!this.#isCaptured) return;
    this.#isCaptured = false;
    this.#socket.send(Uint8Array.of(SILENCED).buffer);
  }

  /** Takes what the worklets have, whenever they ring. Never fails: there is no way for it to. */
  async #serve(): Promise<void> {
    while (!this.#isOver) {
      const { rings, captured } = this.memory;
      for (let samples = captured.read(); samples !== null; samples = captured.read()) this.#captured(samples);
      const wanted = this.memory.takeWanted();
      if (wanted > 0) this.#socket.send(Uint8Array.of(WANTED, Math.min(wanted, WANTED_PIECES)).buffer);
      await this.memory.rung(rings);
    }
  }

  #captured(samples: Int16Array<ArrayBuffer>): void {
    if (!this.#isCaptured || this.#socket.bufferedBytes > UNSENT_BYTES) return;
    const message = new Uint8Array(1 + CAPTURED_SAMPLES * 2);
    message[0] = CAPTURED;
    message.set(new Uint8Array(samples.buffer), 1);
    this.#socket.send(message.buffer);
  }

  #heard(data: unknown): void {
    const pieces = data instanceof ArrayBuffer ? (data.byteLength - 1) / PIECE_BYTES : 0;
    if (!(data instanceof ArrayBuffer) || pieces < 1 || !Number.isInteger(pieces) || new Uint8Array(data)[0] !== PLAYED) {
      console.error('the engine sent something that is no sound');
      return;
    }
    const samples = new Int16Array(data.slice(1));
    for (let at = 0; at < samples.length; at += SOUND_PIECE_SAMPLES) this.memory.played.write(samples.subarray(at, at + SOUND_PIECE_SAMPLES));
  }
}
