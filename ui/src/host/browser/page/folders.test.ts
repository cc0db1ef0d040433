// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';

import { OFFER_ENTRIES } from '../../../protocol/limits';
import { PickedFiles, type PickedFolder } from '../files/PickedFiles';
import { watchFileDrops, type FileDrop } from './drops';
import { chosenFolder, walkFolder } from './folders';

/** A file, null for one that cannot be read, or a folder of such. */
type Tree = string | null | { readonly [name: string]: Tree };

function entryOf(name: string, tree: Tree): FileSystemEntry {
  if (tree === null || typeof tree === 'string') {
    const file = (found: (file: File) => void, failed: () => void): void => (tree === null ? failed() : found(new File([tree], name)));
    return { name, isDirectory: false, isFile: true, file } as unknown as FileSystemEntry;
  }
  const entries = Object.entries(tree).map(([below, content]) => entryOf(below, content));
  const createReader = () => {
    // A hundred at a time, as browsers do.
    const left = [...entries];
    return { readEntries: (found: (some: FileSystemEntry[]) => void) => found(left.splice(0, 100)) };
  };
  return { name, isDirectory: true, isFile: false, createReader } as unknown as FileSystemEntry;
}

const walked = (tree: Tree): Promise<PickedFolder> => walkFolder(entryOf('top', tree) as FileSystemDirectoryEntry);
const paths = ({ files }: PickedFolder): string[] => files.map(({ path }) => path.join('/'));

describe('a folder', () => {
  it('is walked to its last file, without those that cannot be read', async () => {
    const folder = await walked({ 'a.txt': 'a', sub: { deep: { 'b.txt': 'bb' }, locked: null }, none: {} });
    expect(paths(folder)).toEqual(['top/a.txt', 'top/sub/deep/b.txt']);
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, number) => [`${number}`, '']));
    expect((await walked(many)).files).toHaveLength(250);
  });

  it('is walked no further than what is refused anyway', async () => {
    const many = Object.fromEntries(Array.from({ length: OFFER_ENTRIES + 50 }, (_, number) => [`${number}`, '']));
    expect((await walked(many)).files).toHaveLength(OFFER_ENTRIES + 1);
  });

  it('that was chosen is one picked thing of its name and all its bytes', () => {
    const file = (path: string, content: string): File => Object.defineProperty(new File([content], path.split('/').at(-1) ?? ''), 'webkitRelativePath', { value: path });
    const folder = chosenFolder([file('trip/a.txt', 'a'), file('trip/sub/b.txt', 'bb')]);
    if (folder === null) throw new Error('nothing was chosen');
    const picked = new PickedFiles();
    expect(picked.addFolder(folder)).toEqual({ handle: 1, name: 'trip', size: 3 });
    expect(picked.get(1)?.map(({ path }) => path)).toEqual([['trip', 'a.txt'], ['trip', 'sub', 'b.txt']]);
    expect(chosenFolder([])).toBeNull();
  });
});

describe('a drop', () => {
  it('gives files and folders, and no veil stays', async () => {
    const told: FileDrop[] = [];
    const stop = watchFileDrops((drop) => told.push(drop));
    const items = [
      { webkitGetAsEntry: () => entryOf('a.txt', 'a'), getAsFile: () => new File(['a'], 'a.txt') },
      { webkitGetAsEntry: () => entryOf('top', { 'b.txt': 'bb' }), getAsFile: () => null },
    ];
    const event = (type: string): Event => Object.assign(new Event(type, { cancelable: true }), { dataTransfer: { types: ['Files'], items } });
    dispatchEvent(event('dragenter'));
    dispatchEvent(event('drop'));
    expect(told.map(({ hovering, files }) => [hovering, files.length])).toEqual([[true, 0], [false, 0]]);
    await expect.poll(() => told.length).toBe(3);
    expect(told[2]?.files.map(({ name }) => name)).toEqual(['a.txt']);
    expect(told[2]?.folders.map(paths)).toEqual([['top/b.txt']]);
    stop();
  });
});
