//! Where the owner and the guest of a spoken code meet: a room of its own, which both derive from the number (docs/protocol.md, section 7.3).
//!
//! Promises: nothing of the words goes into it. Whoever tries numbers can enter such a room, as its server can; what is said there is made
//! for that ([`crate::CodeOwner`], [`crate::CodeGuest`]). Leaves to others: joining, and which number is free.

use parlor_protocol::id::RoomId;

use crate::{
    derivation::{expand, extract},
    encode_b64,
};

/// The room of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRoom {
    room: RoomId,
    token: String,
}

impl CodeRoom {
    /// Derives it.
    pub fn new(number: u32) -> Self {
        let prk = extract(b"parlor v1", &[b"code ".as_slice(), &number.to_be_bytes()].concat());
        let token: [u8; 32] = expand(&prk, &[b"parlor v1 code join"]);
        Self { room: RoomId(expand(&prk, &[b"parlor v1 code room"])), token: encode_b64(&token) }
    }

    /// The room, as the server knows it.
    pub fn room(&self) -> RoomId {
        self.room
    }

    /// The join token, base64url of 32 bytes. Not secret.
    pub fn token(&self) -> &str {
        &self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_a_room_and_a_token_of_its_own() {
        let (one, other) = (CodeRoom::new(7), CodeRoom::new(70));
        assert_eq!(one, CodeRoom::new(7));
        assert_ne!(one.room(), other.room());
        assert_ne!(one.token(), other.token());
        assert_eq!(one.token().len(), 43);
    }
}
