// A picture of somebody in a room, painted, so that stories need no camera.

/** A stream of one painted person; the hue tells people apart. */
export function paintedPerson(hue: number): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = 960;
  canvas.height = 600;
  const draw = canvas.getContext('2d');
  if (draw === null) throw new Error('no canvas');
  const paint = (): void => {
    const wall = draw.createLinearGradient(0, 0, 960, 600);
    wall.addColorStop(0, `hsl(${hue} 26% 62%)`);
    wall.addColorStop(1, `hsl(${hue + 20} 22% 40%)`);
    draw.fillStyle = wall;
    draw.fillRect(0, 0, 960, 600);
    // A window with its lattice, and light from it.
    draw.fillStyle = `hsl(${hue + 30} 60% 84%)`;
    draw.fillRect(90, 70, 210, 250);
    draw.strokeStyle = `hsl(${hue} 20% 34%)`;
    draw.lineWidth = 8;
    draw.strokeRect(90, 70, 210, 250);
    draw.lineWidth = 4;
    for (const x of [160, 230]) line(draw, x, 70, x, 320);
    for (const y of [153, 236]) line(draw, 90, y, 300, y);
    // A shelf.
    draw.fillStyle = `hsl(${hue} 24% 30%)`;
    draw.fillRect(700, 210, 200, 12);
    [40, 70, 55, 80, 48].forEach((height, index) => {
      draw.fillStyle = `hsl(${hue + index * 24} 32% ${44 + index * 4}%)`;
      draw.fillRect(716 + index * 30, 210 - height, 22, height);
    });
    // Somebody.
    draw.fillStyle = `hsl(${hue + 180} 30% 36%)`;
    draw.beginPath();
    draw.ellipse(500, 640, 230, 210, 0, 0, Math.PI * 2);
    draw.fill();
    draw.fillStyle = 'hsl(26 42% 70%)';
    draw.fillRect(466, 380, 68, 90);
    draw.beginPath();
    draw.ellipse(500, 320, 92, 112, 0, 0, Math.PI * 2);
    draw.fill();
    draw.fillStyle = 'hsl(22 26% 20%)';
    draw.beginPath();
    draw.ellipse(500, 262, 104, 84, 0, Math.PI, Math.PI * 2);
    draw.ellipse(500, 262, 104, 34, 0, 0, Math.PI);
    draw.fill();
    for (const x of [464, 536]) {
      draw.beginPath();
      draw.arc(x, 326, 7, 0, Math.PI * 2);
      draw.fill();
    }
    draw.strokeStyle = 'hsl(10 40% 42%)';
    draw.lineWidth = 6;
    draw.beginPath();
    draw.arc(500, 356, 30, 0.2 * Math.PI, 0.8 * Math.PI);
    draw.stroke();
  };
  paint();
  // A stream shows nothing until something is painted after it began.
  setInterval(paint, 200);
  return canvas.captureStream(5);
}

function line(draw: CanvasRenderingContext2D, fromX: number, fromY: number, toX: number, toY: number): void {
  draw.beginPath();
  draw.moveTo(fromX, fromY);
  draw.lineTo(toX, toY);
  draw.stroke();
}
