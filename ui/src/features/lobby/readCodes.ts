// Reads the QR codes that a playing video shows (ISO/IEC 18004).
//
// Promises: looks at most some eight times a second, at pictures that are new, and at nothing once it is stopped; says the same text once as
// long as it stays in sight. Left to others: the camera, and what a text means.

/** Milliseconds from one look to the next: enough for a hand that holds still. */
const PAUSE_MS = 120;
/** Pixels of the longer side that is looked at. */
const SIDE = 800;

/** Begins to look; returns how to stop. A picture without a code is nothing special; `onBroken` says that there is nothing to look with. */
export function readCodes(video: HTMLVideoElement, onText: (text: string) => void, onBroken: () => void): () => void {
  const canvas = document.createElement('canvas');
  const drawing = canvas.getContext('2d', { willReadFrequently: true });
  let isStopped = false;
  let last: string | null = null;

  const run = async (): Promise<void> => {
    const { decodeQR } = await import('qr/decode.js');
    if (drawing === null) throw new Error('no 2D canvas');
    let lookedMs = -PAUSE_MS;
    let lookedAt = -1;
    const look = (nowMs: number): void => {
      if (isStopped) return;
      requestAnimationFrame(look);
      const { videoWidth, videoHeight, currentTime } = video;
      if (videoWidth === 0 || nowMs - lookedMs < PAUSE_MS || currentTime === lookedAt) return;
      lookedMs = nowMs;
      lookedAt = currentTime;
      const scale = Math.min(1, SIDE / Math.max(videoWidth, videoHeight));
      canvas.width = Math.round(videoWidth * scale);
      canvas.height = Math.round(videoHeight * scale);
      drawing.drawImage(video, 0, 0, canvas.width, canvas.height);
      const text = textOf(() => decodeQR(drawing.getImageData(0, 0, canvas.width, canvas.height)));
      if (text !== null && text !== last) onText(text);
      last = text ?? last;
    };
    // WebKit calls back for a video's own pictures only where it draws with a GPU.
    requestAnimationFrame(look);
  };
  // The decoder is loaded when it is needed, which fails where the server is gone or has a newer page.
  run().catch(() => {
    if (!isStopped) onBroken();
  });
  return () => {
    isStopped = true;
  };
}

/** The decoder throws where there is no code. */
function textOf(decode: () => string): string | null {
  try {
    return decode();
  } catch {
    return null;
  }
}
