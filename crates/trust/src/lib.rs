//! Trust between peers: invitations, spoken codes, keys, sealed envelopes, handshakes, key confirmation, comparison, device keys.
//!
//! What it is: sections 2, 4, 5.1 and 7 of docs/protocol.md. [`Invitation`] → [`RoomKeys`]; per remote peer a [`Handshake`], whose hellos are
//! sealed by [`RoomKeys::seal_hello`]; when it is done, an [`Epoch`], which seals and opens everything else and makes and checks
//! [`KeyConfirmation`]s. A [`SpokenCode`] hands an invitation over by telephone ([`CodeOwner`], [`CodeGuest`]); a [`Comparison`] and a
//! [`DeviceKey`] tell peers apart who hold the same invitation.
//! Promises: no IO, no clock; every random value is an argument; secrets are wiped when dropped and never shown by `Debug`; what opens was
//! sealed by a holder of the invitation for this room, sender, receiver and epoch, and counts once; bytes from a server or peer never panic.
//! Leaves to others: where randomness comes from, sending, when to ask again, and reading certificates.
//!
//! ```
//! use parlor_protocol::{id::PeerId, negotiation::{HostKind, Plane, Sealed}};
//! use parlor_trust::{About, Handshake, Invitation, Nonce};
//!
//! let invitation = Invitation::new("https://parlor.example", [42; 32])?; // 32 random bytes
//! let keys = invitation.keys();
//! let (ada, bob) = (PeerId([1; 16]), PeerId([2; 16]));
//! let about = About { name: "Ada".into(), agent: "parlor/0.1.0".into(), host: HostKind::App };
//!
//! // Ada enters a room in which Bob sits.
//! let mut at_ada = Handshake::new(&keys, ada, bob);
//! let mut at_bob = Handshake::new(&keys, bob, ada);
//! let body = keys.seal_hello(ada, bob, &at_ada.begin(Nonce([3; 32])).hello(&about), [4; 24])?;
//!
//! // Bob opens it, answers; two hellos later both have the epoch.
//! let step = at_bob.hello_received(&keys.open_hello(ada, bob, &body)?, Nonce([5; 32]))?;
//! let hello = step.send.expect("an answer").hello(&about);
//! let step = at_ada.hello_received(&hello, Nonce([6; 32]))?;
//! let mut ada_epoch = step.established.expect("Bob has echoed Ada's nonce");
//! let hello = step.send.expect("Ada has not echoed yet").hello(&about);
//! let mut bob_epoch = at_bob.hello_received(&hello, Nonce([7; 32]))?.established.expect("done");
//! assert!(ada_epoch.initiator() && !bob_epoch.initiator());
//!
//! let end = Sealed::Candidate { link: 1, candidate: None };
//! let body = ada_epoch.seal(Plane::Data, &end, [8; 24])?;
//! assert_eq!(bob_epoch.open(&body)?, (Plane::Data, end));
//! # Ok::<(), parlor_trust::TrustError>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

mod base64url;
mod code_guest;
mod code_keys;
mod code_message;
mod code_owner;
mod code_room;
mod comparison;
mod confirmation;
mod control;
pub mod cpace;
mod derivation;
mod device;
pub mod envelope;
mod epoch;
mod error;
mod fingerprint;
mod handshake;
mod hello;
mod invitation;
mod short_string;
mod spoken_code;
mod words;

pub use base64url::Base64url;
pub use code_guest::{CodeGuest, CodeGuestOutput};
pub use code_message::{CODE_MESSAGE_BYTES, CODE_SESSION_BYTES, CodeMessage, SEALED_INVITATION_BYTES};
pub use code_owner::{CODE_LIFE_MS, CodeOwner, CodeStatus};
pub use code_room::CodeRoom;
pub use comparison::{ComparedPeer, Comparison, ComparisonMessage, commitment};
pub use confirmation::KeyConfirmation;
pub use derivation::{Nonce, RoomKeys};
pub use device::{DeviceId, DeviceKey, DeviceProof};
pub use epoch::{Epoch, EpochId};
pub use error::TrustError;
pub use fingerprint::Fingerprint;
pub use handshake::{Greeting, Handshake, HandshakeStep};
pub use hello::About;
pub use invitation::{Invitation, base_url};
pub use short_string::{EMOJI, EMOJI_SHOWN, Emoji, ShortString};
pub use spoken_code::{CODE_NUMBER_MAX, CODE_WORDS, SpokenCode};
pub use words::{Language, WORD_COUNT};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// base64url without padding, as everywhere on the wire.
fn encode_b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Exactly `N` bytes in canonical base64url.
fn decode_b64<const N: usize>(text: &str) -> Option<[u8; N]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}
