// Replays tests/vectors/transcripts.json: what two of the crate's machines took, and what came of it, must come of it here as well.
// `crates/transfer/tests/transcripts` says how they are made, what is left out and why. With `PARLOR_TRANSCRIPTS=<folder>` the files in
// that folder are replayed too.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it, vi } from 'vitest';

import type { Control } from '../protocol/Control';
import { BLOCK_BYTES } from '../protocol/limits';
import type { OfferedEntry } from '../protocol/OfferedEntry';
import type { Transfer } from '../protocol/Transfer';
import type { TransferCode } from '../protocol/TransferCode';
import { fromHex, toHex } from '../trust/id';
import { vectors } from '../trust/vectorFiles';
import { TransferError } from './error';
import { Exchange } from './exchange';
import { decodeFrame, HEADER_BYTES } from './frame';
import type { Input } from './input';
import type { Output } from './output';

vi.setConfig({ testTimeout: 3_600_000 });

/** An input as it is written down. */
type Written =
  | { type: 'link-up'; max: number }
  | { type: 'link-lost' | 'tick' }
  | { type: 'control'; message: Control }
  | { type: 'frame'; header: string; length?: number; payload?: string }
  | { type: 'offer'; transfer: string; entries: OfferedEntry[] }
  | { type: 'accept'; transfer: string; without: number[] }
  | { type: 'decline' | 'cancel'; transfer: string }
  | { type: 'pause'; transfer: string; paused: boolean }
  | { type: 'limit'; speed: number | null }
  | { type: 'text'; id: string; body: string; at: number }
  | { type: 'read'; transfer: string; entry: number; block: number; length: number | null; code: TransferCode | null }
  | { type: 'written'; transfer: string; entry: number; block: number; code: TransferCode | null }
  | { type: 'finished'; transfer: string; entry: number; code: TransferCode | null };

interface Step {
  readonly now: number;
  readonly input: Written;
  readonly refused: string | null;
  readonly outputs: unknown;
  readonly next: number | null;
}

function unhex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(text, text.length / 2);
  if (bytes === null) throw new Error(`no hex: ${text}`);
  return bytes;
}

/** Bytes of a file, by the crate's rule. */
function content(transfer: string, entry: number, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const base = parseInt(transfer.slice(0, 2), 16) * 31 + entry * 7;
  return Uint8Array.from({ length }, (_, index) => base + (offset + index) * 13 + Math.floor((offset + index) / 256));
}

/** FNV-1a. */
function sum(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}

function inputOf(written: Written): Input {
  switch (written.type) {
    case 'link-up':
      return { type: 'link-up', maxMessageBytes: written.max };
    case 'control':
      return { type: 'control-received', message: written.message };
    case 'frame': {
      const header = unhex(written.header);
      const decoded = decodeFrame(header);
      if (!decoded.ok) throw new Error('no frame');
      const { transfer, entry, block, offset } = decoded.header;
      const payload = unhexOr(written.payload, () => content(transfer, entry, block * BLOCK_BYTES + offset, written.length ?? 0));
      const frame = new Uint8Array(HEADER_BYTES + payload.length);
      frame.set(header);
      frame.set(payload, HEADER_BYTES);
      return { type: 'frame-received', frame };
    }
    case 'offer':
      return { type: 'offer-files', transfer: written.transfer, entries: written.entries };
    case 'limit':
      return { type: 'limit-speed', bytesPerSecond: written.speed };
    case 'text':
      return { type: 'send-text', id: written.id, body: written.body, sentAtMs: written.at };
    case 'read': {
      const { transfer, entry, block, length, code } = written;
      const result = code ?? content(transfer, entry, block * BLOCK_BYTES, length ?? 0);
      return { type: 'block-read', transfer, entry, block, result };
    }
    case 'written':
      return { type: 'block-written', transfer: written.transfer, entry: written.entry, block: written.block, result: written.code };
    case 'finished':
      return { type: 'entry-finished', transfer: written.transfer, entry: written.entry, result: written.code };
    default:
      return written;
  }
}

function unhexOr(text: string | undefined, otherwise: () => Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return text === undefined ? otherwise() : unhex(text);
}

/** Outputs of one step, as the crate's scribe writes them. */
function written(outputs: readonly Output[]): unknown {
  const [control, frames, disk, told]: [unknown[], unknown[], unknown[], unknown[]] = [[], [], [], []];
  const states = new Map<string, Transfer>();
  for (const output of outputs) {
    switch (output.type) {
      case 'send-control':
        control.push(output.message);
        break;
      case 'send-frame': {
        const payload = output.frame.subarray(HEADER_BYTES);
        frames.push([toHex(output.frame.subarray(0, HEADER_BYTES)), payload.length, sum(payload)]);
        break;
      }
      case 'read-block':
        disk.push(['read', output.transfer, output.entry, output.block, output.offset, output.length, output.last]);
        break;
      case 'open-entry':
        disk.push(['open', output.transfer, output.entry, output.path, output.size]);
        break;
      case 'write-block': {
        const { transfer, entry, block, offset, bytes, proof } = output;
        disk.push(['write', transfer, entry, block, offset, bytes.length, sum(bytes), toHex(proof)]);
        break;
      }
      case 'finish-entry':
        disk.push(['finish', output.transfer, output.entry, output.size, output.modifiedMs]);
        break;
      case 'discard-entry':
        disk.push(['discard', output.transfer, output.entry, output.keep]);
        break;
      case 'release-transfer':
        disk.push(['release', output.transfer, output.keep, output.missing]);
        break;
      case 'event':
        if (output.event.type === 'transfer-changed') states.set(output.event.transfer.id, output.event.transfer);
        else if (output.event.type === 'text-received') told.push(['text', output.event.id, output.event.body]);
        else if (output.event.type === 'text-delivered') told.push(['delivered', output.event.id]);
        else told.push(['broken', output.event.fault]);
    }
  }
  const sorted = [...states.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  return plain({ control, frames, disk, told, states: sorted.map(state) });
}

function state(transfer: Transfer): unknown[] {
  const { id, code, ended_by_us, paused_by_us, executable, entries, total_bytes, stored_bytes } = transfer;
  const each = entries.map((entry) => [entry.proven, entry.failed]);
  return [id, transfer.state, code, ended_by_us, paused_by_us, executable, each, total_bytes, stored_bytes];
}

/** As JSON reads it, without fields that say nothing when they are left out. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) => (key === 'stored' && Array.isArray(inner) && inner.length === 0 ? undefined : inner));
}

function replay(steps: readonly Step[], peer: string, name: string): void {
  const exchange = new Exchange(peer);
  for (const [number, step] of steps.entries()) {
    let refused: string | null = null;
    try {
      exchange.handle(step.now, inputOf(step.input));
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      refused = error.code;
    }
    const outputs: Output[] = [];
    for (let output = exchange.pollOutput(); output !== null; output = exchange.pollOutput()) outputs.push(output);
    const here = { refused, outputs: written(outputs), next: exchange.nextTimeoutMs() };
    expect(here, `${name}, step ${number}: ${JSON.stringify(step.input)}`).toEqual({ refused: step.refused, outputs: plain(step.outputs), next: step.next });
  }
}

describe('transcripts of the crate', () => {
  it('that are kept come out the same', () => {
    const transcripts = vectors('transcripts.json') as Step[][];
    expect(transcripts.length).toBeGreaterThanOrEqual(12);
    for (const [place, steps] of transcripts.entries()) replay(steps, (place % 2 === 0 ? '01' : '02').repeat(16), `transcript ${place}`);
  });

  it.skipIf(process.env['PARLOR_TRANSCRIPTS'] === undefined)('that were made by chance come out the same', () => {
    const folder = process.env['PARLOR_TRANSCRIPTS'] ?? '';
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const transcripts = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Step[][];
      for (const [place, steps] of transcripts.entries()) replay(steps, (place % 2 === 0 ? '01' : '02').repeat(16), `${file} ${place}`);
    }
    console.info(`${files.length} files of transcripts`);
  });
});
