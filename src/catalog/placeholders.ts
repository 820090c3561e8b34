/**
 * The grammar of placeholders, one for all texts that have them: creatives, destinations and url_params. A placeholder
 * is `{{name}}` or `{{name|default}}`; spaces around the name and the default mean nothing. The default stands where
 * the value is missing or empty. A text is checked when it is saved, and cut into its pieces once when it is loaded.
 * Pure.
 */

/** Filled at the tap, whatever the message's fields are called. */
export const MACROS = [
  'click_id',
  'message_id',
  'contact_id',
  'offer_id',
  'creative_id',
  'campaign_id',
  'variant_id',
  'link_id',
  'timestamp',
] as const;
export type Macro = (typeof MACROS)[number];

export interface Placeholder {
  name: string;
  /** Stands where there is no value; undefined where the text says none. */
  default_value: string | undefined;
}

/** A text in its pieces: `texts[0]`, `placeholders[0]`, `texts[1]` … */
export interface Template {
  texts: string[];
  placeholders: Placeholder[];
}

/** `error` says why the text can't be saved; its rest is then in the last piece, as it is. */
export interface ParsedTemplate extends Template {
  error?: string;
}

/** In a creative's text: becomes a link of its own, by which the recipient opts out. Also its link key. */
export const OPT_OUT_LINK = 'optout_link';

const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const DEFAULT_LENGTH_MAX = 100;
const EXCERPT_LENGTH = 40;
const RULE =
  'write {{name}} or {{name|default}}; a name is 1 to 40 lower-case letters, digits and _, and begins with a letter';

/** Whether a field, or a parameter of a tap, can be named in a placeholder. */
export function isPlaceholderName(text: string): boolean {
  return NAME.test(text);
}

export function isMacro(name: string): name is Macro {
  return (MACROS as readonly string[]).includes(name);
}

/** Cuts a text into its pieces. */
export function parseTemplate(text: string): ParsedTemplate {
  const template: ParsedTemplate = { texts: [], placeholders: [] };
  let from = 0;
  for (;;) {
    const open = text.indexOf('{{', from);
    const found = open < 0 ? undefined : readPlaceholder(text, open);
    const stray = text.slice(from, open < 0 ? undefined : open).indexOf('}}');
    const error =
      stray >= 0
        ? `has }} ${place(from + stray)} that closes no placeholder: ${RULE}`
        : typeof found === 'string'
          ? found
          : undefined;
    if (error !== undefined) template.error = error;
    if (error !== undefined || found === undefined || typeof found === 'string') {
      template.texts.push(text.slice(from));
      return template;
    }
    template.texts.push(text.slice(from, open));
    template.placeholders.push(found.placeholder);
    from = found.end;
  }
}

/** The placeholder that opens at `open`, or what is wrong with it. */
function readPlaceholder(text: string, open: number): { placeholder: Placeholder; end: number } | string {
  const close = text.indexOf('}}', open + 2);
  const next = text.indexOf('{{', open + 2);
  if (close < 0 || (next >= 0 && next < close)) {
    return `has ${excerpt(text.slice(open, next < 0 ? undefined : next))} ${place(open)} that is not closed by }}: ${RULE}`;
  }
  const end = close + 2;
  if (text[end] === '}') return `has three braces in a row ${place(close)}: ${RULE}`;
  const [name = '', default_value, ...more] = text.slice(open + 2, close).split('|');
  const shown = excerpt(text.slice(open, end));
  if (!NAME.test(name.trim())) return `has ${shown} ${place(open)}, which is not a placeholder: ${RULE}`;
  if (more.length > 0) return `has ${shown} ${place(open)} with more than one default: ${RULE}`;
  const value = default_value?.trim();
  if (value !== undefined && (value.length > DEFAULT_LENGTH_MAX || /[{}]/.test(value))) {
    return `has ${shown} ${place(open)} with a default that is longer than ${DEFAULT_LENGTH_MAX} characters or has braces: ${RULE}`;
  }
  return { placeholder: { name: name.trim(), default_value: value }, end };
}

const place = (index: number): string => `at character ${index + 1}`;

function excerpt(text: string): string {
  return text.length > EXCERPT_LENGTH ? `${text.slice(0, EXCERPT_LENGTH).toWellFormed()}…` : text;
}

/** What a placeholder becomes: its value, or its default where that is missing or empty. */
export function valueOr({ default_value }: Placeholder, value: string | undefined): string {
  return value === undefined || value === '' ? (default_value ?? '') : value;
}

/** A placeholder whose braces are percent-encoded, as browsers copy an address, or as they were typed. */
const ENCODED = /(?:\{|%7B){2}((?:(?!\{|%7B)[\s\S])*?)(?:\}|%7D){2}/gi;

/**
 * An address in which every placeholder is written with braces: `%7B%7Bclick_id%7D%7D`, as an address bar copies it,
 * is `{{click_id}}`. Closing braces alone are left as they are: encoded JSON ends with them.
 */
export function withPlainBraces(url: string): string {
  return url.replace(ENCODED, (all: string, inner: string) => {
    // A form writes spaces as +.
    const text = all.startsWith('%') ? inner.replace(/^\++|\++$/g, ' ') : inner;
    return `{{${decoded(text)}}}`;
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Why a placeholder can't stand in a destination or in url_params: it is for texts only, or nearly a macro. Names that
 * are no macro's are fields of a message. undefined if it can.
 */
export function macroError({ name, default_value }: Placeholder): string | undefined {
  if (/^link\d+$/.test(name) || name === OPT_OUT_LINK) {
    return `has {{${name}}}, which is for the text of a creative only: use ${MACROS.join(', ')}, or a field of the message`;
  }
  if (isMacro(name) || default_value !== undefined) return undefined;
  const meant = MACROS.find((macro) => isNearly(name, macro));
  if (meant === undefined) return undefined;
  return `has {{${name}}}, which is not a macro: write {{${meant}}}, or {{${name}|}} if it is a field of your messages`;
}

/** Whether one letter was left out, added, changed or swapped, or an underscore was forgotten. */
function isNearly(name: string, macro: string): boolean {
  const [a, b] = [name.replaceAll('_', ''), macro.replaceAll('_', '')];
  if (a === b) return true;
  const start = [...a].findIndex((letter, i) => letter !== b[i]);
  const at = start < 0 ? a.length : start;
  const [rest, other] = [a.slice(at), b.slice(at)];
  const same = (x: string, y: string): boolean => x === y;
  return (
    same(rest.slice(1), other) ||
    same(rest, other.slice(1)) ||
    same(rest.slice(1), other.slice(1)) ||
    (rest[0] === other[1] && rest[1] === other[0] && same(rest.slice(2), other.slice(2)))
  );
}
