//! One epoch between two peers: its keys, its sequences, its key confirmations. It begins when a handshake is done.
//!
//! Promises: an envelope counts once, in the order sent; ours never repeat a sequence. Leaves to others: when an epoch ends.

use std::fmt;

use parlor_protocol::{
    id::RoomId,
    negotiation::{Plane, Sealed},
};

use crate::{
    confirmation::KeyConfirmation,
    derivation::{Key, Party, RoomKeys},
    envelope::{self, Addresses, Envelope, Header, Kind, NONCE_BYTES},
    error::TrustError,
};

/// The 8 bytes that name an epoch; 16 lower-case hex digits as text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EpochId(pub [u8; 8]);

impl fmt::Display for EpochId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EpochId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EpochId({self})")
    }
}

/// One epoch. Not `Clone`: two copies would repeat sequences.
pub struct Epoch {
    id: EpochId,
    room: RoomId,
    local: Party,
    remote: Party,
    initiator: bool,
    sealing: Key,
    opening: Key,
    confirming: Key,
    last_sent: u64,
    last_received: u64,
}

impl Epoch {
    pub(crate) fn new(keys: &RoomKeys, local: Party, remote: Party, initiator: bool) -> Self {
        Self {
            id: keys.epoch_id(local, remote),
            room: keys.room(),
            local,
            remote,
            initiator,
            sealing: keys.sealing_key(local, remote),
            opening: keys.sealing_key(remote, local),
            confirming: keys.confirmation_key(local, remote),
            last_sent: 0,
            last_received: 0,
        }
    }

    /// Its name, the same on both sides.
    pub fn id(&self) -> EpochId {
        self.id
    }

    /// We are the initiator: we make the first offer of each plane. Exactly one side is, unless signals were lost; then perfect
    /// negotiation solves the collision of two offers.
    pub fn initiator(&self) -> bool {
        self.initiator
    }

    /// Our role in perfect negotiation: we hold the larger peer id.
    pub fn polite(&self) -> bool {
        self.local.peer > self.remote.peer
    }

    /// Seals a description or candidate: the `body` of a signal. `nonce` is 24 fresh random bytes. A body that must be sent again is
    /// kept and sent byte-identical, not sealed again.
    ///
    /// # Errors
    /// [`TrustError::TooLong`] over [`envelope::BODY_CHARS`], and for a hello, which no epoch seals.
    pub fn seal(&mut self, plane: Plane, message: &Sealed, nonce: [u8; NONCE_BYTES]) -> Result<String, TrustError> {
        let kind = match message {
            Sealed::Hello(_) => return Err(TrustError::NotAMessage),
            Sealed::Description { .. } => Kind::Description,
            Sealed::Candidate { .. } => Kind::Candidate,
        };
        let header = Header { kind, plane: Some(plane), epoch: self.id, sequence: self.last_sent + 1 };
        let addresses = Addresses { room: self.room, from: self.local.peer, to: self.remote.peer };
        let body = envelope::seal(&self.sealing, &header, addresses, nonce, message)?;
        self.last_sent = header.sequence;
        Ok(body)
    }

    /// Opens a `body` of the other peer.
    ///
    /// # Errors
    /// [`TrustError::PeerVersion`], [`TrustError::NotAnEnvelope`] (also for a hello), [`TrustError::NotForUs`] (another epoch),
    /// [`TrustError::Replay`] (drop in silence), [`TrustError::Broken`], [`TrustError::NotAMessage`].
    pub fn open(&mut self, body: &str) -> Result<(Plane, Sealed), TrustError> {
        let envelope = Envelope::read(body)?;
        let Some(plane) = envelope.header.plane else { return Err(TrustError::NotAnEnvelope) };
        if envelope.header.epoch != self.id {
            return Err(TrustError::NotForUs);
        }
        let addresses = Addresses { room: self.room, from: self.remote.peer, to: self.local.peer };
        let opened = envelope.open(&self.opening, addresses);
        if matches!(opened, Err(TrustError::Broken)) {
            return Err(TrustError::Broken);
        }
        // From here on the header is the peer's own.
        if envelope.header.sequence <= self.last_received {
            return Err(TrustError::Replay);
        }
        self.last_received = envelope.header.sequence;
        Ok((plane, opened?))
    }

    /// What confirms the keys of connection `link` of a plane, ours and theirs.
    pub fn key_confirmation(&self, plane: Plane, link: u32) -> KeyConfirmation {
        KeyConfirmation::new(self.confirming.clone(), plane, self.id, link, self.local, self.remote)
    }
}

impl fmt::Debug for Epoch {
    /// Without keys and nonces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Epoch").field("id", &self.id).field("initiator", &self.initiator).finish_non_exhaustive()
    }
}
