/**
 * The words of the console in the reader's language. main.ts loads them before any other part, so that `t` is complete
 * wherever it is read. A language is one file beside this one, loaded alone.
 */
import type { Strings } from './en.ts';

const CATALOGUES = {
  en: async () => (await import('./en.ts')).en,
  de: async () => (await import('./de.ts')).de,
} satisfies Record<string, () => Promise<Strings>>;

export type Language = keyof typeof CATALOGUES;

/** What each language calls itself. */
export const LANGUAGES: Record<Language, string> = { en: 'English', de: 'Deutsch' };
const KEPT_AS = 'language';

/** Empty until `loadStrings` has finished. */
export const t = {} as Strings;

const isLanguage = (text: string | null): text is Language =>
  text !== null && Object.hasOwn(CATALOGUES, text);

/** The one that was chosen here, else the first of the browser's that there is, else English. */
export function languageOf(): Language {
  const chosen = localStorage.getItem(KEPT_AS);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en';
}

/** Numbers and times follow the browser's own region where that speaks the language of the page (`en-GB`). */
export const localeOf = (language: Language): string =>
  navigator.languages.find((tag) => tag.slice(0, 2) === language) ?? language;

/** Reloads the page: every part has read its words already. */
export function chooseLanguage(language: string): void {
  localStorage.setItem(KEPT_AS, language);
  location.reload();
}

/** Rejects if the file can not be had. */
export async function loadStrings(): Promise<void> {
  const language = languageOf();
  Object.assign(t, await CATALOGUES[language]());
  document.documentElement.lang = language;
}
