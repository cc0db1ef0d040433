//! Hellos: what one says of its sender, and their seal, which every holder of the invitation can make and open.

use parlor_protocol::{
    id::PeerId,
    limits::NAME_CHARS,
    negotiation::{Hello, HostKind, Sealed},
};

use crate::{
    derivation::RoomKeys,
    envelope::{self, Addresses, Envelope, Header, Kind, NONCE_BYTES},
    error::TrustError,
};

/// What a hello says of its sender, apart from nonces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Display name; cut to [`NAME_CHARS`] characters when sent.
    pub name: String,
    /// Program and version, `parlor/0.1.0`.
    pub agent: String,
    /// What kind of program.
    pub host: HostKind,
}

/// A display name, cut to [`NAME_CHARS`] characters.
pub(crate) fn cut_name(name: &str) -> String {
    name.chars().take(NAME_CHARS).collect()
}

impl RoomKeys {
    /// Seals a hello: the `body` of a signal. `nonce` is 24 fresh random bytes.
    ///
    /// # Errors
    /// [`TrustError::TooLong`], which names and agents of sane length never reach.
    pub fn seal_hello(
        &self,
        from: PeerId,
        to: PeerId,
        hello: &Hello,
        nonce: [u8; NONCE_BYTES],
    ) -> Result<String, TrustError> {
        let addresses = Addresses { room: self.room(), from, to };
        envelope::seal(&self.hello, &Header::HELLO, addresses, nonce, &Sealed::Hello(hello.clone()))
    }

    /// Opens a hello that came `from` a peer. It may be a replay: good for a name, not for more. The name is cut.
    ///
    /// # Errors
    /// Any of the envelope's; [`TrustError::NotAnEnvelope`] when it is of another kind.
    pub fn open_hello(&self, from: PeerId, to: PeerId, body: &str) -> Result<Hello, TrustError> {
        let envelope = Envelope::read(body)?;
        if envelope.header.kind != Kind::Hello {
            return Err(TrustError::NotAnEnvelope);
        }
        match envelope.open(&self.hello, Addresses { room: self.room(), from, to })? {
            Sealed::Hello(hello) => Ok(Hello { name: cut_name(&hello.name), ..hello }),
            Sealed::Description { .. } | Sealed::Candidate { .. } => Err(TrustError::NotAMessage),
        }
    }
}
