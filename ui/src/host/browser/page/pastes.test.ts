// @vitest-environment jsdom
// Files that are pasted are taken; text stays text.
import { afterEach, describe, expect, it } from 'vitest';
import { watchFilePastes } from './pastes';

let stop: () => void = () => undefined;
afterEach(() => stop());

/** Pastes into a field, as browsers do it; tells what was taken and whether the field would still get it. */
function paste(types: readonly string[], ...items: readonly { readonly name: string; readonly isDirectory?: boolean }[]) {
  const taken: string[][] = [];
  stop = watchFilePastes((files) => taken.push(files.map(({ name }) => name)));
  const field = document.body.appendChild(document.createElement('textarea'));
  const event = Object.assign(new Event('paste', { bubbles: true, cancelable: true }), {
    clipboardData: {
      types,
      items: [
        ...types.filter((type) => type !== 'Files').map(() => ({ kind: 'string', webkitGetAsEntry: () => null, getAsFile: () => null })),
        ...items.map(({ name, isDirectory = false }) => ({ kind: 'file', webkitGetAsEntry: () => ({ isDirectory }), getAsFile: () => new File(['x'], name) })),
      ],
    },
  });
  const isLeftToTheField = field.dispatchEvent(event);
  stop();
  field.remove();
  return { taken, isLeftToTheField };
}

describe('a paste', () => {
  it.each([
    ['of a picture', ['Files']],
    ['of a picture out of a page', ['text/html', 'Files']],
    ['of a file out of a file manager', ['text/plain', 'Files']],
  ])('%s is taken', (_, types) => {
    expect(paste(types, { name: 'a.png' })).toEqual({ taken: [['a.png']], isLeftToTheField: false });
  });

  it.each([
    ['of text', ['text/plain']],
    ['of cells with a picture of them', ['text/plain', 'text/html', 'Files']],
    ['of a paragraph with a picture of it', ['text/plain', 'text/rtf', 'Files']],
  ])('%s is left to the field', (_, types) => {
    const items = types.includes('Files') ? [{ name: 'image.png' }] : [];
    expect(paste(types, ...items)).toEqual({ taken: [], isLeftToTheField: true });
  });

  it('of folders leaves them out', () => {
    expect(paste(['Files'], { name: 'a.txt' }, { name: 'folder', isDirectory: true }).taken).toEqual([['a.txt']]);
    expect(paste(['Files'], { name: 'folder', isDirectory: true })).toEqual({ taken: [], isLeftToTheField: true });
  });

  it('is nobody’s after the end', () => {
    const taken: File[][] = [];
    watchFilePastes((files) => taken.push(files))();
    dispatchEvent(Object.assign(new Event('paste'), { clipboardData: { types: ['Files'], items: [{ kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => new File(['x'], 'a') }] } }));
    expect(taken).toEqual([]);
  });
});
