//! Sealed envelopes (docs/protocol.md, section 4): the binary layout, XChaCha20-Poly1305 over it, and what it is bound to.
//!
//! Promises: what opens was sealed by a holder of the key, for this room, sender and receiver, with this header. Nothing of a header is
//! proven until the envelope opens. Leaves to others: which key (`derivation`), repeats and epochs ([`crate::Epoch`]).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use parlor_protocol::{
    VERSION,
    id::{PeerId, RoomId},
    limits::{MESSAGE_BYTES, SAFE_INTEGER},
    negotiation::{Plane, Sealed},
};

use crate::{derivation::Key, encode_b64, epoch::EpochId, error::TrustError};

/// Bytes before the nonce, authenticated but not hidden.
const HEADER_BYTES: usize = 20;
/// Bytes of XChaCha20's nonce: random, so never repeated in practice.
pub const NONCE_BYTES: usize = 24;
/// Bytes of Poly1305's tag.
const TAG_BYTES: usize = 16;
/// Longest `body` in characters: a signaling message less what stands around the body in it.
pub const BODY_CHARS: usize = MESSAGE_BYTES - 512;

/// Which key an envelope needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// [`crate::RoomKeys::open_hello`].
    Hello,
    /// [`crate::Epoch::open`], an SDP.
    Description,
    /// [`crate::Epoch::open`], a candidate.
    Candidate,
}

/// What an envelope is bound to besides its header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Addresses {
    pub(crate) room: RoomId,
    pub(crate) from: PeerId,
    pub(crate) to: PeerId,
}

/// The part that is not hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) kind: Kind,
    /// None in a hello, and only there.
    pub(crate) plane: Option<Plane>,
    /// Zeros in a hello.
    pub(crate) epoch: EpochId,
    /// 0 in a hello, else from 1.
    pub(crate) sequence: u64,
}

/// An envelope in its parts, not opened.
pub(crate) struct Envelope {
    pub(crate) header: Header,
    bytes: Vec<u8>,
}

/// What kind of envelope a `body` says it is, so that the caller knows whom to give it.
///
/// # Errors
/// [`TrustError::PeerVersion`] or [`TrustError::NotAnEnvelope`].
pub fn kind_of(body: &str) -> Result<Kind, TrustError> {
    Envelope::read(body).map(|envelope| envelope.header.kind)
}

impl Header {
    pub(crate) const HELLO: Self = Self { kind: Kind::Hello, plane: None, epoch: EpochId([0; 8]), sequence: 0 };

    fn encode(&self) -> [u8; HEADER_BYTES] {
        let kind = match self.kind {
            Kind::Hello => 0,
            Kind::Description => 1,
            Kind::Candidate => 2,
        };
        let fields: [&[u8]; 3] =
            [&[VERSION, kind, self.plane.map_or(0, Plane::byte), 0], &self.epoch.0, &self.sequence.to_be_bytes()];
        let mut bytes = [0; HEADER_BYTES];
        for (target, source) in bytes.iter_mut().zip(fields.into_iter().flatten()) {
            *target = *source;
        }
        bytes
    }

    fn decode(bytes: &[u8; HEADER_BYTES]) -> Result<Self, TrustError> {
        let (&[_, kind, plane, reserved], rest) = bytes.split_first_chunk().ok_or(TrustError::NotAnEnvelope)?;
        let (epoch, sequence) = rest.split_first_chunk().ok_or(TrustError::NotAnEnvelope)?;
        let sequence = u64::from_be_bytes(sequence.try_into().map_err(|_| TrustError::NotAnEnvelope)?);
        let kind = match kind {
            0 => Kind::Hello,
            1 => Kind::Description,
            2 => Kind::Candidate,
            _ => return Err(TrustError::NotAnEnvelope),
        };
        let plane = match plane {
            0 => None,
            1 => Some(Plane::Data),
            2 => Some(Plane::Media),
            _ => return Err(TrustError::NotAnEnvelope),
        };
        let header = Self { kind, plane, epoch: EpochId(*epoch), sequence };
        let fits = match kind {
            Kind::Hello => header == Self::HELLO,
            _ => plane.is_some() && (1..=SAFE_INTEGER).contains(&sequence),
        };
        if reserved == 0 && fits { Ok(header) } else { Err(TrustError::NotAnEnvelope) }
    }
}

impl Envelope {
    /// Reads a `body`.
    pub(crate) fn read(body: &str) -> Result<Self, TrustError> {
        if body.len() > MESSAGE_BYTES {
            return Err(TrustError::NotAnEnvelope);
        }
        let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| TrustError::NotAnEnvelope)?;
        match bytes.first() {
            Some(&VERSION) => {}
            Some(&other) => return Err(TrustError::PeerVersion(other)),
            None => return Err(TrustError::NotAnEnvelope),
        }
        if bytes.len() < HEADER_BYTES + NONCE_BYTES + TAG_BYTES {
            return Err(TrustError::NotAnEnvelope);
        }
        let header = bytes.first_chunk().ok_or(TrustError::NotAnEnvelope).and_then(Header::decode)?;
        Ok(Self { header, bytes })
    }

    /// Opens it and reads the message, which must be of the header's kind.
    pub(crate) fn open(&self, key: &Key, addresses: Addresses) -> Result<Sealed, TrustError> {
        let (header, rest) = self.bytes.split_first_chunk::<HEADER_BYTES>().ok_or(TrustError::NotAnEnvelope)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(TrustError::NotAnEnvelope)?;
        let payload = Payload { msg: sealed, aad: &associated_data(header, addresses) };
        let cipher = XChaCha20Poly1305::new(key.as_slice().try_into().map_err(|_| TrustError::Broken)?);
        let text = cipher.decrypt(nonce.into(), payload).map_err(|_| TrustError::Broken)?;
        let message: Sealed = serde_json::from_slice(&text).map_err(|_| TrustError::NotAMessage)?;
        let kind = match &message {
            Sealed::Hello(_) => Kind::Hello,
            Sealed::Description { .. } => Kind::Description,
            Sealed::Candidate { .. } => Kind::Candidate,
        };
        if kind == self.header.kind { Ok(message) } else { Err(TrustError::NotAMessage) }
    }
}

/// Seals `message`; `header` must be of its kind.
pub(crate) fn seal(
    key: &Key,
    header: &Header,
    addresses: Addresses,
    nonce: [u8; NONCE_BYTES],
    message: &Sealed,
) -> Result<String, TrustError> {
    let text = serde_json::to_vec(message).map_err(|_| TrustError::TooLong)?;
    let header = header.encode();
    let payload = Payload { msg: &text, aad: &associated_data(&header, addresses) };
    let cipher = XChaCha20Poly1305::new(key.as_slice().try_into().map_err(|_| TrustError::TooLong)?);
    let sealed = cipher.encrypt((&nonce).into(), payload).map_err(|_| TrustError::TooLong)?;
    let body = encode_b64(&[header.as_slice(), &nonce, &sealed].concat());
    if body.len() > BODY_CHARS { Err(TrustError::TooLong) } else { Ok(body) }
}

fn associated_data(header: &[u8; HEADER_BYTES], Addresses { room, from, to }: Addresses) -> Vec<u8> {
    [b"parlor v1 envelope".as_slice(), room.as_bytes(), from.as_bytes(), to.as_bytes(), header].concat()
}
