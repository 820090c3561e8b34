/**
 * A body of JSON with macros (macros.ts): values are escaped within a text; outside of one a number stays a number. A value
 * that is nothing but macros, of which none has a value or a default, is left out with its name, and so is an object or a
 * list of which nothing is left: partners refuse `""` where they expect an id or nothing. `{{name|}}` is sent empty. Pure.
 */
import { type Placeholder, parseTemplate, valueOr } from '../catalog/placeholders.ts';
import { macroValue } from './macros.ts';
import type { WebhookEvent } from './webhook.ts';

/** A text of JSON, a macro, or a brace that another follows. */
const IN_JSON = /"(?:\\.|[^"\\])*"|\{\{[^{}]*\}\}|\}(?=\})/g;

/** With a space behind each brace that would be taken for one of a macro: those of objects stand side by side. */
export const spacedJson = (body: string): string =>
  body.replace(IN_JSON, (found) => (found.startsWith('"') ? found : `${found} `));

/** A text of JSON, or a macro outside of one: raw pieces, and the macros between them. */
interface WithMacros {
  quoted: boolean;
  parts: (string | Placeholder)[];
}
/** A sign, or a number, true, false or null. */
type Token = string | WithMacros;

const OUTSIDE = /\s*([{}[\],:"]|[^\s{}[\],:"]+|$)/y;
const WITHIN = /((?:\\.|[^"\\])*)("?)/y;

class Reader {
  readonly tokens: Token[] = [];
  /** The text of JSON that is open. */
  #open: WithMacros | undefined;

  /** What stands between two macros. */
  piece(text: string): void {
    for (let at = 0; at < text.length; )
      at = this.#open === undefined ? this.#outside(text, at) : this.#within(this.#open, text, at);
  }

  macro(placeholder: Placeholder): void {
    if (this.#open === undefined) this.tokens.push({ quoted: false, parts: [placeholder] });
    else this.#open.parts.push(placeholder);
  }

  end(): Token[] {
    if (this.#open !== undefined) throw new SyntaxError('a text is not closed');
    return this.tokens;
  }

  #outside(text: string, at: number): number {
    OUTSIDE.lastIndex = at;
    const [all, token = ''] = OUTSIDE.exec(text) ?? [''];
    if (token === '"') this.#open = { quoted: true, parts: [] };
    else if (token !== '') this.tokens.push(token);
    return at + all.length;
  }

  #within(open: WithMacros, text: string, at: number): number {
    WITHIN.lastIndex = at;
    const [all, raw = '', end] = WITHIN.exec(text) ?? [''];
    if (end === '' && at + all.length < text.length) throw new SyntaxError('a macro follows a backslash');
    open.parts.push(raw);
    if (end !== '') {
      this.tokens.push(open);
      this.#open = undefined;
    }
    return at + all.length;
  }
}

function tokensOf(body: string): Token[] {
  const { texts, placeholders } = parseTemplate(spacedJson(body));
  const reader = new Reader();
  for (const [i, text] of texts.entries()) {
    reader.piece(text);
    const placeholder = placeholders[i];
    if (placeholder !== undefined) reader.macro(placeholder);
  }
  return reader.end();
}

/** Throws SyntaxError where the body is no JSON once it is filled; of numbers and the like their signs are not looked at. */
export function fillJson(body: string, event: WebhookEvent): string {
  if (body.trim() === '') return '';
  const tokens = tokensOf(body);
  const [first] = tokens;
  let at = 0;

  const expect = (sign: string): void => {
    if (tokens[at] !== sign) throw new SyntaxError(`${sign} is missing`);
    at++;
  };

  /** What stands between two signs, with commas; undefined where there was something and nothing is left of it. */
  function several(begin: string, end: string, one: () => string | undefined): string | undefined {
    expect(begin);
    if (tokens[at] === end) {
      at++;
      return begin + end;
    }
    const kept = [one()];
    while (tokens[at] === ',') {
      at++;
      kept.push(one());
    }
    expect(end);
    const left = kept.filter((text) => text !== undefined);
    return left.length === 0 ? undefined : begin + left.join() + end;
  }

  function member(): string | undefined {
    const name = tokens[at++];
    if (typeof name !== 'object' || !name.quoted) throw new SyntaxError('a name is missing');
    expect(':');
    const [named, valued] = [filled(name, event), value()];
    return named === undefined || valued === undefined ? undefined : `${named}:${valued}`;
  }

  function value(): string | undefined {
    const token = tokens[at];
    if (token === '{') return several('{', '}', member);
    if (token === '[') return several('[', ']', value);
    if (token === undefined || /^[}\],:]$/.test(String(token))) throw new SyntaxError('a value is missing');
    at++;
    return typeof token === 'string' ? token : filled(token, event);
  }

  const all = value();
  if (at !== tokens.length) throw new SyntaxError('something follows');
  if (all !== undefined) return all;
  return first === '{' || first === '[' ? emptyOf[first] : 'null';
}

const emptyOf = { '{': '{}', '[': '[]' } as const;

/** Undefined where it is to be left out. */
function filled({ quoted, parts }: WithMacros, event: WebhookEvent): string | undefined {
  let is_empty = parts.length > 0;
  const texts = parts.map((part) => {
    if (typeof part === 'string') {
      is_empty &&= part === '';
      return part;
    }
    const text = valueOr(part, macroValue(event, part.name)).toWellFormed();
    is_empty &&= text === '' && part.default_value === undefined;
    return quoted ? JSON.stringify(text).slice(1, -1) : bare(text);
  });
  // A text without macros is as it was written, also an empty one.
  if (is_empty && parts.some((part) => typeof part !== 'string')) return undefined;
  return quoted ? `"${texts.join('')}"` : texts.join('');
}

const NUMBER = /^-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?$/;

function bare(value: string): string {
  if (value === '') return 'null';
  return NUMBER.test(value) ? value : JSON.stringify(value);
}
