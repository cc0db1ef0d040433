//! Keys of a room and of an epoch (docs/protocol.md, section 2): HKDF-SHA-256 (RFC 5869) with fixed info strings.
//!
//! Promises: each value has an info string of its own, so none tells of another; secrets are wiped when dropped.

use std::fmt;

use hkdf::Hkdf;
use parlor_protocol::id::{PeerId, RoomId};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{encode_b64, epoch::EpochId};

/// A 256-bit key, wiped when dropped.
pub(crate) type Key = Zeroizing<[u8; 32]>;

/// A peer's nonce of one handshake: 32 random bytes. Not secret towards holders of the invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; 32]);

/// A peer and its nonce in one epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Party {
    pub(crate) peer: PeerId,
    pub(crate) nonce: Nonce,
}

/// What the invitation's secret opens.
#[derive(Clone)]
pub struct RoomKeys {
    room: RoomId,
    token: Zeroizing<String>,
    pub(crate) hello: Key,
    prk: Key,
}

impl RoomKeys {
    /// Derives them from an invitation's secret.
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        let prk = extract(b"parlor v1", secret);
        let room = RoomId(expand(&prk, &[b"parlor v1 room"]));
        let token: Key = Zeroizing::new(expand(&prk, &[b"parlor v1 join"]));
        let hello = Zeroizing::new(expand(&prk, &[b"parlor v1 hello"]));
        Self { room, token: Zeroizing::new(encode_b64(token.as_slice())), hello, prk }
    }

    /// The room, as the server knows it.
    pub fn room(&self) -> RoomId {
        self.room
    }

    /// The join token, base64url of 32 bytes: proof towards the server of holding the invitation.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The 8 bytes that name an epoch. The order of the parties does not matter.
    pub(crate) fn epoch_id(&self, one: Party, other: Party) -> EpochId {
        let (low, high) = low_first(one, other);
        EpochId(self.expand(b"parlor v1 epoch", low, high))
    }

    /// The key of everything that goes `from` → `to` in their epoch.
    pub(crate) fn sealing_key(&self, from: Party, to: Party) -> Key {
        Zeroizing::new(self.expand(b"parlor v1 seal", from, to))
    }

    /// The key of the epoch's key confirmations. The order of the parties does not matter.
    pub(crate) fn confirmation_key(&self, one: Party, other: Party) -> Key {
        let (low, high) = low_first(one, other);
        Zeroizing::new(self.expand(b"parlor v1 confirm", low, high))
    }

    fn expand<const N: usize>(&self, info: &[u8], first: Party, second: Party) -> [u8; N] {
        let ids: [&[u8]; 2] = [first.peer.as_bytes(), second.peer.as_bytes()];
        expand(&self.prk, &[info, ids[0], ids[1], &first.nonce.0, &second.nonce.0])
    }
}

impl fmt::Debug for RoomKeys {
    /// The room only: token and keys open it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoomKeys").field("room", &self.room).finish_non_exhaustive()
    }
}

fn low_first(one: Party, other: Party) -> (Party, Party) {
    if one.peer < other.peer { (one, other) } else { (other, one) }
}

/// HKDF's first half: a key to expand.
pub(crate) fn extract(salt: &[u8], secret: &[u8]) -> Key {
    let (prk, _) = Hkdf::<Sha256>::extract(Some(salt), secret);
    Zeroizing::new(prk.into())
}

/// HKDF's second half: a value of its own for each info string.
#[expect(clippy::expect_used, reason = "the key has a hash's length and each value at most one, which HKDF takes")]
pub(crate) fn expand<const N: usize>(prk: &Key, info: &[&[u8]]) -> [u8; N] {
    const { assert!(N <= 32) };
    let mut value = [0; N];
    let hkdf = Hkdf::<Sha256>::from_prk(prk.as_slice()).expect("a key of 32 bytes");
    hkdf.expand_multi_info(info, &mut value).expect("at most 32 bytes");
    value
}
