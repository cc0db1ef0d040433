// @vitest-environment node
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { seededBytes } from '../../../transfer/testNetwork';
import { utf8 } from '../../../trust/bytes';
import { crc32 } from './crc32';
import { zipOf, type ZipEntry } from './zip';

const folder = mkdtempSync(join(tmpdir(), 'parlor-zip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads an archive back with Python: its names, and the lengths and checksums of what is in it. */
const READ = `
import json, sys, zipfile, zlib
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps([[i.filename, i.file_size, zlib.crc32(archive.read(i)), i.date_time[0]] for i in archive.infolist()]))
`;

async function read(archive: Blob): Promise<unknown> {
  const path = join(folder, 'archive.zip');
  writeFileSync(path, new Uint8Array(await archive.arrayBuffer()));
  return JSON.parse(execFileSync('python3', ['-c', READ, path], { encoding: 'utf8' }));
}

const large = seededBytes(1, 300_003);
const entries: ZipEntry[] = [
  { path: 'photos/summer/바다.jpg', file: new Blob([large]) },
  { path: 'photos/empty', file: new Blob([]) },
  { path: 'photos/notes.txt', file: new Blob(['Hello']) },
];
const listed = [
  ['photos/summer/바다.jpg', large.length, crc32(0, large), 2026],
  ['photos/empty', 0, 0, 2026],
  ['photos/notes.txt', 5, crc32(0, utf8('Hello')), 2026],
];

describe('an archive', () => {
  it('is read back by another program', async () => {
    expect(await read(await zipOf(entries, new Date(2026, 1, 3, 4, 5, 6)))).toEqual(listed);
    expect(await read(await zipOf([], new Date()))).toEqual([]);
  });

  it.each([0, 1, 200_000, 300_100])('is read back when numbers from %i on are written as ZIP64', async (oldMax) => {
    expect(await read(await zipOf(entries, new Date(2026, 1, 3), oldMax))).toEqual(listed);
  });
});

describe('the checksum', () => {
  it('is the known one, however the bytes are cut', () => {
    expect(crc32(0, utf8('123456789'))).toBe(0xcbf43926);
    for (const cut of [0, 1, 7, 8, 9, 1000]) expect(crc32(crc32(0, large.subarray(0, cut)), large.subarray(cut))).toBe(crc32(0, large));
  });
});
