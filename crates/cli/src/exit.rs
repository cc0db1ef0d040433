//! Exit codes, in one table. `--help` prints it; scripts rely on it, so a number never changes its meaning.

use parlor_protocol::code::{FailureCode, TransferCode};

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// Every file is proven, every text delivered.
    Done = 0,
    /// Something inside failed.
    Internal = 1,
    /// The arguments are wrong (`clap` itself exits with this).
    Usage = 2,
    /// The link is no invitation, or one of another version.
    Invitation = 3,
    /// The server cannot be reached, or does not speak our language.
    Server = 4,
    /// The room does not exist any more, the link is wrong, or no seat is free.
    Room = 5,
    /// The other side cannot be reached directly, or TURN failed.
    Connection = 6,
    /// The other side did not prove itself, or runs another version.
    Proof = 7,
    /// The receiver said no.
    Declined = 8,
    /// The other side gave up or left before the end.
    Cancelled = 9,
    /// A file of ours cannot be read, or the folder cannot be written or is full.
    Files = 10,
    /// Nobody to ask for consent: no terminal, and no `--yes`.
    NoConsent = 11,
    /// Some files arrived, some did not.
    Partial = 12,
    /// Ended by Ctrl-C.
    Interrupted = 130,
    /// Whoever read standard output went away.
    BrokenPipe = 141,
}

/// The table, as `--help` shows it.
pub const TABLE: &str = "\
Exit codes:
    0  every file is proven, every text delivered
    1  something inside failed
    2  the arguments are wrong
    3  the link is no invitation, or one of another version
    4  the server cannot be reached, or speaks another version
    5  the room is gone or full, or the link is wrong
    6  no way to the other side; TURN refused or unreachable
    7  the other side did not prove itself, or runs another version
    8  the receiver declined
    9  the other side cancelled, or left before the end and did not come back
   10  a file cannot be read, or the folder cannot be written or is full
   11  consent is needed, but there is neither a terminal nor --yes
   12  some files arrived, some did not
  130  ended by Ctrl-C
  141  whoever read standard output went away";

impl Exit {
    /// The number the shell sees.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// How a failure of the engine ends the program.
    pub const fn of_failure(code: FailureCode) -> Self {
        match code {
            FailureCode::InvitationInvalid | FailureCode::InvitationVersion | FailureCode::CodeInvalid => {
                Self::Invitation
            }
            FailureCode::ServerUnreachable
            | FailureCode::ServerCertificate
            | FailureCode::ServerVersion
            | FailureCode::ServerProtocol
            | FailureCode::RateLimited
            | FailureCode::AddressTaken => Self::Server,
            FailureCode::RoomRefused
            | FailureCode::RoomFull
            | FailureCode::CreateRefused
            | FailureCode::SeatTaken
            | FailureCode::CodeUnknown
            | FailureCode::CodeWrong => Self::Room,
            FailureCode::ConnectFailed | FailureCode::TurnRefused | FailureCode::TurnUnreachable => Self::Connection,
            FailureCode::PeerVersion | FailureCode::ProofFailed => Self::Proof,
            FailureCode::TextTooLong => Self::Usage,
            FailureCode::OfferInvalid
            | FailureCode::SourceUnreadable
            | FailureCode::FolderUnwritable
            | FailureCode::FolderFull => Self::Files,
            FailureCode::NoSuchPeer => Self::Cancelled,
            FailureCode::NotNow | FailureCode::Internal => Self::Internal,
        }
    }

    /// How a cancelled transfer ends the program, by why and by whether our side ended it.
    pub const fn of_transfer(code: Option<TransferCode>, ended_by_us: bool) -> Self {
        match code {
            Some(
                TransferCode::ReadFailed
                | TransferCode::SourceChanged
                | TransferCode::NoSpace
                | TransferCode::WriteFailed,
            ) if ended_by_us => Self::Files,
            _ => Self::Cancelled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_code_once() {
        let all = [
            Exit::Done,
            Exit::Internal,
            Exit::Usage,
            Exit::Invitation,
            Exit::Server,
            Exit::Room,
            Exit::Connection,
            Exit::Proof,
            Exit::Declined,
            Exit::Cancelled,
            Exit::Files,
            Exit::NoConsent,
            Exit::Partial,
            Exit::Interrupted,
            Exit::BrokenPipe,
        ];
        let listed: Vec<u8> =
            TABLE.lines().skip(1).map(|line| line.split_whitespace().next().unwrap().parse().unwrap()).collect();
        assert_eq!(listed, all.map(Exit::code));
    }
}
