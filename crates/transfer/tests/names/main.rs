//! A hostile peer's file names: over a million made-up paths, and the known tricks with what becomes of each.
//!
//! Judges what [`SafeNames`] gives by rules written a second time, from what file systems do and not from its code.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod maker;

use std::{
    collections::{HashMap, hash_map::Entry},
    time::{Duration, Instant},
};

use maker::Maker;
use parlor_transfer::{SafeNames, SafePath, UnsafeName};
use unicode_normalization::{UnicodeNormalization, is_nfc};

const SEED: u64 = 0x5afe;
const PATHS: u64 = 1_000_000;

#[test]
fn whatever_a_peer_calls_its_files_their_paths_are_safe_and_apart() {
    println!("seed {SEED}");
    let mut maker = Maker::new(SEED);
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
