// @vitest-environment jsdom
// Codes as people meet them: read out in the room, typed in front of it. Host, devices and call are made up; the rest is real.
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../protocol/Event';
import type { OpenedCode } from '../protocol/OpenedCode';
import { ENTERED, ENTERING, HERE, prepareScreen, show, type Wish } from './testing/screen';

const CODE = '7-apple-lantern-tulip';

beforeAll(prepareScreen);
afterEach(cleanup);

const opened = (change: Partial<OpenedCode>): Event => ({ type: 'code-changed', code: { state: 'waiting', text: null, left_ms: 0, failure: null, ...change } });
const WAITING = opened({ text: CODE, left_ms: 600_000 });

/** A room with nobody else in it. */
async function alone(wish: Wish = {}) {
  const shown = show(wish);
  await shown.user.click(screen.getByTestId('start-room'));
  await shown.say(ENTERED);
  await screen.findByTestId('alone');
  return shown;
}

/** What is typed into the one field, and sent. */
async function typed(text: string, wish: Wish = {}) {
  const shown = show(wish);
  await shown.user.type(screen.getByTestId('join-link'), text);
  await shown.user.click(screen.getByTestId('join'));
  return shown;
}

describe('the invitation', () => {
  it('has the link for a camera, with a name for those who do not see it', async () => {
    await alone();
    const qr = screen.getByTestId('qr');
    expect([qr.getAttribute('role'), qr.getAttribute('aria-label')]).toEqual(['img', 'The invitation link as a QR code']);
    // A light rim of four modules, then the frame of the corner, seven wide.
    expect(qr.querySelector('path')?.getAttribute('d')).toMatch(/^M4 4h7v1h-7z/);
  });

  it.each(['en', 'ko'] as const)('opens a code in the language of the screen: %s', async (language) => {
    const { user, host } = await alone({ settings: { language } });
    await user.click(screen.getByTestId('open-code'));
    expect(host.last('open-code')).toEqual({ type: 'open-code', language });
  });

  it('shows the code, where to type it and how long it lives, and ends it', async () => {
    const { user, host, say } = await alone();
    const button = screen.getByTestId('open-code');
    await user.click(button);
    await say(opened({ state: 'opening' }));
    expect((await screen.findByTestId('code-line')).textContent).toBe('Looking for a free number…');
    await say(WAITING);
    expect((await screen.findByTestId('code-text')).textContent).toBe(CODE);
    expect(screen.getByTestId('code-left').textContent).toBe('10:00 left');
    expect(screen.getByTestId('code-left').getAttribute('aria-live')).toBe('off');
    expect(screen.getByTestId('code').textContent).toContain('https://parlor.example and');
    await waitFor(() => expect(screen.getByTestId('announcer').textContent).toBe('The code is ready. Nobody has tried it yet.'));
    // The same button all along, so that whoever pressed it stays where they are.
    expect(screen.getByTestId('close-code')).toBe(button);
    expect(document.activeElement).toBe(button);
    await user.click(button);
    expect(host.last('close-code')).toEqual({ type: 'close-code' });
    await say(opened({ state: 'closed' }));
    await waitFor(() => expect(screen.getByTestId('open-code').textContent).toBe('Read out a code'));
    expect(screen.queryByTestId('code-text')).toBeNull();
  });

  it('says what became of the code, and makes a new one', async () => {
    const { user, host, say } = await alone();
    await say(WAITING, opened({ state: 'tried', text: CODE, left_ms: 500_000 }));
    expect((await screen.findByTestId('code-line')).textContent).toBe('Somebody is trying the code…');
    for (const [state, line] of [
      ['burnt', 'A wrong try has used the code up.'],
      ['expired', 'The ten minutes of the code are over.'],
      ['used', 'The code is used: your guest has the invitation.'],
    ] as const) {
      await say(opened({ state }));
      await waitFor(() => expect(screen.getByTestId('code-line').textContent).toContain(line));
      expect(screen.queryByTestId('code-text')).toBeNull();
    }
    await say(opened({ state: 'failed', failure: { code: 'server-unreachable', detail: '' } }));
    await waitFor(() => expect(screen.getByTestId('code-line').textContent).toContain('The server cannot be reached'));
    await user.click(screen.getByRole('button', { name: 'Make a new one' }));
    expect(host.last('open-code')).toBeDefined();
  });

  it('has the code also after the first guest came, folded away', async () => {
    const { user, say } = await alone();
    await say(WAITING, HERE);
    await waitFor(() => expect(screen.queryByTestId('alone')).toBeNull());
    await user.click(screen.getByTestId('invite'));
    expect((await screen.findByTestId('code-text')).textContent).toBe(CODE);
    expect(screen.getByTestId('qr')).toBeTruthy();
  });
});

describe('withdrawing the invitation', () => {
  it('is asked twice, and can be thought better of', async () => {
    const { user, host } = await alone();
    await user.click(screen.getByTestId('withdraw'));
    await user.click(screen.getByTestId('withdraw-keep'));
    expect(host.last('withdraw-invitation')).toBeUndefined();
    await user.click(screen.getByTestId('withdraw'));
    await user.click(screen.getByTestId('withdraw-for-good'));
    expect(host.last('withdraw-invitation')).toEqual({ type: 'withdraw-invitation' });
  });

  it('takes link, picture and code away, and says so', async () => {
    const { say } = await alone();
    await say({ type: 'invitation-withdrawn', by: null, guest: null });
    expect((await screen.findByTestId('withdrawn')).textContent).toBe('You withdrew the invitation. Nobody new can enter.');
    for (const gone of ['invite-link', 'copy-link', 'qr', 'code', 'withdraw']) expect(screen.queryByTestId(gone)).toBeNull();
    await waitFor(() => expect(screen.getByTestId('announcer').textContent).toContain('You withdrew the invitation'));
  });

  it('names who did it, as long as that is known', async () => {
    const { user, say } = await alone();
    await say(HERE, { type: 'invitation-withdrawn', by: HERE.peer.id, guest: null });
    await user.click(screen.getByTestId('invite'));
    expect((await screen.findByTestId('withdrawn')).textContent).toContain('Theo withdrew the invitation');
    await say({ type: 'invitation-withdrawn', by: 'ff'.repeat(16), guest: null });
    await waitFor(() => expect(screen.getByTestId('withdrawn').textContent).toBe('The invitation was withdrawn. Nobody new can enter.'));
  });
});

const EVERYONE = 'Who has the link can come in, up to 16. The server cannot: it never sees the part after #.';

describe('an invitation for one guest', () => {
  it('is wished for by a switch, which shows what the engine says', async () => {
    const { user, host, say } = await alone();
    expect(screen.getByText(EVERYONE)).toBeTruthy();
    await user.click(screen.getByTestId('for-one'));
    expect(host.last('invite-one')).toEqual({ type: 'invite-one', only: true });
    expect(screen.getByText(EVERYONE)).toBeTruthy();
    await say({ type: 'invitation-for-one', only: true });
    expect(await screen.findByText('The first who comes with the link is let in, and nobody after. The server cannot come in: it never sees the part after #.')).toBeTruthy();
    await user.click(screen.getByTestId('for-one'));
    expect(host.last('invite-one')).toEqual({ type: 'invite-one', only: false });
  });

  it('is over when the guest has come, who is named', async () => {
    const { user, say } = await alone();
    await say(HERE, { type: 'invitation-withdrawn', by: null, guest: HERE.peer.id });
    await user.click(screen.getByTestId('invite'));
    expect((await screen.findByTestId('withdrawn')).textContent).toBe('Theo came. It was an invitation for one guest, and nobody new can enter.');
    // After a reload, when the guest has gone.
    await say({ type: 'invitation-withdrawn', by: null, guest: 'ff'.repeat(16) });
    await waitFor(() => expect(screen.getByTestId('withdrawn').textContent).toContain('Your one guest came'));
  });
});

describe('the door', () => {
  it('knocks with a code that is typed in place of a link, and says that it does', async () => {
    const { host } = await typed('7 Apple LANTERN tulip', { settings: { server: 'https://s.example' } });
    expect(host.last('join-by-code')).toEqual({ type: 'join-by-code', server: 'https://s.example', code: '7 Apple LANTERN tulip', name: 'Mina' });
    expect(screen.getByTestId('entering').textContent).toContain('Knocking with the code…');
    expect(host.last('join-room')).toBeUndefined();
  });

  it.each([
    ['en', '7-apple-lantern', 'A code is a number and three words'],
    ['en', '7-aple-lantern-tulip', 'The first word is in no list'],
    ['en', '7-apple-lamtern-tulip', 'The second word is in no list'],
    ['ko', '7-apple-lantern-tulipp', '셋째 낱말이'],
    ['en', 'apple lantern tulip', 'neither a link nor a code'],
  ] as const)('in %s says of %s what is wrong, and tries nothing', async (language, text, sentence) => {
    const { host } = await typed(text, { settings: { language } });
    expect((await screen.findByText(new RegExp(sentence))).className).toBe('field-error');
    expect(host.last('join-by-code')).toBeUndefined();
  });

  it('keeps a code behind which nobody waits for another look, but none that is used up', async () => {
    const { user, say } = await typed(CODE);
    await screen.findByTestId('entering');
    await say(ENTERING, { type: 'room-changed', state: 'closed', failure: { code: 'code-unknown', detail: '' } });
    expect((await screen.findByTestId('entry-failure')).textContent).toContain('Nobody waits behind this code');
    expect(screen.getByTestId<HTMLInputElement>('join-link').value).toBe(CODE);
    await user.click(screen.getByTestId('join'));
    await screen.findByTestId('entering');
    await say(ENTERING, { type: 'room-changed', state: 'closed', failure: { code: 'code-wrong', detail: '' } });
    expect((await screen.findByTestId('entry-failure')).textContent).toContain('used up now');
    expect(screen.getByTestId<HTMLInputElement>('join-link').value).toBe('');
  });

  it('can be left while knocking', async () => {
    const { user, host } = await typed(CODE);
    await user.click(within(await screen.findByTestId('entering')).getByRole('button'));
    expect(host.last('leave-room')).toBeDefined();
    expect(screen.getByTestId('lobby')).toBeTruthy();
  });

  it('asks, where rooms are served by the program itself, on which server the code is', async () => {
    const { user, host } = await typed(CODE, { kind: 'app' });
    expect(host.last('join-by-code')).toBeUndefined();
    await user.type(screen.getByTestId('code-server'), 'https://s.example');
    await user.click(screen.getByTestId('join'));
    expect(host.last('join-by-code')).toEqual({ type: 'join-by-code', server: 'https://s.example', code: CODE, name: 'Mina' });
    expect(host.saved).toEqual([]);
  });

  it('takes the server for new rooms for that of the code, where one was chosen', async () => {
    const { host } = await typed(CODE, { kind: 'app', settings: { server: 'https://s.example' } });
    expect(host.last('join-by-code')?.server).toBe('https://s.example');
  });
});

describe('the lock', () => {
  const details = async (user: Awaited<ReturnType<typeof typed>>['user']) => {
    await user.click(screen.getByTestId('chip'));
    return (await screen.findByTestId('details')).textContent;
  };

  it('says that a code was what was proven, to who came by it', async () => {
    const { user, say } = await typed(CODE);
    await say(ENTERING, ENTERED, HERE);
    expect(screen.getByTestId('chip').textContent).toContain('Proven by code');
    expect(await details(user)).toContain('You came by a spoken code that was right on its only try.');
  });

  it('says that a link was, to who came by it', async () => {
    const { user, say } = await typed('https://parlor.example/#v1.kfdR_F8kT6_LOxzpLujWondyqtQLTOpEorSlZzbI0Wo');
    await say(ENTERING, ENTERED, HERE);
    expect(screen.getByTestId('chip').textContent).toContain('Proven by link');
    expect(await details(user)).toContain('Whoever it passed through on its way to you can be in this room too.');
  });

  it('names both to who made the room, and shares nothing before a proof', async () => {
    const { user, say } = await alone();
    await say(HERE);
    expect(screen.getByTestId('chip').textContent).toContain('Proven by invitation');
    expect(await details(user)).toContain('the link, or the code that you read out');
    await say({ type: 'peer-changed', peer: { ...HERE.peer, proof: null, link: 'connecting' } });
    await waitFor(() => expect(screen.getByTestId('details').textContent).not.toContain('the link, or the code'));
  });
});

describe('somebody nearby', () => {
  const canLook: Wish = { kind: 'app', can: { lookNearby: true } };
  const room = (name: string, number: number, server = 'https://192.168.1.7:5000') => ({ name, number, server });

  it('is looked for in front of the room, and not in it', async () => {
    const { host, user, say } = show(canLook);
    expect(host.last('look-nearby')).toEqual({ type: 'look-nearby', on: true });
    await user.click(screen.getByTestId('start-room'));
    await say(ENTERING);
    expect(host.last('look-nearby')).toEqual({ type: 'look-nearby', on: true });
    await say(ENTERED);
    expect(host.last('look-nearby')).toEqual({ type: 'look-nearby', on: false });
  });

  it('is not looked for where the program cannot', () => {
    expect(show().host.last('look-nearby')).toBeUndefined();
  });

  it('is shown by name and address, chosen, and knocked at with the words', async () => {
    const { host, user, say } = show(canLook);
    await say({ type: 'nearby-changed', rooms: [room('Ida', 7), room('', 12, 'https://192.168.1.8:5000')] });
    expect(screen.getAllByTestId('nearby-room').map((one) => one.textContent)).toEqual(['Ida192.168.1.7:5000', 'Somebody192.168.1.8:5000']);
    await user.click(screen.getByText('Ida'));
    const field = screen.getByTestId('join-link');
    expect([document.activeElement, (field as HTMLInputElement).value]).toEqual([field, '7-']);
    await user.type(field, 'apple-lantern-tulip');
    expect(screen.getByText('Ida waits nearby, at 192.168.1.7:5000.')).toBeDefined();
    expect(screen.queryByTestId('code-server')).toBeNull();
    await user.click(screen.getByTestId('join'));
    expect(host.last('join-by-code')).toMatchObject({ code: CODE, server: 'https://192.168.1.7:5000' });
    await say({ type: 'nearby-changed', rooms: [] });
    expect(screen.queryByTestId('nearby')).toBeNull();
  });

  it('of two with one number neither is taken unasked', async () => {
    const { user, say } = show(canLook);
    await say({ type: 'nearby-changed', rooms: [room('Ida', 7), room('Ida', 7, 'https://192.168.1.66:5000')] });
    await user.type(screen.getByTestId('join-link'), CODE);
    expect(screen.getByTestId('code-server')).toBeDefined();
  });
});
