// @vitest-environment jsdom
// Files as a person meets them: holding them up, choosing, offering again, letting them in unasked, looking back.
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../protocol/Event';
import type { Transfer } from '../protocol/Transfer';
import { HANA, peer, THEO, transfer } from './testing/samples';
import { inRoom, prepareScreen, show, type Wish } from './testing/screen';

beforeAll(prepareScreen);
afterEach(cleanup);

const ID = 'aa'.repeat(16);
const changed = (change: Partial<Transfer> = {}): Event => ({ type: 'transfer-changed', transfer: transfer(change) });
const entry = (path: string, size = 1_000_000) => ({ path, size, proven: false, failed: null });
const THREE = { entries: [entry('a.jpg'), entry('b.jpg'), entry('c.jpg')], entry_count: 3, total_bytes: 3_000_000 };

/** A room with one guest, the conversation open. */
async function inChat(wish: Wish = {}) {
  const shown = await inRoom(wish);
  await shown.user.click(screen.getByTestId('chat'));
  await screen.findByTestId('chat-input');
  return shown;
}

describe('a transfer under way', () => {
  it('is held up and let go, keeps its bar meanwhile, and does not lose the focus', async () => {
    const { host, say, user } = await inChat();
    await say(changed({ state: 'moving', stored_bytes: 2_100_000 }));
    await user.click(await screen.findByTestId('pause'));
    expect(host.last('pause-transfer')).toEqual({ type: 'pause-transfer', transfer: ID, paused: true });
    await say(changed({ state: 'paused', paused_by_us: true, stored_bytes: 2_100_000 }));
    expect((await screen.findByText('50% · Paused by you')).closest('[data-testid=file-line]')).toBeTruthy();
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('50');
    expect(document.activeElement).toBe(screen.getByTestId('go-on'));
    await user.keyboard('{Enter}');
    expect(host.last('pause-transfer')).toEqual({ type: 'pause-transfer', transfer: ID, paused: false });
  });

  it('that the other holds up says so, and can only be cancelled', async () => {
    const { say } = await inChat();
    await say(changed({ state: 'paused', direction: 'sending' }));
    expect((await screen.findByTestId('file-line')).textContent).toBe('0% · Paused by Theo');
    expect(within(screen.getByTestId('file-card')).getAllByRole('button').map((button) => button.dataset['testid'])).toEqual(['cancel']);
  });

  it('would stop when one leaves, also while it is held up', async () => {
    const { say, user } = await inChat();
    await say(changed({ state: 'paused', paused_by_us: true }));
    await user.click(screen.getByTestId('leave'));
    expect(await screen.findByRole('alertdialog')).toBeTruthy();
  });
});

describe('a folder', () => {
  it('is picked where the host can, and offered to the one who is there', async () => {
    const { host, user } = await inChat({ can: { pickFolder: true } });
    host.files = [{ handle: 7, name: 'photos', size: 3 }];
    await user.click(screen.getByTestId('attach-folder'));
    await waitFor(() => expect(host.last('offer-files')?.handles).toEqual([7]));
  });

  it('is not picked where the host cannot', async () => {
    await inChat();
    expect(screen.queryByTestId('attach-folder')).toBeNull();
  });
});

describe('an offer of several files', () => {
  it('is taken without what is unchecked', async () => {
    const { host, say, user } = await inChat();
    await say(changed(THREE));
    expect((await screen.findByTestId('accept')).textContent).toBe('Accept');
    await user.click(screen.getByRole('button', { name: 'Files in this transfer' }));
    const list = screen.getByRole('list', { name: 'Files to accept' });
    expect(within(list).getAllByRole('listitem')).toHaveLength(3);
    expect(screen.getByTestId('accept').textContent).toBe('Accept 3 of 3');
    await user.click(within(list).getByRole('checkbox', { name: /b\.jpg/ }));
    expect(screen.getByText('2 of 3 · 2 MB')).toBeTruthy();
    await user.click(screen.getByTestId('accept'));
    expect(host.last('accept-transfer')).toEqual({ type: 'accept-transfer', transfer: ID, without: [1] });
  });

  it('is chosen by keyboard, all or none, and never taken with nothing in it', async () => {
    const { host, say, user } = await inChat();
    await say(changed(THREE));
    await user.click(await screen.findByRole('button', { name: 'Files in this transfer' }));
    await user.tab();
    expect(document.activeElement).toBe(screen.getByRole('checkbox', { name: 'Select all' }));
    await user.keyboard(' ');
    expect(screen.getAllByRole<HTMLInputElement>('checkbox').map(({ checked }) => checked)).toEqual([false, false, false, false]);
    expect(screen.getByTestId('accept').textContent).toBe('Accept 0 of 3');
    expect(screen.getByTestId('accept').hasAttribute('disabled')).toBe(true);
    await user.tab();
    await user.keyboard(' ');
    expect(screen.getByRole<HTMLInputElement>('checkbox', { name: 'Select all' }).indeterminate).toBe(true);
    await user.click(screen.getByTestId('accept'));
    expect(host.last('accept-transfer')?.without).toEqual([1, 2]);
  });

  it('always brings along what is beyond the list', async () => {
    const { host, say, user } = await inChat();
    await say(changed({ ...THREE, entry_count: 303, total_bytes: 303_000_000 }));
    await user.click(await screen.findByRole('button', { name: 'Files in this transfer' }));
    expect(screen.getByText('and 300 more, which always come along')).toBeTruthy();
    await user.click(screen.getByTestId('want-all'));
    expect(screen.getByTestId('accept').textContent).toBe('Accept 300 of 303');
    await user.click(screen.getByTestId('accept'));
    expect(host.last('accept-transfer')?.without).toEqual([0, 1, 2]);
  });

  it('shows what was left out as not wanted rather than as an error', async () => {
    const { say, user } = await inChat();
    await say(changed({ ...THREE, state: 'proven', proven_count: 2, entries: [{ ...entry('a.jpg'), proven: true }, { ...entry('b.jpg'), failed: 'declined' }, { ...entry('c.jpg'), proven: true }] }));
    expect((await screen.findByTestId('file-line')).textContent).toBe('2 of 3 files are here and proven; you did not want the rest');
    await user.click(screen.getByRole('button', { name: 'Files in this transfer' }));
    expect(screen.getByText('Not wanted').className).toBe('entry-declined');
  });

  it('that there is no room for says what to do', async () => {
    const { say } = await inChat();
    await say(changed(THREE), { type: 'command-failed', failure: { code: 'folder-full', detail: '' }, peer: THEO });
    expect((await screen.findByTestId('trouble')).textContent).toMatch(/Not enough space for this offer.*the offer waits.*choose another folder/s);
    expect(screen.getByTestId('accept')).toBeTruthy();
  });
});

describe('what did not arrive', () => {
  it.each([{ state: 'partial' }, { state: 'declined' }, { state: 'cancelled', code: 'no-space' }] as const)('of ours can be offered again once: %o', async (change) => {
    const { host, say, user } = await inChat();
    await say(changed({ direction: 'sending', ...change }));
    await user.click(await screen.findByTestId('offer-again'));
    expect(host.last('offer-again')).toEqual({ type: 'offer-again', transfer: ID });
    await waitFor(() => expect(screen.queryByTestId('offer-again')).toBeNull());
    expect(document.activeElement).toBe(screen.getByTestId('file-card'));
  });

  it('can be tried again when it was refused', async () => {
    const { host, say, user } = await inChat();
    await say(changed({ direction: 'sending', state: 'declined' }));
    host.refuseNext = { type: 'offer-again', code: 'source-unreadable' };
    await user.click(await screen.findByTestId('offer-again'));
    expect((await screen.findByTestId('trouble')).textContent).toContain('cannot be read');
    expect(screen.getByTestId('offer-again')).toBeTruthy();
  });

  it('is not offered where nobody could take it, nor what was not ours, nor what arrived', async () => {
    const { say } = await inChat();
    await say(changed({ state: 'cancelled' }), changed({ id: 'bb', direction: 'sending', state: 'proven' }));
    await waitFor(() => expect(screen.getAllByTestId('file-card')).toHaveLength(2));
    expect(screen.queryByTestId('offer-again')).toBeNull();
    await say(changed({ id: 'cc', direction: 'sending', state: 'cancelled' }));
    expect(await screen.findByTestId('offer-again')).toBeTruthy();
    await say({ type: 'peer-left', peer: THEO, said_bye: true });
    await waitFor(() => expect(screen.queryByTestId('offer-again')).toBeNull());
    await say({ type: 'peer-changed', peer: peer() });
    expect(await screen.findByTestId('offer-again')).toBeTruthy();
    await say({ type: 'room-changed', state: 'closed', failure: null });
    await waitFor(() => expect(screen.queryByTestId('offer-again')).toBeNull());
  });
});

describe('pictures', () => {
  it('are shown small as soon as they are offered, and to whom they go once they are there', async () => {
    const { host, say } = await inChat();
    const [ours, theirs] = [transfer({ direction: 'sending', state: 'waiting' }), transfer({ id: 'ab'.repeat(16), state: 'waiting' })];
    for (const { id } of [ours, theirs]) host.pictures.set(id, [`data:image/png;base64,${id}`]);
    const shown = (): (string | null)[] => [...document.querySelectorAll('.card-picture')].map((picture) => picture.getAttribute('src'));
    await say({ type: 'transfer-changed', transfer: ours }, { type: 'transfer-changed', transfer: theirs });
    await waitFor(() => expect(shown()).toEqual(host.pictures.get(ours.id)));
    await say({ type: 'transfer-changed', transfer: { ...theirs, state: 'proven' } });
    await waitFor(() => expect(shown()).toHaveLength(2));
  });

  it('are shown small on their card, and a card without any has no gap', async () => {
    const { host, say } = await inChat();
    const [one, other] = [transfer({ state: 'proven' }), transfer({ id: 'ab'.repeat(16), state: 'proven' })];
    host.pictures.set(one.id, ['data:image/png;base64,AA==', 'data:image/png;base64,AB==']);
    await say({ type: 'transfer-changed', transfer: one }, { type: 'transfer-changed', transfer: other });
    const previews = await screen.findByRole('img', { name: 'Previews of 2 pictures' });
    expect([...previews.querySelectorAll('img')].map((picture) => picture.getAttribute('src'))).toEqual(host.pictures.get(one.id));
    expect(screen.getAllByTestId('previews').length).toBe(1);
  });
});

describe('files without asking', () => {
  /** Theo's files come in unasked. */
  async function unasked() {
    const shown = await inRoom();
    await shown.say({ type: 'peer-changed', peer: peer({ id: HANA, name: 'Hana' }) });
    await shown.user.click(screen.getByTestId('people'));
    await shown.user.click(await screen.findByRole('switch', { name: 'Accept files from Theo without asking' }));
    const accepted = (): readonly string[] => shown.host.commands.flatMap((command) => (command.type === 'accept-transfer' ? [command.transfer] : []));
    return { ...shown, accepted };
  }

  it('are those of the one who was chosen, each accepted once', async () => {
    const { say, accepted } = await unasked();
    await say(changed({ id: '01' }), changed({ id: '02', peer: HANA }), changed({ id: '01' }), changed({ id: '03', direction: 'sending' }));
    expect(accepted()).toEqual(['01']);
  });

  it('are also those that wait already', async () => {
    const { say, host, user } = await inRoom();
    await say(changed({ id: '01' }), changed({ id: '02', executable: true }), changed({ id: '03', state: 'declined' }));
    await user.click(screen.getByTestId('people'));
    await user.click(await screen.findByRole('switch', { name: /from Theo/ }));
    expect(host.commands.filter(({ type }) => type === 'accept-transfer')).toEqual([{ type: 'accept-transfer', transfer: '01', without: [] }]);
  });

  it('leave the keys of the room to it while their switch has the focus, but for Space', async () => {
    const { user } = await unasked();
    const toggle = screen.getByRole<HTMLInputElement>('switch', { name: /from Theo/ });
    expect(document.activeElement).toBe(toggle);
    const label = (): string | null => screen.getByTestId('toggle-mic').getAttribute('aria-label');
    const before = label();
    await user.keyboard('m');
    await waitFor(() => expect(label()).not.toBe(before));
    await user.keyboard(' ');
    expect(toggle.checked).toBe(false);
  });

  it('are never what could run as a program, and the card says why it asks', async () => {
    const { say, accepted, user } = await unasked();
    await say(changed({ executable: true }));
    expect(accepted()).toEqual([]);
    await user.click(screen.getByTestId('chat'));
    expect((await screen.findByTestId('asks-because')).textContent).toBe('Asks because a file in it could run as a program');
    await user.click(screen.getByTestId('accept'));
    expect(accepted()).toEqual([ID]);
    await say(changed({ executable: true, state: 'moving' }));
    await waitFor(() => expect(screen.queryByTestId('asks-because')).toBeNull());
  });

  it('end when the switch is turned off, and when they leave', async () => {
    const { say, accepted, user } = await unasked();
    await user.click(screen.getByRole('switch', { name: /from Theo/ }));
    await say(changed({ id: '01' }));
    await user.click(screen.getByRole('switch', { name: /from Hana/ }));
    await say({ type: 'peer-left', peer: HANA, said_bye: false }, { type: 'peer-changed', peer: peer({ id: HANA, name: 'Hana' }) }, changed({ id: '02', peer: HANA }));
    expect(accepted()).toEqual([]);
    expect((await screen.findByRole<HTMLInputElement>('switch', { name: /from Hana/ })).checked).toBe(false);
  });
});

describe('the speed limit', () => {
  it('is told at the start and with every change', async () => {
    const { host, user } = show({ settings: { speedLimit: 5_000_000 } });
    expect(host.commands).toEqual([{ type: 'limit-speed', bytes_per_second: 5_000_000 }]);
    await user.click(screen.getByTestId('settings'));
    await user.click(await screen.findByTestId('speed-limit'));
    await user.click(await screen.findByRole('option', { name: 'No limit' }));
    expect(host.last('limit-speed')?.bytes_per_second).toBeNull();
    expect(host.saved.at(-1)?.speedLimit).toBeNull();
  });

  it('can be one’s own number', async () => {
    const { host, user } = show();
    await user.click(screen.getByTestId('settings'));
    await user.click(await screen.findByTestId('speed-limit'));
    await user.click(await screen.findByRole('option', { name: 'Own value…' }));
    await user.type(await screen.findByTestId('speed-own'), '2.5');
    expect(host.last('limit-speed')?.bytes_per_second).toBe(2_500_000);
    expect(host.saved.at(-1)?.speedLimit).toBe(2_500_000);
    await user.clear(screen.getByTestId('speed-own'));
    await user.tab();
    expect(screen.getByTestId<HTMLInputElement>('speed-own').value).toBe('2.5');
    await user.clear(screen.getByTestId('speed-own'));
    await user.type(screen.getByTestId('speed-own'), 'fast');
    await user.tab();
    expect(await screen.findByText(/Write a number between 0\.001 and 1000000,/)).toBeTruthy();
    expect(host.saved.at(-1)?.speedLimit).toBe(2_500_000);
  });
});

describe('past transfers', () => {
  it('are listed newest first until they are cleared, which is asked twice', async () => {
    const { host, say, user, storage } = await inRoom();
    await say(
      changed({ id: '01', state: 'moving' }),
      changed({ id: '01', state: 'proven', proven_count: 1 }),
      changed({ id: '02', ...THREE, direction: 'sending' }),
      changed({ id: '02', ...THREE, direction: 'sending', state: 'declined' }),
      changed({ id: '02', ...THREE, direction: 'sending', state: 'declined' }),
    );
    await user.click(screen.getByTestId('more'));
    await user.click(await screen.findByTestId('settings'));
    const entries = await screen.findAllByTestId('history-entry');
    expect(entries.map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/^3 files3 MB · to Theo · .*1970.*Theo declined$/),
      expect.stringMatching(/^Garden plan\.pdf4\.2 MB · from Theo · .*Here, and every byte is proven$/),
    ]);
    expect(storage.getItem('parlor.history')).not.toContain('parlor.example');
    await user.click(screen.getByTestId('clear-history'));
    expect(screen.getAllByTestId('history-entry')).toHaveLength(2);
    await user.click(screen.getByTestId('clear-history-for-good'));
    expect(await screen.findByTestId('history-empty')).toBeTruthy();
    expect(storage.getItem('parlor.history')).toBeNull();
    expect(host.notices).toEqual([]);
  });

  it('keep what ended because one left', async () => {
    const { say, session } = await inRoom();
    await say(changed({ state: 'moving', stored_bytes: 5 }), changed({ id: 'bb' }));
    session.leave();
    expect(session.history.list()).toMatchObject([{ id: ID, state: 'cancelled', endedByUs: true, person: 'Theo' }]);
  });
});

describe('behind a hidden window', () => {
  it('the ends that others or chance made are told by the system, one’s own are not', async () => {
    const { host, session, say } = await inRoom();
    session.setVisible(false);
    host.notices.length = 0;
    await say(changed({ id: '01' }), changed({ id: '01', state: 'proven', proven_count: 1 }));
    await say(changed({ id: '02', state: 'moving' }), changed({ id: '02', state: 'partial' }));
    await say(changed({ id: '03', direction: 'sending', state: 'moving' }), changed({ id: '03', direction: 'sending', state: 'cancelled', code: 'cancelled' }));
    await say(changed({ id: '04', state: 'moving' }), changed({ id: '04', state: 'paused' }), changed({ id: '04', state: 'cancelled', code: 'cancelled', ended_by_us: true }));
    await waitFor(() => expect(host.notices).toHaveLength(6));
    expect(host.notices).toEqual([
      'Theo offers files: Garden plan.pdf, 4.2 MB',
      'Garden plan.pdf: Here, and every byte is proven',
      'Theo offers files: Garden plan.pdf, 4.2 MB',
      'Garden plan.pdf: 0 of 1 files are here and proven; the rest could not be handed over',
      'Garden plan.pdf: Theo stopped it',
      'Theo offers files: Garden plan.pdf, 4.2 MB',
    ]);
  });
});
