//! What earlier sessions left unfinished in a folder: how much it is, and throwing it away.
//!
//! Promises: what a transfer has open now is left alone; only parts that a journal names are removed, below the folder's handle.

use std::{path::PathBuf, sync::Arc};

use cap_std::fs::Dir;
use parlor_protocol::{host::Unfinished, limits::BLOCK_BYTES};

use super::{
    ReceivingFolder,
    folder::{is_plain, remove_if_empty},
    journal::{Journal, Known},
    part::part_stem,
};

impl ReceivingFolder {
    /// What earlier sessions left. Blocks.
    pub fn unfinished(&self) -> Unfinished {
        let mut unfinished = Unfinished::default();
        for (_, known) in self.journals().filter(|(journal, _)| journal.is_useful()) {
            unfinished.transfers += 1;
            let blocks: usize = known.entries.values().map(|entry| entry.blocks.len()).sum();
            unfinished.bytes += blocks as u64 * u64::from(BLOCK_BYTES);
        }
        unfinished
    }

    /// Removes it: parts, journals, and folders made for them that are empty then. Finished files stay. Blocks.
    pub fn discard_unfinished(&self) {
        for (journal, known) in self.journals() {
            let parts = known.entries.into_values().filter_map(|entry| entry.part);
            let is_part = |path: &Vec<String>| {
                path.iter().all(|component| is_plain(component))
                    && path.last().is_some_and(|name| part_stem(name).is_some())
            };
            for path in parts.filter(is_part) {
                if let Err(error) = self.dir().remove_file(path.iter().collect::<PathBuf>()) {
                    tracing::debug!(kind = ?error.kind(), "a part stayed behind");
                }
            }
            known.tops.into_values().filter(|name| is_plain(name)).for_each(|name| remove_if_empty(self.dir(), &name));
            journal.close(false);
        }
    }

    /// The journals that nobody has open.
    fn journals(&self) -> impl Iterator<Item = (Journal, Known)> {
        let dir: &Arc<Dir> = self.dir();
        let names = dir.entries().into_iter().flatten().flatten();
        names.filter_map(|entry| Journal::resume(dir, entry.file_name().to_str()?).ok().flatten())
    }
}
