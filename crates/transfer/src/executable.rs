//! Which files a system would run: nothing of that kind is ever taken without asking.
//!
//! Leaves to the screen: asking.

use parlor_protocol::limits::EXECUTABLE_TYPES;

use crate::SafePath;

/// Whether the last component ends in one of [`EXECUTABLE_TYPES`], in any case.
pub(crate) fn is_executable(path: &SafePath) -> bool {
    let name = path.components().last().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    EXECUTABLE_TYPES.split(' ').any(|known| known.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SafeNames;

    #[test]
    fn what_systems_run_is_known_by_the_end_of_its_name() {
        let mut names = SafeNames::new();
        let mut is = |name: &str| is_executable(&names.add(&["folder.exe".to_owned(), name.to_owned()]).unwrap());
        for name in ["setup.exe", "SETUP.EXE", "photo.jpg.scr", "setup.exe. .", "a.Desktop", "x.\u{202e}gpj.sh"] {
            assert!(is(name), "{name}");
        }
        for name in ["exe", "photo.jpg", "setup.exe.txt", "notes", "a.executable", "_"] {
            assert!(!is(name), "{name}");
        }
    }
}
