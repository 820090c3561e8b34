/**
 * A click: one GET (or HEAD) of a link, as the redirect process saw it, and its row on the click log. A row is one
 * JSON array a line, in the order of LOGGED_CLICK (click-fields.ts), so that an operator can read it with redis-cli.
 * The encoder is written by hand because it runs on every tap; the part from the link's placement is encoded once per
 * placement, and that of the request's headers once for all that send the same (seen-agents.ts). Decoding checks every
 * field and throws on an invalid row; the reader sets that row aside as a dead letter.
 */
import type { Led } from '../links/destination.ts';
import type { Link, Placement } from '../links/link.ts';
import { partitionOf } from '../log/partitions.ts';
import { listReader, objectReader, type Shaped, text, whole } from '../platform/row-shape.ts';
import { cleanText, jsonText } from '../platform/text.ts';
import { type Answered, type Click, LOGGED_CLICK } from './click-fields.ts';
import { type Refusal, readRefusal } from './refused-tap.ts';

export { ANSWERS, type Answered, type Click } from './click-fields.ts';

/** Name of the log; its streams are `clicks:{p0}` … */
export const CLICKS_LOG = 'clicks';

/** The fields that a click copies from its link. */
export type ClickLink = Pick<
  Click,
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
  | 'contact_country'
>;

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
  'sec-gpc',
  // Only of a trusted proxy: see platform/request-id.ts.
  'x-request-id',
] as const;
export const HEADER_LENGTH_MAX = 200;
export const USER_AGENT_LENGTH_MAX = 512;
/** Characters of a tap's query that are kept with the click, whole parameters only. */
export const QUERY_LENGTH_MAX = 2_048;

/** Clicks with the same subject have the same key, and keep their order: a contact's clicks on one message. */
export const clickKey = ({
  account_id,
  message_id,
  link_id,
}: Pick<ClickLink, 'account_id' | 'message_id' | 'link_id'>): string =>
  `${account_id}:${message_id || link_id}`;

export function clickPartition(link: Parameters<typeof clickKey>[0]): number {
  return partitionOf(clickKey(link));
}

/** The country that a message names in its field `country`, as two capital letters, else ''. */
export function contactCountryOf({ fields }: Pick<Link, 'fields'>): string {
  const country = fields['country']?.trim().toUpperCase() ?? '';
  return /^[A-Z]{2}$/.test(country) ? country : '';
}

/** The placement's part of a row, as JSON: the fields before the message and those after the contact. */
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

/** The link's fields of a row, as JSON without brackets. `placement` is what encodeClickPlacement gave. */
export function encodeClickLink(
  link: Pick<ClickLink, 'link_id' | 'message_id' | 'contact_id' | 'sent_at_ms' | 'contact_country'>,
  placement: PlacementJson,
): string {
  return `"${link.link_id}",${placement.account},${jsonText(link.message_id)},${jsonText(link.contact_id)},${placement.rest},${link.sent_at_ms},"${link.contact_country}"`;
}

/** The link's fields of a row of one tap; the offer is the one that the tap was led to. */
export function encodeTappedLink(
  link: Parameters<typeof encodeClickLink>[0] & { from: { placement: Placement; click_json: PlacementJson } },
  led: Pick<Led, 'offer_id'> | undefined,
): string {
  const { placement, click_json } = link.from;
  return led === undefined || led.offer_id === placement.offer_id
    ? encodeClickLink(link, click_json)
    : encodeClickLink(link, encodeClickPlacement({ ...placement, offer_id: led.offer_id }));
}

/** The KEPT_HEADERS of a request, in that order, unchanged; '' for missing ones. */
export type HeaderValues = readonly string[];

const GPC_AT = KEPT_HEADERS.indexOf('sec-gpc');

/** Whether the request says `Sec-GPC: 1`; any other value means nothing (w3.org/TR/gpc). */
export const hasGpc = (values: HeaderValues): boolean => values[GPC_AT] === '1';

/** The headers that are present, by name, without control characters. */
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

/** What a request says of who sent it; every text is bounded, see redirect/read-request.ts. */
export interface TapAgent {
  user_agent: string;
  headers: HeaderValues;
}

/** The agent's fields of a row, as JSON without brackets. */
export const encodeAgent = ({ user_agent, headers }: TapAgent): string =>
  `${jsonText(user_agent)},${encodeHeaders(headers)}`;

export interface Tap {
  click_id: string;
  clicked_at_ms: number;
  /** The fields that a click copies from its request; for `query` see platform/query-string.ts. */
  request: { method: string; ip: string; query: string };
  /** What encodeAgent gave. */
  agent_json: string;
  /** Tracking domain that was tapped, or another name of the host; see platform/host.ts. */
  domain: string;
  /** What encodeClickLink gave. */
  link_json: string;
  /** Where a rule or a fallback led it. */
  led?: Pick<Led, 'rule' | 'fallback_reason' | 'planned_offer_id' | 'cap'> | undefined;
  answered: Answered;
  /** A traceparent; '' for nearly every click. */
  trace: string;
  is_test?: boolean | undefined;
}

const NOT_LED = { rule: '', fallback_reason: '', planned_offer_id: '', cap: '' } as const;

/**
 * Whether a cap has turned the tap away, to an address outside the offers: it is a click of the message and none of the
 * offer's.
 */
export const wasTurnedAway = ({ cap, fallback_reason }: Pick<Click, 'cap' | 'fallback_reason'>): boolean =>
  cap !== '' && fallback_reason === '';
/** The same in SQL, of a row of clicks. */
export const WAS_TURNED_AWAY = `(cap != '' AND fallback_reason = '')`;

/** One row of the log, without a line break, in the order of LOGGED_CLICK. */
export function encodeClick(tap: Tap): string {
  const {
    click_id,
    clicked_at_ms,
    agent_json,
    domain,
    link_json,
    led,
    answered,
    trace,
    is_test = false,
  } = tap;
  const { method, ip, query } = tap.request;
  let rest = link_json;
  if (led !== undefined || is_test) {
    const { rule, fallback_reason, planned_offer_id, cap } = led ?? NOT_LED;
    rest += `,"${answered}","${trace}",${jsonText(rule)},"${fallback_reason}",${jsonText(planned_offer_id)},"${cap}"`;
    if (is_test) rest += ',1';
  } else if (trace !== '') rest += `,"${answered}","${trace}"`;
  else if (answered !== 'redirect') rest += `,"${answered}"`;
  return `["${click_id}",${clicked_at_ms},"${method}","${ip}",${agent_json},${jsonText(domain)},${jsonText(query)},${rest}]`;
}

const readClick = listReader('click', LOGGED_CLICK);

/** Decodes what encodeClick wrote. Throws on any other text and names the invalid field. */
export function decodeClick(row: string): Click {
  return readClick(JSON.parse(row));
}

/**
 * Asks to rejudge one contact's clicks on one message (or on one link, outside a message): clicks within the
 * rejudgement's range are judged under the current rules, and the first click is decided again.
 */
export type RejudgeRequest = Shaped<typeof REJUDGE_REQUEST>;

const REJUDGE_REQUEST = {
  rejudgement: whole,
  account_id: text,
  /** '' for a link outside a message. */
  message_id: text,
  /** '' if the message id is enough. */
  link_id: text,
  contact_id: text,
  /** A lower bound of the clicks' times, in ms. */
  since_ms: whole,
  /** The rejudgement's range of clicked_at; `to_ms` is not in it. */
  from_ms: whole,
  to_ms: whole,
} as const;
const readRejudgeRequest = objectReader('click', REJUDGE_REQUEST);

/** What a row of the log is: a click, a tap that was refused (`click` is the tap as a click is logged), or a request. */
export type ClickRow =
  | { kind: 'click'; click: Click }
  | { kind: 'refused'; refusal: Refusal; click: Click }
  | { kind: 'rejudge'; request: RejudgeRequest };

/** A row that asks to rejudge, without a line break. */
export function encodeRejudgeRequest(request: RejudgeRequest): string {
  return JSON.stringify(request);
}

/** Decodes every kind of row. Throws on any other text. */
export function decodeClickRow(row: string): ClickRow {
  if (!row.startsWith('{')) return { kind: 'click', click: decodeClick(row) };
  const parts = JSON.parse(row) as { refused?: unknown; tap?: unknown };
  if (parts.refused === undefined) return { kind: 'rejudge', request: readRejudgeRequest(parts) };
  return { kind: 'refused', refusal: readRefusal(parts.refused), click: readClick(parts.tap) };
}

/** The key of a row, which tells its partition. Throws like decodeClickRow. */
export function keyOfClickRow(row: string): string {
  const decoded = decodeClickRow(row);
  return clickKey(decoded.kind === 'rejudge' ? decoded.request : decoded.click);
}
