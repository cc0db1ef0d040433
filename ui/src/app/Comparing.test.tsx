// @vitest-environment jsdom
// Comparing as people meet it: asked for by either, judged, remembered, and shouted about when a known name is on another device.
import { cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ComparisonState } from '../protocol/ComparisonState';
import type { Peer } from '../protocol/Peer';
import { peer, THEO } from './testing/samples';
import { ENTERED, prepareScreen, show, type Wish } from './testing/screen';

const DEVICE = 'C'.repeat(43);
const SHOWN: ComparisonState = { state: 'shown', by_us: false, emoji: [0, 63, 1, 1, 2, 3, 4], digits: '0123 4567 8901' };

beforeAll(prepareScreen);
afterEach(cleanup);

/** In a room with Theo. */
async function withTheo(change: Partial<Peer> = {}, wish: Wish = {}) {
  const shown = show(wish);
  await shown.user.click(screen.getByTestId('start-room'));
  await shown.say(ENTERED);
  const theo = async (now: Partial<Peer>) => shown.say({ type: 'peer-changed', peer: peer({ ...change, ...now }) });
  await theo({});
  return { ...shown, theo };
}

const safety = () => screen.getByTestId('chip').getAttribute('data-safety');

describe('comparing', () => {
  it('is asked for, shown, found the same, and remembered with the name', async () => {
    const { user, host, theo } = await withTheo({ device: DEVICE });
    await user.click(screen.getByTestId('chip'));
    await user.click(screen.getByTestId('compare-begin'));
    expect(host.last('compare')).toEqual({ type: 'compare', peer: THEO });
    await theo({ comparison: { state: 'begun', by_us: true } });
    expect(screen.queryByTestId('compare-begin')).toBeNull();
    await theo({ comparison: { ...SHOWN, by_us: true } });
    expect(screen.getAllByTestId('compare-emoji').map((one) => one.textContent)).toEqual(
      ['🐶dog', '👓glasses', '🐱cat', '🐱cat', '🐰rabbit', '🐷pig', '🐼panda'],
    );
    expect(screen.getByTestId('compare-digits').textContent).toBe('0123 4567 8901');
    expect(safety()).toBe('proven');
    await user.click(screen.getByTestId('compare-same'));
    expect(host.last('judge-comparison')).toEqual({ type: 'judge-comparison', peer: THEO, same: true });
    await theo({ comparison: { state: 'same' } });
    await waitFor(() => expect(host.saved.at(-1)?.acquaintances).toMatchObject([{ device: DEVICE, name: 'Theo' }]));
    expect(safety()).toBe('compared');
    // Also on the next connection, by the device alone.
    await theo({ comparison: null });
    expect(safety()).toBe('compared');
    expect(screen.getByTestId('recognised').textContent).toContain('when it was called Theo');
  });

  it('is remembered by nobody whose device does not show itself', async () => {
    const { user, host, theo } = await withTheo();
    await user.click(screen.getByTestId('chip'));
    await theo({ comparison: SHOWN });
    await user.click(screen.getByTestId('compare-same'));
    await theo({ comparison: { state: 'same' } });
    expect(screen.getByTestId('compared').textContent).toContain('for this connection only');
    expect([safety(), host.saved]).toEqual(['compared', []]);
  });

  it('that the other asks for is told, and leads to the panel', async () => {
    const { user, theo } = await withTheo();
    await theo({ comparison: SHOWN });
    expect((await screen.findByTestId('trouble')).textContent).toContain('Theo wants to compare');
    await user.click(screen.getByTestId('look-at-comparison'));
    expect(screen.getByTestId('compare').textContent).toContain('Theo wants to compare.');
    expect(screen.queryByTestId('trouble')).toBeNull();
  });

  it('that finds another ends it, and nothing is remembered', async () => {
    const { user, host, theo } = await withTheo({ device: DEVICE });
    await user.click(screen.getByTestId('chip'));
    await theo({ comparison: SHOWN });
    await user.click(screen.getByTestId('compare-different'));
    expect(host.last('judge-comparison')).toEqual({ type: 'judge-comparison', peer: THEO, same: false });
    await theo({ link: 'failed', proof: null, device: null, comparison: { state: 'different' }, failure: { code: 'proof-failed', detail: '' } });
    expect(screen.getByTestId('details').textContent).toContain('You found them different');
    expect([safety(), host.saved]).toEqual(['failed', []]);
  });

  it('that broke off is told as what it may be, and can be begun again', async () => {
    const { user, host, theo } = await withTheo();
    await user.click(screen.getByTestId('chip'));
    await theo({ comparison: { state: 'failed' } });
    expect(screen.getByTestId('compare').textContent).toContain('Somebody may be in between');
    await user.click(screen.getByTestId('compare-begin'));
    expect(host.last('compare')).toEqual({ type: 'compare', peer: THEO });
  });
});

describe('a known name', () => {
  const settings = { acquaintances: [{ device: DEVICE, name: 'Theo', comparedAtMs: 1_700_000_000_000 }] };

  it('on another device is shouted about until it is put away, and stays so in the panel', async () => {
    const { user } = await withTheo({ device: 'D'.repeat(43) }, { settings });
    const trouble = await screen.findByTestId('trouble');
    expect([trouble.getAttribute('role'), trouble.getAttribute('data-kind'), safety()]).toEqual(['alert', 'device-changed', 'changed']);
    await user.click(screen.getByRole('button', { name: 'Put away' }));
    expect(screen.queryByTestId('trouble')).toBeNull();
    await user.click(screen.getByTestId('chip'));
    expect(screen.getByTestId('compare').textContent).toContain('not the device you know as Theo');
  });

  it('on a device that does not show itself is not taken for the known one', async () => {
    const { user } = await withTheo({}, { settings });
    expect(safety()).toBe('proven');
    await user.click(screen.getByTestId('chip'));
    expect(screen.getByTestId('compare').textContent).toContain('was not recognised');
  });

  it('is forgotten in the settings, where the device is also hidden', async () => {
    const { user, host } = show({ settings });
    await user.click(screen.getByTestId('settings'));
    await user.click(await screen.findByTestId('forget-acquaintance'));
    expect(host.saved.at(-1)?.acquaintances).toEqual([]);
    expect(screen.queryByTestId('forget-acquaintance')).toBeNull();
    await user.click(screen.getByTestId('show-device'));
    expect(host.saved.at(-1)?.showDevice).toBe(false);
  });

  it('cannot be recognised without the key of this device, which the settings say', async () => {
    const { user, host } = show({ settings });
    host.key = 'missing';
    await user.click(screen.getByTestId('settings'));
    expect((await screen.findByTestId('device-key')).textContent).toContain('Unlock the system’s keychain');
    await user.click(screen.getByTestId('show-device'));
    expect(screen.queryByTestId('device-key')).toBeNull();
  });
});
