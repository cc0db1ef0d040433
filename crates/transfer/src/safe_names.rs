//! Turns the paths of an offer into safe relative ones (docs/protocol.md, section 5.4).
//!
//! What it is: the one function through which every offered path goes. Promises: what comes out is relative, has no `..`, no
//! separator, drive, stream, device name, control or bidi character, no trailing dot or space, and collides with nothing else of its
//! offer by case or NFC, on any of the systems Parlor runs on; the work and the memory are linear in the offer.
//! Leaves to others: names that already exist on disk, and opening below a folder handle.

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
};

use parlor_protocol::limits::{COMPONENT_BYTES, PATH_BYTES, PATH_COMPONENTS};
use unicode_normalization::UnicodeNormalization;

/// A safe relative path, components joined by `/`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SafePath(String);

impl SafePath {
    /// Joined by `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// One by one; at least one, none empty.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

impl fmt::Display for SafePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a whole offer is refused (`bad-offer`): no honest sender offers such a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsafeName {
    /// No component, or an empty one (which is how an absolute path looks in components).
    #[error("a path without components, or an empty component")]
    Empty,
    /// `.` or `..`.
    #[error("a component that leaves its folder")]
    Traversal,
    /// `/`, `\` or NUL inside a component.
    #[error("a separator or NUL inside a component")]
    Separator,
    /// A component over 255 bytes, over 32 components, or over 1 024 bytes in all.
    #[error("a path over a limit")]
    TooLong,
}

/// The paths of one offer, in order. Feed every path to [`SafeNames::add`].
#[derive(Debug, Default)]
pub struct SafeNames {
    nodes: HashMap<(u32, String), Node>,
    /// The next number to try, for names that are one once they have one (see [`SafeNames::next_number`]).
    numbers: HashMap<(u32, String), u32>,
    folders: u32,
}

/// What stands under a name of a folder.
#[derive(Debug)]
struct Node {
    /// Set when offered paths go on below this name: the folder's number, and its name as it is written.
    folder: Option<(u32, String)>,
}

impl SafeNames {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The safe form of the next offered path.
    ///
    /// # Errors
    /// The path is none that is made safe but one for which the whole offer is refused.
    pub fn add(&mut self, path: &[String]) -> Result<SafePath, UnsafeName> {
        check(path)?;
        let (name, folders) = path.split_last().ok_or(UnsafeName::Empty)?;
        let mut parent = 0;
        let mut safe = String::new();
        for folder in folders {
            let (number, written) = self.enter(parent, &safe_component(folder));
            parent = number;
            safe.push_str(&written);
            safe.push('/');
        }
        safe.push_str(&self.place(parent, &safe_component(name), None));
        Ok(SafePath(safe))
    }

    /// The folder `name` below `parent`: the one offered before, whatever its case, or a new one.
    fn enter(&mut self, parent: u32, name: &str) -> (u32, String) {
        if let Some((number, written)) = self.nodes.get(&(parent, key(name))).and_then(|node| node.folder.clone()) {
            return (number, written);
        }
        self.folders += 1;
        let number = self.folders;
        let written = self.place(parent, name, Some(number));
        if let Some(node) = self.nodes.get_mut(&(parent, key(name))) {
            // Paths below the offered name find the folder even if a file had the name first.
            node.folder = Some((number, written.clone()));
        }
        (number, written)
    }

    /// Takes `name` below `parent`, or `name (1)` and so on if it is taken.
    fn place(&mut self, parent: u32, name: &str, folder: Option<u32>) -> String {
        let mut wanted = name.to_owned();
        loop {
            if let Entry::Vacant(free) = self.nodes.entry((parent, key(&wanted))) {
                free.insert(Node { folder: folder.map(|number| (number, wanted.clone())) });
                return wanted;
            }
            wanted = numbered(name, self.next_number(parent, name));
        }
    }

    /// The lowest number below `parent` that was never tried for `name`, nor for a name that is the same once both are cut to
    /// make room for it: so a thousand files of one name, or of one long beginning, do not try a million.
    fn next_number(&mut self, parent: u32, name: &str) -> u32 {
        let (mut digits, mut end) = (String::from("/"), 10);
        loop {
            // No name holds a `/`, so this stands for every number of as many digits.
            let family = key(&shortened(name, &format!(" ({digits})")));
            let next = self.numbers.entry((parent, family)).or_insert(end / 10);
            if *next < end {
                *next += 1;
                return *next - 1;
            }
            digits.push('/');
            end *= 10;
        }
    }
}

/// The rules for which an offer is refused.
pub(crate) fn check(path: &[String]) -> Result<(), UnsafeName> {
    let bytes = path.iter().map(|component| component.len() + 1).sum::<usize>().saturating_sub(1);
    if path.len() > PATH_COMPONENTS || bytes > PATH_BYTES {
        return Err(UnsafeName::TooLong);
    }
    if path.is_empty() {
        return Err(UnsafeName::Empty);
    }
    for component in path {
        match component.as_str() {
            "" => return Err(UnsafeName::Empty),
            "." | ".." => return Err(UnsafeName::Traversal),
            name if name.contains(['/', '\\', '\0']) => return Err(UnsafeName::Separator),
            name if name.len() > COMPONENT_BYTES => return Err(UnsafeName::TooLong),
            _ => {}
        }
    }
    Ok(())
}

/// One component, made safe.
fn safe_component(offered: &str) -> String {
    let name: String = offered.nfc().map(|character| if is_unsafe(character) { '_' } else { character }).collect();
    // NFC makes some names longer, and the cut of one may leave nothing or a device's name: so it is cut first.
    let mut name = shortened(name.trim_end_matches(['.', ' ']), "");
    if name.is_empty() || is_reserved(&name) {
        name.insert(0, '_');
        name = shortened(&name, "");
    }
    name
}

/// Control characters, what Windows forbids or reads as a stream, bidi controls (they make `gpj.exe` look like `exe.jpg`), line and
/// paragraph separators, the byte order mark.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*')
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A name of a device on Windows, with or without an extension.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end_matches(' ').to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let digits = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    digits.is_some_and(|digit| {
        matches!(digit, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
    })
}

/// Two names with the same key are one name on some system.
fn key(name: &str) -> String {
    name.to_uppercase().nfc().collect()
}

/// `name (1).txt` for `name.txt`.
fn numbered(name: &str, number: u32) -> String {
    shortened(name, &format!(" ({number})"))
}

/// `name` with `suffix` before its extension, cut to what a file system takes. An extension over 32 bytes counts as part of the stem.
fn shortened(name: &str, suffix: &str) -> String {
    let dot = name.rfind('.').filter(|dot| *dot > 0 && name.len() - dot <= 32);
    let (stem, extension) = name.split_at(dot.unwrap_or(name.len()));
    let room = COMPONENT_BYTES.saturating_sub(suffix.len() + extension.len());
    let cut = (0..=room.min(stem.len())).rev().find(|index| stem.is_char_boundary(*index)).unwrap_or(0);
    let (stem, _) = stem.split_at(cut);
    // A cut may end in what a name must not end in.
    let stem = if cut < name.len() && suffix.is_empty() && extension.is_empty() {
        stem.trim_end_matches(['.', ' '])
    } else {
        stem
    };
    format!("{stem}{suffix}{extension}")
}
