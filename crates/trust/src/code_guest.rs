//! The guest's side of a spoken code (docs/protocol.md, section 7.2): whoever types it in.
//!
//! Promises: an invitation comes out only if it was sealed by one who knew the words; a wrong answer ends the exchange, so that a server
//! that plays the owner gets one guess. Leaves to others: sending, giving up, and asking the user for another code: the same one MUST NOT
//! be tried again, since each try of it is a guess for whoever sits in between.

use std::fmt;

use parlor_protocol::id::PeerId;

use crate::{
    base64url::Base64url,
    code_keys::{CodeKeys, Role, Sealing, Sender, generator},
    code_message::{CODE_SESSION_BYTES, CodeMessage},
    cpace::{SECRET_RANDOM_BYTES, Secret},
    error::TrustError,
    fingerprint::Fingerprint,
    invitation::Invitation,
    spoken_code::SpokenCode,
};

/// What comes of a message.
#[derive(Debug, PartialEq, Eq)]
pub enum CodeGuestOutput {
    /// Send this to the owner.
    Send(CodeMessage),
    /// The exchange is over and has brought this.
    Invited(Invitation),
}

enum State {
    Tried { secret: Secret, session: Base64url<CODE_SESSION_BYTES>, share: [u8; 32] },
    Confirmed { owner: PeerId, keys: Box<CodeKeys> },
    Over,
}

/// One try at a code.
pub struct CodeGuest {
    local: PeerId,
    state: State,
}

impl CodeGuest {
    /// Begins a try, and says what to send to the code's owner. `local` is our peer id, as the server will name us to the owner; `fresh`
    /// and `session` are random.
    pub fn begin(
        code: &SpokenCode,
        local: PeerId,
        fresh: &[u8; SECRET_RANDOM_BYTES],
        session: [u8; CODE_SESSION_BYTES],
    ) -> (Self, CodeMessage) {
        let (secret, session) = (Secret::new(fresh), Base64url(session));
        let share = secret.share(&generator(code, &session));
        let said = CodeMessage::CodeTry { session, share: Base64url(share) };
        (Self { local, state: State::Tried { secret, session, share } }, said)
    }

    /// Whether the exchange has ended, well or not.
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Takes a message that came `from` a peer, as the server says. `server` is the base URL of the server we are on, which the invitation
    /// will name.
    ///
    /// # Errors
    /// [`TrustError::WrongCode`], [`TrustError::BadShare`], [`TrustError::Broken`] and [`TrustError::NotAnInvitation`] (of `server`, or a pin where it is not https) have
    /// ended the exchange; [`TrustError::OutOfOrder`] changes nothing.
    pub fn message_received(
        &mut self,
        from: PeerId,
        message: &CodeMessage,
        server: &str,
    ) -> Result<CodeGuestOutput, TrustError> {
        match (&self.state, message) {
            (State::Tried { secret, session, share: ours }, CodeMessage::CodeAnswer { share, confirm }) => {
                let [guest, owner] = [(self.local, ours), (from, &share.0)].map(|(peer, share)| Sender { peer, share });
                let keys = CodeKeys::new(secret, Role::Guest, session, guest, owner)
                    .and_then(|keys| keys.verify(Role::Owner, confirm).map(|()| keys));
                // Over unless right: another answer would be another guess.
                self.state = State::Over;
                let keys = Box::new(keys?);
                let said = CodeMessage::CodeConfirm { confirm: keys.confirm(Role::Guest) };
                self.state = State::Confirmed { owner: from, keys };
                Ok(CodeGuestOutput::Send(said))
            }
            (State::Confirmed { owner, keys }, CodeMessage::CodeInvitation { sealed, pin }) if *owner == from => {
                let secret = keys.open(Sealing::Secret, sealed);
                let pin = pin.map(|pin| keys.open(Sealing::Pin, &pin)).transpose();
                self.state = State::Over;
                let invitation = Invitation::new(server, *secret?)?;
                Ok(CodeGuestOutput::Invited(match pin? {
                    Some(pin) => invitation.with_pin(Fingerprint(*pin))?,
                    None => invitation,
                }))
            }
            _ => Err(TrustError::OutOfOrder),
        }
    }
}

impl fmt::Debug for CodeGuest {
    /// Without secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeGuest")
            .field("local", &self.local)
            .field("is_over", &self.is_over())
            .finish_non_exhaustive()
    }
}
