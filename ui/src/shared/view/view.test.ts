// Links, names and lines: what the screen makes of them before anyone else sees them.
import { describe, expect, it } from 'vitest';
import { transfer } from '../../app/testing/samples';
import type { Transfer } from '../../protocol/Transfer';
import { languageOf } from '../i18n/Language';
import { codeFault, codeNumber, isCodeLike } from './codeShape';
import { linkFingerprint } from './linkFingerprint';
import { isServerAddress, linkFault } from './linkShape';
import { shortenMiddle } from './shorten';
import { transferLine, transferName } from './transferLine';

const SECRET = 'A'.repeat(43);
const { words, formats } = languageOf('en');

describe('a pasted link', () => {
  it('is taken in both forms, with white space around it', () => {
    expect(linkFault(`  https://a.example/room/#v1.${SECRET} `)).toBeNull();
    expect(linkFault(`parlor://join?server=https%3A%2F%2Fa.example#v1.${SECRET}`)).toBeNull();
    expect(linkFault(`https://10.0.0.2:5000/#v1.${SECRET}.${SECRET}`)).toBeNull();
  });

  it.each([
    ['', 'empty'],
    ['hello', 'no-address'],
    ['javascript:alert(1)#v1.x', 'no-address'],
    ['https://a.example/', 'no-secret'],
    ['https://a.example/#', 'no-secret'],
    [`https://a.example/#v2.${SECRET}`, 'version'],
    ['https://a.example/#v1.short', 'cut'],
    [`https://a.example/#v1.${SECRET}%20`, 'cut'],
    [`https://a.example/#v1.${SECRET}.`, 'cut'],
    [`https://a.example/#v1.${SECRET}.short`, 'cut'],
    [`https://a.example/#v1.${SECRET}.${SECRET}.${SECRET}`, 'cut'],
    ['https://a.example/#chapter', 'cut'],
  ])('%s is told to be %s', (link, fault) => {
    expect(linkFault(link)).toBe(fault);
  });

  it('names its server’s certificate as browsers show it, if it names one', () => {
    const pin = `_${'-'.repeat(41)}8`;
    expect(linkFingerprint(`https://10.0.0.2:5000/#v1.${SECRET}.${pin}`)).toBe(`FF:EF:BE${':FB:EF:BE'.repeat(9)}:FB:EF`);
    expect([`https://a.example/#v1.${SECRET}`, `https://a.example/#v1.${SECRET}.short`, ''].map(linkFingerprint)).toEqual([null, null, null]);
  });

  it('tells a server’s address from others', () => {
    expect(['https://a.example', 'http://10.0.0.2:5000/', 'http://[::1]:5000'].map(isServerAddress)).toEqual([true, true, true]);
    expect(['a.example', 'ftp://a.example', 'https://u@a.example', 'https://a.example/?q', 'https://', 'https://a b'].map(isServerAddress)).toEqual(Array(6).fill(false));
  });
});

describe('a typed code', () => {
  it('is told from a link by how it begins', () => {
    expect(['7-apple-lantern-tulip', ' 12 사과 나무 하늘', '７ Apple', '7', '- 7 apple'].map(isCodeLike)).toEqual(Array(5).fill(true));
    const links = ['', 'hello', 'apple-lantern-tulip', `https://a.example/#v1.${SECRET}`, '10.0.0.2:5000/#v1.x', '192.168.0.7', `1a.example/#v1.${SECRET}`];
    expect(links.map(isCodeLike)).toEqual(Array(links.length).fill(false));
  });

  it('has its number as soon as that is typed', () => {
    expect(['7', '7-app', ' 12 사과', '４２ Apple', '12사과', 'apple', ''].map(codeNumber)).toEqual([7, 7, 12, 42, 12, null, null]);
  });

  it.each([
    ['7 Apple, LANTERN tulip.', null],
    ['12사과나무하늘', null],
    ['7-apple-lantern', { kind: 'not-a-code' }],
    ['0-apple-lantern-tulip', { kind: 'not-a-code' }],
    ['7-aple-lantern-tulip', { kind: 'unknown-word', place: 0 }],
    ['7-apple-lamtern-tulip', { kind: 'unknown-word', place: 1 }],
    ['7-apple-lantern-나무', { kind: 'unknown-word', place: 2 }],
  ])('%s lacks what is said', (text, fault) => {
    expect(codeFault(text)).toEqual(fault);
  });
});

describe('a file name', () => {
  it('keeps beginning and ending', () => {
    const short = shortenMiddle('A morning under the old persimmon tree.mov', 20);
    expect(short).toHaveLength(20);
    expect(short).toBe('A morning…n tree.mov');
    expect(shortenMiddle('short.txt', 20)).toBe('short.txt');
  });

  it('does not cut a character in two', () => {
    expect(shortenMiddle('👩‍👩‍👧‍👦'.repeat(12), 8)).toBe(`${'👩‍👩‍👧‍👦'.repeat(3)}…${'👩‍👩‍👧‍👦'.repeat(4)}`);
  });

  it('of a transfer is its file, its one folder, or its number of files', () => {
    const entry = (path: string) => ({ path, size: 1, proven: false, failed: null });
    expect(transferName(transfer({ entries: [entry('a/b.txt')] }), words)).toBe('b.txt');
    expect(transferName(transfer({ entries: [entry('a/b'), entry('a/c')], entry_count: 2 }), words)).toBe('a');
    expect(transferName(transfer({ entries: [entry('a/b'), entry('c')], entry_count: 2 }), words)).toBe('2 files');
  });
});

describe('the line of a card', () => {
  const line = (change = {}, isOver = false) => transferLine(transfer(change), 'Theo', words, formats, isOver);

  it('asks for consent before anything moves', () => {
    expect(line()).toMatchObject({ actions: ['accept', 'decline'] });
    expect(line({ direction: 'sending' })).toMatchObject({ words: 'Waiting for Theo to accept', actions: ['cancel'] });
  });

  it('tells share, speed and time left', () => {
    expect(line({ state: 'moving', stored_bytes: 1_806_000, bytes_per_second: 12_000_000, remaining_ms: 120_000 }).words).toBe('43% · 12 MB/s · 2 min left');
  });

  it('tells who ended it, and why when there is a reason', () => {
    expect(line({ state: 'cancelled', ended_by_us: true, code: 'cancelled' }).words).toBe('You stopped it');
    expect(line({ state: 'cancelled' }).words).toBe('Theo left before it was done');
    expect(line({ state: 'cancelled', code: 'no-space' }).words).toBe(words.file.end['no-space']);
    expect(line({ state: 'declined' }).words).toBe('Theo declined');
  });

  it('offers what was received for use only once something of it is proven', () => {
    expect(line({ state: 'proven' }).actions).toEqual(['use']);
    expect(line({ state: 'partial', proven_count: 0 }).actions).toEqual([]);
    expect(line({ state: 'proven', direction: 'sending' }).actions).toEqual([]);
  });

  it('says who holds it up, ours first', () => {
    expect(line({ state: 'moving' }).actions).toEqual(['pause', 'cancel']);
    expect(line({ state: 'paused', stored_bytes: 2_100_000, paused_by_us: true })).toMatchObject({ tone: 'plain', words: '50% · Paused by you', actions: ['go-on', 'cancel'] });
    expect(line({ state: 'paused', stored_bytes: 2_100_000 })).toMatchObject({ words: '50% · Paused by Theo', actions: ['cancel'] });
  });

  it('does not count as failed what was not wanted', () => {
    const entries = [null, 'declined', 'corrupt'].map((failed, index) => ({ path: String(index), size: 1, proven: failed === null, failed })) as Transfer['entries'];
    expect(line({ state: 'partial', entries, entry_count: 3, proven_count: 1 }).words).toMatch(/^1 of 2 files are here/);
    expect(line({ state: 'proven', entries: entries.slice(0, 2), entry_count: 2, proven_count: 1 })).toMatchObject({ tone: 'good', words: '1 of 2 files are here and proven; you did not want the rest' });
    expect(line({ state: 'proven', direction: 'sending', entries: entries.slice(0, 2), entry_count: 2, proven_count: 1 }).words).toContain('the rest was not wanted');
  });

  it('lets ours be offered again where it did not wholly arrive', () => {
    const ours = (change = {}, isOver = false) => line({ direction: 'sending', ...change }, isOver).actions;
    expect([ours({ state: 'partial' }), ours({ state: 'cancelled' }), ours({ state: 'declined' })]).toEqual(Array(3).fill(['offer-again']));
    expect([ours({ state: 'proven' }), ours({ state: 'partial' }, true), line({ state: 'cancelled' }).actions]).toEqual([[], [], []]);
  });

  it('does not promise anything once the room is over', () => {
    expect(line({ state: 'moving' }, true)).toMatchObject({ tone: 'bad', actions: [] });
    expect(line({ state: 'proven' }, true).actions).toEqual(['use']);
  });
});
