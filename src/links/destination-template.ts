/**
 * A destination address with macros, cut into its pieces once, when its offer or link is loaded, and filled at every
 * tap. Values are URL-encoded; they stand after the host only, so none can change where the address leads. A host
 * outside ASCII becomes `xn--…` here. Pure.
 */
import { domainToASCII } from 'node:url';
import {
  type Macro,
  type Placeholder,
  parseTemplate,
  type Template,
  valueOr,
  withPlainBraces,
} from '../catalog/placeholders.ts';
import type { Link } from './link.ts';

export interface DestinationTemplate {
  /** What comes before the fragment. */
  base: Template;
  /** From `#` on; undefined without one. */
  fragment: Template | undefined;
}

/** What macros stand for at one tap. */
export interface MacroValues {
  link: Pick<Link, Exclude<Macro, 'click_id' | 'timestamp'> | 'fields'>;
  click_id: string;
  clicked_at_ms: number;
  /** Parameters of the tap that are macros too (`query: fill`), where neither a macro nor a field has the name. */
  tap?: ReadonlyMap<string, string>;
}

/** Text that an address takes as it is. */
const PLAIN = /^[\w.~-]*$/;
const AUTHORITY = /^(https?:\/\/)([^/?#\\]+)/i;

/** `url` was checked when it was stored. */
export function compileDestination(url: string): DestinationTemplate {
  const { texts, placeholders } = parseTemplate(withPlainBraces(url));
  const ascii = texts.map((text, i) => (i === 0 ? asciiUrl(text) : asciiText(text)));
  const cut = ascii.findIndex((text) => text.includes('#'));
  if (cut < 0) return { base: { texts: ascii, placeholders }, fragment: undefined };
  const text = ascii[cut] as string;
  const at = text.indexOf('#');
  return {
    base: { texts: [...ascii.slice(0, cut), text.slice(0, at)], placeholders: placeholders.slice(0, cut) },
    fragment: { texts: [text.slice(at), ...ascii.slice(cut + 1)], placeholders: placeholders.slice(cut) },
  };
}

export function fillDestination({ base, fragment }: DestinationTemplate, values: MacroValues): string {
  const location = fillTemplate(base, values);
  return fragment === undefined ? location : location + fillTemplate(fragment, values);
}

/** Each placeholder's value is URL-encoded; the texts between them stay as they are. */
export function fillTemplate({ texts, placeholders }: Template, values: MacroValues): string {
  let filled = texts[0] ?? '';
  for (let i = 0; i < placeholders.length; i++) {
    filled += encodeValue(placeholderValue(placeholders[i] as Placeholder, values));
    filled += texts[i + 1] ?? '';
  }
  return filled;
}

export function placeholderValue(placeholder: Placeholder, values: MacroValues): string {
  return valueOr(placeholder, macroValue(placeholder.name, values));
}

/** For any place of an address after its host. */
export function encodeValue(value: string): string {
  return PLAIN.test(value) ? value : encodeURIComponent(value.toWellFormed());
}

function macroValue(name: string, { link, click_id, clicked_at_ms, tap }: MacroValues): string | undefined {
  switch (name as Macro) {
    case 'click_id':
      return click_id;
    case 'message_id':
      return link.message_id;
    case 'contact_id':
      return link.contact_id;
    case 'offer_id':
      return link.offer_id;
    case 'creative_id':
      return link.creative_id;
    case 'campaign_id':
      return link.campaign_id;
    case 'variant_id':
      return link.variant_id;
    case 'link_id':
      return link.link_id;
    // Unix time in seconds, what affiliate networks expect.
    case 'timestamp':
      return String(Math.floor(clicked_at_ms / 1_000));
    default:
      return Object.hasOwn(link.fields, name) ? link.fields[name] : tap?.get(name);
  }
}

/**
 * An address as a Location header takes it: its host as `xn--…`, the rest percent-encoded. This also leaves no way for
 * a line break into it.
 */
export function asciiUrl(text: string): string {
  const [start, scheme = '', authority = ''] = AUTHORITY.exec(text) ?? [];
  if (start === undefined || /^[\x21-\x24\x26-\x7e]*$/.test(authority)) return asciiText(text);
  const [, host = '', port = ''] = /^(.*?)(:\d*)?$/.exec(authority) ?? [];
  return scheme + (domainToASCII(host) || asciiText(host)) + port + asciiText(text.slice(start.length));
}

function asciiText(text: string): string {
  return text.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent);
}
