//! What can go wrong with files, split by who can act.

use std::{io, path::PathBuf};

use parlor_protocol::code::{Failure, FailureCode, TransferCode};

/// Trouble with a file or folder of this machine.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// A picked file cannot be read. User: pick another, or change its rights.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Neither file nor folder: a device, a pipe, a socket. User: pick something else.
    #[error("{} is neither a file nor a folder", path.display())]
    NotAFile {
        /// Which.
        path: PathBuf,
    },
    /// More than an offer holds, deeper than a path may be, or nothing at all. User: pick less.
    #[error("{0}")]
    OfferLimit(&'static str),
    /// More picks than are kept. User: leave the room or pick less.
    #[error("too many files were picked")]
    TooManyPicks,
    /// A handle that names nothing.
    #[error("no picked file has the handle {0}")]
    NoSuchPick(u32),
    /// The file is not what it was when it was picked. User: send it again.
    #[error("the file changed since it was picked")]
    Changed,
    /// The disk is full. User of the receiver: make room.
    #[error("no space left")]
    NoSpace,
    /// The receiving folder or something in it cannot be written. User of the receiver: choose another folder.
    #[error("cannot write: {0}")]
    Unwritable(#[source] io::Error),
    /// The state machine handed over a path that is not a safe one. A bug.
    #[error("not a safe relative path")]
    UnsafePath,
}

impl DiskError {
    /// Wraps an error of writing, telling a full disk from the rest.
    pub(crate) fn writing(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace,
            _ => Self::Unwritable(error),
        }
    }

    /// Wraps an error of reading `path`.
    pub(crate) fn reading(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Unreadable { path: path.into(), source }
    }

    /// What the other side is told.
    pub fn transfer_code(&self) -> TransferCode {
        match self {
            Self::Unreadable { .. } | Self::NotAFile { .. } | Self::NoSuchPick(_) => TransferCode::ReadFailed,
            Self::OfferLimit(_) | Self::TooManyPicks | Self::UnsafePath => TransferCode::BadOffer,
            Self::Changed => TransferCode::SourceChanged,
            Self::NoSpace => TransferCode::NoSpace,
            Self::Unwritable(_) => TransferCode::WriteFailed,
        }
    }
}

impl From<DiskError> for Failure {
    /// What the own screen is told.
    fn from(error: DiskError) -> Self {
        let code = match &error {
            DiskError::Unreadable { .. }
            | DiskError::NotAFile { .. }
            | DiskError::NoSuchPick(_)
            | DiskError::Changed => FailureCode::SourceUnreadable,
            DiskError::OfferLimit(_) | DiskError::TooManyPicks => FailureCode::OfferInvalid,
            DiskError::NoSpace => FailureCode::FolderFull,
            DiskError::Unwritable(_) => FailureCode::FolderUnwritable,
            DiskError::UnsafePath => FailureCode::Internal,
        };
        Self::new(code, error.to_string())
    }
}
