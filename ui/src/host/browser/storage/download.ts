// Hands a received file to the browser's downloads.

/** Milliseconds until the address of a download is withdrawn: it has begun by then, and holds the file itself. */
const WITHDRAW_MS = 60_000;

/** Downloads `file` under the last component of its safe `path`. Call from a gesture, or browsers may ask about several at once. */
export function downloadFile(file: File, path: string): void {
  const url = URL.createObjectURL(file);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = path.split('/').at(-1) ?? path;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), WITHDRAW_MS);
}
