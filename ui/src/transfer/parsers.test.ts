// Whatever a peer sends on its data connection: messages of `control`, frames of `bulk` and offered paths are taken without a throw.
import { describe, expect, it, vi } from 'vitest';

import type { Control } from '../protocol/Control';
import { BLOCK_BYTES, COMPONENT_BYTES } from '../protocol/limits';
import { equalBytes } from '../trust/bytes';
import { feed, feedText, jsonOf } from '../trust/testing/generated';
import { parseControl } from './controlGuard';
import { TransferError } from './error';
import { Exchange } from './exchange';
import { decodeFrame, encodeFrame } from './frame';
import type { Input } from './input';
import { SafeNames, UnsafeNameError } from './safeNames';
import { fastHash } from './testNetwork';

vi.setConfig({ testTimeout: 3_600_000 });

/** Transfers of the corpus: one that is offered to us, one that is ours. */
const THEIRS = '000102030405060708090a0b0c0d0e0f';
const OURS = 'f'.repeat(32);
/** Inputs that one machine takes before a fresh one comes. */
const INPUTS_EACH = 400;

/** A machine in the middle of things, on a disk of zeros. */
class Machine {
  #exchange = new Exchange('9'.repeat(32), fastHash);
  #taken = 0;

  constructor() {
    this.#prepare();
  }

  /** Hands over what a peer sent and carries the orders out. */
  give(input: Input): void {
    if (this.#taken >= INPUTS_EACH) this.#prepare();
    this.#carryOut(input);
  }

  #prepare(): void {
    this.#exchange = new Exchange('9'.repeat(32), fastHash);
    this.#taken = 0;
    this.#carryOut({ type: 'link-up', maxMessageBytes: 65_536 });
    const ours = [{ path: ['mine'], size: 20 }, { path: ['other'], size: 3 * BLOCK_BYTES }];
    this.#carryOut({ type: 'offer-files', transfer: OURS, entries: ours });
    const entries = [{ path: ['a'], size: 10 }, { path: ['b'], size: 14 }, { path: ['c'], size: BLOCK_BYTES }];
    const message: Control = { type: 'offer', transfer: THEIRS, entry_count: 3, total_bytes: 24 + BLOCK_BYTES, entries, last: true };
    this.#carryOut({ type: 'control-received', message });
  }

  #carryOut(first: Input): void {
    const inputs = [first];
    for (let input = inputs.pop(); input !== undefined; input = inputs.pop()) {
      this.#taken += 1;
      try {
        this.#exchange.handle(this.#taken * 70, input);
      } catch (error) {
        // Wishes of ours may be refused; what a peer does never throws.
        if (!(error instanceof TransferError) || input === first) throw error;
      }
      for (let output = this.#exchange.pollOutput(); output !== null; output = this.#exchange.pollOutput()) {
        if (output.type === 'read-block') {
          const { transfer, entry, block } = output;
          inputs.push({ type: 'block-read', transfer, entry, block, result: new Uint8Array(output.length) });
        } else if (output.type === 'write-block') {
          inputs.push({ type: 'block-written', transfer: output.transfer, entry: output.entry, block: output.block, result: null });
        } else if (output.type === 'finish-entry') {
          inputs.push({ type: 'entry-finished', transfer: output.transfer, entry: output.entry, result: null });
        } else if (output.type === 'event' && output.event.type === 'transfer-changed' && output.event.transfer.state === 'waiting') {
          inputs.push({ type: 'accept', transfer: output.event.transfer.id, without: [] });
        }
      }
    }
  }
}

describe('parsers of transfer', () => {
  it('take messages of control', () => {
    const machine = new Machine();
    feedText('control', (text) => {
      const parsed = parseControl(text);
      if (parsed.type !== 'message') return false;
      expect(parseControl(JSON.stringify(parsed.message))).toEqual(parsed);
      machine.give({ type: 'control-received', message: parsed.message });
      return true;
    });
  });

  it('take frames of bulk', () => {
    const machine = new Machine();
    feed('frame', (frame) => {
      const decoded = decodeFrame(frame);
      if (decoded.ok) expect(equalBytes(encodeFrame(decoded.header, decoded.payload), frame)).toBe(true);
      machine.give({ type: 'frame-received', frame });
      return decoded.ok;
    });
  });

  it('make offered paths safe, or refuse them', () => {
    feedText('manifest', (text) => {
      const paths = jsonOf(text);
      if (!Array.isArray(paths)) return false;
      const names = new SafeNames();
      for (const path of paths) {
        if (!Array.isArray(path) || !path.every((part) => typeof part === 'string')) return false;
        const safe = safely(names, path);
        if (safe === null) continue;
        const parts = safe.split('/');
        expect(parts).toHaveLength(path.length);
        for (const part of parts) {
          expect(['', '.', '..']).not.toContain(part);
          expect(part).not.toMatch(/[\\:\0\u202e]/);
          expect(new TextEncoder().encode(part).length).toBeLessThanOrEqual(COMPONENT_BYTES);
        }
      }
      return true;
    });
  });
});

function safely(names: SafeNames, path: readonly string[]): string | null {
  try {
    return names.add(path);
  } catch (error) {
    if (error instanceof UnsafeNameError) return null;
    throw error;
  }
}
