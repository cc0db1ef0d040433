//! The lines of `--json`.

use parlor_protocol::{
    code::Failure,
    host::{Path, Transfer},
    negotiation::HostKind,
};
use serde::Serialize;

use crate::exit::Exit;

/// A line of `--json`.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Line<'a> {
    /// The invitation; always the first line of `send`.
    Link {
        /// To hand on.
        link: &'a str,
    },
    /// The code that hands the invitation over; with `send --code` in place of the link, and again for each next one.
    Code {
        /// To read out.
        code: &'a str,
    },
    /// A peer's connection is proven.
    Connected {
        /// What the peer calls itself.
        name: &'a str,
        /// What kind of program it is.
        host: Option<HostKind>,
        /// The way taken, as far as known.
        path: Option<Path>,
    },
    /// Files are offered to us.
    Offer {
        /// The offer, with its first 200 entries.
        transfer: &'a Transfer,
    },
    /// A transfer moved or ended.
    Progress {
        /// As it is now.
        transfer: &'a Transfer,
    },
    /// A text came.
    Text {
        /// Who wrote it.
        from: &'a str,
        /// What.
        body: &'a str,
    },
    /// Our text arrived.
    TextDelivered {},
    /// A received file stands under its name.
    Received {
        /// Where.
        path: &'a std::path::Path,
    },
    /// Something failed.
    Failed {
        /// Stable code.
        failure: &'a Failure,
        /// For a person.
        message: &'a str,
    },
    /// The last line.
    End {
        /// Stable name.
        outcome: Exit,
        /// As the process exits.
        exit_code: u8,
    },
}
