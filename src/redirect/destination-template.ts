/**
 * A destination address with macros, cut into its pieces once, when the offer is loaded, and filled at
 * every click. Values are URL-encoded; a macro without a value becomes empty.
 */
import type { Link } from '../links/link.ts';

export interface DestinationTemplate {
  /** Text, macro, text, macro, …, text. */
  pieces: string[];
}

/** Text that an address takes as it is. */
const PLAIN = /^[\w.~-]*$/;
const MACRO = /\{\{\s*([a-z0-9_]+)\s*\}\}/;

/** `url` was checked when it was stored; characters outside ASCII are encoded here. */
export function compileDestination(url: string): DestinationTemplate {
  const pieces = url.split(MACRO);
  return { pieces: pieces.map((piece, i) => (i % 2 === 0 ? asciiUrl(piece) : piece)) };
}

export function fillDestination(
  template: DestinationTemplate,
  link: Link,
  click_id: string,
  clicked_at_ms: number,
): string {
  const { pieces } = template;
  let location = pieces[0] ?? '';
  for (let i = 1; i < pieces.length; i += 2) {
    const value = macroValue(pieces[i] ?? '', link, click_id, clicked_at_ms);
    location += PLAIN.test(value) ? value : encodeURIComponent(value.toWellFormed());
    location += pieces[i + 1] ?? '';
  }
  return location;
}

function macroValue(name: string, link: Link, click_id: string, clicked_at_ms: number): string {
  switch (name) {
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
      return Object.hasOwn(link.fields, name) ? (link.fields[name] ?? '') : '';
  }
}

/** A Location header is ASCII; this also leaves no way for a line break into it. */
export function asciiUrl(text: string): string {
  return text.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent);
}
