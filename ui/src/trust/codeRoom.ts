// Where the owner and the guest of a spoken code meet: a room of its own, which both derive from the number (docs/protocol.md, section 7.3).
//
// Promises: nothing of the words goes into it. Whoever tries numbers can enter such a room, as its server can; what is said there is made
// for that (`CodeOwner`, `CodeGuest`). Leaves to others: joining, and which number is free. Twin of `crates/trust/src/code_room.rs`.

import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';

import type { RoomId } from '../protocol/RoomId';
import { encodeBase64url } from './base64url';
import { concatBytes, u32Bytes, utf8 } from './bytes';
import { toHex } from './id';

/** The room of a number. */
export interface CodeRoom {
  readonly room: RoomId;
  /** The join token, base64url of 32 bytes. Not secret. */
  readonly token: string;
}

/** Derives it; `number` is 1 … `CODE_NUMBER_MAX`. */
export function codeRoom(number: number): CodeRoom {
  const prk = extract(sha256, concatBytes(utf8('code '), u32Bytes(number)), utf8('parlor v1'));
  return {
    room: toHex(expand(sha256, prk, utf8('parlor v1 code room'), 16)),
    token: encodeBase64url(expand(sha256, prk, utf8('parlor v1 code join'), 32)),
  };
}
