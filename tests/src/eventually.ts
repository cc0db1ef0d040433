// Waiting for what cannot announce itself across processes: asks until the answer is right, or says what it was instead.

/** How long and how often. */
export interface Patience {
  readonly limitMs?: number;
  readonly everyMs?: number;
}

/** Asks until `isRight`; gives that answer. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T> | T,
  isRight: (answer: T) => boolean,
  { limitMs = 60_000, everyMs = 100 }: Patience = {},
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not after ${limitMs} ms; last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
