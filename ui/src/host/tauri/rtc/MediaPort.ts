// The page's end of the media port's control socket: requests to the engine, in order, and what comes of them.
//
// Promises: requests leave in the order they were made, also those made while the socket is being opened; every question gets
// an answer, a refusal, or is refused when the port is lost; what is no message is dropped. When the socket breaks, every
// connection on it is told so once and is over, and new ones go over the next socket. Left to others: what a connection is
// (`StandInConnection`), pictures and sound (the workers).
import type { Level } from '../../../protocol/Level';
import type { MediaPortAddress } from '../../../protocol/MediaPortAddress';
import type { PortMessage } from '../../../protocol/PortMessage';
import type { PortRequest } from '../../../protocol/PortRequest';
import { readPortMessage } from './portGuards';
import { CONNECTIONS, CONTROL_PATH } from './portLimits';
import { PortSocket, webSocket } from './PortSocket';
import type { OpenSocket } from './PortSocket';

type WithoutRid<T> = T extends { rid: number } ? Omit<T, 'rid'> : never;

/** A request that is answered, before it has its number. */
export type PortQuestion = WithoutRid<PortRequest>;
/** An answer. */
export type PortAnswer = Extract<PortMessage, { type: 'done' | 'described' | 'stats' }>;
/** Something of one connection that nobody asked for. */
export type ConnectionNews = Extract<PortMessage, { type: 'candidate' | 'state' | 'muted' }>;

/** What the port says to a connection. */
export interface PortConnection {
  news(message: ConnectionNews): void;
  /** How loud the other side is, in dB below full scale; 127 is silence. */
  level(levelDb: number): void;
  /** The port was lost and the connection with it. */
  lost(): void;
}

interface Question {
  readonly connection: number;
  readonly answer: (message: PortAnswer) => void;
  readonly refuse: (error: DOMException) => void;
}

/** Silence (RFC 6464). */
const SILENCE_DB = 127;
/** Requests kept while the socket opens: more than all connections begin with. */
const WAITING_REQUESTS = 1024;

export class MediaPort {
  readonly #socket: PortSocket;
  readonly #connections = new Map<number, PortConnection>();
  readonly #questions = new Map<number, Question>();
  #waiting: PortRequest[] = [];
  #lastConnection = 0;
  #lastRid = 0;

  /** `told` hears when the port is lost, and when it is back. */
  constructor(
    address: MediaPortAddress,
    open: OpenSocket = webSocket,
    private readonly told: (isLost: boolean) => void = () => undefined,
  ) {
    const owner = { opened: () => this.#opened(), lost: () => this.#lost(), heard: (data: unknown) => this.#heard(data) };
    this.#socket = new PortSocket(address, CONTROL_PATH, owner, open);
  }

  /** Takes a connection in and gives it its number. Throws when there are too many. */
  register(connection: PortConnection): number {
    if (this.#connections.size >= CONNECTIONS) throw new DOMException('too many connections', 'OperationError');
    this.#lastConnection += 1;
    this.#connections.set(this.#lastConnection, connection);
    return this.#lastConnection;
  }

  /** Sends a request that has no answer. */
  send(request: Exclude<PortRequest, { rid: number }>): void {
    this.#send(request);
  }

  /** Sends a request and waits for its answer. Rejects with the standard's `DOMException`. */
  ask(question: PortQuestion): Promise<PortAnswer> {
    this.#lastRid += 1;
    const rid = this.#lastRid;
    const answered = new Promise<PortAnswer>((answer, refuse) => {
      this.#questions.set(rid, { answer, refuse, connection: question.connection });
    });
    this.#send({ ...question, rid });
    return answered;
  }

  /** Ends a connection: its number means nothing any more, and its open questions are refused. */
  release(connection: number): void {
    if (!this.#connections.delete(connection)) return;
    this.#send({ type: 'close', connection });
    for (const [rid, question] of [...this.#questions]) {
      if (question.connection !== connection) continue;
      this.#questions.delete(rid);
      question.refuse(new DOMException('the connection was closed', 'InvalidStateError'));
    }
  }

  #send(request: PortRequest): void {
    if (this.#socket.send(JSON.stringify(request))) return;
    // Of a socket that never opens nothing comes back, so a connection that waits for it fails by its owner's own time limit.
    if (this.#waiting.length < WAITING_REQUESTS) this.#waiting.push(request);
  }

  #opened(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const request of waiting) this.#send(request);
    this.told(false);
  }

  #lost(): void {
    const connections = [...this.#connections.values()];
    const questions = [...this.#questions.values()];
    this.#connections.clear();
    this.#questions.clear();
    for (const { refuse } of questions) refuse(new DOMException('the media port was lost', 'OperationError'));
    for (const connection of connections) connection.lost();
    this.told(true);
  }

  #heard(data: unknown): void {
    const message = readPortMessage(data);
    if (message === null) {
      console.error('the engine said something about calls that this page does not know');
      return;
    }
    switch (message.type) {
      case 'done':
      case 'described':
      case 'stats':
        this.#questions.get(message.rid)?.answer(message);
        this.#questions.delete(message.rid);
        break;
      case 'refused':
        this.#refused(message.rid, message.name, message.detail);
        break;
      case 'levels':
        this.#levels(message.levels);
        break;
      default:
        this.#connections.get(message.connection)?.news(message);
    }
  }

  #refused(rid: number | null, name: string, detail: string): void {
    if (rid === null) {
      console.warn(`the engine refused a request: ${name}: ${detail}`);
      return;
    }
    this.#questions.get(rid)?.refuse(new DOMException(detail, name));
    this.#questions.delete(rid);
  }

  #levels(levels: readonly Level[]): void {
    const heard = new Map(levels.map((level) => [level.connection, level.level_db]));
    for (const [number, connection] of this.#connections) connection.level(heard.get(number) ?? SILENCE_DB);
  }
}
