//! What a refusal of the server means to the screen. No behaviour beside.

use parlor_protocol::code::{Failure, FailureCode, ReplyCode};

/// The failure that the screen has words for.
pub(crate) fn refusal(code: ReplyCode) -> Failure {
    let failure = match code {
        ReplyCode::RoomRefused => FailureCode::RoomRefused,
        ReplyCode::RoomFull => FailureCode::RoomFull,
        ReplyCode::CreateRefused => FailureCode::CreateRefused,
        ReplyCode::Unauthorized => FailureCode::SeatTaken,
        ReplyCode::Version => FailureCode::ServerVersion,
        ReplyCode::RateLimited => FailureCode::RateLimited,
        ReplyCode::ServerClosing => FailureCode::ServerUnreachable,
        ReplyCode::BadRequest | ReplyCode::TooLarge | ReplyCode::NotInRoom | ReplyCode::NoSuchPeer => {
            FailureCode::ServerProtocol
        }
    };
    Failure::new(failure, format!("the server refused: {code:?}"))
}
