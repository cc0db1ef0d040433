//! `name.txt`, `name (1).txt`, `name (2).txt`: how an existing name is stepped aside from.

use parlor_protocol::limits::COMPONENT_BYTES;

/// Names tried before giving up: a folder with more files of one name is not filled by hand.
pub const ATTEMPTS: u32 = 10_000;

/// A longer extension, its dot counted, is part of the stem: it would leave no room to cut.
const EXTENSION_BYTES: usize = 32;

/// The name itself for 0, else with ` (n)` before its extension, cut so that it stays a valid component.
pub fn numbered(name: &str, n: u32) -> String {
    if n == 0 {
        return name.to_owned();
    }
    let (stem, extension) = match name.rfind('.') {
        // A leading dot begins a hidden file, not an extension.
        Some(dot) if dot > 0 && name.len() - dot <= EXTENSION_BYTES => name.split_at(dot),
        _ => (name, ""),
    };
    let suffix = format!(" ({n}){extension}");
    format!("{}{suffix}", cut(stem, COMPONENT_BYTES.saturating_sub(suffix.len())))
}

/// The longest beginning of `text` of at most `bytes` bytes that ends at a character.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_stands_before_the_extension() {
        for (name, n, expected) in [
            ("a.txt", 0, "a.txt"),
            ("a.txt", 1, "a (1).txt"),
            ("a.tar.gz", 2, "a.tar (2).gz"),
            (".profile", 1, ".profile (1)"),
            ("plain", 10, "plain (10)"),
        ] {
            assert_eq!(numbered(name, n), expected);
        }
    }

    #[test]
    fn a_long_name_stays_a_component() {
        let name = format!("{}.txt", "사".repeat(83));
        assert!(name.len() <= COMPONENT_BYTES);
        let longer = numbered(&name, 12);
        assert!(longer.len() <= COMPONENT_BYTES, "{} bytes", longer.len());
        assert!(longer.ends_with(" (12).txt"));
    }

    #[test]
    fn a_long_extension_is_no_extension() {
        let name = format!("a.{}", "x".repeat(253));
        assert_eq!(name.len(), COMPONENT_BYTES);
        let longer = numbered(&name, 1);
        assert!(longer.len() <= COMPONENT_BYTES, "{} bytes", longer.len());
        assert!(longer.ends_with("x (1)"));
        let longest = format!("a.{}", "x".repeat(31));
        assert_eq!(numbered(&longest, 1), format!("a (1).{}", "x".repeat(31)));
    }
}
