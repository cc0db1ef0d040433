// @vitest-environment jsdom
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LanguageProvider } from '../../shared/i18n/Language';
import { Scan } from './Scan';

function shown(camera: () => Promise<MediaStream>, canvas: object | null = {}) {
  // What jsdom has not.
  vi.stubGlobal('CSS', { escape: (text: string) => text, supports: () => false });
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: { getUserMedia: camera } });
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(canvas as CanvasRenderingContext2D);
  return render(
    <LanguageProvider code="en">
      <Scan onFound={vi.fn()} onClose={vi.fn()} />
    </LanguageProvider>,
  );
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('the look through the camera', () => {
  it('says why there is none', async () => {
    shown(() => Promise.reject(new DOMException('no', 'NotAllowedError')));
    expect((await screen.findByTestId('scan-problem')).getAttribute('role')).toBe('alert');
    expect(screen.queryByTestId('scan-view')).toBeNull();
  });

  it('says so when there is nothing to read codes with', async () => {
    const stop = vi.fn();
    const stream = { getTracks: () => [{ stop }] } as unknown as MediaStream;
    shown(() => Promise.resolve(stream), null);
    expect(await screen.findByTestId('scan-problem')).not.toBeNull();
    expect(stop).toHaveBeenCalledTimes(1);
  });

  it('lets the camera go when it is closed, also when it is closed before the camera is there', async () => {
    const stop = vi.fn();
    const stream = { getTracks: () => [{ stop }] } as unknown as MediaStream;
    const first = shown(() => Promise.resolve(stream));
    await waitFor(() => expect(screen.getByTestId<HTMLVideoElement>('scan-view').srcObject).toBe(stream));
    expect(stop).not.toHaveBeenCalled();
    first.unmount();
    expect(stop).toHaveBeenCalledTimes(1);

    let come: (stream: MediaStream) => void = () => undefined;
    shown(() => new Promise((resolve) => (come = resolve))).unmount();
    come(stream);
    await waitFor(() => expect(stop).toHaveBeenCalledTimes(2));
  });
});
