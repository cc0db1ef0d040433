// @vitest-environment jsdom
// The end of the conversation is followed, but not away from what one opens to read or to choose in.
import { cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, expect, it } from 'vitest';
import type { Event } from '../protocol/Event';
import type { Transfer } from '../protocol/Transfer';
import { transfer } from './testing/samples';
import { inRoom, prepareScreen } from './testing/screen';

beforeAll(prepareScreen);
afterEach(cleanup);

const OTHER = 'bb'.repeat(16);
const entry = (path: string) => ({ path, size: 1, proven: false, failed: null });
const moving = (stored_bytes: number): Event => ({ type: 'transfer-changed', transfer: transfer({ state: 'moving', stored_bytes }) });
const offered = (change: Partial<Transfer> = {}): Event => ({ type: 'transfer-changed', transfer: transfer({ id: OTHER, entries: [entry('a'), entry('b')], entry_count: 2, ...change }) });

it('stays where it is while one chooses, and follows at the end', async () => {
  const { say, user } = await inRoom();
  await user.click(screen.getByTestId('chat'));
  const stream = await screen.findByTestId('stream');
  let height = 500;
  Object.defineProperties(stream, { scrollHeight: { get: () => height }, clientHeight: { value: 300 } });
  await say(moving(1), offered());
  expect(stream.scrollTop).toBe(500);
  stream.scrollTop = 200;
  height = 900;
  await user.click(screen.getByRole('button', { name: 'Files in this transfer' }));
  // Numbers are nothing to follow, at once or later.
  await say(moving(2));
  expect(stream.scrollTop).toBe(200);
  await screen.findByText('New messages', { exact: false });
  await say(offered({ state: 'declined' }));
  expect(stream.scrollTop).toBe(200);
  await user.click(screen.getByText('New messages', { exact: false }));
  expect(stream.scrollTop).toBe(900);
  stream.dispatchEvent(new Event('scroll'));
  await waitFor(() => expect(screen.queryByText('New messages', { exact: false })).toBeNull());
  await say(offered({ id: 'cc'.repeat(16) }));
  expect(stream.scrollTop).toBe(900);
});
