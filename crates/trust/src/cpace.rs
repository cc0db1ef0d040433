//! CPace over ristretto255 with SHA-512 (draft-irtf-cfrg-cpace-21): two who know the same few words get the same key, and who does not
//! know them learns whether one guess was right, and nothing else.
//!
//! What it is: the functions of sections 7.2, 8.1 and 8.3 and appendix A, for either order of messages. Promises: a share that is no
//! canonical encoding, or the identity, is refused; scalars and points of the secret kind are wiped. Leaves to others: what the words,
//! channel and session are, and confirming the key (section 10.4), without which no one may act on it: [`crate::CodeOwner`],
//! [`crate::CodeGuest`].

use curve25519_dalek::{
    RistrettoPoint, Scalar,
    ristretto::CompressedRistretto,
    traits::{Identity, IsIdentity},
};
use sha2::{Digest, Sha512};
use zeroize::{Zeroize, Zeroizing};

use crate::error::TrustError;

/// `G.DSI` of section 8.3.
const DOMAIN: &[u8] = b"CPaceRistretto255";
/// `G.DSI || "_ISK"` of section 7.2.
const KEY_DOMAIN: &[u8] = b"CPaceRistretto255_ISK";
/// `H.s_in_bytes`: a block of SHA-512.
const BLOCK_BYTES: usize = 128;

/// Bytes of randomness for a [`Secret`]: twice a scalar, so that reducing them favours none.
pub const SECRET_RANDOM_BYTES: usize = 64;

/// Who spoke first, as far as the transcript knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The first message is the initiator's.
    InitiatorResponder,
    /// Nobody's: the larger message stands first.
    Symmetric,
}

/// A share and the associated data that goes with it.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// `Ya` or `Yb`.
    pub share: &'a [u8; 32],
    /// `ADa` or `ADb`.
    pub data: &'a [u8],
}

/// The generator of a password, channel and session (section 8.1). Secret: it tells a right guess from a wrong one.
pub struct Generator(RistrettoPoint);

impl Generator {
    /// `calculate_generator(PRS, CI, sid)`.
    pub fn new(password: &[u8], channel: &[u8], session: &[u8]) -> Self {
        let prefixed = |bytes: &[u8]| length_value(&[bytes]).len();
        let pad = BLOCK_BYTES.saturating_sub(1 + prefixed(password) + prefixed(DOMAIN));
        let text = Zeroizing::new(length_value(&[DOMAIN, password, &vec![0; pad], channel, session]));
        let hash: Zeroizing<[u8; 64]> = Zeroizing::new(Sha512::digest(text.as_slice()).into());
        Self(RistrettoPoint::from_uniform_bytes(&hash))
    }

    /// Its encoding.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.compress().to_bytes())
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A secret scalar, good for one exchange.
pub struct Secret(Scalar);

impl Secret {
    /// From fresh random bytes, taken as a little-endian number modulo the group's order (section 10.7).
    pub fn new(random: &[u8; SECRET_RANDOM_BYTES]) -> Self {
        Self(Scalar::from_bytes_mod_order_wide(random))
    }

    /// `scalar_mult(y, g)`: the share to send.
    pub fn share(&self, generator: &Generator) -> [u8; 32] {
        (self.0 * generator.0).compress().to_bytes()
    }

    /// `scalar_mult_vfy(y, Y)`: the point both sides get, `K`.
    ///
    /// # Errors
    /// [`TrustError::BadShare`] when the other's share encodes no point, or the identity.
    pub fn agree(&self, share: &[u8; 32]) -> Result<Zeroizing<[u8; 32]>, TrustError> {
        let mut other = CompressedRistretto(*share).decompress().ok_or(TrustError::BadShare)?;
        if other.is_identity() {
            return Err(TrustError::BadShare);
        }
        other *= self.0;
        let encoded = Zeroizing::new(other.compress().to_bytes());
        other.zeroize();
        // The group has no small subgroup: only a zero scalar gets here.
        let is_identity = *encoded == RistrettoPoint::identity().compress().to_bytes();
        if is_identity { Err(TrustError::BadShare) } else { Ok(encoded) }
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// `transcript_ir` or `transcript_oc` (appendix A.3) of A's message and B's.
pub fn transcript(order: Order, a: Message<'_>, b: Message<'_>) -> Vec<u8> {
    let [a, b] = [a, b].map(|message| length_value(&[message.share, message.data]));
    match order {
        Order::InitiatorResponder => [a, b].concat(),
        Order::Symmetric if a > b => [b"oc".to_vec(), a, b].concat(),
        Order::Symmetric => [b"oc".to_vec(), b, a].concat(),
    }
}

/// The intermediate session key (section 7.2): `H(lv_cat(DSI_ISK, sid, K) || transcript)`.
pub fn session_key(session: &[u8], agreed: &[u8; 32], transcript: &[u8]) -> Zeroizing<[u8; 64]> {
    let head = Zeroizing::new(length_value(&[KEY_DOMAIN, session, agreed]));
    Zeroizing::new(Sha512::new().chain_update(head.as_slice()).chain_update(transcript).finalize().into())
}

/// The name of an exchange for both sides (section 10.6). Not secret.
pub fn session_output(transcript: &[u8]) -> [u8; 64] {
    Sha512::new().chain_update(b"CPaceSidOutput").chain_update(transcript).finalize().into()
}

/// `lv_cat` (appendix A.1): each part behind its length in LEB128.
fn length_value(parts: &[&[u8]]) -> Vec<u8> {
    // Room for all of it at once: a buffer that grew would leave copies of a secret behind.
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 10).sum());
    for part in parts {
        let mut length = part.len();
        while length > 0x7f {
            bytes.push(0x80 | low_bits(length));
            length >>= 7;
        }
        bytes.push(low_bits(length));
        bytes.extend_from_slice(part);
    }
    bytes
}

fn low_bits(length: usize) -> u8 {
    u8::try_from(length & 0x7f).unwrap_or_default()
}
