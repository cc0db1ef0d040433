//! Inputs for parsers: a kept corpus, replayed as it is, and behind it as many mutations and random strings as wanted.
//!
//! What it is: [`feed`] hands a parser every line of `tests/corpus/<name>.txt` and then generated inputs. A line is one input as text, or
//! `hex:` and its bytes. What once made a parser fail is added to its file; both languages replay the same files.
//! Promises: the same seed gives the same inputs; the seed is printed first (`PARLOR_SEED` sets it), and the input under which a parser
//! panicked, as a line for the corpus.
//! Leaves to others: what a parser must answer, and how much memory the process may take ([`peak_bytes`] tells).

use std::{env, fmt::Write, fs};

use crate::read;

/// Inputs a parser gets in an ordinary test.
const SHORT: u64 = 20_000;
/// Inputs a parser gets where `PARLOR_SOAK=long` is set.
const LONG: u64 = 1_000_000;
/// Most memory a process may ever hold while it parses.
pub const MEMORY_BYTES: u64 = 512 * 1024 * 1024;
/// Longest input that is made often.
const USUAL_BYTES: usize = 2_000;
/// Longest input that is made at all: more than any message may have.
const MOST_BYTES: usize = 160 * 1024;
/// What parsers trip over.
const TOKENS: [&str; 30] = [
    "\0",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "-",
    "0",
    "-1",
    "1e999",
    "9007199254740992",
    "18446744073709551616",
    "4294967296",
    "null",
    "true",
    "\u{fffd}",
    "\u{202e}",
    "\u{feff}",
    "é",
    "사랑방",
    "%",
    "#",
    "__proto__",
    "a=fingerprint:",
    "\r\n",
];

/// A source of generated inputs.
#[derive(Debug)]
pub struct Generator {
    state: u64,
    corpus: Vec<Vec<u8>>,
}

impl Generator {
    /// One that mutates `corpus`. The same seed makes the same inputs.
    pub fn new(seed: u64, corpus: Vec<Vec<u8>>) -> Self {
        Self { state: seed, corpus }
    }

    /// A random number (SplitMix64).
    pub fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A random number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.number() % (end.max(1) as u64)).unwrap_or_default()
    }

    /// The next input.
    pub fn input(&mut self) -> Vec<u8> {
        if self.corpus.is_empty() || self.below(8) == 0 {
            return self.random_bytes();
        }
        let mut input = self.kept();
        for _ in 0..=(self.below(3) * self.below(3)) {
            self.mutate(&mut input);
        }
        let most = if self.below(500) == 0 { MOST_BYTES } else { USUAL_BYTES.max(2 * self.corpus.len()) };
        input.truncate(most.max(self.corpus.iter().map(Vec::len).max().unwrap_or_default() + 64));
        input
    }

    /// The next input as a parser of text gets it.
    pub fn text(&mut self) -> String {
        String::from_utf8_lossy(&self.input()).into_owned()
    }

    fn kept(&mut self) -> Vec<u8> {
        let place = self.below(self.corpus.len());
        self.corpus.get(place).cloned().unwrap_or_default()
    }

    fn random_bytes(&mut self) -> Vec<u8> {
        let length = match self.below(200) {
            0 => self.below(MOST_BYTES),
            1..=20 => self.below(USUAL_BYTES),
            _ => self.below(80),
        };
        (0..length).map(|_| self.number().to_le_bytes()[0]).collect()
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = (at + self.below(16)).min(input.len());
        match self.below(11) {
            0 | 1 => {
                let bit = 1 << self.below(8);
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= bit;
                }
            }
            2 => {
                let values = [0, 1, 0x7f, 0x80, 0xff, b'"', b'0', b'}'];
                let value = values[self.below(values.len())];
                if let Some(byte) = input.get_mut(at) {
                    *byte = value;
                }
            }
            3 => input.truncate(at),
            4 => drop(input.drain(at..end)),
            5 => {
                let again = input[at..end].repeat(1 + self.below(4));
                drop(input.splice(at..at, again));
            }
            6 => {
                let token = TOKENS[self.below(TOKENS.len())];
                drop(input.splice(at..end, token.bytes()));
            }
            7 => {
                let random: Vec<u8> = (0..self.below(8)).map(|_| self.number().to_le_bytes()[0]).collect();
                drop(input.splice(at..at, random));
            }
            8 => {
                let other = self.kept();
                let from = self.below(other.len());
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            9 => self.change_a_number(input),
            _ if self.below(40) == 0 => {
                // Deep nesting and long runs, which recursion and copying pay for.
                let token = TOKENS[self.below(TOKENS.len())];
                let times = self.below(MOST_BYTES / token.len());
                drop(input.splice(at..at, token.repeat(times).into_bytes()));
            }
            _ => {
                let token = TOKENS[self.below(TOKENS.len())];
                drop(input.splice(at..at, token.bytes()));
            }
        }
    }

    /// Replaces one of the decimal numbers in a text.
    fn change_a_number(&mut self, input: &mut Vec<u8>) {
        let starts: Vec<usize> = (0..input.len())
            .filter(|at| {
                input[*at].is_ascii_digit() && !at.checked_sub(1).is_some_and(|before| input[before].is_ascii_digit())
            })
            .collect();
        let Some(start) = starts.get(self.below(starts.len())) else { return };
        let length = input[*start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let numbers = [
            "0",
            "1",
            "2",
            "255",
            "256",
            "65535",
            "65536",
            "4294967295",
            "4294967296",
            "9007199254740991",
            "9007199254740992",
            "18446744073709551615",
            "-1",
            "0.5",
            "1e3",
            "1e400",
        ];
        let number = numbers[self.below(numbers.len())];
        drop(input.splice(*start..*start + length, number.bytes()));
    }
}

/// The kept inputs of a parser: the lines of `tests/corpus/<name>.txt`.
pub fn corpus(name: &str) -> Vec<Vec<u8>> {
    let inputs: Vec<_> = read(&format!("tests/corpus/{name}.txt")).lines().map(input_of).collect();
    assert!(!inputs.is_empty(), "{name} has no corpus");
    inputs
}

fn input_of(line: &str) -> Vec<u8> {
    let Some(digits) = line.strip_prefix("hex:") else { return line.as_bytes().to_vec() };
    assert!(digits.is_ascii() && digits.len().is_multiple_of(2), "{line}");
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex digits")).collect()
}

/// Replays the corpus of a parser, then feeds it generated inputs. `parse` says whether it understood: one in a thousand has to be, so that
/// what lies behind the first check is tried as well. Afterwards the process may not have held more than it may.
pub fn feed(name: &str, mut parse: impl FnMut(&[u8]) -> bool) {
    let seed = seed();
    let kept = corpus(name);
    let mut generator = Generator::new(seed, kept.clone());
    let count = if is_long() { LONG } else { SHORT };
    println!("{name}: {} kept and {count} generated inputs, PARLOR_SEED={seed}", kept.len());
    let generated = (0..count).map(|_| generator.input());
    let mut understood = 0;
    for input in kept.into_iter().chain(generated) {
        let last = LastInput(input);
        understood += u64::from(parse(&last.0));
    }
    println!("{name}: {understood} were understood");
    assert!(understood * 1_000 >= count, "{name} understands next to nothing");
    if let Some(peak) = peak_bytes() {
        println!("{name}: the process held {} MiB at most", peak >> 20);
        assert!(peak <= MEMORY_BYTES, "{name}: {} MiB", peak >> 20);
    }
}

/// [`feed`] for a parser of text.
pub fn feed_text(name: &str, mut parse: impl FnMut(&str) -> bool) {
    feed(name, |input| parse(&String::from_utf8_lossy(input)));
}

/// Whether the long form of tests is wanted.
pub fn is_long() -> bool {
    env::var("PARLOR_SOAK").is_ok_and(|form| form == "long")
}

/// `PARLOR_SEED`, or another one each time.
pub fn seed() -> u64 {
    let given = env::var("PARLOR_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| {
        let since = std::time::UNIX_EPOCH.elapsed().expect("the clock is past 1970");
        since.as_secs() ^ u64::from(since.subsec_nanos())
    })
}

/// The most this process has ever held in memory, as Linux accounts it; none elsewhere.
pub fn peak_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB");
    kib.parse::<u64>().ok().map(|kib| kib * 1024)
}

/// Says under what a parser panicked.
struct LastInput(Vec<u8>);

impl Drop for LastInput {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let line = self.0.iter().take(8_192).fold("hex:".to_owned(), |mut line, byte| {
                write!(line, "{byte:02x}").expect("a string takes everything");
                line
            });
            println!("the input, as a line of the corpus: {line}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_inputs_of_bounded_length() {
        let corpus = vec![b"{\"type\":\"ping\",\"n\":1}".to_vec(), vec![0, 1, 2]];
        let mut twins = [Generator::new(7, corpus.clone()), Generator::new(7, corpus)];
        let mut lengths = Vec::new();
        for _ in 0..2_000 {
            let [ada, ben] = &mut twins;
            let input = ada.input();
            assert_eq!(input, ben.input());
            assert!(input.len() <= MOST_BYTES);
            lengths.push(input.len());
        }
        assert!(lengths.iter().any(|length| *length > USUAL_BYTES) && lengths.contains(&0));
    }

    #[test]
    fn a_line_is_text_or_bytes() {
        assert_eq!(input_of("{}"), b"{}");
        assert_eq!(input_of("hex:00ff"), [0, 255]);
    }
}
