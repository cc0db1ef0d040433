// A host for tests and stories: remembers what it was asked, and says what the test tells it to say.
import { HostError, type ArrivedLink, type DeviceKeyState, type Host, type HostCan, type Network, type ReceivedAction, type Settings } from '../../host/port';
import type { Command } from '../../protocol/Command';
import type { Event } from '../../protocol/Event';
import type { FailureCode } from '../../protocol/FailureCode';
import type { HostKind } from '../../protocol/HostKind';
import type { PickedFile } from '../../protocol/PickedFile';
import type { Unfinished } from '../../protocol/Unfinished';

/** Settings of someone who has been here before. */
export const SETTINGS: Settings = {
  name: 'Mina',
  theme: 'day',
  language: 'en',
  cameraId: null,
  microphoneId: null,
  speakerId: null,
  startWithCamera: true,
  startWithMicrophone: true,
  iceServers: [],
  relayOnly: false,
  server: '',
  network: null,
  speedLimit: null,
  downloadFolder: null,
  showDevice: true,
  acquaintances: [],
};

/** Storage of one page, empty at first. */
export function pageStorage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

export class FakeHost implements Host {
  readonly commands: Command[] = [];
  readonly notices: string[] = [];
  /** Of transfers. */
  readonly pictures = new Map<string, readonly string[]>();
  readonly used: string[] = [];
  readonly saved: Settings[] = [];
  copied: string | null = null;
  isAwake = false;
  files: PickedFile[] = [];
  /** Refuses the next command of this kind. */
  refuseNext: { readonly type: Command['type']; readonly code: FailureCode } | null = null;
  #listener: (event: Event) => void = () => undefined;
  #drop: (drop: { hovering: boolean; files: PickedFile[] }) => void = () => undefined;
  #link: (arrived: ArrivedLink) => void = () => undefined;

  constructor(
    readonly kind: HostKind = 'browser',
    readonly can: HostCan = { serveRooms: false, chooseFolder: false, pickFolder: false, lookNearby: false, call: true },
  ) {}

  /** Says that something happened. */
  say(...events: readonly Event[]): void {
    for (const event of events) this.#listener(event);
  }

  drop(hovering: boolean, files: PickedFile[] = []): void {
    this.#drop({ hovering, files });
  }

  arrive(link: string): void {
    this.#link({ link });
  }

  /** The last command of a kind. */
  last<T extends Command['type']>(type: T): Extract<Command, { type: T }> | undefined {
    return this.commands.findLast((command): command is Extract<Command, { type: T }> => command.type === type);
  }

  dispatch(command: Command): Promise<void> {
    this.commands.push(command);
    const refusal = this.refuseNext;
    if (refusal?.type !== command.type) return Promise.resolve();
    this.refuseNext = null;
    return Promise.reject(new HostError({ code: refusal.code, detail: 'told to refuse' }));
  }

  subscribe(listener: (event: Event) => void): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = () => undefined;
    };
  }

  pickFiles(): Promise<PickedFile[]> {
    return Promise.resolve(this.files);
  }

  pickFolder(): Promise<PickedFile[]> {
    return Promise.resolve(this.files);
  }

  watchDrops(listener: (drop: { hovering: boolean; files: PickedFile[] }) => void): () => void {
    this.#drop = listener;
    return () => undefined;
  }

  receivedActions(): readonly ReceivedAction[] {
    return this.kind === 'browser' ? ['save'] : ['open', 'show-in-folder'];
  }

  useReceived(transfer: string, action: ReceivedAction): Promise<void> {
    this.used.push(`${action} ${transfer}`);
    return Promise.resolve();
  }

  previews(transfer: string): Promise<readonly string[]> {
    return Promise.resolve(this.pictures.get(transfer) ?? []);
  }

  loadSettings(): Promise<Settings> {
    return Promise.resolve(SETTINGS);
  }

  saveSettings(settings: Settings): Promise<void> {
    this.saved.push(settings);
    return Promise.resolve();
  }

  chooseFolder(): Promise<string | null> {
    return Promise.resolve('/home/mina/Received');
  }

  left: Unfinished = { transfers: 0, bytes: 0 };

  /** Of this device. */
  interfaces: readonly Network[] = [];

  networks(): Promise<readonly Network[]> {
    return Promise.resolve(this.interfaces);
  }

  /** Of this device. */
  key: DeviceKeyState = 'there';

  deviceKey(): Promise<DeviceKeyState> {
    return Promise.resolve(this.key);
  }

  unfinished(): Promise<Unfinished> {
    return Promise.resolve(this.left);
  }

  discardUnfinished(): Promise<void> {
    this.left = { transfers: 0, bytes: 0 };
    return Promise.resolve();
  }

  watchLinks(listener: (arrived: ArrivedLink) => void): () => void {
    this.#link = listener;
    return () => undefined;
  }

  notify(title: string, body: string): Promise<void> {
    this.notices.push(`${title}: ${body}`);
    return Promise.resolve();
  }

  keepAwake(): () => void {
    this.isAwake = true;
    return () => {
      this.isAwake = false;
    };
  }

  copy(text: string): Promise<void> {
    this.copied = text;
    return Promise.resolve();
  }
}
