// A ZIP archive of received files, stored as they are.
//
// Promises: no file is ever in memory: each is read once, piece by piece, for its checksum, and stands in the archive by reference; names
// are UTF-8; files and archives beyond 4 GiB use ZIP64 (PKWARE APPNOTE 4.3.14, 4.5.3). Leaves to others: that paths are safe and unlike.
import { concatBytes, utf8, type Bytes } from '../../../trust/bytes';
import { crc32 } from './crc32';

/** A file of an archive. */
export interface ZipEntry {
  /** Relative, components joined by `/`. */
  readonly path: string;
  readonly file: Blob;
}

/** From here on a number does not fit its old field. */
const OLD_MAX = 0xffffffff;
const OLD_COUNT_MAX = 0xffff;
/** 4.5 wrote ZIP64 first. */
const VERSION = 45;
/** Names are UTF-8. */
const FLAGS = 1 << 11;

/** The archive. `oldMax` is for tests: numbers from it on are written as ZIP64. */
export async function zipOf(entries: readonly ZipEntry[], at: Date, oldMax = OLD_MAX): Promise<Blob> {
  const parts: (Blob | Bytes)[] = [];
  const directory: Bytes[] = [];
  const time = dosTime(at);
  let offset = 0;
  for (const { path, file } of entries) {
    const name = utf8(path);
    const size = file.size;
    const about = concatBytes(u16(FLAGS), u16(0), time, u32(await checksum(file)), u32(size < oldMax ? size : OLD_MAX), u32(size < oldMax ? size : OLD_MAX));
    // In the header of a file both sizes stand in the extra field, or none.
    const header = concatBytes(u32(0x04034b50), u16(VERSION), about, names(name, extra(size < oldMax ? [] : [size, size])));
    const far = [...(size < oldMax ? [] : [size, size]), ...(offset < oldMax ? [] : [offset])];
    const attributes = concatBytes(u16(0), u16(0), u16(0), u32(0));
    const named = names(name, extra(far), concatBytes(attributes, u32(offset < oldMax ? offset : OLD_MAX)));
    directory.push(concatBytes(u32(0x02014b50), u16(VERSION), u16(VERSION), about, named));
    parts.push(header, file);
    offset += header.length + size;
  }
  const listed = concatBytes(...directory);
  parts.push(listed, end(entries.length, listed.length, offset, oldMax));
  return new Blob(parts, { type: 'application/zip' });
}

/** What stands behind the directory: for a large archive twice, in the new way and the old. */
function end(count: number, bytes: number, offset: number, oldMax: number): Bytes {
  const isLarge = count >= OLD_COUNT_MAX || bytes >= oldMax || offset >= oldMax;
  const oldCount = u16(isLarge ? OLD_COUNT_MAX : count);
  const old = concatBytes(
    u32(0x06054b50), u16(0), u16(0), oldCount, oldCount,
    u32(isLarge ? OLD_MAX : bytes), u32(isLarge ? OLD_MAX : offset), u16(0),
  );
  if (!isLarge) return old;
  const record = concatBytes(
    u32(0x06064b50), u64(44), u16(VERSION), u16(VERSION), u32(0), u32(0), u64(count), u64(count), u64(bytes), u64(offset),
  );
  const locator = concatBytes(u32(0x07064b50), u32(0), u64(offset + bytes), u32(1));
  return concatBytes(record, locator, old);
}

/** Lengths, whatever stands between in the directory, the name and the extra field. */
function names(name: Bytes, more: Bytes, between: Bytes = new Uint8Array(0)): Bytes {
  return concatBytes(u16(name.length), u16(more.length), between, name, more);
}

/** The extra field of ZIP64: the numbers that have no room elsewhere, in their order. */
function extra(numbers: readonly number[]): Bytes {
  return numbers.length === 0 ? new Uint8Array(0) : concatBytes(u16(1), u16(8 * numbers.length), ...numbers.map(u64));
}

async function checksum(file: Blob): Promise<number> {
  let crc = 0;
  const reader = file.stream().getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) crc = crc32(crc, piece.value);
  return crc;
}

/** Time, then date, of the clock on the wall, in steps of two seconds. */
function dosTime(at: Date): Bytes {
  const year = Math.min(Math.max(at.getFullYear(), 1980), 2107);
  const time = (at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1);
  return concatBytes(u16(time), u16(((year - 1980) << 9) | ((at.getMonth() + 1) << 5) | at.getDate()));
}

function u16(value: number): Bytes {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff);
}

function u32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function u64(value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}
