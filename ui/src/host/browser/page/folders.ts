// Folders as browsers hand them over: dropped, or chosen in a dialog.
//
// Promises: what is walked is bounded: it ends one file behind what an offer holds, so that offering it is refused. A file or folder that
// cannot be read is left out. Leaves to others: what is done with them, and refusing paths that are too long or too deep.
import { OFFER_ENTRIES } from '../../../protocol/limits';
import { PickedSource, type PickedFolder } from '../files/PickedFiles';

/** Everything in a dropped folder. */
export async function walkFolder(folder: FileSystemDirectoryEntry): Promise<PickedFolder> {
  const files: PickedSource[] = [];
  await walk(folder, [folder.name], files);
  return { name: folder.name, files };
}

async function walk(folder: FileSystemDirectoryEntry, path: readonly string[], files: PickedSource[]): Promise<void> {
  const reader = folder.createReader();
  for (;;) {
    // A reader gives some entries at a time, and none when there are no more.
    const entries = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (entries.length === 0) return;
    for (const entry of entries) {
      if (files.length > OFFER_ENTRIES) return;
      const below = [...path, entry.name];
      if (isFolder(entry)) {
        await walk(entry, below, files);
      } else {
        const file = await new Promise<File | null>((resolve) => (entry as FileSystemFileEntry).file(resolve, () => resolve(null)));
        if (file !== null) files.push(new PickedSource(file, below));
      }
    }
  }
}

export function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** Files of a chosen folder, which browsers name by their paths. Null when nothing was chosen. */
export function chosenFolder(files: readonly File[]): PickedFolder | null {
  const sources = files.slice(0, OFFER_ENTRIES + 1).map((file) => {
    const path = file.webkitRelativePath.split('/').filter((component) => component !== '');
    return new PickedSource(file, path.length === 0 ? [file.name] : path);
  });
  const name = sources[0]?.path[0];
  return name === undefined ? null : { name, files: sources };
}
