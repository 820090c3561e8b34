/**
 * A link: 7 characters that belong to one message, one link key and one offer. It is stored in Redis
 * as one JSON array under `link:<link_id>`, whole, so that a cold tap costs one GET.
 */

export interface Link {
  link_id: string;
  account_id: string;
  /** '' for a link that was shortened outside a message. */
  message_id: string;
  contact_id: string;
  /** '' for a link with a destination of its own (`url`). */
  offer_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  /** `link1`, `link2` …; '' outside a creative. */
  link_key: string;
  sent_at_ms: number;
  /** The link's own destination; '' where the offer's is used. */
  url: string;
  /** The message's own values, for destination macros. */
  fields: Record<string, string>;
  /** 0: never. */
  expires_at_ms: number;
  disabled: boolean;
}

const LINK_ID = /^[A-Za-z0-9]{7}$/;

/** True for 7 characters `A-Za-z0-9`. */
export function isLinkId(text: string): boolean {
  return LINK_ID.test(text);
}

export function linkKey(link_id: string): string {
  return `link:${link_id}`;
}

/** The stored form; trailing defaults are left out, most links need none of them. */
export function encodeLink(link: Link): string {
  const parts: unknown[] = [
    link.account_id,
    link.message_id,
    link.contact_id,
    link.offer_id,
    link.creative_id,
    link.campaign_id,
    link.variant_id,
    link.link_key,
    link.sent_at_ms,
    link.url,
    Object.keys(link.fields).length === 0 ? 0 : link.fields,
    link.expires_at_ms,
    link.disabled ? 1 : 0,
  ];
  while (parts.length > 9 && (parts.at(-1) === 0 || parts.at(-1) === '')) parts.pop();
  return JSON.stringify(parts);
}

/** The reverse of encodeLink. Throws on text that encodeLink did not write. */
export function decodeLink(link_id: string, text: string): Link {
  const parts = JSON.parse(text) as unknown[];
  if (!Array.isArray(parts) || parts.length < 9) throw new Error(`stored link ${link_id} is malformed`);
  const string = (i: number): string => (typeof parts[i] === 'string' ? parts[i] : '');
  const number = (i: number): number => (typeof parts[i] === 'number' ? parts[i] : 0);
  const fields = parts[10];
  return {
    link_id,
    account_id: string(0),
    message_id: string(1),
    contact_id: string(2),
    offer_id: string(3),
    creative_id: string(4),
    campaign_id: string(5),
    variant_id: string(6),
    link_key: string(7),
    sent_at_ms: number(8),
    url: string(9),
    fields: typeof fields === 'object' && fields !== null ? (fields as Record<string, string>) : {},
    expires_at_ms: number(11),
    disabled: number(12) === 1,
  };
}
