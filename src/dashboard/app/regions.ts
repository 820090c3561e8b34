/** Names of countries in the language of the page. */
import { languageOf, localeOf } from './strings/strings.ts';

const names = new Intl.DisplayNames(localeOf(languageOf()), { type: 'region', fallback: 'code' });

/** The name of an ISO 3166 code; any other text as it is: the address may have anything. */
export const regionOf = (code: string): string => (/^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code);
