/**
 * The page's words in the reader's language.
 */
import { en, type TextKey } from './en.ts';

export type { TextKey };

export const languages = { en: 'English', ko: '한국어' };
export type Language = keyof typeof languages;

const texts: { [language in Language]?: Record<TextKey, string> } = { en };

/** Loads the texts of a language; to be awaited before they are shown. */
export async function loadLanguage(language: Language): Promise<void> {
  if (language === 'ko') texts.ko ??= (await import('./ko.ts')).ko;
}

const kept = 'backprop-zoo language';

/** The language chosen before, or that of the browser. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(kept) ?? '', ...navigator.languages];
  const known = wanted.map((code) => code.slice(0, 2)).find((code) => code in languages);
  return (known ?? 'en') as Language;
}

export const keepLanguage = (language: Language): void => localStorage.setItem(kept, language);

export type Values = Record<string, string | number>;
export type Say = (key: TextKey, values?: Values) => string;

export const sayIn =
  (language: Language): Say =>
  (key, values = {}) =>
    texts[language]![key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));

/** The name of a setting in the language of the page, or its key in words. */
export function fieldName(say: Say, name: string): string {
  const key = `field.${name}`;
  if (key in en) return say(key as TextKey);
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words[0].toUpperCase() + words.slice(1);
}
