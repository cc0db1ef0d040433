// A room's spoken code as the screen keeps it: the engine's word, with its end on the screen's own clock, which goes on by itself.
import type { CodeState } from '../../protocol/CodeState';
import type { Failure } from '../../protocol/Failure';
import type { OpenedCode } from '../../protocol/OpenedCode';

/** A code. */
export interface ShownCode {
  readonly state: CodeState;
  /** What to read out, while it is of use. */
  readonly text: string | null;
  /** Milliseconds since 1970. */
  readonly endsAtMs: number;
  readonly failure: Failure | null;
}

/** As it was heard at a moment. */
export function shownCode(code: OpenedCode, atMs: number): ShownCode {
  return { state: code.state, text: code.text, endsAtMs: atMs + code.left_ms, failure: code.failure };
}

/** Whether somebody waits behind it, or will at once. */
export function isCodeLive({ state }: Pick<ShownCode, 'state'>): boolean {
  return state === 'opening' || state === 'waiting' || state === 'tried';
}
