//! The owner's side of a spoken code (docs/protocol.md, section 7.2): whoever reads it out.
//!
//! Promises: whatever a server does, the words can be guessed at once: the first try spends the code, a wrong one burns it, and so do ten
//! minutes. The invitation leaves only sealed, after the guest has proven to know the words, and once.
//! Leaves to others: the number, sending, the clock, and a new code where this one is over.

use std::fmt;

use parlor_protocol::id::PeerId;

use crate::{
    base64url::Base64url,
    code_keys::{CodeKeys, Role, Sealing, Sender, generator},
    code_message::{CODE_SESSION_BYTES, CodeMessage},
    cpace::{SECRET_RANDOM_BYTES, Secret},
    envelope::NONCE_BYTES,
    error::TrustError,
    invitation::Invitation,
    spoken_code::SpokenCode,
};

/// Milliseconds a code lives.
pub const CODE_LIFE_MS: u64 = 10 * 60 * 1000;

/// How far a code has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeStatus {
    /// Nobody has tried it.
    Waiting,
    /// Somebody has tried it; whether rightly is not known yet.
    Tried,
    /// The guest knew it and has the invitation.
    Used,
    /// A wrong try, or the owner, has ended it.
    Burnt,
    /// Its time was over.
    Expired,
}

enum State {
    Waiting(SpokenCode),
    Tried { guest: PeerId, keys: Box<CodeKeys> },
    Over(CodeStatus),
}

/// A code its owner waits behind.
pub struct CodeOwner {
    local: PeerId,
    made_ms: u64,
    state: State,
}

impl CodeOwner {
    /// Begins to wait. `local` is our peer id, as the server will name us to the guest.
    pub fn new(code: SpokenCode, local: PeerId, now_ms: u64) -> Self {
        Self { local, made_ms: now_ms, state: State::Waiting(code) }
    }

    /// How far it has come.
    pub fn status(&self, now_ms: u64) -> CodeStatus {
        let is_old = now_ms >= self.expires_ms();
        match &self.state {
            State::Over(status) => *status,
            _ if is_old => CodeStatus::Expired,
            State::Waiting(_) => CodeStatus::Waiting,
            State::Tried { .. } => CodeStatus::Tried,
        }
    }

    /// When it expires, on the clock that `now_ms` is read from.
    pub fn expires_ms(&self) -> u64 {
        self.made_ms.saturating_add(CODE_LIFE_MS)
    }

    /// Ends it, as its owner may at any time. A code that is over stays as it is.
    pub fn burn(&mut self) {
        if !matches!(self.state, State::Over(_)) {
            self.state = State::Over(CodeStatus::Burnt);
        }
    }

    /// Takes a message that came `from` a peer, as the server says, and returns the answer to it. `fresh` is random at each call.
    ///
    /// # Errors
    /// [`TrustError::CodeExpired`]; [`TrustError::CodeBurnt`]; [`TrustError::WrongCode`] and [`TrustError::BadShare`], which have burnt it;
    /// [`TrustError::OutOfOrder`] for a second try, for a message of another peer, and for whatever else was not awaited, which changes
    /// nothing.
    pub fn message_received(
        &mut self,
        from: PeerId,
        message: &CodeMessage,
        invitation: &Invitation,
        fresh: &[u8; SECRET_RANDOM_BYTES],
        now_ms: u64,
    ) -> Result<CodeMessage, TrustError> {
        let status = self.status(now_ms);
        match status {
            CodeStatus::Burnt => return Err(TrustError::CodeBurnt),
            CodeStatus::Used => return Err(TrustError::OutOfOrder),
            CodeStatus::Expired => {
                // The words are of no more use: they go now.
                self.state = State::Over(status);
                return Err(TrustError::CodeExpired);
            }
            CodeStatus::Waiting | CodeStatus::Tried => {}
        }
        match (&self.state, message) {
            (State::Waiting(code), CodeMessage::CodeTry { session, share }) => {
                let answer = answer(code, session, Sender { peer: from, share: &share.0 }, self.local, fresh);
                // From here on no second guess can be made, whether or not this one was right.
                let (state, answer) = answer.map_or_else(
                    |error| (State::Over(CodeStatus::Burnt), Err(error)),
                    |(state, said)| (state, Ok(said)),
                );
                self.state = state;
                answer
            }
            (State::Tried { guest, keys }, CodeMessage::CodeConfirm { confirm }) if *guest == from => {
                let answer = keys.verify(Role::Guest, confirm).and_then(|()| {
                    let (nonce, rest) = fresh.split_first_chunk::<NONCE_BYTES>().ok_or(TrustError::Broken)?;
                    let pin_nonce = rest.first_chunk::<NONCE_BYTES>().ok_or(TrustError::Broken)?;
                    Ok(CodeMessage::CodeInvitation {
                        sealed: keys.seal(Sealing::Secret, invitation.secret(), *nonce),
                        pin: invitation.pin().map(|pin| keys.seal(Sealing::Pin, &pin.0, *pin_nonce)),
                    })
                });
                self.state = State::Over(if answer.is_ok() { CodeStatus::Used } else { CodeStatus::Burnt });
                answer
            }
            _ => Err(TrustError::OutOfOrder),
        }
    }
}

/// The answer to a try, and what is left to wait for.
fn answer(
    code: &SpokenCode,
    session: &Base64url<CODE_SESSION_BYTES>,
    guest: Sender<'_>,
    local: PeerId,
    fresh: &[u8; SECRET_RANDOM_BYTES],
) -> Result<(State, CodeMessage), TrustError> {
    let secret = Secret::new(fresh);
    let share = secret.share(&generator(code, session));
    let keys = CodeKeys::new(&secret, Role::Owner, session, guest, Sender { peer: local, share: &share })?;
    let said = CodeMessage::CodeAnswer { share: Base64url(share), confirm: keys.confirm(Role::Owner) };
    Ok((State::Tried { guest: guest.peer, keys: Box::new(keys) }, said))
}

impl fmt::Debug for CodeOwner {
    /// Without words and keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeOwner").field("status", &self.status(0)).finish_non_exhaustive()
    }
}
