// @vitest-environment jsdom
// The screens as a person meets them: lobby, entering, room, leaving. Host, devices and call are made up; the rest is real.
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RemoteSnapshot } from '../call';
import { HANA, LINK, peer, THEO, transfer } from './testing/samples';
import { ENTERED, ENTERING, HERE, inRoom, prepareScreen, show } from './testing/screen';

beforeAll(prepareScreen);
afterEach(cleanup);

describe('the lobby', () => {
  it('explains before it asks for camera and microphone, and asks for both at once', async () => {
    const { medias, user } = show();
    expect(screen.getByText('See yourself first')).toBeTruthy();
    expect(medias[0]?.started).toEqual([]);
    await user.click(screen.getByTestId('ask-media'));
    expect(medias[0]?.started).toEqual([{ camera: true, microphone: true }]);
  });

  it('offers going in without', async () => {
    const { medias, user } = show();
    await user.click(screen.getByTestId('without-media'));
    expect(await screen.findByText('You go in without camera and microphone.')).toBeTruthy();
    expect(medias[0]?.started).toEqual([]);
  });

  it('says on a page without HTTPS why there is no camera, and offers no vain retry', async () => {
    const { medias } = show();
    medias[0]?.fail('microphone', 'insecure-page');
    medias[0]?.fail('camera', 'insecure-page');
    const place = await screen.findByTestId('media-problem');
    expect(place.textContent).toContain('This page is not on HTTPS');
    expect(within(place).queryByRole('button')).toBeNull();
  });

  it('starts a room with the name and server of the settings', async () => {
    const { host, user } = show({ settings: { name: '', server: 'https://s.example' } });
    await user.type(screen.getByTestId('name'), 'Bo');
    await user.click(screen.getByTestId('start-room'));
    expect(host.last('start-room')).toEqual({ type: 'start-room', server: 'https://s.example', name: 'Bo' });
    expect(screen.getByTestId('entering')).toBeTruthy();
  });

  it('fills in a link that arrives and waits for a press of Join', async () => {
    const { host, user } = show();
    host.arrive(LINK);
    const field = await screen.findByDisplayValue(LINK);
    expect(field).toBe(screen.getByTestId('join-link'));
    expect(host.last('join-room')).toBeUndefined();
    await user.click(screen.getByTestId('join'));
    await waitFor(() => expect(host.last('join-room')).toEqual({ type: 'join-room', link: LINK, name: 'Mina' }));
  });

  it('says what is wrong with a bad link and does not send it', async () => {
    const { host, user } = show();
    await user.type(screen.getByTestId('join-link'), 'https://parlor.example/');
    await user.click(screen.getByTestId('join'));
    expect(await screen.findByText(/The end of the link is missing/)).toBeTruthy();
    expect(host.last('join-room')).toBeUndefined();
  });

  it('comes back with words when the room is not there, keeping the link', async () => {
    const { host, user, say } = show();
    host.arrive(LINK);
    await screen.findByDisplayValue(LINK);
    await user.click(screen.getByTestId('join'));
    await screen.findByTestId('entering');
    await say(ENTERING, { type: 'room-changed', state: 'closed', failure: { code: 'room-refused', detail: '' } });
    expect((await screen.findByTestId('entry-failure')).textContent).toContain('This room is not there any more');
    expect(screen.getByDisplayValue(LINK)).toBeTruthy();
  });

  it.each([
    ['en', 'The server cannot be reached. Still trying…'],
    ['ko', '서버에 연결할 수 없습니다. 계속 시도하는 중…'],
  ] as const)('says in %s why entering takes so long, and can be given up', async (language, sentence) => {
    const { host, user, say } = show({ settings: { language } });
    await user.click(screen.getByTestId('start-room'));
    await say(ENTERING, { type: 'room-changed', state: 'entering', failure: { code: 'server-unreachable', detail: 'attempt 1' } });
    expect((await screen.findByTestId('entering-trouble')).textContent).toBe(sentence);
    expect(screen.queryByTestId('entry-failure')).toBeNull();
    await user.click(within(screen.getByTestId('entering')).getByRole('button'));
    expect(host.last('leave-room')).toBeTruthy();
    expect(screen.queryByTestId('entering-trouble')).toBeNull();
  });

  it('does not sit down twice without being asked to', async () => {
    const { host, user } = show({ isElsewhere: true });
    host.arrive(LINK);
    await screen.findByDisplayValue(LINK);
    await user.click(screen.getByTestId('join'));
    const notice = await screen.findByTestId('other-window');
    expect(host.last('join-room')).toBeUndefined();
    await user.click(within(notice).getByRole('button'));
    expect(host.last('join-room')?.link).toBe(LINK);
  });

  it('goes back by itself into the room it was in before a reload', async () => {
    const { host, memory, medias, user } = show({ remembered: { link: LINK, camera: true, microphone: false } });
    expect(host.last('join-room')?.link).toBe(LINK);
    expect(medias[0]?.started).toEqual([{ camera: true, microphone: false }]);
    await user.click(within(await screen.findByTestId('entering')).getByRole('button'));
    expect(memory.kept).toBeNull();
    expect(host.last('leave-room')).toBeDefined();
  });
});

describe('the room', () => {
  it('shows the invitation while alone, and folds it away for the first guest', async () => {
    const { user, say, host } = show();
    await user.click(screen.getByTestId('start-room'));
    await say(ENTERED);
    expect((await screen.findByTestId<HTMLInputElement>('invite-link')).value).toBe(LINK);
    await user.click(screen.getByTestId('copy-link'));
    expect(host.copied).toBe(LINK);
    await say(HERE);
    await waitFor(() => expect(screen.queryByTestId('alone')).toBeNull());
    await user.click(screen.getByTestId('invite'));
    expect((await screen.findByTestId<HTMLInputElement>('invite-link')).value).toBe(LINK);
  });

  it('sends what is written, shows it at once, and marks it when it arrived', async () => {
    const { user, host, say } = await inRoom();
    await user.click(screen.getByTestId('chat'));
    await user.type(await screen.findByTestId('chat-input'), 'hello{Enter}');
    expect(host.last('send-text')?.body).toBe('hello');
    expect(screen.getByTestId('chat-body').textContent).toBe('hello');
    expect(screen.getByTestId('delivery').dataset['state']).toBe('sending');
    await say({ type: 'text-delivered', peer: THEO, id: host.last('send-text')?.id ?? '' });
    await waitFor(() => expect(screen.getByTestId('delivery').dataset['state']).toBe('delivered'));
  });

  it('keeps a text that is too long in the field and says so', async () => {
    const { user, host } = await inRoom();
    await user.click(screen.getByTestId('chat'));
    const input = await screen.findByTestId<HTMLTextAreaElement>('chat-input');
    await user.click(input);
    await user.paste('가'.repeat(11_000));
    await user.keyboard('{Enter}');
    expect(await screen.findByText(/This message is too long/)).toBeTruthy();
    expect(input.value).toHaveLength(11_000);
    expect(host.last('send-text')).toBeUndefined();
  });

  it('takes files only with explicit consent, and offers to save what is proven', async () => {
    const { user, host, say } = await inRoom();
    await say({ type: 'transfer-changed', transfer: transfer() });
    expect((await screen.findByTestId('unread')).textContent).toBe('1');
    await user.click(screen.getByTestId('chat'));
    expect(host.last('accept-transfer')).toBeUndefined();
    await user.click(await screen.findByTestId('accept'));
    expect(host.last('accept-transfer')?.transfer).toBe('aa'.repeat(16));
    await say({ type: 'transfer-changed', transfer: transfer({ state: 'proven', stored_bytes: 4_200_000 }) });
    await user.click(await screen.findByTestId('save'));
    expect(host.used).toEqual([`save ${'aa'.repeat(16)}`]);
    expect(screen.getByTestId('file-card').dataset['state']).toBe('proven');
  });

  it('shows where dropped files go, and offers them to the only one there', async () => {
    const { host } = await inRoom();
    host.drop(true);
    expect((await screen.findByTestId('drop-veil')).textContent).toContain('Let go to offer to Theo');
    host.drop(false, [{ handle: 7, name: 'a.txt', size: 1 }]);
    await waitFor(() => expect(host.last('offer-files')).toEqual({ type: 'offer-files', peer: THEO, handles: [7] }));
    expect(screen.queryByTestId('drop-veil')).toBeNull();
  });

  it('asks whom files are for when several are there', async () => {
    const { host, say, user } = await inRoom();
    await say({ type: 'peer-changed', peer: peer({ id: HANA, name: 'Hana' }) });
    host.drop(false, [{ handle: 7, name: 'a.txt', size: 1 }]);
    const question = await screen.findByRole('dialog');
    expect(host.last('offer-files')).toBeUndefined();
    await user.click(within(question).getByRole('button', { name: 'Hana' }));
    expect(host.last('offer-files')).toEqual({ type: 'offer-files', peer: HANA, handles: [7] });
  });

  it('remembers which devices are on, for a page that comes back', async () => {
    const { medias, memory } = await inRoom();
    medias[0]?.turnOn();
    expect(memory.kept).toEqual({ link: LINK, camera: true, microphone: true });
    medias[0]?.snapshot().actions.toggleCamera?.();
    expect(memory.kept).toEqual({ link: LINK, camera: false, microphone: true });
  });

  it('leaves at once, ends the call, puts the devices out and lets the screen sleep', async () => {
    const { user, host, calls, medias, memory } = await inRoom();
    expect([host.isAwake, memory.kept?.link]).toEqual([true, LINK]);
    await user.click(screen.getByTestId('leave'));
    await screen.findByTestId('lobby');
    expect(host.last('leave-room')).toBeDefined();
    expect([calls[0]?.isClosed, medias[0]?.isClosed, host.isAwake, memory.kept]).toEqual([true, true, false, null]);
  });

  it('asks before leaving only when a transfer would stop', async () => {
    const { user, host, say } = await inRoom();
    await say({ type: 'transfer-changed', transfer: transfer({ state: 'moving', stored_bytes: 5 }) });
    await user.click(screen.getByTestId('leave'));
    await screen.findByRole('alertdialog');
    expect(host.last('leave-room')).toBeUndefined();
    await user.click(screen.getByTestId('leave-anyway'));
    expect(host.last('leave-room')).toBeDefined();
  });

  it('computes the lock from the proof', async () => {
    const { say } = await inRoom();
    const chip = screen.getByTestId('chip');
    expect([chip.dataset['proof'], chip.dataset['path'], chip.dataset['link']]).toEqual(['certificate', 'direct', 'connected']);
    await say({ type: 'peer-changed', peer: peer({ proof: null, link: 'connecting' }) });
    await waitFor(() => expect(screen.getByTestId('chip').textContent).toContain('Not proven yet'));
    await say({ type: 'peer-changed', peer: peer({ proof: 'description', host: 'browser' }) });
    await waitFor(() => expect(screen.getByTestId('chip').textContent).toContain('Sealed'));
  });

  it('shows a picture only when it is proven, on, and there', async () => {
    const { calls, say } = await inRoom();
    const remote: RemoteSnapshot = { peer: THEO, state: 'connecting', media: null, problem: null, proof: null, retry: null };
    calls[0]?.setRemotes(remote);
    expect(screen.queryByTestId('remote-video')).toBeNull();
    calls[0]?.setRemotes({ ...remote, state: 'live', proof: 'certificate', media: { kind: 'stream', stream: new EventTarget() as MediaStream, watchLevel: () => () => undefined } });
    const video = await screen.findByTestId('remote-video');
    expect(video.className).toContain('tile-video-hidden');
    Object.defineProperty(video, 'videoWidth', { value: 640 });
    fireEvent(video, new Event('resize'));
    await waitFor(() => expect(video.className).toBe('tile-video'));
    await say({ type: 'peer-changed', peer: peer({ camera: false }) });
    await waitFor(() => expect(screen.getByTestId('remote-video').className).toContain('tile-video-hidden'));
  });

  it('says in a sentence that no calls can be made here, and keeps the rest', async () => {
    const { user, host } = await inRoom({ kind: 'app', can: { call: false } });
    expect(screen.getByText(/No calls can be made here/)).toBeTruthy();
    expect(screen.queryByTestId('toggle-camera')).toBeNull();
    await user.keyboard('c');
    await user.type(await screen.findByTestId('chat-input'), 'hi{Enter}');
    expect(host.last('send-text')?.body).toBe('hi');
  });

  it('obeys its keys, but not while one writes', async () => {
    const { user, medias } = await inRoom();
    await user.keyboard('v');
    expect(medias[0]?.snapshot().camera.state).toBe('on');
    await user.keyboard('c');
    await user.type(await screen.findByTestId('chat-input'), 'v m p');
    expect(medias[0]?.snapshot().camera.state).toBe('on');
    expect(screen.getByTestId('panel').dataset['panel']).toBe('chat');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('panel')).toBeNull());
    await user.keyboard('?');
    expect(await screen.findByRole('dialog', { name: 'Keys' })).toBeTruthy();
  });

  it('has the microphone on as long as Space is held', async () => {
    const { user, medias } = await inRoom();
    (document.activeElement as HTMLElement | null)?.blur();
    await user.keyboard('[Space>]');
    expect(medias[0]?.snapshot().microphone.state).toBe('on');
    await user.keyboard('[/Space]');
    expect(medias[0]?.snapshot().microphone.state).toBe('off');
  });

  it('tells trouble and what still works', async () => {
    const { say } = await inRoom();
    await say({ type: 'room-changed', state: 'reconnecting', failure: null });
    expect((await screen.findByTestId('trouble')).textContent).toContain('What is connected goes on');
    await say({ type: 'room-changed', state: 'open', failure: null });
    await waitFor(() => expect(screen.queryByTestId('trouble')).toBeNull());
    await say({ type: 'peer-changed', peer: peer({ link: 'failed', failure: { code: 'peer-version', detail: '' } }) });
    expect((await screen.findByTestId('trouble')).textContent).toContain('The other side runs another version');
  });

  it('moves the own picture by keyboard and puts it away', async () => {
    const { user } = await inRoom();
    screen.getByTestId('self').focus();
    await user.keyboard('{ArrowUp}{ArrowLeft}');
    expect(screen.getByTestId('self').dataset['corner']).toBe('top-left');
    await user.click(screen.getByTestId('self-hide'));
    expect(screen.queryByTestId('self')).toBeNull();
    await user.click(screen.getByTestId('self-show'));
    expect(screen.getByTestId('self')).toBeTruthy();
  });

  it('says arrivals politely', async () => {
    await inRoom();
    await waitFor(() => expect(screen.getByTestId('announcer').textContent).toBe('Theo came in'));
  });
});

describe('the settings', () => {
  it('change the language at once and are stored', async () => {
    const { host, session } = show();
    session.changeSettings({ language: 'ko' });
    expect(await screen.findByText('방 열기')).toBeTruthy();
    expect(document.documentElement.lang).toBe('ko');
    expect(host.saved.at(-1)?.language).toBe('ko');
  });

  it('say what is unfinished, and throw it away when asked twice', async () => {
    const { host, user } = show();
    host.left = { transfers: 2, bytes: 3_200_000_000 };
    await user.click(screen.getByTestId('settings'));
    const part = await screen.findByTestId('unfinished');
    expect(part.textContent).toContain('2 transfers stopped halfway; 3.2 GB of them are kept');
    await user.click(within(part).getByTestId('discard-unfinished'));
    expect(host.left.transfers).toBe(2);
    await user.click(within(part).getByTestId('discard-for-good'));
    await waitFor(() => expect(screen.queryByTestId('unfinished')).toBeNull());
    expect(host.left.transfers).toBe(0);
  });

  it('let rooms be served at another network, and keep one that is not there now', async () => {
    const { host, session, user } = show({ kind: 'app' });
    host.interfaces = [{ name: 'eth0', address: '10.0.0.2' }, { name: 'wlan0', address: '192.168.1.7' }];
    await user.click(screen.getByTestId('settings'));
    await user.click(await screen.findByTestId('network'));
    await user.click(await screen.findByRole('option', { name: 'wlan0 (192.168.1.7)' }));
    expect(host.saved.at(-1)?.network).toBe('wlan0');
    session.changeSettings({ network: 'tun0' });
    await waitFor(() => expect(screen.getByTestId('network').textContent).toContain('tun0 (not there now)'));
    await user.click(screen.getByTestId('network'));
    await user.click(await screen.findByRole('option', { name: 'The network that leads furthest' }));
    expect(host.saved.at(-1)?.network).toBeNull();
  });

  it('take a TURN server only with a user', async () => {
    const { host, user } = show();
    await user.click(screen.getByTestId('settings'));
    await user.type(await screen.findByTestId('ice-url'), 'turn:turn.example');
    await user.click(screen.getByTestId('ice-add'));
    expect(await screen.findByText(/needs a user name and a password/)).toBeTruthy();
    await user.type(screen.getByTestId('ice-user'), 'me');
    await user.type(screen.getByTestId('ice-password'), 'secret');
    await user.click(screen.getByTestId('ice-add'));
    expect(host.saved.at(-1)?.iceServers).toEqual([{ urls: ['turn:turn.example'], username: 'me', credential: 'secret' }]);
  });
});
