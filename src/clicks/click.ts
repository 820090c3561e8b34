/**
 * A click: one GET (or HEAD) of a link, as the redirect process saw it. On the log it is one JSON array
 * a line, so that an operator can read it with redis-cli; what the link's placement says is encoded once, not once
 * per click.
 */
import { isIP } from 'node:net';
import type { Link, Placement } from '../links/link.ts';
import { partitionOf } from '../log/partitions.ts';
import { cleanText, jsonText } from '../platform/text.ts';

/** Name of the log; its streams are `clicks:{p0}` … */
export const CLICKS_LOG = 'clicks';

/** What a click keeps of its link. */
export interface ClickLink extends LinkPart {
  /** Country of the contact, ISO 3166, from the message's field `country`; '' without one. */
  contact_country: string;
}

type LinkPart = Pick<
  Link,
  | 'link_id'
  | 'account_id'
  | 'message_id'
  | 'contact_id'
  | 'offer_id'
  | 'creative_id'
  | 'campaign_id'
  | 'variant_id'
  | 'link_key'
  | 'sent_at_ms'
>;

/**
 * What was answered: sent on, sent on through the offer's interstitial, a preview page, sent on from such a
 * page by Continue, or the page of a blocked country.
 */
export const ANSWERS = ['redirect', 'interstitial', 'preview', 'continue', 'blocked'] as const;
export type Answered = (typeof ANSWERS)[number];

export interface Click extends ClickLink {
  click_id: string;
  clicked_at_ms: number;
  /** `GET`, `HEAD`, or `POST` for Continue. */
  method: string;
  /** Client address, v4 or v6. */
  ip: string;
  user_agent: string;
  /** The request headers that bot detection reads, lower-case names, bounded values. */
  headers: Record<string, string>;
  answered: Answered;
}

/** Request headers kept with a click, each cut at HEADER_LENGTH_MAX. */
export const KEPT_HEADERS = [
  'accept',
  'accept-language',
  'purpose',
  'sec-purpose',
  'x-purpose',
  'x-moz',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'x-requested-with',
  'via',
] as const;
export const HEADER_LENGTH_MAX = 200;
export const USER_AGENT_LENGTH_MAX = 512;

/** Clicks with the same subject keep their order: a contact's clicks on one message. */
export function clickPartition(link: Pick<ClickLink, 'account_id' | 'message_id' | 'link_id'>): number {
  return partitionOf(`${link.account_id}:${link.message_id || link.link_id}`);
}

/** The country that a message names in its field `country`, as two capital letters, else ''. */
export function contactCountryOf({ fields }: Pick<Link, 'fields'>): string {
  const country = fields.country?.trim().toUpperCase() ?? '';
  return /^[A-Z]{2}$/.test(country) ? country : '';
}

/** The placement's share of a row, as JSON: what stands before the message and what stands behind the contact. */
export interface PlacementJson {
  account: string;
  rest: string;
}

export function encodeClickPlacement(placement: Placement): PlacementJson {
  const { account_id, offer_id, creative_id, campaign_id, variant_id, link_key } = placement;
  return {
    account: jsonText(account_id),
    rest: [offer_id, creative_id, campaign_id, variant_id, link_key].map(jsonText).join(','),
  };
}

/** The link's part of a row, as JSON. `placement` is what encodeClickPlacement gave. */
export function encodeClickLink(
  link: Pick<ClickLink, 'link_id' | 'message_id' | 'contact_id' | 'sent_at_ms' | 'contact_country'>,
  placement: PlacementJson,
): string {
  const country = link.contact_country === '' ? '' : `,"${link.contact_country}"`;
  return `["${link.link_id}",${placement.account},${jsonText(link.message_id)},${jsonText(link.contact_id)},${placement.rest},${link.sent_at_ms}${country}]`;
}

/** KEPT_HEADERS of a request in their order, as they came, '' for those that did not. */
export type HeaderValues = readonly string[];

/** The headers that came, by name and without control characters. */
export function headersOf(values: HeaderValues): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [i, name] of KEPT_HEADERS.entries()) {
    const value = values[i] ?? '';
    if (value !== '') headers[name] = cleanText(value);
  }
  return headers;
}

const HEADER_NAMES_JSON = KEPT_HEADERS.map((name) => `"${name}":`);

/** What headersOf gives, as JSON. */
export function encodeHeaders(values: HeaderValues): string {
  let json = '';
  for (let i = 0; i < KEPT_HEADERS.length; i++) {
    const value = values[i] as string;
    if (value === '') continue;
    json += (json === '' ? '{' : ',') + HEADER_NAMES_JSON[i] + jsonText(cleanText(value));
  }
  return json === '' ? '{}' : `${json}}`;
}

/** One row of the log, without a line break. `headers_json` is an object of texts, `link_json` what encodeClickLink gave. */
export function encodeClick(
  click_id: string,
  clicked_at_ms: number,
  method: string,
  ip: string,
  user_agent: string,
  headers_json: string,
  link_json: string,
  answered: Answered = 'redirect',
): string {
  const rest = answered === 'redirect' ? link_json : `${link_json},"${answered}"`;
  return `["${click_id}",${clicked_at_ms},"${method}","${ip}",${jsonText(user_agent)},${headers_json},${rest}]`;
}

/**
 * A second look at one contact's clicks on one message (or on one link, outside a message): those within the
 * judgement's range are judged under the rules that hold now, and who was first is decided again.
 */
export interface LookAgain {
  judgement: number;
  account_id: string;
  /** '' for a link outside a message. */
  message_id: string;
  /** '' where the message names it all. */
  link_id: string;
  contact_id: string;
  /** None of the clicks is older, in ms. */
  since_ms: number;
  /** The judgement's range of clicked_at; `to_ms` is not in it. */
  from_ms: number;
  to_ms: number;
}

/** What a row of the log asks for. */
export type ClickRow = { kind: 'click'; click: Click } | { kind: 'again'; again: LookAgain };

/** A row that asks for a second look, without a line break. */
export function encodeLookAgain(again: LookAgain): string {
  return JSON.stringify(again);
}

/** The reverse of both. Throws on text that neither wrote. */
export function decodeClickRow(row: string): ClickRow {
  if (!row.startsWith('{')) return { kind: 'click', click: decodeClick(row) };
  const again = JSON.parse(row) as Partial<LookAgain>;
  const { account_id, message_id, link_id, contact_id, judgement, since_ms, from_ms, to_ms } = again;
  if (
    [account_id, message_id, link_id, contact_id].some((value) => typeof value !== 'string') ||
    [judgement, since_ms, from_ms, to_ms].some((value) => typeof value !== 'number')
  ) {
    throw new Error('malformed click row');
  }
  return { kind: 'again', again: again as LookAgain };
}

/** What a DateTime64(3) holds, in ms. */
const TIME_MS_MAX = Date.UTC(2200, 0, 1);
const isTime = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < TIME_MS_MAX;
const CLICK_TYPES = ['string', 'number', 'string', 'string', 'string', 'object'] as const;

/** The reverse of encodeClick. Throws on text that it did not write. */
export function decodeClick(row: string): Click {
  const parts = JSON.parse(row) as [
    string,
    number,
    string,
    string,
    string,
    Record<string, string>,
    unknown[],
    Answered | undefined,
  ];
  const link = parts[6];
  if (!Array.isArray(link) || link.length < 10 || link.slice(0, 9).some((part) => typeof part !== 'string')) {
    throw new Error('malformed click row');
  }
  for (const [i, type] of CLICK_TYPES.entries()) {
    if (typeof parts[i] !== type) throw new Error(`malformed click row: part ${i} is no ${type}`);
  }
  const headers: unknown = parts[5];
  if (headers === null || Object.values(headers as object).some((value) => typeof value !== 'string')) {
    throw new Error('malformed click row: its headers are none');
  }
  if (!isTime(parts[1]) || !isTime(link[9]) || !['string', 'undefined'].includes(typeof link[10])) {
    throw new Error('malformed click row: its link part');
  }
  if (parts[7] !== undefined && !ANSWERS.includes(parts[7])) {
    throw new Error('malformed click row: nobody answers so');
  }
  if (isIP(parts[3]) === 0) throw new Error('malformed click row: its address is none');
  const texts = link as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    number,
    string?,
  ];
  return {
    click_id: parts[0],
    clicked_at_ms: parts[1],
    method: parts[2],
    ip: parts[3],
    user_agent: parts[4],
    headers: parts[5],
    link_id: texts[0],
    account_id: texts[1],
    message_id: texts[2],
    contact_id: texts[3],
    offer_id: texts[4],
    creative_id: texts[5],
    campaign_id: texts[6],
    variant_id: texts[7],
    link_key: texts[8],
    sent_at_ms: texts[9],
    contact_country: texts[10] ?? '',
    answered: parts[7] ?? 'redirect',
  };
}
