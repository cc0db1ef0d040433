//! Paths as a hostile peer would offer them, from a seed.

use unicode_normalization::UnicodeNormalization;

/// Makes offers from a seed.
pub(crate) struct Maker(u64);

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
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) % limit.max(1) as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// The next offer's paths.
    pub(crate) fn offer(&mut self) -> Vec<Vec<String>> {
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
