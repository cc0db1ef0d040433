// Files and pictures pasted into the window.
//
// Promises: only that something was pasted is seen here; what it is Rust reads, and text is pasted as text. Leaves to others: what a paste
// means.
import type { PickedFile } from '../../protocol/PickedFile';

/** Calls `listener` with what `take` makes of the clipboard when files are pasted; returns how to stop. */
export function watchFilePastes(take: () => Promise<readonly PickedFile[]>, listener: (files: PickedFile[]) => void): () => void {
  const paste = (event: ClipboardEvent): void => {
    if (event.clipboardData === null || event.defaultPrevented || !mayBeFiles(event.clipboardData)) return;
    event.preventDefault();
    void take().then(
      (files) => {
        if (files.length > 0) listener([...files]);
      },
      (error: unknown) => { console.error('the clipboard could not be read', error); },
    );
  };
  addEventListener('paste', paste);
  return () => removeEventListener('paste', paste);
}

/**
 * Cells and paragraphs come as formatted text with a picture beside it. Copied files are named as such, or, by WebKitGTK, as addresses that it
 * keeps to itself; a copied picture has no kind there at all, and no text.
 */
function mayBeFiles(data: DataTransfer): boolean {
  const { types } = data;
  if (types.includes('Files')) return !(types.includes('text/plain') && (types.includes('text/html') || types.includes('text/rtf')));
  if (types.includes('text/uri-list')) return data.getData('text/uri-list') === '';
  return types.length === 0 && data.getData('text/plain') === '';
}
