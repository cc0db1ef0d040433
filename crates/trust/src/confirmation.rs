//! Key confirmation (docs/protocol.md, section 5.1): a MAC over both certificates of a connection, both nonces, epoch, link and role.
//!
//! Promises: a right MAC was made by a holder of the invitation, in this epoch, for this connection, by the other role: it can be
//! neither replayed nor reflected; it is compared in constant time. Leaves to others: reading the fingerprints.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use parlor_protocol::negotiation::Plane;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{
    decode_b64,
    derivation::{Key, Party},
    encode_b64,
    epoch::EpochId,
    error::TrustError,
    fingerprint::Fingerprint,
};

/// Confirms the keys of one connection.
pub struct KeyConfirmation {
    key: Key,
    plane: Plane,
    epoch: EpochId,
    link: u32,
    local: Party,
    remote: Party,
}

impl KeyConfirmation {
    pub(crate) fn new(key: Key, plane: Plane, epoch: EpochId, link: u32, local: Party, remote: Party) -> Self {
        Self { key, plane, epoch, link, local, remote }
    }

    /// Our `mac`, base64url: over our own certificate and the peer's as we see it.
    pub fn mac(&self, local: &Fingerprint, remote: &Fingerprint) -> String {
        encode_b64(&self.compute(&self.local, &self.remote, local, remote))
    }

    /// Checks the peer's `mac`. Fingerprints as in [`KeyConfirmation::mac`].
    ///
    /// # Errors
    /// [`TrustError::ProofFailed`]: end the connection.
    pub fn verify(&self, mac: &str, local: &Fingerprint, remote: &Fingerprint) -> Result<(), TrustError> {
        let claimed: [u8; 32] = decode_b64(mac).ok_or(TrustError::ProofFailed)?;
        let right = self.compute(&self.remote, &self.local, remote, local);
        if bool::from(claimed.ct_eq(&right)) { Ok(()) } else { Err(TrustError::ProofFailed) }
    }

    /// What our device signs (docs/protocol.md, section 7.5): both ids, ours first, and what our MAC is made over.
    pub(crate) fn local_claims(&self, local: &Fingerprint, remote: &Fingerprint) -> Vec<u8> {
        let ids = [self.local.peer.as_bytes().as_slice(), self.remote.peer.as_bytes()].concat();
        [ids, self.text(&self.local, &self.remote, local, remote)].concat()
    }

    /// What the peer's device signs.
    pub(crate) fn remote_claims(&self, local: &Fingerprint, remote: &Fingerprint) -> Vec<u8> {
        let ids = [self.remote.peer.as_bytes().as_slice(), self.local.peer.as_bytes()].concat();
        [ids, self.text(&self.remote, &self.local, remote, local)].concat()
    }

    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    fn compute(
        &self,
        sender: &Party,
        receiver: &Party,
        fp_sender: &Fingerprint,
        fp_receiver: &Fingerprint,
    ) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_slice()).expect("any length");
        mac.update(&self.text(sender, receiver, fp_sender, fp_receiver));
        mac.finalize().into_bytes().into()
    }

    /// What is confirmed, as bytes.
    fn text(&self, sender: &Party, receiver: &Party, fp_sender: &Fingerprint, fp_receiver: &Fingerprint) -> Vec<u8> {
        let role = u8::from(sender.peer > receiver.peer);
        let head: [&[u8]; 4] =
            [b"parlor v1 key confirmation", &[self.plane.byte(), role], &self.epoch.0, &self.link.to_be_bytes()];
        [head.concat(), [fp_sender.0, fp_receiver.0, sender.nonce.0, receiver.nonce.0].concat()].concat()
    }
}

impl fmt::Debug for KeyConfirmation {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyConfirmation")
            .field("plane", &self.plane)
            .field("epoch", &self.epoch)
            .field("link", &self.link)
            .finish_non_exhaustive()
    }
}
