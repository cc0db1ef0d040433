// Shortens a file name in the middle, so that its beginning and its ending stay readable.

/** `name` in at most `length` characters (at least 8); whole when it fits. Counts what a reader sees as one character. */
export function shortenMiddle(name: string, length: number): string {
  const characters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name)].map((part) => part.segment);
  const limit = Math.max(8, length);
  if (characters.length <= limit) return name;
  const ending = Math.min(Math.floor(limit / 2), 10);
  return `${characters.slice(0, limit - ending - 1).join('')}…${characters.slice(-ending).join('')}`;
}
