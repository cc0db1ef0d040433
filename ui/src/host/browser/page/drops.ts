// Files and folders dropped on the window.
//
// Promises: the browser never navigates to a dropped file; folders come with all that is in them, a moment later than files alone would.
// Leaves to others: what a drop means.
import type { PickedFolder } from '../files/PickedFiles';
import { isFolder, walkFolder } from './folders';

/** What hovers or fell. */
export interface FileDrop {
  readonly hovering: boolean;
  readonly files: readonly File[];
  readonly folders: readonly PickedFolder[];
}

const NOTHING: FileDrop = { hovering: false, files: [], folders: [] };

/** Calls `listener` when files hover over the window, leave it, or fall; returns how to stop. */
export function watchFileDrops(listener: (drop: FileDrop) => void): () => void {
  // Every element under the pointer enters and leaves; the window does when all have left.
  let depth = 0;
  const ofFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  const enter = (event: DragEvent): void => {
    if (!ofFiles(event)) return;
    event.preventDefault();
    depth += 1;
    if (depth === 1) listener({ ...NOTHING, hovering: true });
  };
  const over = (event: DragEvent): void => {
    if (!ofFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
  };
  const leave = (event: DragEvent): void => {
    if (!ofFiles(event) || depth === 0) return;
    depth -= 1;
    if (depth === 0) listener(NOTHING);
  };
  const drop = (event: DragEvent): void => {
    if (!ofFiles(event)) return;
    event.preventDefault();
    depth = 0;
    const items = [...(event.dataTransfer?.items ?? [])];
    const folders: FileSystemDirectoryEntry[] = [];
    // Items are there during the event only; what they named can be walked afterwards.
    const files = items.flatMap((item) => {
      const entry = item.webkitGetAsEntry();
      if (entry === null || !isFolder(entry)) return item.getAsFile() ?? [];
      folders.push(entry);
      return [];
    });
    if (folders.length === 0) {
      listener({ ...NOTHING, files });
      return;
    }
    listener(NOTHING);
    void Promise.all(folders.map(walkFolder)).then((walked) => listener({ ...NOTHING, files, folders: walked }));
  };
  addEventListener('dragenter', enter);
  addEventListener('dragover', over);
  addEventListener('dragleave', leave);
  addEventListener('drop', drop);
  return () => {
    removeEventListener('dragenter', enter);
    removeEventListener('dragover', over);
    removeEventListener('dragleave', leave);
    removeEventListener('drop', drop);
  };
}
