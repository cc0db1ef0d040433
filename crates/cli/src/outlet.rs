//! `receive --into -`: one file, onto standard output.
//!
//! The file is received into a private temporary folder like any other, and copied when all of it is proven.
//! Promises: nothing unproven is ever written; what is written is a prefix of the file, and all of it when the copy ends well.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{
    exit::Exit,
    scratch::{Scratch, ScratchError},
};

/// Standard output, as the place for one file.
#[derive(Debug)]
pub struct Outlet {
    scratch: Scratch,
}

impl Outlet {
    /// Makes the folder.
    ///
    /// # Errors
    /// There is no place for it.
    pub fn open() -> Result<Self, ScratchError> {
        Ok(Self { scratch: Scratch::make()? })
    }

    /// Where the file is received.
    pub fn folder(&self) -> &Path {
        self.scratch.path()
    }

    /// Copies a proven file.
    ///
    /// # Errors
    /// Why not all of it was written.
    pub async fn write(path: PathBuf) -> Result<(), OutletError> {
        let copying = tokio::task::spawn_blocking(move || {
            let mut file = File::open(path).map_err(OutletError::Unreadable)?;
            copy(&mut file, &mut io::stdout().lock())
        });
        copying.await.unwrap_or_else(|panicked| Err(OutletError::Unwritable(io::Error::other(panicked))))
    }
}

/// Why a file is not whole on standard output.
#[derive(Debug, thiserror::Error)]
pub enum OutletError {
    /// The program that read it has ended or has read enough.
    #[error("Whoever read standard output went away before the end of the file.")]
    BrokenPipe,
    /// A full disk, for example.
    #[error("Standard output cannot be written: {0}.")]
    Unwritable(#[source] io::Error),
    /// The temporary file was taken away.
    #[error("What was received cannot be read again: {0}.")]
    Unreadable(#[source] io::Error),
}

impl OutletError {
    /// How it ends the program.
    pub const fn exit(&self) -> Exit {
        match self {
            Self::BrokenPipe => Exit::BrokenPipe,
            Self::Unwritable(_) | Self::Unreadable(_) => Exit::Files,
        }
    }
}

fn copy(file: &mut File, out: &mut impl Write) -> Result<(), OutletError> {
    // An error of reading cannot be told from one of writing here; a file that was proven a moment ago can be read.
    match io::copy(file, out).and_then(|_| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(OutletError::BrokenPipe),
        Err(error) => Err(OutletError::Unwritable(error)),
    }
}
