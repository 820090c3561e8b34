/**
 * The words of the console in the reader's language. main.ts loads them before any other part, so that `t` has them
 * wherever it is read; those that only single pages have come with the first of these. A language is two files beside this
 * one, loaded alone.
 */
import type { FirstStrings } from './en.ts';
import type { PageStrings } from './en-pages.ts';

const CATALOGUES = {
  en: async () => (await import('./en.ts')).en,
  de: async () => (await import('./de.ts')).de,
} satisfies Record<string, () => Promise<FirstStrings>>;

/** What only single pages say. */
const OF_PAGES = {
  en: async () => (await import('./en-pages.ts')).en_pages,
  de: async () => (await import('./de-pages.ts')).de_pages,
} satisfies Record<keyof typeof CATALOGUES, () => Promise<PageStrings>>;

export type Language = keyof typeof CATALOGUES;

/** What each language calls itself. */
export const LANGUAGES: Record<Language, string> = { en: 'English', de: 'Deutsch' };
const KEPT_AS = 'language';

/** Empty until `loadStrings` has finished, and without the words of single pages until `loadPageStrings` has. */
export const t = {} as FirstStrings & PageStrings;

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

/** To be awaited before a page's own part is loaded; fetched once. Rejects if the file can not be had. */
export async function loadPageStrings(): Promise<void> {
  Object.assign(t, await OF_PAGES[languageOf()]());
}
