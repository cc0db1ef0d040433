//! A hostile peer's file names: over a million made-up paths, and the known tricks with what becomes of each.
//!
//! Judges what [`SafeNames`] gives by rules written a second time, from what file systems do and not from its code.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::{
    collections::{HashMap, hash_map::Entry},
    time::{Duration, Instant},
};

use parlor_transfer::{SafeNames, SafePath, UnsafeName};
use unicode_normalization::{UnicodeNormalization, is_nfc};

const SEED: u64 = 0x5afe;
const PATHS: u64 = 1_000_000;

#[test]
fn whatever_a_peer_calls_its_files_their_paths_are_safe_and_apart() {
    println!("seed {SEED}");
    let mut maker = Maker(SEED.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (mut paths, mut safe_paths, mut refused) = (0, 0, 0_u64);
    for number in 0.. {
        if paths >= PATHS {
            break;
        }
        let offer = maker.offer();
        let mut names = SafeNames::new();
        let mut given = Vec::with_capacity(offer.len());
        for path in &offer {
            paths += 1;
            match (names.add(path), is_refused(path)) {
                (Ok(safe), false) => given.push(safe),
                (Err(_), true) => {
                    refused += 1;
                    break;
                }
                (result, _) => panic!("seed {SEED}, offer {number}: {path:?} gives {result:?}"),
            }
        }
        safe_paths += given.len() as u64;
        if let Err(fault) = judge(&given) {
            let told: Vec<_> = offer.iter().zip(&given).take(fault.index + 1).collect();
            let told = &told[told.len().saturating_sub(8)..];
            panic!("seed {SEED}, offer {number}, path {}: {}; the last of {told:?}", fault.index, fault.what);
        }
        // What is safe and apart already stays as it is.
        let again: Vec<Vec<String>> = given.iter().map(|path| path.components().map(str::to_owned).collect()).collect();
        if number % 8 == 0 && !again.iter().any(|path| is_refused(path)) {
            let mut names = SafeNames::new();
            let again: Vec<SafePath> = again.iter().map(|path| names.add(path).unwrap()).collect();
            assert_eq!(again, given, "seed {SEED}, offer {number}");
        }
    }
    println!("{paths} paths: {safe_paths} made safe, {refused} offers refused");
    assert!(safe_paths > PATHS / 2 && refused > 1_000, "the mix is not what it was meant to be");
}

#[test]
fn a_whole_offer_of_names_alike_after_a_cut_is_named_at_once() {
    // Twenty thousand entries, every second one a twin, all numbered with the same beginning.
    let begun = Instant::now();
    for (stem, extension) in [("x".repeat(250), ""), ("가".repeat(80), ".jpg"), (String::from("x"), "")] {
        let mut names = SafeNames::new();
        let mut given = Vec::new();
        for number in 0..10_000 {
            for _ in 0..2 {
                given.push(names.add(&[format!("{stem}{number:05}{extension}")]).unwrap());
                assert!(begun.elapsed() < Duration::from_secs(20), "{} names took 20 s", given.len());
            }
        }
        assert_eq!(judge(&given).map_err(|fault| fault.what), Ok(()));
    }
}

#[test]
fn known_tricks_become_harmless_names_or_refuse_the_offer() {
    use UnsafeName::{Empty, Separator, TooLong, Traversal};
    let (spaces, x) = (|count: usize| " ".repeat(count), "x".repeat(205));
    let tricks: &[(&[&str], Result<&str, UnsafeName>)] = &[
        // Out of the folder.
        (&["..", "..", "etc", "passwd"], Err(Traversal)),
        (&["a", "..", "..", "b"], Err(Traversal)),
        (&["."], Err(Traversal)),
        (&["../../.ssh/authorized_keys"], Err(Separator)),
        (&["..\\..\\AppData\\Startup\\a.exe"], Err(Separator)),
        (&["", "etc", "cron.d", "a"], Err(Empty)),
        (&["/etc/passwd"], Err(Separator)),
        (&["a", ""], Err(Empty)),
        (&[], Err(Empty)),
        (&["... ", "a"], Ok("_/a")),
        (&[".. ", "a"], Ok("_/a")),
        (&["..."], Ok("_")),
        (&["．．", "a"], Ok("．．/a")),
        (&["..∕a"], Ok("..∕a")),
        (&["%2e%2e%2fa"], Ok("%2e%2e%2fa")),
        (&["~"], Ok("~")),
        // Drives, shares, devices, streams.
        (&["C:"], Ok("C_")),
        (&["C:\\Windows"], Err(Separator)),
        (&["C:", "Windows", "a"], Ok("C_/Windows/a")),
        (&["\\\\server\\share\\a"], Err(Separator)),
        (&["\\\\?\\C:\\a"], Err(Separator)),
        (&["\\\\.\\PhysicalDrive0"], Err(Separator)),
        (&["??", "C:", "a"], Ok("__/C_/a")),
        (&["a.txt:hidden"], Ok("a.txt_hidden")),
        (&["a.txt::$DATA"], Ok("a.txt__$DATA")),
        (&[":"], Ok("_")),
        (&["a:$I30:$INDEX_ALLOCATION"], Ok("a_$I30_$INDEX_ALLOCATION")),
        (&["NUL"], Ok("_NUL")),
        (&["nul.tar.gz"], Ok("_nul.tar.gz")),
        (&["CON. . "], Ok("_CON")),
        (&["Aux  .c"], Ok("_Aux  .c")),
        (&["CON.", "a"], Ok("_CON/a")),
        (&["com1.log"], Ok("_com1.log")),
        (&["COM²"], Ok("_COM²")),
        (&["lpt³ .txt"], Ok("_lpt³ .txt")),
        (&["COM⁴"], Ok("COM⁴")),
        (&["COM１"], Ok("COM１")),
        (&["conout$"], Ok("_conout$")),
        (&["PRN:"], Ok("PRN_")),
        (&["CON\u{202e}"], Ok("CON_")),
        (&["CON\t.txt"], Ok("CON_.txt")),
        (&[" CON"], Ok(" CON")),
        // What the eye does not see.
        (&["gnp\u{202e}gpj.exe"], Ok("gnp_gpj.exe")),
        (&["a\u{2067}b\u{2069}.pdf"], Ok("a_b_.pdf")),
        (&["\u{feff}a"], Ok("_a")),
        (&["a\u{200b}.txt"], Ok("a\u{200b}.txt")),
        (&["a\nb\r.sh"], Ok("a_b_.sh")),
        (&["\u{1b}[2Ja"], Ok("_[2Ja")),
        (&["a\u{9b}b"], Ok("a_b")),
        (&["a\0.txt"], Err(Separator)),
        (&["a.txt "], Ok("a.txt")),
        (&["a.exe. . ."], Ok("a.exe")),
        (&["  "], Ok("_")),
        (&["\u{a0}"], Ok("\u{a0}")),
        (&["e\u{301}"], Ok("é")),
        (&["<\u{338}"], Ok("≮")),
        (&["\u{37e}"], Ok(";")),
        (&["\u{1fef}"], Ok("`")),
        // What a shell, a desktop or this program itself could mistake.
        (&["-rf"], Ok("-rf")),
        (&["$(id)`id`;&'"], Ok("$(id)`id`;&'")),
        (&["a|b>c\"d*?"], Ok("a_b_c_d__")),
        (&["a.part"], Ok("a.part")),
        (&["a.00112233.journal"], Ok("a.00112233.journal")),
        (&[".bashrc"], Ok(".bashrc")),
        (&["PROGRA~1"], Ok("PROGRA~1")),
        // Over a limit, or just not; U+FA6C is a byte longer in NFC.
        (&[&"a".repeat(4096)], Err(TooLong)),
        (&[&"a".repeat(256)], Err(TooLong)),
        (&["d"; 33], Err(TooLong)),
        (&[x.as_str(); 5], Err(TooLong)),
        (&[&format!("CON{}\u{fa6c}", spaces(249))], Ok("_CON")),
        (&[&format!("COM1{}\u{fa6c}", spaces(248)), "a"], Ok("_COM1/a")),
        (&[&format!("CON{}\u{fa6c}.txt", spaces(245))], Ok(&format!("_CON{}.txt", spaces(245)))),
        (&[&format!("{}\u{fa6c}", spaces(252))], Ok("_")),
        (&[&format!("{}\u{fa6c}", "a ".repeat(126))], Ok(&format!("{}a", "a ".repeat(125)))),
        (&[&format!("{}.\u{1d160}", "é".repeat(125))], Ok(&format!("{}.\u{1d158}\u{1d165}\u{1d16e}", "é".repeat(121)))),
        (&[&format!("{}\u{958}", "\u{1f600}".repeat(63))], Ok(&format!("{}\u{915}", "\u{1f600}".repeat(63)))),
    ];
    for (path, expected) in tricks {
        let path: Vec<String> = path.iter().map(ToString::to_string).collect();
        let given = SafeNames::new().add(&path);
        assert_eq!(given.as_ref().map(SafePath::as_str), expected.as_ref().map(|safe| *safe), "{path:?}");
        assert_eq!(judge(&given).map_err(|fault| fault.what), Ok(()), "{path:?}");
    }
}

#[test]
fn offers_that_aim_at_their_own_files_get_paths_apart() {
    let tricks: &[(&[&[&str]], &[&str])] = &[
        (&[&["a"], &["A"], &["a "], &["a."], &["a (1)"]], &["a", "A (1)", "a (2)", "a (3)", "a (1) (1)"]),
        (&[&["a"], &["a", "a"], &["a (1)"], &["A (1)", "b"]], &["a", "a (1)/a", "a (1) (1)", "a (1)/b"]),
        (&[&["a", "b"], &["a", "b", "c"], &["A", "B", "c"]], &["a/b", "a/b (1)/c", "a/b (1)/c (1)"]),
        (&[&["a:", "x"], &["a_", "x"], &["a?"]], &["a_/x", "a_/x (1)", "a_ (1)"]),
        (&[&["CON"], &["_con"], &["con "]], &["_CON", "_con (1)", "_con (2)"]),
        (&[&["ſ"], &["s"], &["S"]], &["ſ", "s (1)", "S (2)"]),
        (&[&["ı"], &["i"], &["İ"], &["i\u{307}"]], &["ı", "i (1)", "İ", "i\u{307} (1)"]),
        (&[&["\u{212a}"], &["k"], &["\u{212b}"], &["å"]], &["K", "k (1)", "Å", "å (1)"]),
        (&[&["ﬀ"], &["FF"], &["ŉ"], &["ʼN"]], &["ﬀ", "FF (1)", "ŉ", "ʼN (1)"]),
        (&[&["한"], &["\u{1112}\u{1161}\u{11ab}"], &["하\u{11ab}"]], &["한", "한 (1)", "한 (2)"]),
        (&[&["x.part"], &["x"], &["X.PART"]], &["x.part", "x", "X (1).PART"]),
    ];
    for (offered, expected) in tricks {
        let mut names = SafeNames::new();
        let given: Vec<SafePath> = offered
            .iter()
            .map(|path| names.add(&path.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap())
            .collect();
        assert_eq!(given.iter().map(SafePath::as_str).collect::<Vec<_>>(), *expected);
        assert_eq!(judge(&given).map_err(|fault| fault.what), Ok(()));
    }
}

/// Which path of an offer breaks a promise, and which.
struct Fault {
    index: usize,
    what: &'static str,
}

/// The promises of the paths of one offer.
fn judge<'a>(given: impl IntoIterator<Item = &'a SafePath>) -> Result<(), Fault> {
    // By what a file system that minds neither case nor composition sees: the spelling, and whether it is a folder.
    let mut seen: HashMap<String, (&str, bool)> = HashMap::new();
    for (index, path) in given.into_iter().enumerate() {
        if let Some(what) = path.as_str().split('/').find_map(unsafe_component) {
            return Err(Fault { index, what });
        }
        let key: String = path.as_str().to_uppercase().nfc().collect();
        let folders =
            path.as_str().match_indices('/').map(|(end, _)| end).zip(key.match_indices('/').map(|(end, _)| end));
        for (end, key_end) in folders {
            let spelling = &path.as_str()[..end];
            match seen.get(&key[..key_end]) {
                None => drop(seen.insert(key[..key_end].to_owned(), (spelling, true))),
                Some((_, false)) => return Err(Fault { index, what: "a folder has a file's name" }),
                Some((other, true)) if *other != spelling => {
                    return Err(Fault { index, what: "a folder in two spellings" });
                }
                Some(_) => {}
            }
        }
        match seen.entry(key) {
            Entry::Vacant(free) => drop(free.insert((path.as_str(), false))),
            Entry::Occupied(taken) if taken.get().1 => return Err(Fault { index, what: "a file has a folder's name" }),
            Entry::Occupied(_) => return Err(Fault { index, what: "two files of one name" }),
        }
    }
    Ok(())
}

/// What makes a component dangerous on some system.
fn unsafe_component(name: &str) -> Option<&'static str> {
    let bidi = |c| matches!(u32::from(c), 0x61c | 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069);
    let control = |c| matches!(u32::from(c), 0..=0x1f | 0x7f..=0x9f);
    let faults = [
        (name.is_empty(), "empty"),
        (name == "." || name == "..", "leads out"),
        (name.contains(['/', '\\', '\0', ':']), "a separator, NUL or colon"),
        (name.contains(control), "a control character"),
        (name.contains(bidi), "a bidi control"),
        (name.len() > 255, "over 255 bytes"),
        (name.ends_with(['.', ' ']), "ends in a dot or space"),
        (is_device(name), "a device"),
        (!is_nfc(name), "not NFC"),
    ];
    faults.into_iter().find_map(|(is_so, what)| is_so.then_some(what))
}

/// As Windows reads a name: what is before the first dot or colon, without spaces at its end.
fn is_device(name: &str) -> bool {
    let base = name.find(['.', ':']).map_or(name, |end| &name[..end]).trim_end_matches(' ');
    let ports = |port: &str| {
        let mut characters = port.chars();
        let number = characters.next_back();
        matches!(characters.as_str(), "COM" | "LPT") && number.is_some_and(|n| "0123456789¹²³".contains(n))
    };
    // No longer than the longest: most names are looked at once.
    base.len() <= 7
        && (["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].iter().any(|device| base.eq_ignore_ascii_case(device))
            || ports(&base.to_ascii_uppercase()))
}

/// What no honest sender offers (docs/protocol.md, section 5.4).
fn is_refused(path: &[String]) -> bool {
    let hostile = |name: &String| {
        matches!(name.as_str(), "" | "." | "..")
            || name.len() > 255
            || name.bytes().any(|byte| matches!(byte, b'/' | b'\\' | 0))
    };
    path.is_empty() || path.len() > 32 || path.join("/").len() > 1024 || path.iter().any(hostile)
}

/// Makes offers from a seed.
struct Maker(u64);

/// Few, so that they meet: as they are, in another case or composition, and once made safe.
#[rustfmt::skip]
const MEETING: &[&str] = &[
    "a", "A", "a ", "a.", "a:", "a?", "a_", "a (1)", "A (1)", "a (2)", "a (1) (1)", "a.b", "a (1).b", "A.B", "a.b ", "b", "_", "?", "...",
    " ", "é", "e\u{301}", "É", "E\u{301}", "한", "\u{1112}\u{1161}\u{11ab}", "하\u{11ab}", "ß", "ss", "SS", "ẞ", "ſs", "ı", "i", "I", "İ",
    "i\u{307}", "k", "\u{212a}", "Å", "\u{212b}", "å", "CON", "con", "_con", "_CON", "con.b", "_con.b", "COM¹", "_com¹", "Σ", "ς", "σ", "ǆ", "ǅ",
    "ᾳ", "ΑΙ", "α\u{345}",
];

/// Anything a name may be made of without the offer being refused.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "a", "B", "0", "-", "~", "$", "photo", "사진", "é", "e\u{301}", "\u{301}", "\u{345}", "\u{344}", "\u{338}", "\u{3099}", "\u{1112}", "\u{1161}",
    "\u{11ab}", "하", "한", "ß", "ẞ", "ı", "İ", "ſ", "\u{212a}", "\u{2126}", "ŉ", "ﬃ", "ΐ", "ς", "ᾳ", "ǅ", ".", "..", "...", " ", "  ", ". ", "..;", "．",
    "∕", "C:", ":", "::$DATA", ":stream", "<", ">", "\"", "|", "?", "*", "??", "%2e%2e%2f", "\u{1}", "\t", "\n", "\u{1b}[", "\u{7f}", "\u{85}", "\u{9f}",
    "\u{ad}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{200e}", "\u{200f}", "\u{61c}", "\u{2028}", "\u{2029}", "\u{202a}", "\u{202d}", "\u{202e}", "\u{2060}",
    "\u{2066}", "\u{2069}", "\u{206f}", "\u{feff}", "\u{fff9}", "\u{e0001}", "\u{fdd0}", "\u{ffff}", "\u{10ffff}", "\u{e000}", "😀", "👨\u{200d}👩\u{200d}👧", "\u{1d15e}",
    "\u{1d160}", "\u{fa6c}", "\u{fad7}", "\u{958}", "\u{fb2c}", "CON", "con", "NUL", "aux", "COM1", "com¹", "LPT³", "lpt9", "CONIN$", "COM", ".txt",
    ".tar.gz", ".part", ".journal", ".1a2b3c4d.part", " (1)", " (2)", " (10)", "_", "\u{a0}", "\u{3000}",
];

#[rustfmt::skip]
const DEVICES: &[&str] = &["CON", "prn", "Aux", "nul", "COM0", "com1", "Com¹", "COM²", "lpt³", "LPT9", "CONIN$", "conout$"];

#[rustfmt::skip]
const AFTER_A_DEVICE: &[&str] = &["", ".", " ", ". .", ".txt", " .txt", "  . x", ":", ":x", ".a.b", "\u{202e}", "\t", "\u{200b}", "1", "²"];

/// What the border of 255 bytes is filled with, and what may stand there: some of it is longer in NFC, some shorter.
const FILL: &[&str] =
    &[" ", " ", ".", "x", "x", "é", "e\u{301}", "한", "😀", "a ", ". ", "\u{1112}\u{1161}", "ΐ", "\u{1d15e}"];
#[rustfmt::skip]
const AT_THE_BORDER: &[&str] =
    &["", "😀", "é", "\u{fa6c}", "\u{fad7}", "\u{1d160}", "\u{958}", "\u{fb2c}", "\u{344}", "\u{1112}\u{1161}\u{11ab}", ".", " ", ".😀"];
const EXTENSIONS: &[&str] =
    &["", "", ".txt", ".x", ". x", ".a (1)", ".e\u{301}\u{fa6c}", ".part", ".xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"];

/// For these the offer is refused.
#[rustfmt::skip]
const REFUSED: &[&str] = &[
    "", ".", "..", "../..", "..\\..", "/", "\\", "/etc/passwd", "C:\\Windows", "C:/", "\\\\server\\share", "\\\\?\\C:\\a", "//server/share", "a\0b", "\0",
    "a/", "a\\", "./a", "CON/a", "\u{202e}/a",
];

impl Maker {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) % limit.max(1) as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn offer(&mut self) -> Vec<Vec<String>> {
        let is_wild = self.below(4) == 0;
        let only_meeting = self.below(3) == 0;
        let len = match self.below(20) {
            0 => self.below(1_000),
            1..=4 => self.below(200),
            _ => self.below(30),
        };
        (0..=len).map(|_| self.path(is_wild, only_meeting)).collect()
    }

    fn path(&mut self, is_wild: bool, only_meeting: bool) -> Vec<String> {
        let len = match self.below(100) {
            0 if is_wild => self.below(35),
            0..=1 => 1 + self.below(32),
            2..=20 => 3,
            21..=50 => 2,
            _ => 1,
        };
        let mut path: Vec<String> = (0..len).map(|_| self.component(only_meeting)).collect();
        if is_wild && self.below(20) == 0 && len > 0 {
            let at = self.below(len);
            path[at] = match self.below(24) {
                0 => self.pick(FILL).repeat(4096),
                1 => "x".repeat(256),
                2 => "한".repeat(86),
                _ => self.pick(REFUSED).to_owned(),
            };
        }
        path
    }

    /// A name for which no offer is refused.
    fn component(&mut self, only_meeting: bool) -> String {
        let mut name = match self.below(32) {
            _ if only_meeting => self.pick(MEETING).to_owned(),
            0..=9 => self.pick(MEETING).to_owned(),
            10..=20 => (0..=self.below(5)).map(|_| self.pick(PIECES)).collect(),
            21..=23 => [self.pick(DEVICES), self.pick(AFTER_A_DEVICE), self.pick(AFTER_A_DEVICE)].concat(),
            24..=26 => self.at_the_border(),
            27 => (0..=self.below(8)).map(|_| self.character()).collect(),
            28 => self.cased(),
            29 => self.pick(PIECES).nfd().chain(self.pick(MEETING).nfd()).collect(),
            _ => format!("{} ({}){}", self.pick(MEETING), self.below(12), self.pick(EXTENSIONS)),
        };
        let mut end = name.len().min(255);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        name.truncate(end);
        if matches!(name.as_str(), "" | "." | "..") {
            name.push('x');
        }
        name
    }

    /// A name of 250 to 255 bytes.
    fn at_the_border(&mut self) -> String {
        let head = match self.below(3) {
            0 => self.pick(DEVICES),
            1 => self.pick(MEETING),
            _ => "",
        };
        let (fill, tail, extension) = (self.pick(FILL), self.pick(AT_THE_BORDER), self.pick(EXTENSIONS));
        let room = (250 + self.below(6)).saturating_sub(head.len() + tail.len() + extension.len());
        let odd = "x".repeat(room % fill.len());
        [head, &fill.repeat(room / fill.len()), &odd, tail, extension].concat()
    }

    /// Any character but those for which an offer is refused.
    fn character(&mut self) -> char {
        let limit = [0x80, 0x800, 0x1_0000, 0x11_0000][self.below(4)];
        match char::from_u32(self.below(limit) as u32) {
            None | Some('/' | '\\' | '\0') => 'x',
            Some(character) => character,
        }
    }

    /// One of a few words in any case.
    fn cased(&mut self) -> String {
        let word = self.pick(&["straße", "kiſs", "ılık", "read.me", "Σίσυφος", "ﬃ\u{fb05}ᾳ", "ÿĳǆ", "ꭰꮿ", "აბ", "ⱥɐ"]);
        word.chars()
            .flat_map(|c| {
                if self.below(2) == 0 { c.to_uppercase().collect::<Vec<_>>() } else { c.to_lowercase().collect() }
            })
            .collect()
    }
}
