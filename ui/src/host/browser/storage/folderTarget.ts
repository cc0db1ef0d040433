// Received folders written into a folder the user picks.
//
// Promises: nothing that is there is replaced: what is received gets a name that is free; a file shows under its name when it is whole.
// Leaves to others: that paths are safe and unlike.
import { numbered } from '../../../transfer/safeNames';
import { translated } from './translated';
import type { ZipEntry } from './zip';

type PickDirectory = (options: { mode: 'readwrite' }) => Promise<FileSystemDirectoryHandle>;

/** Whether this browser lets a page write into folders of the user's. */
export function canPickTarget(): boolean {
  return 'showDirectoryPicker' in globalThis;
}

/** The folder the user picks; null when they think better of it. Call from a gesture. */
export async function pickTarget(): Promise<FileSystemDirectoryHandle | null> {
  const pick = (globalThis as unknown as { showDirectoryPicker: PickDirectory }).showDirectoryPicker;
  try {
    return await pick({ mode: 'readwrite' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

/** Writes the files with their folders below `target`. Rejects with a `StorageError`; what was written until then stays. */
export async function writeTree(target: FileSystemDirectoryHandle, files: readonly ZipEntry[]): Promise<void> {
  const tops = new Map<string, string>();
  for (const { path, file } of files) {
    const [top = '', ...below] = path.split('/');
    const name = tops.get(top) ?? (await translated(freeName(target, top)));
    tops.set(top, name);
    await translated(writeFile(target, [name, ...below], file));
  }
}

async function writeFile(target: FileSystemDirectoryHandle, path: readonly string[], file: Blob): Promise<void> {
  let folder = target;
  for (const component of path.slice(0, -1)) folder = await folder.getDirectoryHandle(component, { create: true });
  const handle = await folder.getFileHandle(path.at(-1) ?? '', { create: true });
  await file.stream().pipeTo(await handle.createWritable());
}

async function freeName(folder: FileSystemDirectoryHandle, wanted: string): Promise<string> {
  let name = wanted;
  for (let number = 1; await exists(folder, name); number += 1) name = numbered(wanted, number);
  return name;
}

async function exists(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch (error) {
    // A folder of that name is there as well.
    if (error instanceof DOMException && error.name === 'TypeMismatchError') return true;
    if (error instanceof DOMException && error.name === 'NotFoundError') return false;
    throw error;
  }
}
