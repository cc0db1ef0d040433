// @vitest-environment jsdom
// The call inside the room: sharing the screen, and what is said when a device, a codec or the engine is not there.
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inRoom, prepareScreen } from './testing/screen';

beforeAll(prepareScreen);
afterEach(cleanup);

/** Own media and call of the room that was just entered. */
function parts({ medias, calls }: Awaited<ReturnType<typeof inRoom>>) {
  const [media] = medias;
  const [call] = calls;
  if (media === undefined || call === undefined) throw new Error('no call was made');
  return { media, call };
}

async function trouble(): Promise<HTMLElement> {
  return screen.findByTestId('trouble');
}

describe('sharing the screen', () => {
  it('begins and ends from the bar, and by its key', async () => {
    const room = await inRoom();
    const { media } = parts(room);
    await room.user.click(screen.getByTestId('toggle-screen'));
    expect(media.snapshot().screen.state).toBe('on');
    const button = screen.getByTestId('toggle-screen');
    expect([button.getAttribute('aria-label'), button.getAttribute('aria-pressed')]).toEqual(['Stop sharing your screen', 'true']);
    expect(screen.getByTestId('self-screen')).toBeTruthy();
    (document.activeElement as HTMLElement | null)?.blur();
    await room.user.keyboard('s');
    expect(media.snapshot().screen.state).toBe('off');
  });

  it('says in the menu that it cannot be done where it cannot, and shows no button for it', async () => {
    const room = await inRoom();
    parts(room).media.forbidScreen();
    await waitFor(() => expect(screen.queryByTestId('toggle-screen')).toBeNull());
    await room.user.click(screen.getByTestId('more'));
    const item = await screen.findByTestId('menu-screen');
    expect(item.getAttribute('aria-disabled')).toBe('true');
    expect(item.textContent).toContain('Not possible in this program');
  });

  it('says once in a quiet line why nothing is shared, and says it again when it happens again', async () => {
    const room = await inRoom();
    const { media } = parts(room);
    media.refuseScreen('no-source');
    const line = await trouble();
    expect(line.dataset['kind']).toBe('screen');
    expect(line.textContent).toContain('xdg-desktop-portal');
    await room.user.click(within(line).getByRole('button', { name: 'Put away' }));
    expect(screen.queryByTestId('trouble')).toBeNull();
    media.refuseScreen('refused');
    expect((await trouble()).textContent).toContain('Nothing of your screen is shared');
  });
});

describe('in the room', () => {
  it.each([
    ['camera', 'unplugged', 'Camera: It was unplugged'],
    ['camera', 'busy', 'Camera: Another program is using it'],
    ['camera', 'no-device', 'Camera: None was found'],
    ['microphone', 'refused', 'Microphone: Access is not allowed'],
    ['microphone', 'withdrawn', 'Microphone: Its permission was taken back'],
  ] as const)('says when the %s is %s, and lets it be put away', async (device, problem, sentence) => {
    const room = await inRoom();
    parts(room).media.fail(device, problem);
    const line = await trouble();
    expect(line.textContent).toContain(sentence);
    await room.user.click(within(line).getByRole('button', { name: 'Put away' }));
    expect(screen.queryByTestId('trouble')).toBeNull();
  });

  it('says when the engine of the call was lost, until it is back', async () => {
    const { call } = parts(await inRoom());
    call.setSendingProblem('engine-lost');
    expect((await trouble()).textContent).toContain('coming back by itself');
    call.setSendingProblem(null);
    await waitFor(() => expect(screen.queryByTestId('trouble')).toBeNull());
  });

  it('names the package when the system cannot code what is to be sent', async () => {
    const { call } = parts(await inRoom());
    call.setSendingProblem('codec-missing');
    expect((await trouble()).textContent).toContain('gstreamer1.0-plugins-good');
  });

  it('says in the settings when the speaker cannot be chosen', async () => {
    const room = await inRoom();
    const { media } = parts(room);
    media.set({ actions: { ...media.snapshot().actions, chooseSpeaker: null } });
    await room.user.click(screen.getByTestId('more'));
    await room.user.click(await screen.findByTestId('settings'));
    expect(await screen.findByText(/the speaker cannot be chosen here/)).toBeTruthy();
  });
});
