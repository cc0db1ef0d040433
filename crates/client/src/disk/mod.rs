//! Files, from the user's disk to the engine and back.
//!
//! What it is: picked files and folders turned into offered entries ([`picks`], [`walk`]), their bytes read block by block
//! ([`source`]), received bytes laid down below one folder ([`folder`], [`part`]), and found there again by a later session (`journal`).
//! Promises: nothing outside the receiving folder is ever touched, whatever a peer calls its files; a file stands under its
//! name only after [`part::Part::finish`]; an existing name is never replaced; no symbolic link inside a picked folder is followed.
//! Leaves to others: threads (every call here blocks; the drivers put it on a blocking thread), hashes and the order of
//! blocks (`parlor-transfer`), safe names (there too; this module only refuses what is not one).

pub mod error;
pub mod folder;
mod journal;
pub mod lanes;
pub mod numbered;
pub mod part;
pub mod picks;
pub mod room;
pub mod source;
#[cfg(test)]
mod tests;
mod unfinished;
pub mod walk;

pub use error::DiskError;
pub use folder::{IncomingFiles, ReceivingFolder};
pub use lanes::{Done, Job, Lanes, Outcome};
pub use part::Part;
pub use picks::Picks;
pub use source::SourceFile;
pub use walk::{Found, walk};
