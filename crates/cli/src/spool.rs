//! `send -`: standard input, as a file that can be offered.
//!
//! An offer names its sizes, and a receiver may come twice, so what comes in is kept in a temporary file first.
//! Promises: the file is private and gone when the value is; Ctrl-C is heard while it is read.

use std::{
    fs::File,
    io::{self, IsTerminal, Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use parlor_protocol::limits::COMPONENT_BYTES;
use tokio::time::{Instant, timeout};

use crate::{
    exit::Exit,
    scratch::{Scratch, ScratchError},
    session::Session,
    words,
};

/// The name without `--as`.
pub const STDIN: &str = "stdin";
/// Between two looks at how much has come.
const LOOK: Duration = Duration::from_millis(200);
/// Bytes read at once.
const PIECE: usize = 256 * 1024;

/// Standard input in a file.
#[derive(Debug)]
pub struct Spool {
    path: PathBuf,
    /// Removes the file at the end.
    _scratch: Scratch,
}

impl Spool {
    /// Reads standard input to its end.
    ///
    /// # Errors
    /// How the program ends; it was said why.
    pub async fn fill(name: &str, session: &mut Session) -> Result<Self, Exit> {
        match Self::read(name, session).await? {
            Ok(spool) => Ok(spool),
            Err(error) => {
                session.report.complain(&error.to_string());
                Err(Exit::Files)
            }
        }
    }

    /// Where the file is, under the name that it is offered by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    async fn read(name: &str, session: &mut Session) -> Result<Result<Self, SpoolError>, Exit> {
        if io::stdin().is_terminal() {
            session.report.say("Reading what you type; an end of file (Ctrl-D) sends it.");
        }
        let begun = Instant::now();
        let made = Scratch::make().map_err(SpoolError::from).and_then(|scratch| {
            let (file, path) = scratch.create(name).map_err(|error| unwritable(scratch.path(), error))?;
            Ok((scratch, file, path))
        });
        let (scratch, mut file, path) = match made {
            Ok(made) => made,
            Err(error) => return Ok(Err(error)),
        };
        let count = Arc::new(AtomicU64::new(0));
        let (counted, folder) = (Arc::clone(&count), scratch.path().to_owned());
        let mut reading =
            tokio::task::spawn_blocking(move || copy(&mut io::stdin().lock(), &mut file, &folder, &counted));
        let read = loop {
            match session.unless_interrupted(timeout(LOOK, &mut reading)).await? {
                Ok(read) => break read,
                Err(_still_reading) => {
                    session.report.reading("Reading standard input", count.load(Ordering::Relaxed), begun.elapsed());
                }
            }
        };
        session.report.end_progress();
        Ok(match read {
            Ok(Ok(())) => {
                let size = words::bytes(count.load(Ordering::Relaxed));
                session.report.say(&format!("Standard input is read: {size}, offered as {name}."));
                Ok(Self { path, _scratch: scratch })
            }
            Ok(Err(error)) => Err(error),
            Err(panicked) => Err(SpoolError::Unreadable(io::Error::other(panicked))),
        })
    }
}

/// Why standard input cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// There is no place for it.
    #[error(transparent)]
    Scratch(#[from] ScratchError),
    /// It breaks off.
    #[error("Standard input cannot be read: {0}.")]
    Unreadable(#[source] io::Error),
    /// It does not fit, or worse.
    #[error("What comes by standard input cannot be kept in {}: {error}. Set TMPDIR to a place with more room.", folder.display())]
    Unwritable {
        /// The temporary folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
}

fn unwritable(folder: &Path, error: io::Error) -> SpoolError {
    SpoolError::Unwritable { folder: folder.to_owned(), error }
}

fn copy(from: &mut impl Read, to: &mut File, folder: &Path, count: &AtomicU64) -> Result<(), SpoolError> {
    let mut piece = vec![0; PIECE];
    loop {
        let read = match from.read(&mut piece) {
            Ok(0) => return to.flush().map_err(|error| unwritable(folder, error)),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(SpoolError::Unreadable(error)),
        };
        to.write_all(piece.get(..read).unwrap_or_default()).map_err(|error| unwritable(folder, error))?;
        count.fetch_add(read as u64, Ordering::Relaxed);
    }
}

/// Reads the name of `--as`: the last component of a path, that every system takes.
///
/// # Errors
/// A sentence that says what a name is.
pub fn parse_name(text: &str) -> Result<String, String> {
    let is_no_part = |character: char| matches!(character, '/' | '\\') || character.is_control();
    if text.is_empty() || matches!(text, "." | "..") || text.contains(is_no_part) {
        return Err("a file name is wanted, without folders".to_owned());
    }
    if text.len() > COMPONENT_BYTES {
        return Err(format!("a name has {COMPONENT_BYTES} bytes at most"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_component() {
        assert_eq!(parse_name("사진 1.tar.zst").unwrap(), "사진 1.tar.zst");
        for name in ["", ".", "..", "a/b", "/a", "a\\b", "a\nb", "a\0", &"x".repeat(COMPONENT_BYTES + 1)] {
            assert!(parse_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn everything_is_copied_and_counted() {
        let scratch = Scratch::make().unwrap();
        let (mut file, path) = scratch.create(STDIN).unwrap();
        let bytes: Vec<u8> = (0..PIECE as u32 + 7).map(|number| number as u8).collect();
        let count = AtomicU64::new(0);
        copy(&mut bytes.as_slice(), &mut file, scratch.path(), &count).unwrap();
        assert_eq!(std::fs::read(path).unwrap(), bytes);
        assert_eq!(count.into_inner(), bytes.len() as u64);
    }
}
