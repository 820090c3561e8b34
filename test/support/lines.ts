/**
 * One line of each table in which every column has a value of its own: a text is the name of its column, numbers grow.
 * A column that took the value of another would show it.
 */

import type { CountedClick } from '../../src/clicks/click-fields.ts';
import type { KeptRefusal } from '../../src/clicks/refused-fields.ts';
import type { VerdictLine } from '../../src/clicks/verdict-fields.ts';
import type { BookedLine } from '../../src/conversions/conversion-fields.ts';
import type { EventLine } from '../../src/messages/event-fields.ts';
import type { SendLine } from '../../src/messages/send-fields.ts';
import { someClick } from './click-rows.ts';

/** A time of its own for each, in ms; whole seconds, so that it survives a DateTime. */
const at = (n: number): number => 1_795_392_000_000 + n * 1_000;
const EXPIRES_S = Date.UTC(2099, 0, 1) / 1_000;

export const CLICK_LINE: CountedClick = {
  click: someClick({
    clicked_at_ms: at(1),
    sent_at_ms: at(2),
    headers: { accept: 'headers', 'x-request-id': 'request_id' },
  }),
  judged: {
    verdict: 'bot',
    score: 201,
    bot_reasons: ['bot_reasons'],
    rules_version: 'rules_version',
    place: { asn: 202, country: 'country' },
    activity: { recipients: 203, links: 204, agents: 205, since_other_link_ms: 206 },
    address_rule: 'person',
  },
  agent: { device: 'tablet', os: 'os', browser: 'browser', in_app: 'in_app' },
  visitor: 'visitor',
  ip_storage: 'truncated',
  first: { is_first: true, is_first_for_offer: false, payout: '207', currency: 'currency' },
  logged: { process: 'process', logged_at_ms: at(3) },
  batch: 'batch',
  expires_at_s: EXPIRES_S,
};

export const REFUSED_LINE: KeptRefusal = {
  ...CLICK_LINE,
  click: { ...CLICK_LINE.click, click_id: 'tap_id' },
  refusal: { reason: 'expired', status: 410, location: 'location', is_click: true },
};

export const VERDICT_LINE: VerdictLine = {
  click: {
    account_id: 'account_id',
    clicked_at_ms: at(1),
    click_id: 'click_id',
    link_id: 'link_id',
    link_key: 'link_key',
    message_id: 'message_id',
    offer_id: 'offer_id',
    creative_id: 'creative_id',
    campaign_id: 'campaign_id',
    variant_id: 'variant_id',
    domain: 'domain',
    sent_at_ms: at(2),
    device: 'device',
    os: 'os',
    browser: 'browser',
    in_app: 'in_app',
    expires_at_s: EXPIRES_S,
  },
  standing: {
    change: 301,
    rules_version: 'rules_version',
    verdict: 'human',
    score: 202,
    bot_reasons: ['bot_reasons'],
    is_first: 0,
    is_first_for_offer: 1,
    payout: '303',
    currency: 'currency',
    asn: 304,
    country: 'country',
  },
  sign: -1,
  change: 305,
  rejudgement: 306,
  batch: 'batch',
};

export const CONVERSION_LINE: BookedLine = {
  conversion: {
    conversion_id: 'conversion_id',
    account_id: 'account_id',
    offer_id: 'offer_id',
    transaction: 'transaction',
    event: 'sale',
    txn_id: 'txn_id',
    refund_id: 'refund_id',
    voids: 'voids',
    channel: 'pixel',
    network: 'network',
    upload_id: 'upload_id',
    reported: 'reported',
    problem: 'problem',
    click_id: 'reported click_id',
    code: 'code',
    amount: '401',
    currency: 'reported currency',
    converted_at_ms: at(1),
    received_at_ms: at(2),
    subject: {
      link_id: 'its link_id',
      link_key: 'its link_key',
      message_id: 'its message_id',
      contact_id: 'subject_contact_id',
      creative_id: 'its creative_id',
      campaign_id: 'its campaign_id',
      variant_id: 'its variant_id',
      domain: 'its domain',
      sent_at_ms: at(3),
    },
    credit_by: 'click',
    reason: '',
    terms: {
      payout_type: 'cpa',
      payout: '402',
      currency: 'EUR',
      model: 'first_click',
      click_window_days: 403,
      view_window_hours: 0,
      min_conversion_seconds: 404,
      duplicates: 'rebill',
    },
  },
  line: {
    conversion_id: 'conversion_id',
    status: 'duplicate',
    reason: 'duplicate_of:reason',
    conversions: 1,
    click_id: 'click_id',
    credited_at_ms: at(4),
    link_id: 'link_id',
    link_key: 'link_key',
    message_id: 'message_id',
    contact_id: 'contact_id',
    creative_id: 'creative_id',
    campaign_id: 'campaign_id',
    variant_id: 'variant_id',
    domain: 'domain',
    sent_at_ms: at(5),
    model: 'last_click',
    currency: 'currency',
    sales: '405',
    refunds: '406',
    payout: '407',
  },
  sign: -1,
  facts_json: 'facts',
  line_json: 'line',
  own_domain: 'own_domain',
  batch: 'batch',
};

export const EVENT_LINE: EventLine = {
  event: {
    account_id: 'account_id',
    message_id: 'message_id',
    state: 'delivered',
    at_ms: at(1),
    code: 'code',
    provider: 'provider',
    received_at_ms: at(2),
  },
  batch: 'batch',
  expires_at_s: EXPIRES_S,
};

export const SEND_LINE: SendLine = {
  send: {
    message_id: 'message_id',
    account_id: 'account_id',
    contact_id: 'contact_id',
    creative_id: 'creative_id',
    campaign_id: 'campaign_id',
    variant_id: 'variant_id',
    variant_probability: 0.25,
    domain: 'domain',
    sent_at_ms: at(1),
    logged_at_ms: at(2),
    links: [{ link_key: 'link_keys', link_id: 'link_ids', offer_id: 'offer_ids' }],
    fields: { field: 'fields' },
    link_expires_at_ms: at(3),
    is_test: false,
  },
  own_domain: 'own_domain',
  batch: 'batch',
  expires_at_s: EXPIRES_S,
};
