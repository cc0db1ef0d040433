// BLAKE3 of bytes that are there as a whole, 32 bytes of it: what proves the blocks of a file, written for speed.
//
// Promises: the same as every other BLAKE3, for every length. Why it is here: beside a call, hashing sets the pace of a transfer, and this
// takes a tenth of the time of a library that does all modes in one loop. Leaves to such a library: keys, contexts, streams, longer outputs.
// The names are those of the specification (github.com/BLAKE3-team/BLAKE3-specs).

const CHUNK_BYTES = 1024;
const BLOCK_BYTES = 64;
const CHAIN_BYTES = 32;
/** Levels of the tree: more chunks than a length can count need no more. */
const LEVELS = 54;

/** What a compression is of. */
const [CHUNK_START, CHUNK_END, PARENT, ROOT] = [1, 2, 4, 8] as const;

const IV = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19] as const;

// Scratch of one call; calls cannot overlap.
const chainBytes = new Uint8Array(CHAIN_BYTES);
const chain = new DataView(chainBytes.buffer);
/** Chaining values of subtrees that wait for their right neighbours, the largest first. */
const waitingBytes = new Uint8Array(LEVELS * CHAIN_BYTES);
const waiting = new DataView(waitingBytes.buffer);
/** The last block, filled up with zeros. */
const lastBytes = new Uint8Array(BLOCK_BYTES);
const last = new DataView(lastBytes.buffer);

/** The hash of `bytes`. */
export function blake3(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lastChunk = Math.max(0, Math.ceil(bytes.length / CHUNK_BYTES) - 1);
  let depth = 0;
  for (let chunk = 0; chunk < lastChunk; chunk += 1) {
    hashChunk(message, chunk, 0);
    // As many subtrees are whole now as there are twos in the number of chunks.
    for (let chunks = chunk + 1; chunks % 2 === 0; chunks /= 2) depth = joinWith(depth, 0);
    waitingBytes.set(chainBytes, depth * CHAIN_BYTES);
    depth += 1;
  }
  hashChunk(message, lastChunk, depth === 0 ? ROOT : 0);
  while (depth > 0) depth = joinWith(depth, depth === 1 ? ROOT : 0);
  return chainBytes.slice();
}

/** Puts the chaining value of a chunk into `chain`. */
function hashChunk(message: DataView, chunk: number, root: number): void {
  const end = Math.min((chunk + 1) * CHUNK_BYTES, message.byteLength);
  const [low, high] = [chunk | 0, (chunk / 2 ** 32) | 0];
  let flags: number = CHUNK_START;
  startChain();
  let at = chunk * CHUNK_BYTES;
  for (; end - at > BLOCK_BYTES; at += BLOCK_BYTES) {
    compress(message, at, low, high, BLOCK_BYTES, flags);
    flags = 0;
  }
  flags |= CHUNK_END | root;
  if (end - at === BLOCK_BYTES) {
    compress(message, at, low, high, BLOCK_BYTES, flags);
    return;
  }
  lastBytes.fill(0);
  lastBytes.set(new Uint8Array(message.buffer, message.byteOffset + at, end - at));
  compress(last, 0, low, high, end - at, flags);
}

/** Joins `chain` with the last of `depth` waiting subtrees, on the left of it; gives how many wait then. */
function joinWith(depth: number, root: number): number {
  // Its own place is free, and beside its left neighbour.
  waitingBytes.set(chainBytes, depth * CHAIN_BYTES);
  startChain();
  compress(waiting, (depth - 1) * CHAIN_BYTES, 0, 0, BLOCK_BYTES, PARENT | root);
  return depth - 1;
}

function startChain(): void {
  for (let word = 0; word < IV.length; word += 1) chain.setInt32(word * 4, IV[word] ?? 0, true);
}

/**
 * Mixes the 64 bytes at `at` into `chain`. Everything is written out into locals, which the processor's registers and its stack hold:
 * arrays in this place are what makes it slow.
 */
function compress(message: DataView, at: number, low: number, high: number, length: number, flags: number): void {
  let m0 = message.getInt32(at + 0, true),
    m1 = message.getInt32(at + 4, true),
    m2 = message.getInt32(at + 8, true),
    m3 = message.getInt32(at + 12, true);
  let m4 = message.getInt32(at + 16, true),
    m5 = message.getInt32(at + 20, true),
    m6 = message.getInt32(at + 24, true),
    m7 = message.getInt32(at + 28, true);
  let m8 = message.getInt32(at + 32, true),
    m9 = message.getInt32(at + 36, true),
    m10 = message.getInt32(at + 40, true),
    m11 = message.getInt32(at + 44, true);
  let m12 = message.getInt32(at + 48, true),
    m13 = message.getInt32(at + 52, true),
    m14 = message.getInt32(at + 56, true),
    m15 = message.getInt32(at + 60, true);
  let s0 = chain.getInt32(0, true), s1 = chain.getInt32(4, true), s2 = chain.getInt32(8, true), s3 = chain.getInt32(12, true);
  let s4 = chain.getInt32(16, true), s5 = chain.getInt32(20, true), s6 = chain.getInt32(24, true), s7 = chain.getInt32(28, true);
  let s8: number = IV[0], s9: number = IV[1], s10: number = IV[2], s11: number = IV[3];
  let s12 = low, s13 = high, s14 = length, s15 = flags;
  for (let round = 1; ; round += 1) {
    // Columns, then diagonals.
    s0 = (s0 + s4 + m0) | 0; s12 ^= s0; s12 = (s12 >>> 16) | (s12 << 16);
    s8 = (s8 + s12) | 0; s4 ^= s8; s4 = (s4 >>> 12) | (s4 << 20);
    s0 = (s0 + s4 + m1) | 0; s12 ^= s0; s12 = (s12 >>> 8) | (s12 << 24);
    s8 = (s8 + s12) | 0; s4 ^= s8; s4 = (s4 >>> 7) | (s4 << 25);
    s1 = (s1 + s5 + m2) | 0; s13 ^= s1; s13 = (s13 >>> 16) | (s13 << 16);
    s9 = (s9 + s13) | 0; s5 ^= s9; s5 = (s5 >>> 12) | (s5 << 20);
    s1 = (s1 + s5 + m3) | 0; s13 ^= s1; s13 = (s13 >>> 8) | (s13 << 24);
    s9 = (s9 + s13) | 0; s5 ^= s9; s5 = (s5 >>> 7) | (s5 << 25);
    s2 = (s2 + s6 + m4) | 0; s14 ^= s2; s14 = (s14 >>> 16) | (s14 << 16);
    s10 = (s10 + s14) | 0; s6 ^= s10; s6 = (s6 >>> 12) | (s6 << 20);
    s2 = (s2 + s6 + m5) | 0; s14 ^= s2; s14 = (s14 >>> 8) | (s14 << 24);
    s10 = (s10 + s14) | 0; s6 ^= s10; s6 = (s6 >>> 7) | (s6 << 25);
    s3 = (s3 + s7 + m6) | 0; s15 ^= s3; s15 = (s15 >>> 16) | (s15 << 16);
    s11 = (s11 + s15) | 0; s7 ^= s11; s7 = (s7 >>> 12) | (s7 << 20);
    s3 = (s3 + s7 + m7) | 0; s15 ^= s3; s15 = (s15 >>> 8) | (s15 << 24);
    s11 = (s11 + s15) | 0; s7 ^= s11; s7 = (s7 >>> 7) | (s7 << 25);
    s0 = (s0 + s5 + m8) | 0; s15 ^= s0; s15 = (s15 >>> 16) | (s15 << 16);
    s10 = (s10 + s15) | 0; s5 ^= s10; s5 = (s5 >>> 12) | (s5 << 20);
    s0 = (s0 + s5 + m9) | 0; s15 ^= s0; s15 = (s15 >>> 8) | (s15 << 24);
    s10 = (s10 + s15) | 0; s5 ^= s10; s5 = (s5 >>> 7) | (s5 << 25);
    s1 = (s1 + s6 + m10) | 0; s12 ^= s1; s12 = (s12 >>> 16) | (s12 << 16);
    s11 = (s11 + s12) | 0; s6 ^= s11; s6 = (s6 >>> 12) | (s6 << 20);
    s1 = (s1 + s6 + m11) | 0; s12 ^= s1; s12 = (s12 >>> 8) | (s12 << 24);
    s11 = (s11 + s12) | 0; s6 ^= s11; s6 = (s6 >>> 7) | (s6 << 25);
    s2 = (s2 + s7 + m12) | 0; s13 ^= s2; s13 = (s13 >>> 16) | (s13 << 16);
    s8 = (s8 + s13) | 0; s7 ^= s8; s7 = (s7 >>> 12) | (s7 << 20);
    s2 = (s2 + s7 + m13) | 0; s13 ^= s2; s13 = (s13 >>> 8) | (s13 << 24);
    s8 = (s8 + s13) | 0; s7 ^= s8; s7 = (s7 >>> 7) | (s7 << 25);
    s3 = (s3 + s4 + m14) | 0; s14 ^= s3; s14 = (s14 >>> 16) | (s14 << 16);
    s9 = (s9 + s14) | 0; s4 ^= s9; s4 = (s4 >>> 12) | (s4 << 20);
    s3 = (s3 + s4 + m15) | 0; s14 ^= s3; s14 = (s14 >>> 8) | (s14 << 24);
    s9 = (s9 + s14) | 0; s4 ^= s9; s4 = (s4 >>> 7) | (s4 << 25);
    if (round === 7) break;
    // The words of the message change places, in two circles.
    const t0 = m0;
    m0 = m2; m2 = m3; m3 = m10; m10 = m12; m12 = m9; m9 = m11; m11 = m5; m5 = t0;
    const t1 = m1;
    m1 = m6; m6 = m4; m4 = m7; m7 = m13; m13 = m14; m14 = m15; m15 = m8; m8 = t1;
  }
  chain.setInt32(0, s0 ^ s8, true);
  chain.setInt32(4, s1 ^ s9, true);
  chain.setInt32(8, s2 ^ s10, true);
  chain.setInt32(12, s3 ^ s11, true);
  chain.setInt32(16, s4 ^ s12, true);
  chain.setInt32(20, s5 ^ s13, true);
  chain.setInt32(24, s6 ^ s14, true);
  chain.setInt32(28, s7 ^ s15, true);
}
