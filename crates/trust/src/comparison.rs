//! The comparison of a short authentication string (docs/protocol.md, section 7.4), for peers who share no secret that others have not.
//!
//! Promises: whoever sits in between has to settle on its own nonces before it learns those of the two, so it gets one guess at 42 bits a
//! comparison, not a search; anything but the right messages in the right order ends it with nothing to show.
//! Leaves to others: sending, over the live data plane; that fingerprints were read from it; and the two people who compare.

use std::fmt;

use parlor_protocol::id::PeerId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{
    base64url::Base64url,
    derivation::{expand, extract},
    device::DeviceId,
    error::TrustError,
    fingerprint::Fingerprint,
    short_string::ShortString,
};

/// What is said in a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ComparisonMessage {
    /// From the peer with the larger id: please begin.
    ComparisonWanted,
    /// From the peer with the smaller id: a nonce is chosen.
    ComparisonCommit {
        /// [`commitment`] to it.
        commitment: Base64url<32>,
    },
    /// The nonce: from the larger id upon the commitment, then from the smaller.
    ComparisonReveal {
        /// 32 random bytes, used in this comparison only.
        nonce: Base64url<32>,
    },
}

/// One side, as the peer that makes the comparison sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComparedPeer {
    /// Its id in the room.
    pub peer: PeerId,
    /// The certificate it uses on the data plane.
    pub data: Fingerprint,
    /// That on the media plane; none while there is no such connection.
    pub media: Option<Fingerprint>,
    /// Its device key, if it has shown one.
    pub device: Option<DeviceId>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    /// We have the smaller id and have committed.
    Committed,
    /// We have the larger id and have revealed.
    Revealed {
        commitment: [u8; 32],
    },
    Done {
        remote: [u8; 32],
        shown: ShortString,
    },
    Failed,
}

/// One comparison with one peer.
pub struct Comparison {
    local: ComparedPeer,
    remote: ComparedPeer,
    nonce: [u8; 32],
    state: State,
}

impl Comparison {
    /// Of us and a peer. `nonce` is 32 fresh random bytes. It may be made upon the other's first message, or to [`Comparison::begin`].
    pub fn new(local: ComparedPeer, remote: ComparedPeer, nonce: [u8; 32]) -> Self {
        Self { local, remote, nonce, state: State::Idle }
    }

    /// Begins: what to send.
    ///
    /// # Errors
    /// [`TrustError::OutOfOrder`] when a commitment was made or taken before; nothing has changed then.
    pub fn begin(&mut self) -> Result<ComparisonMessage, TrustError> {
        match (self.state, self.is_committer()) {
            (State::Idle, true) => Ok(self.commit()),
            (State::Idle, false) => Ok(ComparisonMessage::ComparisonWanted),
            _ => Err(TrustError::OutOfOrder),
        }
    }

    /// Takes a message of the other peer, and returns what to send, if anything. A comparison that has ended takes no more: a
    /// [`ComparisonMessage::ComparisonWanted`] or [`ComparisonMessage::ComparisonCommit`] that comes then is for a new one.
    ///
    /// # Errors
    /// [`TrustError::Replay`] for the message that came before, once more: nothing has changed. [`TrustError::OutOfOrder`] and
    /// [`TrustError::WrongCommitment`] have ended the comparison.
    pub fn message_received(&mut self, message: &ComparisonMessage) -> Result<Option<ComparisonMessage>, TrustError> {
        use ComparisonMessage::{ComparisonCommit, ComparisonReveal, ComparisonWanted};
        match (self.state, message, self.is_committer()) {
            (State::Idle, ComparisonWanted, true) => Ok(Some(self.commit())),
            // Both began at once: the commitment is under way.
            (State::Committed, ComparisonWanted, true) => Ok(None),
            (State::Committed, ComparisonReveal { nonce }, true) => {
                self.finish(nonce.0);
                Ok(Some(self.reveal()))
            }
            (State::Idle, ComparisonCommit { commitment }, false) => {
                self.state = State::Revealed { commitment: commitment.0 };
                Ok(Some(self.reveal()))
            }
            (State::Revealed { commitment }, ComparisonReveal { nonce }, false) => {
                if !bool::from(self::commitment(self.remote.peer, &nonce.0).ct_eq(&commitment)) {
                    return self.fail(TrustError::WrongCommitment);
                }
                self.finish(nonce.0);
                Ok(None)
            }
            (State::Revealed { commitment: known }, ComparisonCommit { commitment }, false)
                if known == commitment.0 =>
            {
                Err(TrustError::Replay)
            }
            (State::Done { remote, .. }, ComparisonReveal { nonce }, _) if remote == nonce.0 => Err(TrustError::Replay),
            _ => self.fail(TrustError::OutOfOrder),
        }
    }

    /// What to show, once both nonces are known.
    pub fn short_string(&self) -> Option<ShortString> {
        match self.state {
            State::Done { shown, .. } => Some(shown),
            State::Idle | State::Committed | State::Revealed { .. } | State::Failed => None,
        }
    }

    /// Whether it has ended with nothing to show. Another one may be made, with another nonce.
    pub fn has_failed(&self) -> bool {
        self.state == State::Failed
    }

    fn is_committer(&self) -> bool {
        self.local.peer < self.remote.peer
    }

    fn commit(&mut self) -> ComparisonMessage {
        self.state = State::Committed;
        ComparisonMessage::ComparisonCommit { commitment: Base64url(commitment(self.local.peer, &self.nonce)) }
    }

    fn reveal(&self) -> ComparisonMessage {
        ComparisonMessage::ComparisonReveal { nonce: Base64url(self.nonce) }
    }

    fn finish(&mut self, remote: [u8; 32]) {
        let (ours, theirs) = ((&self.local, &self.nonce), (&self.remote, &remote));
        let (low, high) = if self.is_committer() { (ours, theirs) } else { (theirs, ours) };
        let shown = short_string([low.0, high.0], [low.1, high.1]);
        self.state = State::Done { remote, shown };
    }

    fn fail<T>(&mut self, error: TrustError) -> Result<T, TrustError> {
        self.state = State::Failed;
        Err(error)
    }
}

impl fmt::Debug for Comparison {
    /// Without the nonce, which is a secret until it is revealed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Comparison")
            .field("local", &self.local.peer)
            .field("remote", &self.remote.peer)
            .finish_non_exhaustive()
    }
}

/// SHA-256 over a domain, the committer and its nonce. The nonce is random, so this hides it, and it fits no other.
pub fn commitment(committer: PeerId, nonce: &[u8; 32]) -> [u8; 32] {
    let hash = Sha256::new().chain_update(b"parlor v1 comparison commitment").chain_update(committer.as_bytes());
    hash.chain_update(nonce).finalize().into()
}

/// Of both sides, that with the smaller id first.
fn short_string(sides: [&ComparedPeer; 2], nonces: [&[u8; 32]; 2]) -> ShortString {
    let transcript = sides.map(described).concat();
    let prk = extract(b"parlor v1 comparison", nonces.map(<[u8; 32]>::as_slice).concat().as_slice());
    let emoji = expand(&prk, &[b"parlor v1 comparison emoji", &transcript]);
    ShortString::new(emoji, expand(&prk, &[b"parlor v1 comparison digits", &transcript]))
}

/// The bytes of a side: id, data fingerprint, and for each of media fingerprint and device key a byte 1 and it, or a byte 0.
fn described(side: &ComparedPeer) -> Vec<u8> {
    let mut bytes = [side.peer.as_bytes().as_slice(), &side.data.0].concat();
    for optional in [side.media.map(|media| media.0), side.device.map(|device| device.to_bytes())] {
        bytes.push(u8::from(optional.is_some()));
        bytes.extend(optional.iter().flatten());
    }
    bytes
}
