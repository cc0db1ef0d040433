//! Spoken codes (docs/protocol.md, section 7.1): `<number>-<word>-<word>-<word>`, an invitation to read out over a telephone.
//!
//! Promises: what is printed reads back as the same, also when typed in another case, with other separators, without any between Korean
//! words, or in a decomposed form; the words are wiped when dropped and not shown by `Debug`; a word of no list is named by its place,
//! before a try is spent on it. Leaves to others: which number is free (the server says), how long a code lives ([`crate::CodeOwner`]).

use std::{fmt, str::FromStr};

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::{error::TrustError, words::Language};

/// Words in a code: 30 bits.
pub const CODE_WORDS: usize = 3;
/// Highest number of a code: six digits.
pub const CODE_NUMBER_MAX: u32 = 999_999;
/// Longest text that is looked at, in bytes of UTF-8: six decomposed Korean syllables take 54.
const TEXT_BYTES: usize = 256;

/// A spoken code. Who knows the words gets one try at the invitation behind them.
#[derive(Clone, PartialEq, Eq)]
pub struct SpokenCode {
    number: u32,
    language: Language,
    /// In NFC and lower case, joined by `-`.
    words: Zeroizing<String>,
}

impl SpokenCode {
    /// A code under a `number` of 1 … [`CODE_NUMBER_MAX`] that the server has given out. `random` is 4 fresh random bytes, of which 30
    /// bits choose the words.
    ///
    /// # Errors
    /// [`TrustError::NotACode`] when the number is out of range.
    pub fn new(number: u32, language: Language, random: [u8; 4]) -> Result<Self, TrustError> {
        let bits = u32::from_be_bytes(random);
        let words = [bits >> 20, bits >> 10, bits].map(|value| language.word(value));
        Self::of(number, language, &words)
    }

    fn of(number: u32, language: Language, words: &[&str]) -> Result<Self, TrustError> {
        let in_range = (1..=CODE_NUMBER_MAX).contains(&number);
        in_range.then(|| Self { number, language, words: Zeroizing::new(words.join("-")) }).ok_or(TrustError::NotACode)
    }

    /// The number under which the server finds the code's owner. Not secret.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Whose words it is made of.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The whole code for people, `7-apricot-lantern-tulip`. Holds the secret: never for logs.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}-{}", self.number, self.words.as_str()))
    }

    /// The words alone: CPace's password-related string.
    pub(crate) fn words(&self) -> &str {
        &self.words
    }
}

impl FromStr for SpokenCode {
    type Err = TrustError;

    /// Reads a code as people type it.
    ///
    /// # Errors
    /// [`TrustError::NotACode`] when the text has not a number and three words; [`TrustError::UnknownWord`] when one of these stands in no
    /// list, or not in that of the first.
    fn from_str(text: &str) -> Result<Self, TrustError> {
        if text.len() > TEXT_BYTES {
            return Err(TrustError::NotACode);
        }
        // Compatibility forms too: Korean keyboards make digits and letters of full width.
        let text: Zeroizing<String> =
            Zeroizing::new(text.nfkc().map(|character| character.to_ascii_lowercase()).collect());
        let text = text.trim_start_matches(is_separator);
        let digits = text.split(|character: char| !character.is_ascii_digit()).next().unwrap_or_default();
        let rest = text.strip_prefix(digits).unwrap_or_default();
        if !(1..=6).contains(&digits.len()) {
            return Err(TrustError::NotACode);
        }
        let number = digits.parse().map_err(|_| TrustError::NotACode)?;
        let words: Vec<&str> = rest.split(is_separator).filter(|token| !token.is_empty()).flat_map(cut).collect();
        let [first, ..] = words.as_slice() else { return Err(TrustError::NotACode) };
        if words.len() != CODE_WORDS {
            return Err(TrustError::NotACode);
        }
        let language = Language::ALL.into_iter().find(|language| language.has(first));
        let language = language.ok_or(TrustError::UnknownWord(0))?;
        match (0..).zip(&words).find(|(_, word)| !language.has(word)) {
            Some((place, _)) => Err(TrustError::UnknownWord(place)),
            None => Self::of(number, language, &words),
        }
    }
}

impl fmt::Debug for SpokenCode {
    /// Without the words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpokenCode").field("number", &self.number).finish_non_exhaustive()
    }
}

/// White space, dashes, and what people put between parts of a list.
fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '-' | '_' | '.' | ',' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{3001}' | '\u{3002}')
}

/// Cuts two or three Korean words that were typed as one: each has two syllables.
fn cut(token: &str) -> Vec<&str> {
    let is_syllable = |character: char| ('\u{ac00}'..='\u{d7a3}').contains(&character);
    // A syllable has three bytes, so a word has six, and every cut falls between two syllables.
    if token.chars().all(is_syllable) && matches!(token.len(), 12 | 18) {
        (0..token.len()).step_by(6).filter_map(|start| token.get(start..start + 6)).collect()
    } else {
        vec![token]
    }
}
