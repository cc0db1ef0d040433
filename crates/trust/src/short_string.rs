//! Short authentication strings (docs/protocol.md, section 7.4): what two people compare, as seven emoji or as twelve digits.
//!
//! Promises: the 64 emoji are single code points of Unicode 9 or older with a picture of their own, so that every system draws them and
//! none looks like another; each has a name in both languages. Leaves to others: why the string can be trusted ([`crate::Comparison`]).

use std::fmt;

/// An emoji and what it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emoji {
    /// The picture: one code point.
    pub symbol: char,
    /// Its name in English.
    pub english: &'static str,
    /// Its name in Korean.
    pub korean: &'static str,
}

/// Emoji shown.
pub const EMOJI_SHOWN: usize = 7;
/// What lies below it is shown as digits: twelve of them.
const DIGITS_END: u128 = 1_000_000_000_000;

/// What both sides of a comparison show. Equal strings mean that nobody is in between, but for one chance in 2^42, or in 10^12 where
/// digits are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ShortString {
    /// Places in [`EMOJI`], below 64.
    places: [u8; EMOJI_SHOWN],
    digits: u64,
}

impl ShortString {
    /// From the two values of a comparison: the first 42 bits of `emoji`, six a picture; `digits` as a big-endian number modulo 10^12.
    pub(crate) fn new(emoji: [u8; 6], digits: [u8; 16]) -> Self {
        let bits = emoji.into_iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(byte)) >> 6;
        // Six bits fit a byte.
        let places = std::array::from_fn(|place| (bits >> (6 * (EMOJI_SHOWN - 1 - place)) & 63) as u8);
        Self { places, digits: u64::try_from(u128::from_be_bytes(digits) % DIGITS_END).unwrap_or_default() }
    }

    /// The emoji, in the order to show them.
    #[expect(clippy::indexing_slicing, reason = "six bits index 64 emoji")]
    pub fn emoji(&self) -> [&'static Emoji; EMOJI_SHOWN] {
        self.places.map(|place| &EMOJI[usize::from(place)])
    }

    /// Their places in [`EMOJI`], each below 64.
    pub fn places(&self) -> [u8; EMOJI_SHOWN] {
        self.places
    }

    /// The digits in three groups of four: `0123 4567 8901`.
    pub fn digits(&self) -> String {
        let (high, middle, low) = (self.digits / 100_000_000, self.digits / 10_000 % 10_000, self.digits % 10_000);
        format!("{high:04} {middle:04} {low:04}")
    }
}

impl fmt::Debug for ShortString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShortString({})", self.digits())
    }
}

const fn emoji(symbol: char, english: &'static str, korean: &'static str) -> Emoji {
    Emoji { symbol, english, korean }
}

/// All of them; the place is the value of six bits.
pub static EMOJI: [Emoji; 64] = [
    emoji('🐶', "dog", "강아지"),
    emoji('🐱', "cat", "고양이"),
    emoji('🐰', "rabbit", "토끼"),
    emoji('🐷', "pig", "돼지"),
    emoji('🐼', "panda", "판다"),
    emoji('🐸', "frog", "개구리"),
    emoji('🐔', "hen", "암탉"),
    emoji('🐧', "penguin", "펭귄"),
    emoji('🐘', "elephant", "코끼리"),
    emoji('🐢', "turtle", "거북이"),
    emoji('🐙', "octopus", "문어"),
    emoji('🐬', "dolphin", "돌고래"),
    emoji('🦀', "crab", "꽃게"),
    emoji('🐝', "bee", "꿀벌"),
    emoji('🐌', "snail", "달팽이"),
    emoji('🦋', "butterfly", "나비"),
    emoji('🦁', "lion", "사자"),
    emoji('🐵', "monkey", "원숭이"),
    emoji('🦉', "owl", "부엉이"),
    emoji('🐟', "fish", "물고기"),
    emoji('🌵', "cactus", "선인장"),
    emoji('🌻', "sunflower", "해바라기"),
    emoji('🌲', "tree", "나무"),
    emoji('🍄', "mushroom", "버섯"),
    emoji('🍎', "apple", "사과"),
    emoji('🍌', "banana", "바나나"),
    emoji('🍇', "grapes", "포도"),
    emoji('🍓', "strawberry", "딸기"),
    emoji('🍒', "cherries", "체리"),
    emoji('🌽', "corn", "옥수수"),
    emoji('🍞', "bread", "식빵"),
    emoji('🧀', "cheese", "치즈"),
    emoji('🍕', "pizza", "피자"),
    emoji('🎂', "cake", "케이크"),
    emoji('🍭', "lollipop", "사탕"),
    emoji('🌙', "moon", "초승달"),
    emoji('🔥', "fire", "불꽃"),
    emoji('🌈', "rainbow", "무지개"),
    emoji('⚡', "lightning", "번개"),
    emoji('⛄', "snowman", "눈사람"),
    emoji('☔', "umbrella", "우산"),
    emoji('🌍', "globe", "지구본"),
    emoji('🏠', "house", "집"),
    emoji('⛵', "sailboat", "돛단배"),
    emoji('🚗', "car", "자동차"),
    emoji('🚲', "bicycle", "자전거"),
    emoji('🚀', "rocket", "로켓"),
    emoji('🚂', "train", "기차"),
    emoji('🎈', "balloon", "풍선"),
    emoji('🎁', "gift", "선물"),
    emoji('⚽', "ball", "축구공"),
    emoji('🎸', "guitar", "기타"),
    emoji('🎺', "trumpet", "나팔"),
    emoji('🥁', "drum", "북"),
    emoji('🔔', "bell", "종"),
    emoji('🔑', "key", "열쇠"),
    emoji('⚓', "anchor", "닻"),
    emoji('🔨', "hammer", "망치"),
    emoji('📖', "book", "책"),
    emoji('📷', "camera", "카메라"),
    emoji('💡', "lamp", "전구"),
    emoji('⏰', "clock", "시계"),
    emoji('👑', "crown", "왕관"),
    emoji('👓', "glasses", "안경"),
];
