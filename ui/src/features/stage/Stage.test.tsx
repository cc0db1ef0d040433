// @vitest-environment jsdom
// The stage as it changes under people: who stands where, what is heard, and what a tile says in place of a picture.
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeCall, FakeLocalMedia } from '../../app/testing/FakeMedia';
import { HANA, LINK, peer, THEO } from '../../app/testing/samples';
import type { CanvasMedia, RemoteSnapshot, StreamMedia } from '../../call';
import type { Peer } from '../../protocol/Peer';
import { LanguageProvider } from '../../shared/i18n/Language';
import { SPEECH_PAUSE_MS } from '../../shared/view/speech';
import { Stage } from './Stage';

const BO = '55'.repeat(16);

/** Elements that were told to play, and what the browser answers. */
let played: HTMLMediaElement[];
let answer: () => Promise<void>;

beforeAll(() => {
  // What jsdom has not.
  globalThis.ResizeObserver = class {
    observe(): void { /* sizes never change here */ }
    unobserve(): void { /* nor are they watched */ }
    disconnect(): void { /* so there is nothing to end */ }
  };
  globalThis.matchMedia = (media) => Object.assign(new EventTarget(), { matches: false, media, onchange: null, addListener: () => undefined, removeListener: () => undefined });
});

beforeEach(() => {
  played = [];
  answer = () => Promise.resolve();
  HTMLMediaElement.prototype.play = function play(this: HTMLMediaElement) {
    played.push(this);
    return answer();
  };
});

afterEach(cleanup);

/** Media whose loudness the test says. */
class Sounding implements StreamMedia {
  readonly kind = 'stream';
  readonly stream = new EventTarget() as MediaStream;
  readonly listeners = new Set<(level: number) => void>();
  watchLevel = (listener: (level: number) => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
  say(level: number): void {
    for (const listener of this.listeners) listener(level);
  }
}

function remote(id: string, change: Partial<RemoteSnapshot> = {}): RemoteSnapshot {
  return { peer: id, state: 'live', media: new Sounding(), problem: null, proof: 'certificate', retry: null, ...change };
}

function shown() {
  const local = new FakeLocalMedia();
  const call = new FakeCall(local);
  const screenOf = (peers: readonly Peer[], remotes: readonly RemoteSnapshot[]) => {
    call.setRemotes(...remotes);
    return (
      <LanguageProvider code="en">
        <Stage
          people={peers.map((one) => ({ peer: one, presence: 'here', announced: true }))}
          call={call.snapshot()}
          local={local.snapshot()}
          canCall
          selfName="Mina"
          watchLevel={(listener) => local.watchLevel(listener)}
          link={LINK}
          aloneBecause="first"
          isClosed={false}
          copy={() => Promise.resolve()}
          spoken={{ code: null, now: () => 0, onOpen: () => undefined, onClose: () => undefined }}
          admission={{ withdrawn: null, isForOne: false, onForOne: () => undefined, onWithdraw: () => undefined }}
        >
          {null}
        </Stage>
      </LanguageProvider>
    );
  };
  const view = render(screenOf([], []));
  return {
    local,
    show: (peers: readonly Peer[], remotes: readonly RemoteSnapshot[]) => view.rerender(screenOf(peers, remotes)),
    user: userEvent.setup(),
  };
}

const theo = (change: Partial<Peer> = {}): Peer => peer(change);
const hana = (change: Partial<Peer> = {}): Peer => peer({ id: HANA, name: 'Hana', ...change });
const bo = (change: Partial<Peer> = {}): Peer => peer({ id: BO, name: 'Bo', ...change });

function tile(id: string): HTMLElement {
  const found = screen.getAllByTestId('tile').find((one) => one.dataset['peer'] === id);
  if (found === undefined) throw new Error(`no tile of ${id}`);
  return found;
}

/** The stream of that tile has a picture of this size now. */
function pictureComes(id: string, width: number, height: number): HTMLElement {
  const video = within(tile(id)).getByTestId('remote-video');
  Object.defineProperty(video, 'videoWidth', { value: width, configurable: true });
  Object.defineProperty(video, 'videoHeight', { value: height, configurable: true });
  fireEvent(video, new Event('resize'));
  return video;
}

describe('the stage', () => {
  it('plays everyone exactly once, and goes on with the same element however tiles stand', async () => {
    const { show, user } = shown();
    const remotes = [remote(THEO), remote(HANA), remote(BO)];
    show([theo()], remotes.slice(0, 1));
    const video = within(tile(THEO)).getByTestId('remote-video');
    show([theo(), hana()], remotes.slice(0, 2));
    show([theo(), hana(), bo()], remotes);
    await user.click(within(tile(HANA)).getByTestId('enlarge'));
    expect(tile(HANA).className).toContain('tile-large');
    await user.click(within(tile(THEO)).getByTestId('enlarge'));
    show([theo(), hana()], remotes.slice(0, 2));
    expect(tile(THEO).className).toContain('tile-large');
    expect(within(tile(THEO)).getByTestId('remote-video')).toBe(video);
    expect(played.filter((element) => element === video)).toHaveLength(1);
    for (const id of [THEO, HANA]) {
      const [only, ...more] = within(tile(id)).getAllByTestId<HTMLVideoElement>('remote-video');
      expect([only?.muted, more.length]).toEqual([false, 0]);
    }
  });

  it('keeps places when somebody speaks, mutes or turns a camera off', () => {
    const { show } = shown();
    const loud = new Sounding();
    const remotes = [remote(THEO), remote(HANA, { media: loud }), remote(BO)];
    const order = (): (string | undefined)[] => screen.getAllByTestId('tile').map((one) => one.dataset['peer']);
    show([theo(), hana(), bo()], remotes);
    loud.say(0.9);
    expect(order()).toEqual([THEO, HANA, BO]);
    show([theo({ microphone: false }), hana(), bo({ camera: false })], remotes);
    expect(order()).toEqual([THEO, HANA, BO]);
  });

  it('floats the own picture while there are two, and stands it among the others from three on', async () => {
    const { show, user } = shown();
    show([theo()], [remote(THEO)]);
    expect(screen.getByTestId('self').dataset['corner']).toBe('bottom-right');
    show([theo(), hana()], [remote(THEO), remote(HANA)]);
    expect(within(screen.getByTestId('stage-grid')).getAllByRole('listitem')).toHaveLength(3);
    expect(screen.getAllByTestId('self')).toHaveLength(1);
    await user.click(screen.getByTestId('self-hide'));
    expect(screen.queryByTestId('self')).toBeNull();
    expect(document.activeElement).toBe(screen.getByTestId('self-show'));
    show([theo()], [remote(THEO)]);
    // Put away is put away, in either place.
    expect(screen.queryByTestId('self')).toBeNull();
    await user.click(screen.getByTestId('self-show'));
    expect(screen.getByTestId('self')).toBeTruthy();
  });

  it('shows the own screen unmirrored while it is shared', () => {
    const { show, local } = shown();
    local.turnOn();
    local.share(new EventTarget() as MediaStream);
    show([theo(), hana()], [remote(THEO), remote(HANA)]);
    expect(screen.getByTestId('self-screen').className).toContain('self-video-screen');
    expect(screen.getByTestId('self').textContent).toContain('You share your screen');
    local.share(null);
    show([theo(), hana()], [remote(THEO), remote(HANA)]);
    expect(screen.queryByTestId('self-screen')).toBeNull();
  });

  it('gives a shared screen the stage, whole, until it is put back or ends', async () => {
    const { show, user } = shown();
    show([theo(), hana()], [remote(THEO), remote(HANA)]);
    pictureComes(THEO, 1_280, 720);
    expect(tile(THEO).className).toContain('tile-grid');
    pictureComes(HANA, 1_920, 1_080);
    expect(tile(HANA).className).toContain('tile-large');
    expect(tile(HANA).dataset['fit']).toBe('contain');
    await user.click(within(tile(HANA)).getByTestId('enlarge'));
    expect(tile(HANA).className).toContain('tile-grid');
    expect(tile(HANA).dataset['fit']).toBe('contain');
    pictureComes(HANA, 1_280, 720);
    pictureComes(HANA, 1_920, 1_080);
    expect(tile(HANA).className).toContain('tile-large');
  });

  it('enlarges by keyboard, keeps the focus, and goes back with Escape', async () => {
    const { show, user } = shown();
    show([theo(), hana()], [remote(THEO), remote(HANA)]);
    const button = screen.getByRole('button', { name: 'Enlarge Hana' });
    button.focus();
    await user.keyboard('{Enter}');
    expect(tile(HANA).className).toContain('tile-large');
    expect(document.activeElement).toBe(button);
    expect(button.getAttribute('aria-label')).toBe('Show everyone at the same size');
    await user.keyboard('{Escape}');
    expect(tile(HANA).className).toContain('tile-grid');
  });

  it('draws into one canvas where somebody else draws, and lets it go at the end', () => {
    const { show } = shown();
    const attached: HTMLCanvasElement[] = [];
    let picture: (size: { width: number; height: number }) => void = () => undefined;
    let isDrawn = false;
    const media: CanvasMedia = {
      kind: 'canvas',
      watchLevel: () => () => undefined,
      attach: (canvas, onPicture) => {
        attached.push(canvas);
        picture = onPicture;
        isDrawn = true;
        return () => (isDrawn = false);
      },
    };
    show([theo()], [remote(THEO, { media })]);
    expect(tile(THEO).textContent).toContain('picture is on its way');
    act(() => picture({ width: 640, height: 480 }));
    expect(screen.getByTestId('remote-video').className).toBe('tile-video');
    show([theo(), hana()], [remote(THEO, { media }), remote(HANA)]);
    expect(attached).toHaveLength(1);
    show([hana()], [remote(HANA)]);
    expect(isDrawn).toBe(false);
  });

  it('asks for a gesture when the browser does not let it play, and plays everyone from one', async () => {
    const { show, user } = shown();
    answer = () => Promise.reject(new DOMException('no gesture', 'NotAllowedError'));
    await act(() => {
      show([theo(), hana()], [remote(THEO), remote(HANA)]);
      return Promise.resolve();
    });
    const button = await screen.findByTestId('play');
    answer = () => Promise.resolve();
    played.length = 0;
    await user.click(button);
    expect(new Set(played)).toEqual(new Set(screen.getAllByTestId('remote-video')));
    expect(played.every((element) => !element.muted)).toBe(true);
    expect(screen.queryByTestId('play')).toBeNull();
  });
});

describe('a tile', () => {
  it('has a ring while somebody speaks, through short pauses, and none when muted', () => {
    vi.useFakeTimers();
    try {
      const { show } = shown();
      const media = new Sounding();
      const remotes = [remote(THEO, { media }), remote(HANA)];
      show([theo(), hana()], remotes);
      const speaks = (): boolean => tile(THEO).hasAttribute('data-speaking');
      media.say(0.2);
      expect(speaks()).toBe(false);
      media.say(0.6);
      expect([speaks(), tile(THEO).dataset['loudness']]).toEqual([true, '2']);
      vi.advanceTimersByTime(SPEECH_PAUSE_MS / 2);
      media.say(0);
      vi.advanceTimersByTime(SPEECH_PAUSE_MS / 4);
      media.say(0.5);
      vi.advanceTimersByTime(SPEECH_PAUSE_MS * 0.9);
      expect(speaks()).toBe(true);
      vi.advanceTimersByTime(SPEECH_PAUSE_MS);
      expect(speaks()).toBe(false);
      media.say(0.6);
      show([theo({ microphone: false }), hana()], remotes);
      expect([speaks(), media.listeners.size]).toEqual([false, 0]);
      expect(within(tile(THEO)).getByTestId('muted').textContent).toBe('Microphone off');
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps the last picture, dimmed, while the connection is interrupted', () => {
    const { show } = shown();
    const remotes = [remote(THEO), remote(HANA)];
    show([theo(), hana()], remotes);
    const video = pictureComes(THEO, 640, 480);
    show([theo(), hana()], [{ ...remote(THEO, remotes[0]), state: 'interrupted' }, remote(HANA, remotes[1])]);
    expect(tile(THEO).className).toContain('tile-dimmed');
    expect(video.className).toBe('tile-video');
    expect(within(tile(THEO)).getByTestId('tile-note').textContent).toBe('Interrupted');
  });

  it.each([
    ['camera off', theo({ camera: false }), {}, 'Camera off'],
    ['failed', theo(), { state: 'failed', media: null }, 'does not come through'],
    ['refused', theo(), { state: 'refused', media: null }, 'not proven to be with the right device'],
    ['connecting', theo({ link: 'connecting' }), { state: 'connecting', media: null }, 'Connecting with Theo'],
    ['not proven', theo(), { state: 'connecting', media: null }, 'being proven'],
    ['no shared codec', theo(), { problem: 'no-shared-video-codec' }, 'share no format for pictures'],
    ['no decoder', theo(), { problem: 'codec-missing' }, 'gstreamer1.0-plugins-good'],
    ['from a shell', theo({ host: 'shell', camera: false, microphone: false }), { state: 'connecting', media: null }, 'from a shell'],
  ] as const)('says in words: %s', (_, who, state, words) => {
    const { show } = shown();
    show([who, hana()], [remote(THEO, state), remote(HANA)]);
    expect(tile(THEO).textContent).toContain(words);
  });

  it('says that there is no common sound although there is a picture', () => {
    const { show } = shown();
    show([theo(), hana()], [remote(THEO, { problem: 'no-shared-audio-codec' }), remote(HANA)]);
    pictureComes(THEO, 640, 480);
    expect(within(tile(THEO)).getByTestId('tile-note').textContent).toContain('no format for sound');
  });

  it('offers another try, each for itself', async () => {
    const { show, user } = shown();
    const tries: string[] = [];
    const failed = (id: string): RemoteSnapshot => remote(id, { state: 'failed', media: null, retry: () => tries.push(id) });
    show([theo(), hana()], [failed(THEO), failed(HANA)]);
    await user.click(within(tile(HANA)).getByTestId('retry'));
    expect(tries).toEqual([HANA]);
  });
});
