//! Sentences for people. The engine gives codes; the words are this program's own.

use std::time::Duration;

use parlor_protocol::code::{Failure, FailureCode, TransferCode};

/// What happened and what to do about it, for a failure.
pub fn failure(failure: &Failure) -> String {
    let sentence = match failure.code {
        FailureCode::InvitationInvalid => "This is not an invitation link. Ask for it again, and quote it whole.",
        FailureCode::InvitationVersion => "This link is of another version of Parlor. Update the older side.",
        FailureCode::CodeInvalid => "This is not a spoken code, which is a number and three words of one list",
        FailureCode::CodeUnknown => "Nobody waits behind this code. Ask for a new one.",
        FailureCode::CodeWrong => {
            "The words do not fit, or somebody else has answered. The code is used up now: ask for a new one."
        }
        FailureCode::ServerUnreachable => {
            "The server cannot be reached. Check its address, your network, and whether a firewall stands in between."
        }
        FailureCode::ServerCertificate => {
            "The server there is not the one that the link names. Somebody may be in between, or it was set up anew: ask for a new link."
        }
        FailureCode::ServerVersion => "The server speaks another version of Parlor. Update the older side.",
        FailureCode::ServerProtocol => "The server answered what it must not. Is it a Parlor server?",
        FailureCode::RoomRefused => "The room does not exist any more, or the link is wrong. Ask for a new link.",
        FailureCode::RoomFull => "The room has no free seat. Try again when someone has left.",
        FailureCode::CreateRefused => "The server makes rooms for its owner only. Name another with --server.",
        FailureCode::SeatTaken => "The seat is in use by another program.",
        FailureCode::RateLimited => "The server asks us to slow down. Try again in a minute.",
        FailureCode::PeerVersion => "The other side runs another version of Parlor. Update the older side.",
        FailureCode::ProofFailed => {
            "The other side could not prove that it holds the invitation on this connection. Somebody may be in between."
        }
        FailureCode::ConnectFailed => {
            "There is no direct way between the two devices. A TURN server helps: --ice-server turn:HOST:PORT,USER,CREDENTIAL."
        }
        FailureCode::TurnRefused => "The TURN server refused the user name or the credential. Check --ice-server.",
        FailureCode::TurnUnreachable => "The TURN server cannot be reached. Check --ice-server.",
        FailureCode::NoSuchPeer => "The other side is not here any more.",
        FailureCode::TextTooLong => "The text is too long: 32 KiB at most. Send it as a file.",
        FailureCode::AddressTaken => "The address is taken by another program. Choose another port.",
        FailureCode::OfferInvalid => "This cannot be sent",
        FailureCode::SourceUnreadable => "A file cannot be read",
        FailureCode::FolderFull => "There is no room for what is offered",
        FailureCode::FolderUnwritable => "The folder cannot be written",
        FailureCode::NotNow => "This does not fit what is going on",
        FailureCode::Internal => "Something inside failed",
    };
    // A sentence ends with its stop; the others are completed by what the system said.
    if sentence.ends_with('.') || sentence.ends_with('?') {
        sentence.to_owned()
    } else {
        format!("{sentence}: {}.", failure.detail)
    }
}

/// Why a transfer or a file of it ended.
pub const fn ended(code: TransferCode) -> &'static str {
    match code {
        TransferCode::Cancelled => "cancelled",
        TransferCode::Declined => "not wanted",
        TransferCode::NoSpace => "the receiver's disk is full",
        TransferCode::WriteFailed => "the receiver could not write",
        TransferCode::ReadFailed => "the sender could not read",
        TransferCode::SourceChanged => "the file changed while it was being sent",
        TransferCode::Corrupt => "a hash did not match",
        TransferCode::Forgotten => "the sender was restarted; when it sends the same again, it goes on where it was",
        TransferCode::BadOffer => "the offer was refused as unsafe or too large",
        TransferCode::Protocol => "the other side broke the protocol",
    }
}

/// `1.5 MiB`.
pub fn bytes(bytes: u64) -> String {
    let (unit, name) = unit_of(bytes);
    format!("{} {name}", in_unit(bytes, unit))
}

/// `  0.3 of 120.5 MiB`: both in the unit of the whole, and equally long, so that nothing beside it jumps.
pub fn bytes_of(part: u64, whole: u64) -> String {
    let (unit, name) = unit_of(whole);
    let whole = in_unit(whole, unit);
    let (part, columns) = (in_unit(part, unit), whole.len());
    format!("{part:>columns$} of {whole} {name}")
}

/// The unit that shows `bytes` with few digits, and its name.
fn unit_of(bytes: u64) -> (u64, &'static str) {
    const UNITS: [(u64, &str); 5] =
        [(1 << 50, "PiB"), (1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    // What would be rounded to 1024.0 of a unit is 1.0 of the next.
    let reaches = |unit: u64| bytes >= unit - if unit > 1 << 10 { unit / 20_480 } else { 0 };
    UNITS.into_iter().find(|(unit, _)| reaches(*unit)).unwrap_or((1, "B"))
}

fn in_unit(bytes: u64, unit: u64) -> String {
    if unit == 1 {
        return bytes.to_string();
    }
    #[expect(clippy::cast_precision_loss, reason = "for show, with one digit")]
    let value = bytes as f64 / unit as f64;
    format!("{value:.1}")
}

/// `1:05` or `2:00:09`.
pub fn time_left(left: Duration) -> String {
    let seconds = left.as_millis().div_ceil(1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// `1 file`, `2 files`.
pub fn files(count: u32) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_short() {
        assert_eq!(
            [0, 1023, 1024, 1536, 1024 * 1024 - 1, 1024 * 1024, 5 << 30].map(bytes),
            ["0 B", "1023 B", "1.0 KiB", "1.5 KiB", "1.0 MiB", "1.0 MiB", "5.0 GiB"]
        );
        assert_eq!(bytes_of(0, 0), "0 of 0 B");
        assert_eq!(bytes_of(1 << 20, 15 << 30), " 0.0 of 15.0 GiB");
        assert_eq!(time_left(Duration::from_millis(64_001)), "1:05");
        assert_eq!(time_left(Duration::from_secs(7_209)), "2:00:09");
    }

    #[test]
    fn a_turn_failure_names_turn() {
        for code in [FailureCode::TurnRefused, FailureCode::TurnUnreachable, FailureCode::ConnectFailed] {
            assert!(failure(&Failure::new(code, "")).contains("TURN"), "{code:?}");
        }
    }
}
