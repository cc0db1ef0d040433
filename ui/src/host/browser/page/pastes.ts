// Files and pictures pasted into the window.
//
// Promises: text is pasted as text, also where a program put a picture of it beside it; folders are left out. Leaves to others: what a
// paste means.

/** Calls `listener` with pasted files; returns how to stop. */
export function watchFilePastes(listener: (files: File[]) => void): () => void {
  const paste = (event: ClipboardEvent): void => {
    const { clipboardData } = event;
    if (clipboardData === null || event.defaultPrevented || isText(clipboardData)) return;
    const files = [...clipboardData.items].flatMap((item) => {
      if (item.kind !== 'file' || item.webkitGetAsEntry()?.isDirectory === true) return [];
      return item.getAsFile() ?? [];
    });
    if (files.length === 0) return;
    event.preventDefault();
    listener(files);
  };
  addEventListener('paste', paste);
  return () => removeEventListener('paste', paste);
}

/**
 * Cells and paragraphs come as plain text, formatted text and a picture; a copied file as plain text (its name) and a file; a copied picture
 * as formatted text (its element) and a file.
 */
function isText({ types }: DataTransfer): boolean {
  return types.includes('text/plain') && (types.includes('text/html') || types.includes('text/rtf'));
}
