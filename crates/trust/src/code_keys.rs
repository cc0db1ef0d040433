//! Keys of one exchange behind a spoken code (docs/protocol.md, section 7.2): both sides' confirmations, and the seal of the invitation.
//!
//! Promises: each key has an info string of its own, so a MAC can be neither reflected nor taken for the other role's; MACs are compared
//! in constant time; keys are wiped when dropped.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use parlor_protocol::id::PeerId;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    base64url::Base64url,
    code_message::{CODE_SESSION_BYTES, SEALED_INVITATION_BYTES},
    cpace::{Generator, Message, Order, Secret, session_key, transcript},
    derivation::{Key, expand, extract},
    envelope::NONCE_BYTES,
    error::TrustError,
    spoken_code::SpokenCode,
};

/// What is sealed: the associated data of the seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sealing {
    /// The invitation's secret.
    Secret,
    /// The fingerprint of its server's certificate.
    Pin,
}

impl Sealing {
    fn domain(self) -> &'static [u8] {
        match self {
            Self::Secret => b"parlor v1 code invitation",
            Self::Pin => b"parlor v1 code pin",
        }
    }
}

/// Who of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Has typed the code: CPace's A, the initiator.
    Guest,
    /// Has read it out: CPace's B, the responder.
    Owner,
}

/// A share on the wire, and whose it is.
#[derive(Clone, Copy)]
pub(crate) struct Sender<'a> {
    pub(crate) peer: PeerId,
    pub(crate) share: &'a [u8; 32],
}

/// What an exchange opens.
pub(crate) struct CodeKeys {
    guest: Key,
    owner: Key,
    invitation: Key,
    transcript: Vec<u8>,
}

impl CodeKeys {
    /// From our secret and both shares.
    ///
    /// # Errors
    /// [`TrustError::BadShare`] when the other's share is none.
    pub(crate) fn new(
        secret: &Secret,
        ours: Role,
        session: &Base64url<CODE_SESSION_BYTES>,
        guest: Sender<'_>,
        owner: Sender<'_>,
    ) -> Result<Self, TrustError> {
        let agreed = secret.agree(if ours == Role::Guest { owner.share } else { guest.share })?;
        let [a, b] = [&guest, &owner].map(|sender| Message { share: sender.share, data: sender.peer.as_bytes() });
        let transcript = transcript(Order::InitiatorResponder, a, b);
        let prk = extract(b"parlor v1 spoken code", session_key(&session.0, &agreed, &transcript).as_slice());
        let key = |info: &[u8]| Zeroizing::new(expand(&prk, &[info]));
        let [guest, owner] = [key(b"parlor v1 code guest"), key(b"parlor v1 code owner")];
        Ok(Self { guest, owner, invitation: key(b"parlor v1 code invitation"), transcript })
    }

    /// The MAC by which a role proves that it knows the words (section 10.4 of the draft).
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    pub(crate) fn confirm(&self, role: Role) -> Base64url<32> {
        let key = if role == Role::Guest { &self.guest } else { &self.owner };
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("any length");
        mac.update(b"parlor v1 code confirmation");
        mac.update(&self.transcript);
        Base64url(mac.finalize().into_bytes().into())
    }

    /// Checks the other role's.
    ///
    /// # Errors
    /// [`TrustError::WrongCode`].
    pub(crate) fn verify(&self, role: Role, confirm: &Base64url<32>) -> Result<(), TrustError> {
        if bool::from(self.confirm(role).0.ct_eq(&confirm.0)) { Ok(()) } else { Err(TrustError::WrongCode) }
    }

    /// Seals an invitation's secret.
    #[expect(clippy::expect_used, reason = "32 bytes are a key, and seal to 48")]
    pub(crate) fn seal(
        &self,
        what: Sealing,
        secret: &[u8; 32],
        nonce: [u8; NONCE_BYTES],
    ) -> Base64url<SEALED_INVITATION_BYTES> {
        let payload = Payload { msg: secret.as_slice(), aad: what.domain() };
        let sealed = self.cipher().encrypt((&nonce).into(), payload).expect("32 bytes");
        Base64url([nonce.as_slice(), &sealed].concat().try_into().expect("24 + 48 bytes"))
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`TrustError::Broken`].
    pub(crate) fn open(&self, what: Sealing, sealed: &Base64url<SEALED_INVITATION_BYTES>) -> Result<Key, TrustError> {
        let (nonce, sealed) = sealed.0.split_first_chunk::<NONCE_BYTES>().ok_or(TrustError::Broken)?;
        let payload = Payload { msg: sealed, aad: what.domain() };
        let secret = Zeroizing::new(self.cipher().decrypt(nonce.into(), payload).map_err(|_| TrustError::Broken)?);
        secret.as_slice().try_into().map(Zeroizing::new).map_err(|_| TrustError::Broken)
    }

    #[expect(clippy::expect_used, reason = "a key has 32 bytes")]
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.invitation.as_slice().try_into().expect("32 bytes"))
    }
}

/// The generator of a code in a session.
pub(crate) fn generator(code: &SpokenCode, session: &Base64url<CODE_SESSION_BYTES>) -> Generator {
    let channel = format!("parlor v1 spoken code {}", code.number());
    Generator::new(code.words().as_bytes(), channel.as_bytes(), &session.0)
}
