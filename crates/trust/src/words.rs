//! The words of spoken codes: 1024 a language, so ten bits each (docs/protocol.md, section 7.1).
//!
//! What it is: `words/en.txt` and `words/ko.txt`, one word a line in the order of code points; a word's place is its value.
//! Promises: a word stands in one list only, in NFC. English words are 4 to 8 lower-case letters, tell themselves apart by their first
//! four letters, by more than one letter as a whole, and by their consonants alone, so that they survive a bad line. Korean words are
//! of two syllables, and no two sound alike.

use std::sync::LazyLock;

/// Words in a list.
pub const WORD_COUNT: usize = 1024;

static ENGLISH: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("../words/en.txt").lines().collect());
static KOREAN: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("../words/ko.txt").lines().collect());

/// Whose words a code is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Korean];

    /// Its [`WORD_COUNT`] words in the order of code points, for instance to complete what a user types.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::English => &ENGLISH,
            Self::Korean => &KOREAN,
        }
    }

    /// Whether it has this word, in NFC and lower case.
    pub(crate) fn has(self, word: &str) -> bool {
        self.words().binary_search(&word).is_ok()
    }

    /// The word of ten bits; higher bits do not count.
    pub(crate) fn word(self, value: u32) -> &'static str {
        let place = usize::try_from(value).map_or(0, |value| value % WORD_COUNT);
        // A list has WORD_COUNT words: a test counts them.
        self.words().get(place).copied().unwrap_or_default()
    }
}
