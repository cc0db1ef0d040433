// Short authentication strings (docs/protocol.md, section 7.4): what two people compare, as seven emoji or as twelve digits.
// Twin of `crates/trust/src/short_string.rs`.
//
// Promises: the 64 emoji are single code points of Unicode 9 or older with a picture of their own, so that every system draws them and
// none looks like another; each has a name in both languages. Leaves to others: why the string can be trusted (`Comparison`).

/** An emoji and what it is called. */
export interface Emoji {
  /** The picture: one code point. */
  readonly symbol: string;
  readonly english: string;
  readonly korean: string;
}

/** Emoji shown. */
export const EMOJI_SHOWN = 7;
/** Bytes from which emoji and digits are made. */
export const EMOJI_BYTES = 6;
export const DIGITS_BYTES = 16;
/** What lies below it is shown as digits: twelve of them. */
const DIGITS_END = 1_000_000_000_000n;

/**
 * What both sides of a comparison show. Equal strings mean that nobody is in between, but for one chance in 2^42, or in 10^12 where digits
 * are compared.
 */
export interface ShortString {
  /** In the order to show them. */
  readonly emoji: readonly Emoji[];
  /** Their places in `EMOJI`. */
  readonly places: readonly number[];
  /** In three groups of four: `0123 4567 8901`. */
  readonly digits: string;
}

/** From the two values of a comparison: the first 42 bits of `emoji`, six a picture; `digits` as a big-endian number modulo 10^12. */
export function shortStringOf(emoji: Uint8Array, digits: Uint8Array): ShortString {
  const bits = bigEndian(emoji) >> 6n;
  const places = Array.from({ length: EMOJI_SHOWN }, (_, place) => Number((bits >> BigInt(6 * (EMOJI_SHOWN - 1 - place))) & 63n));
  const text = (bigEndian(digits) % DIGITS_END).toString().padStart(12, '0');
  return { emoji: places.map(emojiAt), places, digits: `${text.slice(0, 4)} ${text.slice(4, 8)} ${text.slice(8)}` };
}

/** The emoji at a place below 64. Throws a `RangeError` at any other. */
export function emojiAt(place: number): Emoji {
  const found = EMOJI[place];
  if (found === undefined) throw new RangeError('there are 64 emoji');
  return found;
}

function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

/** All of them; the place is the value of six bits. */
export const EMOJI: readonly Emoji[] = [
  { symbol: '🐶', english: 'dog', korean: '강아지' },
  { symbol: '🐱', english: 'cat', korean: '고양이' },
  { symbol: '🐰', english: 'rabbit', korean: '토끼' },
  { symbol: '🐷', english: 'pig', korean: '돼지' },
  { symbol: '🐼', english: 'panda', korean: '판다' },
  { symbol: '🐸', english: 'frog', korean: '개구리' },
  { symbol: '🐔', english: 'hen', korean: '암탉' },
  { symbol: '🐧', english: 'penguin', korean: '펭귄' },
  { symbol: '🐘', english: 'elephant', korean: '코끼리' },
  { symbol: '🐢', english: 'turtle', korean: '거북이' },
  { symbol: '🐙', english: 'octopus', korean: '문어' },
  { symbol: '🐬', english: 'dolphin', korean: '돌고래' },
  { symbol: '🦀', english: 'crab', korean: '꽃게' },
  { symbol: '🐝', english: 'bee', korean: '꿀벌' },
  { symbol: '🐌', english: 'snail', korean: '달팽이' },
  { symbol: '🦋', english: 'butterfly', korean: '나비' },
  { symbol: '🦁', english: 'lion', korean: '사자' },
  { symbol: '🐵', english: 'monkey', korean: '원숭이' },
  { symbol: '🦉', english: 'owl', korean: '부엉이' },
  { symbol: '🐟', english: 'fish', korean: '물고기' },
  { symbol: '🌵', english: 'cactus', korean: '선인장' },
  { symbol: '🌻', english: 'sunflower', korean: '해바라기' },
  { symbol: '🌲', english: 'tree', korean: '나무' },
  { symbol: '🍄', english: 'mushroom', korean: '버섯' },
  { symbol: '🍎', english: 'apple', korean: '사과' },
  { symbol: '🍌', english: 'banana', korean: '바나나' },
  { symbol: '🍇', english: 'grapes', korean: '포도' },
  { symbol: '🍓', english: 'strawberry', korean: '딸기' },
  { symbol: '🍒', english: 'cherries', korean: '체리' },
  { symbol: '🌽', english: 'corn', korean: '옥수수' },
  { symbol: '🍞', english: 'bread', korean: '식빵' },
  { symbol: '🧀', english: 'cheese', korean: '치즈' },
  { symbol: '🍕', english: 'pizza', korean: '피자' },
  { symbol: '🎂', english: 'cake', korean: '케이크' },
  { symbol: '🍭', english: 'lollipop', korean: '사탕' },
  { symbol: '🌙', english: 'moon', korean: '초승달' },
  { symbol: '🔥', english: 'fire', korean: '불꽃' },
  { symbol: '🌈', english: 'rainbow', korean: '무지개' },
  { symbol: '⚡', english: 'lightning', korean: '번개' },
  { symbol: '⛄', english: 'snowman', korean: '눈사람' },
  { symbol: '☔', english: 'umbrella', korean: '우산' },
  { symbol: '🌍', english: 'globe', korean: '지구본' },
  { symbol: '🏠', english: 'house', korean: '집' },
  { symbol: '⛵', english: 'sailboat', korean: '돛단배' },
  { symbol: '🚗', english: 'car', korean: '자동차' },
  { symbol: '🚲', english: 'bicycle', korean: '자전거' },
  { symbol: '🚀', english: 'rocket', korean: '로켓' },
  { symbol: '🚂', english: 'train', korean: '기차' },
  { symbol: '🎈', english: 'balloon', korean: '풍선' },
  { symbol: '🎁', english: 'gift', korean: '선물' },
  { symbol: '⚽', english: 'ball', korean: '축구공' },
  { symbol: '🎸', english: 'guitar', korean: '기타' },
  { symbol: '🎺', english: 'trumpet', korean: '나팔' },
  { symbol: '🥁', english: 'drum', korean: '북' },
  { symbol: '🔔', english: 'bell', korean: '종' },
  { symbol: '🔑', english: 'key', korean: '열쇠' },
  { symbol: '⚓', english: 'anchor', korean: '닻' },
  { symbol: '🔨', english: 'hammer', korean: '망치' },
  { symbol: '📖', english: 'book', korean: '책' },
  { symbol: '📷', english: 'camera', korean: '카메라' },
  { symbol: '💡', english: 'lamp', korean: '전구' },
  { symbol: '⏰', english: 'clock', korean: '시계' },
  { symbol: '👑', english: 'crown', korean: '왕관' },
  { symbol: '👓', english: 'glasses', korean: '안경' },
];
