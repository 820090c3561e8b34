/**
 * The columns of trackly.refused_taps, each defined once: a row for each tap that named a link and did not reach its
 * destination. Columns shared with clicks are taken from there. The insert, the schema, the view report_refused, the
 * traces and the export of a contact derive from it. Pure.
 */
import { defineColumns } from '../clickhouse/columns.ts';
import { storedAddress } from '../privacy/stored-address.ts';
import { CLICK_FIELDS, type CountedClick } from './click-fields.ts';
import type { Refusal } from './refused-tap.ts';

/** A refused tap ready to insert. It is judged by its request alone, and nothing is noted of its address. */
export interface KeptRefusal {
  refusal: Refusal;
  /** The tap, as a click is logged. */
  click: CountedClick['click'];
  judged: Pick<CountedClick['judged'], 'verdict' | 'score' | 'bot_reasons' | 'rules_version' | 'place'>;
  ip_storage: CountedClick['ip_storage'];
  logged: CountedClick['logged'];
  /** Token of its batch. */
  batch: string;
  expires_at_s: number;
  /** Where its contact is erased. */
  pseudonym?: string | undefined;
}

const OF_CLICK = CLICK_FIELDS;

export const REFUSED_FIELDS = defineColumns<KeptRefusal>()({
  account_id: { ...OF_CLICK.account_id, value: ({ click }) => click.account_id },
  tap_id: {
    type: 'String',
    personal: 'none',
    meaning: 'Unguessable id of the tap, made as a click_id is; equal to it where is_click is 1',
    value: ({ click }) => click.click_id,
    reported: true,
  },
  tapped_at: {
    ...OF_CLICK.clicked_at,
    meaning: 'When the link was tapped, UTC',
    value: ({ click }) => click.clicked_at_ms,
  },
  reason: {
    type: 'LowCardinality(String)',
    personal: 'none',
    meaning:
      'Why the link did not lead to its destination: disabled, expired, offer_paused, offer_archived, offer_unknown, offer_capped, account_suspended, taken_down, wrong_domain (it does not open on the host that was asked), country_blocked, opt_out (it is the opt-out link of the message)',
    value: ({ refusal }) => refusal.reason,
    reported: true,
  },
  status: {
    type: 'UInt16',
    personal: 'none',
    meaning: 'HTTP status of the answer: 410, 404, 403 or 429 with a page, 302 or 303 to a fallback',
    value: ({ refusal }) => refusal.status,
    reported: true,
  },
  location: {
    type: 'String',
    personal: 'none',
    meaning: 'Fallback that the tap was led to; empty: it got a page',
    value: ({ refusal }) => refusal.location,
    reported: true,
  },
  is_click: {
    type: 'UInt8',
    personal: 'none',
    meaning:
      '1 if the tap is a row of clicks too: it was led to a fallback, or came from a blocked country. 0: it is counted nowhere else',
    value: ({ refusal }) => Number(refusal.is_click),
    reported: true,
  },
  link_id: {
    ...OF_CLICK.link_id,
    meaning: 'The link that was tapped, 7 characters',
    value: ({ click }) => click.link_id,
  },
  link_key: { ...OF_CLICK.link_key, value: ({ click }) => click.link_key, reported: true },
  message_id: { ...OF_CLICK.message_id, value: ({ click }) => click.message_id },
  contact_id: { ...OF_CLICK.contact_id, value: ({ click }) => click.contact_id },
  offer_id: {
    ...OF_CLICK.offer_id,
    meaning: 'Offer that did not take the tap: the link’s, or the one that a rule led to',
    value: ({ click }) => click.offer_id,
  },
  rule: { ...OF_CLICK.rule, value: ({ click }) => click.rule },
  cap: {
    ...OF_CLICK.cap,
    meaning: 'Cap of the offer that was reached, such as first_clicks/day; empty for other reasons',
    value: ({ click }) => click.cap,
  },
  creative_id: { ...OF_CLICK.creative_id, value: ({ click }) => click.creative_id },
  campaign_id: { ...OF_CLICK.campaign_id, value: ({ click }) => click.campaign_id },
  variant_id: { ...OF_CLICK.variant_id, value: ({ click }) => click.variant_id },
  sent_at: { ...OF_CLICK.sent_at, value: ({ click }) => click.sent_at_ms },
  method: {
    ...OF_CLICK.method,
    meaning: 'HTTP method: GET, or POST for Continue on a preview page',
    value: ({ click }) => click.method,
  },
  // Any host may be asked for, so it is no LowCardinality.
  domain: { ...OF_CLICK.domain, type: 'String', value: ({ click }) => click.domain },
  ip: { ...OF_CLICK.ip, value: ({ click, ip_storage }) => storedAddress(click.ip, ip_storage) },
  ip_storage: { ...OF_CLICK.ip_storage, value: ({ ip_storage }) => ip_storage },
  asn: { ...OF_CLICK.asn, value: ({ judged }) => judged.place.asn },
  country: { ...OF_CLICK.country, value: ({ judged }) => judged.place.country },
  user_agent: { ...OF_CLICK.user_agent, value: ({ click }) => click.user_agent, reported: true },
  request_id: {
    ...OF_CLICK.request_id,
    value: ({ click }) => click.headers['x-request-id'] ?? '',
  },
  verdict: {
    ...OF_CLICK.verdict,
    meaning:
      'human or bot, by the request alone: the activity of the address is not asked, and no rejudgement changes it',
    value: ({ judged }) => judged.verdict,
    reported: true,
  },
  score: { ...OF_CLICK.score, value: ({ judged }) => judged.score },
  bot_reasons: { ...OF_CLICK.bot_reasons, value: ({ judged }) => judged.bot_reasons },
  rules_version: { ...OF_CLICK.rules_version, value: ({ judged }) => judged.rules_version },
  process: { ...OF_CLICK.process, value: ({ logged }) => logged.process },
  logged_at: {
    ...OF_CLICK.logged_at,
    meaning: 'When Redis stored the tap, by the clock of Redis, UTC',
    default: 'tapped_at',
    value: ({ logged }) => logged.logged_at_ms,
  },
  batch: { ...OF_CLICK.batch, value: ({ batch }) => batch },
  inserted_at: OF_CLICK.inserted_at,
  expires_at: { ...OF_CLICK.expires_at, value: ({ expires_at_s }) => expires_at_s },
});
