// What the user decides about a transfer under way.
import type { Command } from '../../../protocol/Command';

export type Decision = Extract<Command, { type: 'accept-transfer' | 'decline-transfer' | 'cancel-transfer' | 'pause-transfer' }>;
