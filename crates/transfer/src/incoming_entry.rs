//! One file offered to us, and how far it is.
//!
//! Leaves to [`Incoming`](crate::incoming::Incoming): the steps from state to state, and telling anyone of them.

use parlor_protocol::code::TransferCode;

use crate::{open_entry::OpenEntry, safe_names::SafePath, snapshot::EntryView};

/// A file offered to us.
#[derive(Debug)]
pub(crate) struct IncomingEntry {
    pub(crate) path: SafePath,
    pub(crate) size: u64,
    pub(crate) modified_ms: Option<u64>,
    /// What an earlier session left of it, until something of it arrives.
    pub(crate) found: Option<Box<OpenEntry>>,
    pub(crate) state: IncomingState,
}

/// How far an entry is.
#[derive(Debug)]
pub(crate) enum IncomingState {
    /// Nothing has arrived.
    Pending,
    Open(Box<OpenEntry>),
    /// Whole; the driver gives it its name.
    Finishing,
    Proven,
    /// Ended without proof.
    Failed(TransferCode),
}

impl IncomingEntry {
    /// What is here of it and not ended.
    pub(crate) fn begun(&mut self) -> Option<&mut OpenEntry> {
        match &mut self.state {
            IncomingState::Open(open) => Some(open),
            IncomingState::Pending => self.found.as_deref_mut(),
            IncomingState::Finishing | IncomingState::Proven | IncomingState::Failed(_) => None,
        }
    }

    /// Whether everything is written, so that it may get its name.
    pub(crate) fn is_written(&self) -> bool {
        matches!(&self.state, IncomingState::Open(open) if open.is_whole && open.writing.is_empty())
    }

    pub(crate) fn view(&self) -> EntryView {
        EntryView {
            path: self.path.to_string(),
            size: self.size,
            proven: matches!(self.state, IncomingState::Proven),
            failed: match &self.state {
                IncomingState::Failed(code) => Some(*code),
                IncomingState::Pending | IncomingState::Open(_) | IncomingState::Finishing | IncomingState::Proven => {
                    None
                }
            },
        }
    }
}
