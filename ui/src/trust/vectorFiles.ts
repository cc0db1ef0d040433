// The vectors both languages replay, for tests only. Every file of tests/vectors is listed, so that one nobody reads is seen.

const files = import.meta.glob<unknown>('../../../tests/vectors/*.json', { eager: true, import: 'default' });
const byName = new Map(Object.entries(files).map(([path, content]) => [path.replace(/^.*\//, ''), content]));

/** Names of all files. */
export function vectorNames(): string[] {
  return [...byName.keys()].sort();
}

/** The content of one. Its shape is the caller's word: a wrong one fails the test that reads it. */
export function vectors(name: string): unknown {
  const content = byName.get(name);
  if (content === undefined) throw new Error(`no tests/vectors/${name}`);
  return content;
}
