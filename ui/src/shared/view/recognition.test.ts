import { describe, expect, it } from 'vitest';
import type { Acquaintance } from '../../host/port';
import { recognitionOf } from './recognition';

const HERS = 'A'.repeat(43);
const ANOTHER = 'B'.repeat(43);
const HANA: Acquaintance = { device: HERS, name: 'Hana', comparedAtMs: 1 };
const peer = (name: string, device: string | null, proof: 'certificate' | null = 'certificate') => ({ name, device, proof });

describe('an acquaintance', () => {
  it('is recognised by the device, whatever it is called now', () => {
    for (const name of ['Hana', 'Someone', '']) expect(recognitionOf(peer(name, HERS), [HANA])).toEqual({ is: 'known', as: HANA });
  });

  it('is not taken for the device of another who has the name, however that is written', () => {
    for (const name of ['Hana', 'hana', ' HA NA ', 'Ha\u200bna', 'Ｈａｎａ']) {
      expect(recognitionOf(peer(name, ANOTHER), [HANA])?.is, name).toBe('changed');
      expect(recognitionOf(peer(name, null), [HANA])?.is, name).toBe('unseen');
    }
    expect(recognitionOf(peer('Hanna', ANOTHER), [HANA])).toBeNull();
  });

  it('may have two devices', () => {
    const second = { ...HANA, device: ANOTHER };
    expect(recognitionOf(peer('Hana', HERS), [second, HANA])).toEqual({ is: 'known', as: HANA });
    expect(recognitionOf(peer('Hana', ANOTHER), [second, HANA])).toEqual({ is: 'known', as: second });
  });

  it('is nobody while nothing is proven, and the nameless are nobody’s namesakes', () => {
    expect(recognitionOf(peer('Hana', HERS, null), [HANA])).toBeNull();
    expect(recognitionOf(peer('', ANOTHER), [{ ...HANA, name: '' }])).toBeNull();
  });
});
