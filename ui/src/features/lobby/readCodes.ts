// Reads the QR codes that a playing video shows (ISO/IEC 18004).
//
// Promises: looks at most some eight times a second, at pictures that are new, and at nothing once it is stopped; says the same text once as
// long as it stays in sight. Left to others: the camera, and what a text means.

/** Milliseconds from one look to the next: a look takes a small machine some 30. */
const PAUSE_MS = 120;
/** Pixels of the longer side that is looked at. */
const SIDE = 800;

/** Begins to look; returns how to stop. Never rejects: a picture without a code is nothing special. */
export function readCodes(video: HTMLVideoElement, onText: (text: string) => void): () => void {
  const canvas = document.createElement('canvas');
  const drawing = canvas.getContext('2d', { willReadFrequently: true });
  let isStopped = false;
  let last: string | null = null;

  const run = async (): Promise<void> => {
    const { decodeQR } = await import('qr/decode.js');
    if (drawing === null) return;
    let lookedMs = -PAUSE_MS;
    const look = (nowMs: number): void => {
      if (isStopped) return;
      next(video, look);
      const { videoWidth, videoHeight } = video;
      if (videoWidth === 0 || nowMs - lookedMs < PAUSE_MS) return;
      lookedMs = nowMs;
      const scale = Math.min(1, SIDE / Math.max(videoWidth, videoHeight));
      canvas.width = Math.round(videoWidth * scale);
      canvas.height = Math.round(videoHeight * scale);
      drawing.drawImage(video, 0, 0, canvas.width, canvas.height);
      const text = textOf(() => decodeQR(drawing.getImageData(0, 0, canvas.width, canvas.height)));
      if (text !== null && text !== last) onText(text);
      last = text ?? last;
    };
    next(video, look);
  };
  void run();
  return () => {
    isStopped = true;
  };
}

/** Calls back with the next picture or, where a browser does not tell of pictures, with the next one of the screen. */
function next(video: HTMLVideoElement, look: (nowMs: number) => void): void {
  // Typed as always there, but absent in older WebKit.
  if ('requestVideoFrameCallback' in (video as object)) video.requestVideoFrameCallback(look);
  else requestAnimationFrame(look);
}

/** The decoder throws where there is no code. */
function textOf(decode: () => string): string | null {
  try {
    return decode();
  } catch {
    return null;
  }
}
