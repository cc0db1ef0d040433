import { describe, expect, it } from 'vitest';

import { RoomKeys } from '../../../trust/derivation';
import { Epoch } from '../../../trust/Epoch';
import { MediaProofs } from './MediaProofs';
import type { MediaView } from './MediaProofs';

const keys = new RoomKeys(new Uint8Array(32).fill(1));
const left = { peer: '0'.repeat(32), nonce: new Uint8Array(32).fill(2) };
const right = { peer: '1'.repeat(32), nonce: new Uint8Array(32).fill(3) };
const leftPrint = new Uint8Array(32).fill(4);
const rightPrint = new Uint8Array(32).fill(5);
const leftView: MediaView = { link: 1, local: leftPrint, remote: rightPrint, seen: 'certificate' };
const rightView: MediaView = { link: 1, local: rightPrint, remote: leftPrint, seen: 'certificate' };

function pair(): [MediaProofs, MediaProofs] {
  return [new MediaProofs(new Epoch(keys, left, right, true)), new MediaProofs(new Epoch(keys, right, left, false))];
}

/** What `from` says to the other side. */
function claimOf(from: MediaProofs) {
  const { message } = from;
  if (message === null) throw new Error('nothing to say yet');
  return message;
}

describe('a media connection', () => {
  it('is confirmed when both views met, whichever comes first', () => {
    const [one, two] = pair();
    expect(one.see(leftView)).toBeNull();
    expect(two.receive(claimOf(one))).toBeNull();
    expect(two.see(rightView)).toEqual({ type: 'confirmed', link: 1, seen: 'certificate' });
    expect(one.receive(claimOf(two))).toEqual({ type: 'confirmed', link: 1, seen: 'certificate' });
  });

  it('is only as well seen as the weaker side saw it', () => {
    const [one, two] = pair();
    one.see(leftView);
    two.see({ ...rightView, seen: 'description' });
    expect(one.receive(claimOf(two))).toMatchObject({ seen: 'description' });
    expect(two.receive(claimOf(one))).toMatchObject({ seen: 'description' });
  });

  it('is refused when someone in between shows another certificate', () => {
    const [one, two] = pair();
    one.see({ ...leftView, remote: new Uint8Array(32).fill(9) });
    two.see(rightView);
    expect(two.receive(claimOf(one))).toEqual({ type: 'refused', link: 1 });
  });

  it('is refused when its own confirmation comes back', () => {
    const [one] = pair();
    one.see(leftView);
    expect(one.receive(claimOf(one))).toEqual({ type: 'refused', link: 1 });
  });

  it('is judged once, and an older number never again', () => {
    const [one, two] = pair();
    one.see(leftView);
    two.see(rightView);
    const first = claimOf(two);
    expect(one.receive(first)?.type).toBe('confirmed');
    expect(one.receive(first)).toBeNull();
    one.see({ ...leftView, link: 2 });
    expect(one.receive(first)).toBeNull();
    two.see({ ...rightView, link: 2 });
    expect(one.receive(claimOf(two))).toMatchObject({ type: 'confirmed', link: 2 });
  });
});
