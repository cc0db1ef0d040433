//! Device keys (docs/protocol.md, section 7.5): Ed25519 (RFC 8032), by which a peer known from one room is recognised in the next.
//!
//! Promises: a proof holds for one connection of one epoch between these two peers, in one direction: it can be neither replayed nor
//! reflected nor handed on. The private key is wiped when dropped and not shown by `Debug`. Leaves to others: where keys are kept, which
//! names they get, and whether a user wants to be recognised: whoever gets a proof can tell this device again.

use std::{fmt, str::FromStr};

use curve25519_dalek::edwards::CompressedEdwardsY;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::{
    base64url::Base64url, confirmation::KeyConfirmation, decode_b64, encode_b64, error::TrustError,
    fingerprint::Fingerprint,
};

/// What a device signs begins with this.
const DOMAIN: &[u8] = b"parlor v1 device";

/// A device's private key.
pub struct DeviceKey {
    key: SigningKey,
}

impl DeviceKey {
    /// From 32 random bytes, which are kept to make it again.
    pub fn new(seed: &[u8; 32]) -> Self {
        Self { key: SigningKey::from_bytes(seed) }
    }

    /// The public half.
    pub fn id(&self) -> DeviceId {
        DeviceId(self.key.verifying_key().to_bytes())
    }

    /// Proves on a confirmed connection that this device is at our end of it. Fingerprints as in [`KeyConfirmation::mac`].
    pub fn prove(&self, connection: &KeyConfirmation, local: &Fingerprint, remote: &Fingerprint) -> DeviceProof {
        let id = self.id();
        let signature = self.key.sign(&signed(id, &connection.local_claims(local, remote)));
        DeviceProof::Device { key: Base64url(id.0), signature: Base64url(signature.to_bytes()) }
    }
}

impl fmt::Debug for DeviceKey {
    /// The public half.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey({})", self.id())
    }
}

/// A device, as others know it: its public key. As text 43 characters of base64url.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceId([u8; 32]);

impl DeviceId {
    /// From the bytes of a public key.
    ///
    /// # Errors
    /// [`TrustError::NotADeviceKey`] when they encode no point, or one of small order, for which anyone can sign.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, TrustError> {
        verifying_key(&bytes).map(|_| Self(bytes))
    }

    /// The bytes of the public key.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0
    }
}

impl FromStr for DeviceId {
    type Err = TrustError;

    /// Reads exactly what is printed.
    fn from_str(text: &str) -> Result<Self, TrustError> {
        decode_b64(text).ok_or(TrustError::NotADeviceKey).and_then(Self::from_bytes)
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode_b64(&self.0))
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceId({self})")
    }
}

/// What a peer sends to be recognised: `{ "type": "device", … }`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum DeviceProof {
    /// The only kind.
    Device {
        /// The sender's public key.
        key: Base64url<32>,
        /// Over what was confirmed of the connection.
        signature: Base64url<64>,
    },
}

impl DeviceProof {
    /// Which device is at the other end of a confirmed connection. Fingerprints as in [`KeyConfirmation::mac`].
    ///
    /// # Errors
    /// [`TrustError::NotADeviceKey`]; [`TrustError::ProofFailed`] when the signature is not of this key, or not for this connection.
    pub fn verify(
        &self,
        connection: &KeyConfirmation,
        local: &Fingerprint,
        remote: &Fingerprint,
    ) -> Result<DeviceId, TrustError> {
        let Self::Device { key, signature } = self;
        let (key, id) = (verifying_key(&key.0)?, DeviceId(key.0));
        let claims = signed(id, &connection.remote_claims(local, remote));
        let signature = Signature::from_bytes(&signature.0);
        key.verify_strict(&claims, &signature).map_err(|_| TrustError::ProofFailed)?;
        Ok(id)
    }
}

fn signed(id: DeviceId, claims: &[u8]) -> Vec<u8> {
    [DOMAIN, &id.0, claims].concat()
}

fn verifying_key(bytes: &[u8; 32]) -> Result<VerifyingKey, TrustError> {
    let point = CompressedEdwardsY(*bytes).decompress().ok_or(TrustError::NotADeviceKey)?;
    // One device has one id: the few points with a second encoding are known by the canonical one only.
    if point.is_small_order() || point.compress().0 != *bytes {
        return Err(TrustError::NotADeviceKey);
    }
    VerifyingKey::from_bytes(bytes).map_err(|_| TrustError::NotADeviceKey)
}
