// CRC-32 as ZIP uses it (ISO 3309, reflected, 0xedb88320).
//
// Promises: takes a file piece by piece, eight bytes a step.

const TABLES = Array.from({ length: 8 }, () => new Uint32Array(256));

for (let byte = 0; byte < 256; byte += 1) {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xedb88320;
  set(0, byte, value);
}
for (let table = 1; table < TABLES.length; table += 1) {
  for (let byte = 0; byte < 256; byte += 1) {
    const before = at(table - 1, byte);
    set(table, byte, (before >>> 8) ^ at(0, before & 0xff));
  }
}

/** The checksum of what came before and `bytes`; begin with 0. */
export function crc32(before: number, bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = ~before;
  let index = 0;
  for (; index + 8 <= bytes.length; index += 8) {
    const low = crc ^ view.getUint32(index, true);
    const high = view.getUint32(index + 4, true);
    crc =
      at(7, low & 0xff) ^ at(6, (low >>> 8) & 0xff) ^ at(5, (low >>> 16) & 0xff) ^ at(4, low >>> 24) ^
      at(3, high & 0xff) ^ at(2, (high >>> 8) & 0xff) ^ at(1, (high >>> 16) & 0xff) ^ at(0, high >>> 24);
  }
  for (; index < bytes.length; index += 1) crc = (crc >>> 8) ^ at(0, (crc ^ view.getUint8(index)) & 0xff);
  return ~crc >>> 0;
}

function at(table: number, byte: number): number {
  return TABLES[table]?.[byte] ?? 0;
}

function set(table: number, byte: number, value: number): void {
  const row = TABLES[table];
  if (row !== undefined) row[byte] = value >>> 0;
}
