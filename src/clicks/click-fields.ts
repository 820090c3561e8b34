/**
 * The fields of a click, each defined once: LOGGED_CLICK says what is on the click log, CLICK_FIELDS which columns of
 * trackly.clicks are made of it, of its verdict and of its first-click claim, and what each means. The codec (click.ts),
 * the insert, the schema, the view report_clicks, the traces and GET /v2/schema derive from them. A new field is a line in
 * each, and one in encodeClick where the redirect process is to log it. Pure.
 */
import { isIP } from 'node:net';
import { defineColumns } from '../clickhouse/columns.ts';
import { queryValues } from '../platform/query-string.ts';
import { flag, oneOf, type Read, type Shaped, text, texts, time_ms } from '../platform/row-shape.ts';
import { readTraceparent } from '../platform/telemetry/traces.ts';
import { type IpStorage, storedAddress } from '../privacy/stored-address.ts';
import type { Agent } from './agent.ts';

/**
 * The answer to the tap: a redirect, the offer's interstitial, a preview page, a redirect from such a page by
 * Continue, or the page for a blocked country.
 */
export const ANSWERS = ['redirect', 'interstitial', 'preview', 'continue', 'blocked'] as const;
export type Answered = (typeof ANSWERS)[number];

const answer = oneOf(ANSWERS);
const traceparent: Read<string> = (part) =>
  typeof part === 'string' && readTraceparent(part) !== undefined ? part : undefined;
const textOrNone: Read<string> = (part) => (part === undefined ? '' : text(part));
const address: Read<string> = (part) => (typeof part === 'string' && isIP(part) !== 0 ? part : undefined);

/** What is on the click log, in this order: what the redirect process saw, then what it knows of the link. */
export const LOGGED_CLICK = {
  click_id: text,
  clicked_at_ms: time_ms,
  /** `GET`, `HEAD`, or `POST` for Continue. */
  method: text,
  /** Client address, v4 or v6. */
  ip: address,
  user_agent: text,
  /** The request headers that bot detection reads, and `sec-gpc`; lower-case names, bounded values. */
  headers: texts,
  /** Host name of the request; '' if it has none. */
  domain: text,
  /** Query of the request as it came, cut at QUERY_LENGTH_MAX (click.ts); '' without one. */
  query: text,
  link_id: text,
  account_id: text,
  message_id: text,
  contact_id: text,
  offer_id: text,
  creative_id: text,
  campaign_id: text,
  variant_id: text,
  link_key: text,
  sent_at_ms: time_ms,
  /** Country of the contact, ISO 3166, from the message's field `country`; '' without one. */
  contact_country: text,
  /** Left out for the most frequent answer, a redirect. */
  answered: (part: unknown) => (part === undefined ? 'redirect' : answer(part)),
  /** The trace that goes on with it, as a traceparent; left out for a click without one. */
  trace: (part: unknown) => (part === undefined || part === '' ? '' : traceparent(part)),
  /** The four are left out for a click that its offer's own destination was for. */
  rule: textOrNone,
  fallback_reason: textOrNone,
  /** The link's offer; `offer_id` is the one that the tap was led to. */
  planned_offer_id: textOrNone,
  cap: textOrNone,
  /** Whether the link is a test's: it counts nowhere; left out for all others. */
  is_test: flag,
} as const;

/** A click as the log has it. */
export type Click = Shaped<typeof LOGGED_CLICK>;

/** A click ready to insert, with everything that the worker determined. */
export interface CountedClick {
  click: Click;
  judged: {
    verdict: 'human' | 'bot';
    score: number;
    bot_reasons: readonly string[];
    rules_version: string;
    place: { asn: number; country: string };
    activity: { recipients: number; links: number; agents: number; since_other_link_ms: number };
    address_rule: '' | 'bot' | 'person';
  };
  /** What its user agent tells of the device. */
  agent: Agent;
  /** Of a link without a contact; '' of all others. */
  visitor: string;
  ip_storage: IpStorage;
  first: { is_first: boolean; is_first_for_offer: boolean; payout: string; currency: string };
  logged: { process: string; logged_at_ms: number };
  /** Token of its batch. */
  batch: string;
  expires_at_s: number;
  /** Where its contact is erased. */
  pseudonym?: string | undefined;
}

const UINT16_MAX = 65_535;
const bounded = (count: number): number => Math.min(count, UINT16_MAX);
const TIME = "DateTime64(3, 'UTC')";
const WORD = 'LowCardinality(String)';

/** The columns of trackly.clicks. */
export const CLICK_FIELDS = defineColumns<CountedClick>()({
  account_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Account that the link belongs to',
    value: ({ click }) => click.account_id,
    reported: true,
  },
  click_id: {
    type: 'String',
    personal: 'none',
    meaning:
      'Unguessable id of the click, 29 characters: its time in ms (8), a random part (14), its link (7); and 3 of the offer’s id where the tap was led to another offer than the link’s',
    value: ({ click }) => click.click_id,
    reported: true,
  },
  clicked_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When the link was opened, UTC',
    value: ({ click }) => click.clicked_at_ms,
    reported: true,
  },
  link_id: {
    type: 'String',
    personal: 'none',
    meaning: 'The link that was opened, 7 characters',
    value: ({ click }) => click.link_id,
    reported: true,
  },
  link_key: {
    type: WORD,
    personal: 'none',
    meaning: 'Key of the link in its creative: link1, link2 …; empty outside a creative',
    value: ({ click }) => click.link_key,
  },
  message_id: {
    type: 'String',
    personal: 'none',
    meaning: 'Message that carried the link; empty for a link outside a message',
    value: ({ click }) => click.message_id,
    reported: true,
  },
  contact_id: {
    type: 'String',
    personal: 'id',
    meaning:
      'Recipient, under the id that the sender gave; a pseudonym, erased_…, once the contact is erased',
    value: ({ click }) => click.contact_id,
    reported: true,
  },
  offer_id: {
    type: WORD,
    personal: 'none',
    meaning:
      'Offer that the tap was led to: the link’s, or another one by a rule or as a fallback; empty for a link with its own destination',
    value: ({ click }) => click.offer_id,
    reported: true,
  },
  planned_offer_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Offer of the link, which the message was sent for; empty for a link with its own destination',
    value: ({ click }) => click.planned_offer_id || click.offer_id,
    reported: true,
  },
  rule: {
    type: WORD,
    personal: 'none',
    meaning: 'Name of the rule of the link’s offer that led the tap; empty without one',
    value: ({ click }) => click.rule,
    reported: true,
  },
  fallback_reason: {
    type: WORD,
    personal: 'none',
    meaning:
      'Why the first choice did not take the tap, so that offer_id is a fallback offer: offer_paused, offer_archived, offer_unknown, offer_capped; empty where it did',
    value: ({ click }) => click.fallback_reason,
    reported: true,
  },
  cap: {
    type: WORD,
    personal: 'none',
    meaning:
      'Cap that turned the tap away from the first choice, such as first_clicks/day; empty where none did',
    value: ({ click }) => click.cap,
    reported: true,
  },
  creative_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Creative of the message',
    value: ({ click }) => click.creative_id,
    reported: true,
  },
  campaign_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Campaign of the message; empty without one',
    value: ({ click }) => click.campaign_id,
    reported: true,
  },
  variant_id: {
    type: WORD,
    personal: 'none',
    meaning: "Arm of the campaign's A/B test; empty without one",
    value: ({ click }) => click.variant_id,
    reported: true,
  },
  sent_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When the message was sent, UTC; for a link outside a message, when the link was made',
    value: ({ click }) => click.sent_at_ms,
    reported: true,
  },
  method: {
    type: WORD,
    personal: 'none',
    meaning: 'HTTP method: GET, HEAD, or POST for Continue on a preview page',
    value: ({ click }) => click.method,
  },
  ip: {
    type: 'IPv6',
    personal: 'address',
    meaning:
      'Client address, as ip_storage of the account says: in full, its network (/24, /48), or :: for none; IPv4 is written as ::ffff:1.2.3.4',
    value: ({ click, ip_storage }) => storedAddress(click.ip, ip_storage),
    reported: true,
  },
  ip_storage: {
    type: WORD,
    personal: 'none',
    meaning: 'What ip is: full, truncated or none',
    default: "'full'",
    value: ({ ip_storage }) => ip_storage,
  },
  address_rule: {
    type: WORD,
    personal: 'none',
    meaning:
      'What a rule for addresses said of the full address: bot or person; empty: no rule. A click without its full address is rejudged by this',
    value: ({ judged }) => judged.address_rule,
  },
  visitor: {
    type: 'String',
    personal: 'address',
    meaning:
      'Who opened a link without a contact: a hash of address and user agent under a random salt of the day (UTC), which is deleted; empty for a link with a contact',
    value: ({ visitor }) => visitor,
  },
  asn: {
    type: 'UInt32',
    personal: 'place',
    meaning: 'Autonomous system number of the address; 0 if unknown',
    value: ({ judged }) => judged.place.asn,
    reported: true,
  },
  country: {
    type: WORD,
    personal: 'place',
    meaning: 'Country of the address, ISO 3166; empty if unknown',
    value: ({ judged }) => judged.place.country,
    reported: true,
  },
  user_agent: {
    type: 'String',
    personal: 'agent',
    meaning: 'User agent, cut at 512 characters',
    value: ({ click }) => click.user_agent,
    reported: true,
  },
  device: {
    type: WORD,
    personal: 'kind',
    meaning: 'What the click was made with, by its user agent: phone, tablet, desktop or other',
    value: ({ agent }) => agent.device,
    reported: true,
  },
  os: {
    type: WORD,
    personal: 'kind',
    meaning: 'System of the device, by its user agent: iOS, Android, Windows …; other for rare ones',
    value: ({ agent }) => agent.os,
    reported: true,
  },
  browser: {
    type: WORD,
    personal: 'kind',
    meaning:
      'Browser, by its user agent: Safari, Chrome, Samsung Internet …; in an app, the one that it is built on; other for rare ones',
    value: ({ agent }) => agent.browser,
    reported: true,
  },
  in_app: {
    type: WORD,
    personal: 'kind',
    meaning:
      'App that showed the page itself, by the user agent: Instagram, Facebook, TikTok …; other for one that does not say its name; empty in a browser',
    value: ({ agent }) => agent.in_app,
    reported: true,
  },
  headers: {
    type: 'Map(LowCardinality(String), String)',
    personal: 'agent',
    meaning:
      'Request headers that bot detection reads, sec-gpc and x-request-id; names in lower case, values cut at 200 characters',
    value: ({ click }) => click.headers,
  },
  is_gpc: {
    type: 'UInt8',
    personal: 'none',
    meaning:
      '1 if the request said Sec-GPC: 1: the person objects to the sale and sharing of personal data. What is passed on of this click names no contact',
    value: ({ click }) => Number(click.headers['sec-gpc'] === '1'),
    reported: true,
  },
  request_id: {
    type: 'String',
    personal: 'none',
    meaning:
      'X-Request-Id of the tap, as the proxy in front gave it (TRUST_PROXY): it is in the proxy’s log too; empty without one',
    value: ({ click }) => click.headers['x-request-id'] ?? '',
    reported: true,
  },
  domain: {
    type: WORD,
    personal: 'none',
    meaning: 'Host name under which the link was opened, lower case, without a port; empty without one',
    value: ({ click }) => click.domain,
    reported: true,
  },
  query: {
    type: 'Map(LowCardinality(String), String)',
    personal: 'content',
    meaning:
      'Parameters that the tap brought behind the link, decoded; values of a repeated name are joined with a comma; of 2,048 characters at most, cut at the end of a parameter',
    value: ({ click }) => queryValues(click.query),
    reported: true,
  },
  answered: {
    type: WORD,
    personal: 'none',
    meaning:
      "Answer to the tap: redirect; interstitial: the offer's page before the redirect; preview: a page with a Continue button; continue: Continue was pressed; blocked: the page for a blocked country",
    default: "'redirect'",
    value: ({ click }) => click.answered,
    reported: true,
  },
  contact_country: {
    type: WORD,
    personal: 'content',
    meaning: "Country of the contact, from the message's field country; empty without one",
    value: ({ click }) => click.contact_country,
  },
  address_recipients: {
    type: 'UInt16',
    personal: 'none',
    meaning:
      'Distinct recipients whose links the address opened in the minute up to this click; 0: not counted',
    value: ({ judged }) => bounded(judged.activity.recipients),
  },
  address_links: {
    type: 'UInt16',
    personal: 'none',
    meaning: 'Distinct links that the address opened in that minute; 0: not counted',
    value: ({ judged }) => bounded(judged.activity.links),
  },
  address_agents: {
    type: 'UInt16',
    personal: 'none',
    meaning: 'Distinct user agents of the address in that minute; 0: not counted',
    value: ({ judged }) => bounded(judged.activity.agents),
  },
  since_other_link_ms: {
    type: 'Int32',
    personal: 'none',
    meaning:
      'Time since the address opened another link of the same message, in ms, at most a minute; -1: it opened no other link',
    default: '-1',
    value: ({ judged }) => judged.activity.since_other_link_ms,
  },
  verdict: {
    type: WORD,
    personal: 'none',
    meaning: 'human or bot, by the first verdict; report_clicks has the current verdict',
    value: ({ judged }) => judged.verdict,
    reported: 'human or bot, by the current verdict',
  },
  score: {
    type: 'UInt8',
    personal: 'none',
    meaning: 'Bot score in points: at 100 or more the verdict is bot, at 80 or more the click is suspicious',
    value: ({ judged }) => judged.score,
    reported: true,
  },
  bot_reasons: {
    type: 'Array(LowCardinality(String))',
    personal: 'none',
    meaning: 'Reasons for a bot, kind:detail; a human click may have reasons that were too weak',
    value: ({ judged }) => judged.bot_reasons,
    reported: true,
  },
  rules_version: {
    type: WORD,
    personal: 'none',
    meaning: 'Version of the bot rules that gave the verdict',
    value: ({ judged }) => judged.rules_version,
  },
  is_first: {
    type: 'UInt8',
    personal: 'none',
    meaning:
      '1 for the earliest human click of the contact on the message; without a contact, of a visitor (address and user agent, on a day, UTC) on the link',
    value: ({ first }) => Number(first.is_first),
    reported: true,
  },
  is_first_for_offer: {
    type: 'UInt8',
    personal: 'none',
    meaning:
      '1 for the earliest human click of the contact on this offer within the message; without a contact, of a visitor on the link',
    value: ({ first }) => Number(first.is_first_for_offer),
    reported: true,
  },
  payout: {
    type: 'Decimal(38, 6)',
    personal: 'none',
    meaning: 'Payout of a first click on a cpc offer; 0 for all others',
    value: ({ first }) => first.payout,
    reported: true,
  },
  currency: {
    type: WORD,
    personal: 'none',
    meaning: 'Currency of payout; empty without one',
    value: ({ first }) => first.currency,
    reported: true,
  },
  import_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Import that it came with, as history; empty for what was tracked here',
    default: "''",
    reported: true,
  },
  process: {
    type: WORD,
    personal: 'none',
    meaning: 'Redirect process that answered; empty for rows that the click ledger does not count',
    default: "''",
    value: ({ logged }) => logged.process,
  },
  logged_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When Redis stored the click, by the clock of Redis, UTC',
    default: 'clicked_at',
    value: ({ logged }) => logged.logged_at_ms,
  },
  batch: {
    type: 'String',
    personal: 'none',
    meaning: 'Token of the batch that inserted the row',
    // The same value for all rows of a block.
    sent_as: WORD,
    value: ({ batch }) => batch,
  },
  inserted_at: {
    personal: 'none',
    type: TIME,
    meaning: 'When the row was inserted, UTC',
    default: 'now64(3)',
  },
  expires_at: {
    type: "DateTime('UTC')",
    personal: 'none',
    meaning: "When the row is deleted, from the account's click_retention_days",
    value: ({ expires_at_s }) => expires_at_s,
  },
});
