// From a level to whether somebody speaks.
//
// Promises: a ring that does not flicker between two words.

/** Levels above this are speech: about a quiet voice at arm's length. */
export const SPEECH_LEVEL = 0.35;
/** Pauses shorter than this belong to speaking. */
export const SPEECH_PAUSE_MS = 600;

/** How loud speech is: 0 for none, up to 3. */
export function loudness(level: number): 0 | 1 | 2 | 3 {
  if (level <= SPEECH_LEVEL) return 0;
  if (level <= 0.5) return 1;
  return level <= 0.65 ? 2 : 3;
}
