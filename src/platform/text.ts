/** Text from outside: what must not be stored, logged or put into a header. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Whether `text` has no control character (line breaks among them) and no half of a character. */
export function isCleanText(text: string): boolean {
  return !CONTROL.test(text) && text.isWellFormed();
}

/** ASCII that JSON takes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** `text` as JSON: plain text, which nearly all is, in a third of the time that JSON.stringify takes. */
export function jsonText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** `text` with a space in the place of each control character. */
export function cleanText(text: string): string {
  return CONTROL.test(text) ? text.replace(new RegExp(CONTROL, 'g'), ' ') : text;
}
