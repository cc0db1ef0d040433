// The lobby of the window reads an invitation's QR code through a camera. The test paints what the camera sees, since WebKit's own fake one
// shows no code.
import encodeQR from 'qr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { eventually } from '../src/eventually';
import { temporaryFolder } from '../web/harness/files';
import { AppWindow, Display } from './appWindow';

const { by } = AppWindow;
const LINK = `https://192.0.2.7:5000/#v1.${'Qr'.repeat(21)}Q.${'Ab'.repeat(21)}A`;

describe('the app window', () => {
  const folder = temporaryFolder();
  let display: Display;
  let app: AppWindow;

  beforeAll(async () => {
    display = await Display.start();
    app = await AppWindow.open(display, { home: join(folder.path, 'home') });
  });

  afterAll(async () => {
    await app.close();
    await display.stop();
    folder.remove();
  });

  it('fills in the link of a code that its camera sees, and lets the camera go', async () => {
    const rows = encodeQR(LINK, 'raw', { border: 4 }).map((row) => row.map((isDark) => (isDark ? '#' : ' ')).join(''));
    await app.page.waitFor(by('scan'));
    await app.page.run(
      `
      const [rows] = arguments;
      const canvas = document.createElement('canvas');
      canvas.width = 640;
      canvas.height = 480;
      const drawing = canvas.getContext('2d');
      const module = Math.floor(400 / rows.length);
      const paint = () => {
        drawing.fillStyle = 'rgb(96 96 96)';
        drawing.fillRect(0, 0, 640, 480);
        rows.forEach((row, y) => [...row].forEach((dot, x) => {
          drawing.fillStyle = dot === '#' ? 'black' : 'white';
          drawing.fillRect(100 + x * module, 40 + y * module, module, module);
        }));
      };
      setInterval(paint, 100);
      navigator.mediaDevices.getUserMedia = async () => {
        const stream = canvas.captureStream(10);
        window.__camera = stream.getVideoTracks()[0];
        return stream;
      };
    `,
      rows,
    );
    await app.page.click(by('scan'));
    await app.page.waitFor(by('scan-view'));
    await eventually('the view goes', () => app.page.count(by('scan-view')), (count) => count === 0);
    expect(await app.page.run<string>(`return document.querySelector('${by('join-link')}').value`)).toBe(LINK);
    expect(await app.page.run<string>('return window.__camera.readyState')).toBe('ended');
    expect(await app.page.count(by('lobby')), 'nobody goes in by itself').toBe(1);
  });
});
