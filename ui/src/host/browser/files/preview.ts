// Small pictures of those that are sent or were received, made by the browser's own decoders.
//
// Promises: only what browsers draw as pictures is looked at, and no vector graphics, which could name other addresses; a file that is none, or
// is very large, has no preview; never rejects.

/** Longest side in pixels: a card's height on a dense screen. */
const SIDE_PX = 240;
/** Largest file that is decoded, in bytes. */
const FILE_BYTES = 64 * 1024 * 1024;
/** Previews of one transfer. */
const PREVIEWS = 4;

const PICTURE = /\.(?:avif|bmp|gif|jpe?g|png|webp)$/iu;

/** `data:` URLs of the first few that are pictures. */
export async function previewsOf(files: readonly { readonly path: string; readonly file: Blob }[]): Promise<string[]> {
  const pictures = files.filter(({ path }) => PICTURE.test(path)).slice(0, PREVIEWS);
  const previews = await Promise.all(pictures.map(({ file }) => previewOf(file)));
  return previews.filter((preview) => preview !== null);
}

/** A `data:` URL; null when there is none. */
async function previewOf(file: Blob): Promise<string | null> {
  if (file.size > FILE_BYTES) return null;
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    // No picture, or one that this browser does not know.
    return null;
  }
  const scale = Math.min(1, SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.toDataURL('image/webp', 0.8);
}
