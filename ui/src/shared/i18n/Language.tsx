// Which language the screen speaks, for every component below.
//
// Promises: words and formatters of one language, never mixed; the root element says the language, for screen readers,
// hyphenation and fonts. Left to others: remembering the choice.
import { I18nProvider } from 'react-aria-components';
import { createContext, use, useEffect, type ReactNode } from 'react';
import { en, type Words } from './en';
import { formatsOf, type Formats } from './format';
import { ko } from './ko';

/** Languages there are words for. */
export type LanguageCode = 'en' | 'ko';

/** Words and formatters of one language. */
export interface Language {
  readonly code: LanguageCode;
  readonly words: Words;
  readonly formats: Formats;
}

const LANGUAGES: Record<LanguageCode, Language> = {
  en: { code: 'en', words: en, formats: formatsOf('en') },
  ko: { code: 'ko', words: ko, formats: formatsOf('ko') },
};

const LanguageContext = createContext<Language>(LANGUAGES.en);

/** The language of that code. */
export function languageOf(code: LanguageCode): Language {
  return LANGUAGES[code];
}

/** The first of the reader's languages that there are words for. */
export function languageFrom(preferred: readonly string[]): LanguageCode {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'ko' || primary === 'en') return primary;
  }
  return 'en';
}

/** Gives everything below its words. */
export function LanguageProvider({ code, children }: { readonly code: LanguageCode; readonly children: ReactNode }) {
  useEffect(() => {
    document.documentElement.lang = code;
    document.title = LANGUAGES[code].words.app.name;
  }, [code]);
  return (
    <LanguageContext value={LANGUAGES[code]}>
      <I18nProvider locale={code}>{children}</I18nProvider>
    </LanguageContext>
  );
}

/** Words and formatters, in a component. */
export function useLanguage(): Language {
  return use(LanguageContext);
}
