//! How an epoch begins (docs/protocol.md, section 4.1): hellos with nonces, each echoed by the other side.
//!
//! Promises: an epoch begins only when the other side has echoed a nonce made here for it, so a replayed hello can begin a handshake
//! but neither finish one nor end a live epoch. At most one handshake is pending. Leaves to others: sealing and sending hellos, the
//! randomness of nonces, and when to ask again (a peer that has not answered for 10 s: [`Handshake::begin`] with a fresh nonce).

use parlor_protocol::{id::PeerId, negotiation::Hello};

use crate::{
    decode_b64,
    derivation::{Nonce, Party, RoomKeys},
    encode_b64,
    epoch::Epoch,
    error::TrustError,
    hello::{About, cut_name},
};

/// The nonces of a hello that has to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Greeting {
    /// Ours.
    pub nonce: Nonce,
    /// Theirs, if we have it.
    pub echo: Option<Nonce>,
}

impl Greeting {
    /// The whole hello.
    pub fn hello(&self, about: &About) -> Hello {
        Hello {
            nonce: encode_b64(&self.nonce.0),
            echo: self.echo.map(|nonce| encode_b64(&nonce.0)),
            name: cut_name(&about.name),
            agent: about.agent.clone(),
            host: about.host,
        }
    }
}

/// What a hello led to: first send, then begin.
#[derive(Debug, Default)]
pub struct HandshakeStep {
    /// Seal and send this.
    pub send: Option<Greeting>,
    /// The handshake is done: this is the epoch now, and every connection of an earlier one ends.
    pub established: Option<Epoch>,
}

/// A handshake that is not done.
#[derive(Debug)]
struct Pending {
    local: Nonce,
    remote: Option<Nonce>,
    /// We have sent `echo: null`.
    began: bool,
    /// The other side has sent `echo: null`.
    other_began: bool,
    /// We have echoed `remote`.
    echoed: bool,
}

/// The handshake towards one remote peer.
#[derive(Debug)]
pub struct Handshake {
    keys: RoomKeys,
    local: PeerId,
    remote: PeerId,
    pending: Option<Pending>,
    /// The remote nonce of the live epoch.
    current: Option<Nonce>,
}

impl Handshake {
    /// Nothing has been said yet.
    pub fn new(keys: &RoomKeys, local: PeerId, remote: PeerId) -> Self {
        Self { keys: keys.clone(), local, remote, pending: None, current: None }
    }

    /// Begins a handshake with a fresh random nonce: towards every peer named in a `join` reply, and again after 10 s without an
    /// answer. A pending one is given up; a live epoch stays until this one is done.
    pub fn begin(&mut self, nonce: Nonce) -> Greeting {
        self.pending = Some(Pending { local: nonce, remote: None, began: true, other_began: false, echoed: false });
        Greeting { nonce, echo: None }
    }

    /// Whether a handshake is under way.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Takes an opened hello of the other peer. `fresh` is random and used at most once.
    ///
    /// # Errors
    /// [`TrustError::NotAMessage`] when a nonce is none; nothing has changed then.
    pub fn hello_received(&mut self, hello: &Hello, fresh: Nonce) -> Result<HandshakeStep, TrustError> {
        let nonce = Nonce(decode_b64(&hello.nonce).ok_or(TrustError::NotAMessage)?);
        match &hello.echo {
            None => Ok(self.beginning_received(nonce, fresh)),
            Some(echo) => {
                let echo = Nonce(decode_b64(echo).ok_or(TrustError::NotAMessage)?);
                Ok(self.echo_received(nonce, echo))
            }
        }
    }

    fn beginning_received(&mut self, remote: Nonce, fresh: Nonce) -> HandshakeStep {
        let pending = match &mut self.pending {
            Some(pending) if pending.remote.is_none_or(|known| known == remote) => pending,
            _ if self.current == Some(remote) => return HandshakeStep::default(),
            other => {
                other.insert(Pending { local: fresh, remote: None, began: false, other_began: false, echoed: false })
            }
        };
        pending.remote = Some(remote);
        pending.other_began = true;
        pending.echoed = true;
        HandshakeStep { send: Some(Greeting { nonce: pending.local, echo: Some(remote) }), established: None }
    }

    fn echo_received(&mut self, remote: Nonce, echo: Nonce) -> HandshakeStep {
        let Some(pending) = self.pending.take_if(|pending| pending.local == echo) else {
            return HandshakeStep::default();
        };
        // The echo proves `remote` fresh. A remote taken before it from an `echo: null` was not proven, perhaps replayed: it gives way,
        // and its beginning with it.
        let is_known = pending.remote == Some(remote);
        let echoed = is_known && pending.echoed;
        let other_began = is_known && pending.other_began;
        let send = (!echoed).then_some(Greeting { nonce: pending.local, echo: Some(remote) });
        let local = Party { peer: self.local, nonce: pending.local };
        let impolite = self.local < self.remote;
        let initiator = pending.began && (!other_began || impolite);
        self.current = Some(remote);
        let epoch = Epoch::new(&self.keys, local, Party { peer: self.remote, nonce: remote }, initiator);
        HandshakeStep { send, established: Some(epoch) }
    }
}
