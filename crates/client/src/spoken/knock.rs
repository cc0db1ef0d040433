//! The guest's side: one try at a code, which gives the invitation behind it.
//!
//! Promises: one try, with one owner: a server or a stranger in the code's room gets one guess at the words. Leaves to others: entering the
//! room.

use std::time::Duration;

use parlor_protocol::{
    code::{Failure, FailureCode, ReplyCode},
    id::PeerId,
};
use parlor_trust::{CodeGuest, CodeGuestOutput, Invitation, SpokenCode, TrustError};
use tokio::time::timeout;

use super::{Seat, heard};
use crate::{
    random::random,
    signaling::{ServerAddress, SignalingEvent, refusal},
};

/// Longest time for the whole of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Tries `code` with whoever waits behind its number on `server`.
///
/// # Errors
/// [`FailureCode::CodeUnknown`], [`FailureCode::CodeWrong`], or why the server could not be asked.
pub(crate) async fn knock(server: ServerAddress, code: SpokenCode) -> Result<Invitation, Failure> {
    let base = server.url.to_string();
    let mut seat = Seat::take(server, code.number(), false);
    let mut trouble = None;
    let outcome = timeout(PATIENCE, exchange(&mut seat, &code, &base, &mut trouble)).await;
    seat.leave().await;
    outcome.unwrap_or_else(|_| {
        let in_vain = || Failure::new(FailureCode::CodeUnknown, "nobody answered");
        Err(trouble.unwrap_or_else(in_vain))
    })
}

/// `trouble` gets why the server is not reached, as long as it is not.
async fn exchange(
    seat: &mut Seat,
    code: &SpokenCode,
    server: &str,
    trouble: &mut Option<Failure>,
) -> Result<Invitation, Failure> {
    let owner = owner_in(seat, trouble).await?;
    let (mut guest, first) = CodeGuest::begin(code, seat.peer, &random(), random());
    seat.say(owner, &first).await;
    loop {
        let message = match seat.next().await {
            SignalingEvent::Signal { from, body } if from == owner => heard(&body),
            SignalingEvent::PeerLeft(gone) if gone == owner => {
                return Err(Failure::new(FailureCode::CodeWrong, "the owner has gone"));
            }
            SignalingEvent::Refused(code) => return Err(refusal(code)),
            SignalingEvent::Closed => return Err(Failure::new(FailureCode::ServerUnreachable, "the seat was lost")),
            _ => None,
        };
        let Some(message) = message else { continue };
        match guest.message_received(owner, &message, server) {
            Ok(CodeGuestOutput::Send(answer)) => seat.say(owner, &answer).await,
            Ok(CodeGuestOutput::Invited(invitation)) => return Ok(invitation),
            Err(TrustError::OutOfOrder) => {}
            Err(error) => return Err(Failure::new(FailureCode::CodeWrong, error.to_string())),
        }
    }
}

/// The only other one in the code's room.
async fn owner_in(seat: &mut Seat, trouble: &mut Option<Failure>) -> Result<PeerId, Failure> {
    loop {
        match seat.next().await {
            SignalingEvent::Entered(joined) => {
                *trouble = None;
                return match joined.peers.as_slice() {
                    [owner] => Ok(*owner),
                    // The room outlives its owner for a while.
                    [] => Err(Failure::new(FailureCode::CodeUnknown, "nobody waits behind this number any more")),
                    _ => Err(Failure::new(FailureCode::CodeWrong, "more than one waits there")),
                };
            }
            SignalingEvent::Unreachable { code, detail, .. } => {
                *trouble = Some(Failure::new(code, detail));
            }
            SignalingEvent::ServerBroken { detail } => {
                *trouble = Some(Failure::new(FailureCode::ServerProtocol, detail));
            }
            SignalingEvent::Refused(ReplyCode::RoomRefused) => {
                return Err(Failure::new(FailureCode::CodeUnknown, "nobody waits behind this number"));
            }
            SignalingEvent::Refused(code) => return Err(refusal(code)),
            SignalingEvent::Closed => return Err(Failure::new(FailureCode::ServerUnreachable, "the seat was lost")),
            _ => {}
        }
    }
}
