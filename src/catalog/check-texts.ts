/**
 * Why a text with placeholders can't be saved: a destination, or the body of a creative. What could only break when it
 * is sent or tapped is refused here, with a sentence that names the place and what to write. Pure.
 */
import { isCleanText } from '../platform/text.ts';
import { isUrl } from '../platform/url.ts';
import {
  isMacro,
  macroError,
  OPT_OUT_LINK,
  type ParsedTemplate,
  parseTemplate,
  withPlainBraces,
} from './placeholders.ts';

export const URL_LENGTH_MAX = 2_048;
const AUTHORITY = /^https?:\/\/([^/?#\\]+)/i;

/** Why `text` is not a valid destination, or undefined if it is valid. Macros are allowed only after the host. */
export function destinationError(text: string, macros: boolean): string | undefined {
  if (text.length > URL_LENGTH_MAX) return `must be at most ${URL_LENGTH_MAX} characters long`;
  if (!isCleanText(text)) return 'must not contain spaces, backslashes, line breaks or control characters';
  const url = withPlainBraces(text);
  const template = parseTemplate(url);
  const plain = template.texts.join('x');
  if (/[\s\\]/.test(plain)) {
    return 'must not contain spaces, backslashes, line breaks or control characters';
  }
  // Browsers skip extra slashes: the text after them would be the host.
  const authority = AUTHORITY.exec(url)?.[1];
  if (authority === undefined) return 'must be an absolute address that begins with https:// or http://';
  if (authority.includes('@')) return 'must not contain a user name or password';
  if (/[{}]/.test(authority)) return 'may have macros after the host only';
  const error = macros ? macrosError(template) : plainError(template);
  if (error !== undefined) return error;
  return isUrl(plain) ? undefined : 'is not a valid address';
}

function plainError({ placeholders, error }: ParsedTemplate): string | undefined {
  return placeholders.length > 0 || error !== undefined ? 'must not contain macros' : undefined;
}

/** Why a text with macros can't be filled at a tap; see also destinationError. */
export function macrosError({ texts, placeholders, error }: ParsedTemplate): string | undefined {
  if (error !== undefined) return error;
  const wrong = placeholders.map(macroError).find((message) => message !== undefined);
  if (wrong !== undefined) return wrong;
  const open = texts.find((text) => /%7b%7b/i.test(text));
  if (open !== undefined) return 'has %7B%7B, which is {{, without its %7D%7D: write {{name}}';
  const single = texts
    .flatMap((text) => [...text.matchAll(/\{([a-z_]+)\}/g)])
    .find(([, name = '']) => isMacro(name));
  return single === undefined ? undefined : `has ${single[0]} with single braces: write {${single[0]}}`;
}

export interface CreativeProblem {
  field: 'body' | 'offer_links';
  problem: string;
}

/** Why a creative's body and its links do not match, or undefined if they do. */
export function creativeError(
  body: string,
  offer_links: readonly { key: string }[],
): CreativeProblem | undefined {
  const template = parseTemplate(body);
  if (template.error !== undefined) return { field: 'body', problem: template.error };
  const odd = oddText(template) ?? defaultOfLink(template) ?? brokenLink(template);
  if (odd !== undefined) return { field: 'body', problem: odd };
  const names = new Set(template.placeholders.map(({ name }) => name));
  const keys = offer_links.map((link) => link.key);
  const repeated = keys.find((key, i) => keys.indexOf(key) !== i);
  if (repeated !== undefined) return { field: 'offer_links', problem: `${repeated} is bound twice` };
  const unbound = [...names].find((name) => isOfferLink(name) && !keys.includes(name));
  if (unbound !== undefined)
    return { field: 'body', problem: `{{${unbound}}} has no offer; bind it in offer_links` };
  const unused = keys.find((key) => !names.has(key));
  if (unused !== undefined) {
    return {
      field: 'offer_links',
      problem: `${unused} is not in the body; write {{${unused}}} there or leave it out`,
    };
  }
  return undefined;
}

const isOfferLink = (name: string): boolean => /^link\d+$/.test(name);
const isLink = (name: string): boolean => isOfferLink(name) || name === OPT_OUT_LINK;

/** Placeholders that a message would show as they are. */
function oddText({ texts }: ParsedTemplate): string | undefined {
  if (texts.some((text) => /%7b%7b/i.test(text))) {
    return 'has %7B%7B, which a message would show as it is: write {{name}}';
  }
  const single = texts.flatMap((text) => [...text.matchAll(/\{(?:link\d+|optout_link)\}/g)])[0];
  return single === undefined ? undefined : `has ${single[0]} with single braces: write {${single[0]}}`;
}

function defaultOfLink({ placeholders }: ParsedTemplate): string | undefined {
  const link = placeholders.find(({ name, default_value }) => isLink(name) && default_value !== undefined);
  return link && `has a default for {{${link.name}}}, which always has a value: write {{${link.name}}}`;
}

/**
 * A link that a phone would read together with what stands beside it. Behind it that is all up to a space, a ?, a # or a
 * character outside ASCII; punctuation there is forgiven when the link is opened, see redirect/link-path.ts.
 */
function brokenLink({ texts, placeholders }: ParsedTemplate): string | undefined {
  for (const [i, { name }] of placeholders.entries()) {
    if (!isLink(name)) continue;
    const [before = '', after = ''] = [texts[i], texts[i + 1]];
    const behind = /^[!-"$->@-~]*/.exec(after)?.[0] ?? '';
    if (/[A-Za-z0-9]/.test(behind)) {
      return `has {{${name}}} followed by ${behind.slice(0, 20)}, which a phone would read as a part of the link: write a space behind {{${name}}}`;
    }
    if (behind === after && i + 1 < placeholders.length) {
      return `has {{${name}}} followed by {{${placeholders[i + 1]?.name}}}, which a phone would read as a part of the link: write a space behind {{${name}}}`;
    }
    if (before.endsWith('://'))
      return `has {{${name}}} behind ${before.slice(-8)}: the link has its https:// already`;
    if (/[A-Za-z0-9]$/.test(before) || (before === '' && i > 0)) {
      return `has {{${name}}} right behind other text, so that a phone would not see a link: write a space before {{${name}}}`;
    }
  }
  return undefined;
}
