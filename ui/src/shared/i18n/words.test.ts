// Every sentence exists in both languages and says something. That none is missing is proven by the compiler (`ko: Words`).
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { formatsOf } from './format';
import { ko } from './ko';
import { languageFrom } from './Language';

/** Every string, with functions called on sample arguments. */
function sentences(of: object, path = ''): [string, string][] {
  return Object.entries(of).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const here = `${path}.${key}`;
    if (typeof value === 'string') return [[here, value]];
    if (typeof value === 'function') {
      const say = value as (...args: unknown[]) => string;
      return [2, 'Theo'].map((sample) => [here, say(sample, sample)]);
    }
    return typeof value === 'object' && value !== null ? sentences(value, here) : [];
  });
}

/** The same in every language: names, examples, keys. */
const SHARED = ['.settings.iceUrlHint', '.lobby.serverHint', '.bar.shortcut', '.media.of', '.chat.arrived', '.file.announceProgress', '.file.announceEnd', '.keys.space', '.keys.esc', '.trouble.peerFailed'];

describe('words', () => {
  it('has the same keys in both languages, none empty', () => {
    const english = sentences(en);
    const korean = sentences(ko);
    expect(korean.map(([path]) => path)).toEqual(english.map(([path]) => path));
    for (const [path, sentence] of [...english, ...korean]) expect(sentence.trim(), path).not.toBe('');
  });

  it('speaks Korean in Korean', () => {
    for (const [path, sentence] of sentences(ko)) {
      if (!SHARED.includes(path)) expect(sentence, path).toMatch(/[가-힣]/);
    }
  });

  it('counts in English by number', () => {
    expect([en.file.several(1), en.file.several(2)]).toEqual(['1 file', '2 files']);
  });

  it('takes the first of the reader’s languages that it speaks', () => {
    expect([languageFrom(['fr', 'ko-KR', 'en']), languageFrom(['en-GB', 'ko']), languageFrom(['fr'])]).toEqual(['ko', 'en', 'en']);
  });
});

describe('formats', () => {
  const english = formatsOf('en');

  it('never says 100 % before all is there', () => {
    expect([english.percent(0.999), english.percent(1), english.percent(2)]).toEqual(['99%', '100%', '100%']);
  });

  it('chooses the unit by size, without a thousand of any', () => {
    expect([0, 999, 1_000, 999_600, 1_240_000_000].map(english.bytes)).toEqual(['0 bytes', '999 bytes', '1 kB', '1 MB', '1.24 GB']);
  });

  it('says time left in its largest sensible unit, never zero', () => {
    expect([0, 58_000, 61_000, 3_600_000, 5_400_000].map(english.duration)).toEqual(['1 sec', '58 sec', '2 min', '1 hr', '1 hr 30 min']);
    expect(formatsOf('ko').duration(120_000)).toBe('2분');
  });

  it('counts down in minutes and seconds, and ends at nothing', () => {
    expect([600_000, 61_000, 59_001, 1, 0, -5].map(english.countdown)).toEqual(['10:00', '1:01', '1:00', '0:01', '0:00', '0:00']);
  });
});
