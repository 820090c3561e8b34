/** Checks and cleans text from outside: control characters must not be stored, logged or put into a header. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: the search is for these characters
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Whether `text` has no control characters (including line breaks) and no lone surrogate. */
export function isCleanText(text: string): boolean {
  return !CONTROL.test(text) && text.isWellFormed();
}

/** ASCII that needs no escape in JSON. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** `text` as JSON. Nearly all text is plain, for which this takes a third of the time of JSON.stringify. */
export function jsonText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** The first `length_max` characters of `text`, as text that may be stored: see isCleanText. */
export const storedText = (text: string, length_max: number): string =>
  cleanText(text.slice(0, length_max)).toWellFormed();

/** `text` with each control character replaced by a space. */
export function cleanText(text: string): string {
  return CONTROL.test(text) ? text.replace(new RegExp(CONTROL, 'g'), ' ') : text;
}
