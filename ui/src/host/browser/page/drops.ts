// Files dropped on the window.
//
// Promises: the browser never navigates to a dropped file; folders are left out (they cannot be read as files). Leaves to others: what
// a drop means.

/** Calls `listener` when files hover over the window, leave it, or fall; returns how to stop. */
export function watchFileDrops(listener: (drop: { hovering: boolean; files: File[] }) => void): () => void {
  // Every element under the pointer enters and leaves; the window does when all have left.
  let depth = 0;
  const ofFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  const enter = (event: DragEvent): void => {
    if (!ofFiles(event)) return;
    event.preventDefault();
    depth += 1;
    if (depth === 1) listener({ hovering: true, files: [] });
  };
  const over = (event: DragEvent): void => {
    if (!ofFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
  };
  const leave = (event: DragEvent): void => {
    if (!ofFiles(event) || depth === 0) return;
    depth -= 1;
    if (depth === 0) listener({ hovering: false, files: [] });
  };
  const drop = (event: DragEvent): void => {
    if (!ofFiles(event)) return;
    event.preventDefault();
    depth = 0;
    const items = [...(event.dataTransfer?.items ?? [])];
    const files = items.flatMap((item) => {
      if (item.webkitGetAsEntry()?.isDirectory === true) return [];
      return item.getAsFile() ?? [];
    });
    listener({ hovering: false, files });
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
