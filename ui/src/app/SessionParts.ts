// What a session is made of: the program around it, what it remembers, and, for tests, what stands in for devices and the call.
import type { Call, CallOptions, LocalMedia, MediaConnectionFactory } from '../call';
import type { Host, Settings } from '../host/port';
import type { OtherWindows } from './OtherWindows';
import type { RoomMemory } from './RoomMemory';
import type { TransferHistory } from './TransferHistory';

/** What a session is made of. */
export interface SessionParts {
  readonly host: Host;
  /** Makes media connections; null where there are none. */
  readonly connect: MediaConnectionFactory | null;
  readonly settings: Settings;
  readonly memory: RoomMemory;
  readonly otherWindows: OtherWindows;
  readonly history: TransferHistory;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 16 random bytes as hex. */
  readonly randomId: () => string;
  /** Own media; the devices' unless a test brings others. */
  readonly openMedia?: (settings: Settings) => LocalMedia;
  /** The call; the real one unless a test brings another. */
  readonly openCall?: (options: CallOptions) => Call;
}
