// A picture of a shared screen, painted, so that stories need no desktop.

/** A stream of a window with text up to its edges, so that a cropped one is seen to be cropped. */
export function paintedScreen(): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = 1920;
  canvas.height = 1080;
  const draw = canvas.getContext('2d');
  if (draw === null) throw new Error('no canvas');
  const paint = (): void => {
    draw.fillStyle = '#f4f1ea';
    draw.fillRect(0, 0, 1920, 1080);
    draw.fillStyle = '#2c4a5a';
    draw.fillRect(0, 0, 1920, 72);
    draw.fillStyle = '#ffffff';
    draw.font = '32px sans-serif';
    draw.fillText('Left edge', 16, 46);
    draw.textAlign = 'right';
    draw.fillText('Right edge', 1904, 46);
    draw.textAlign = 'left';
    draw.fillStyle = '#3a3a3a';
    for (let row = 0; row < 22; row += 1) {
      for (let word = 0; word < 12; word += 1) {
        draw.fillRect(40 + word * 155, 120 + row * 44, 60 + ((row * 7 + word * 13) % 70), 14);
      }
    }
    draw.strokeStyle = '#c4471a';
    draw.lineWidth = 8;
    draw.strokeRect(4, 4, 1912, 1072);
  };
  paint();
  // A stream shows nothing until something is painted after it began.
  setInterval(paint, 200);
  return canvas.captureStream(5);
}
