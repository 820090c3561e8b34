/**
 * The columns of trackly.conversions, the money ledger, each defined once: a conversion's facts, and a line that is
 * booked (sign 1) or reversed (sign -1). The insert, the schema, the view report_conversions, the traces, the list of
 * conversions and GET /v2/schema derive from it. What is on the log is in conversion.ts. Pure.
 */
import { defineColumns } from '../clickhouse/columns.ts';
import type { Conversion } from './conversion.ts';
import type { Line } from './line.ts';

/** A line to be inserted into the table. */
export interface BookedLine {
  conversion: Conversion;
  line: Line;
  sign: 1 | -1;
  /** Both as they are stored. */
  facts_json: string;
  line_json: string;
  /** The installation's own domain: of links that were made for no other. */
  own_domain: string;
  /** Token of its batch. */
  batch: string;
}

const TIME = "DateTime64(3, 'UTC')";
const WORD = 'LowCardinality(String)';
const MONEY = 'Decimal(38, 6)';

/** What is credited to a delivered message has amounts of its own: no sum of the others can include it. */
const isView = ({ status }: Line): boolean => status === 'view_through';

export const CONVERSION_FIELDS = defineColumns<BookedLine>()({
  account_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Account',
    value: ({ conversion }) => conversion.account_id,
    reported: true,
  },
  conversion_id: {
    type: 'String',
    personal: 'none',
    meaning: 'Id of the report, as the API returned it',
    value: ({ conversion }) => conversion.conversion_id,
    reported:
      'Id of the report; a refund of several sales has a row for each, and so has a payout in another currency than its sale’s',
  },
  event: {
    type: WORD,
    personal: 'none',
    meaning: 'sale, rebill, lead, install, signup, refund, chargeback or void',
    value: ({ conversion }) => conversion.event,
    reported: true,
  },
  offer_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Offer; empty when the reported id belongs to no offer',
    value: ({ conversion }) => conversion.offer_id,
    reported: true,
  },
  transaction: {
    type: 'String',
    personal: 'none',
    meaning:
      'Deduplication key: txn:<txn_id>, or the click, link or contact when no txn_id was given. A refund has the same key as its sale',
    value: ({ conversion }) => conversion.transaction,
  },
  txn_id: {
    type: 'String',
    personal: 'none',
    meaning: 'Transaction id of the network; empty without one',
    value: ({ conversion }) => conversion.txn_id,
    reported: true,
  },
  refund_id: {
    type: 'String',
    personal: 'none',
    meaning: 'Id of a refund or chargeback, which identifies it within its transaction; empty without one',
    value: ({ conversion }) => conversion.refund_id,
    reported: true,
  },
  voids: {
    type: 'String',
    personal: 'none',
    meaning: 'The one report that a void takes back; empty: it takes back its transaction, or is no void',
    value: ({ conversion }) => conversion.voids,
  },
  channel: {
    type: WORD,
    personal: 'none',
    meaning: 'Channel by which it came in: conv, offer, coupon, pixel or api',
    value: ({ conversion }) => conversion.channel,
    reported: true,
  },
  network: {
    type: WORD,
    personal: 'none',
    meaning: 'Advertising network that reported it, such as everflow; empty where it is not known',
    value: ({ conversion }) => conversion.network,
    reported: true,
  },
  upload_id: {
    type: 'String',
    personal: 'none',
    meaning: 'CSV upload that it came with; empty for any other',
    value: ({ conversion }) => conversion.upload_id,
    reported: true,
  },
  reported: {
    type: 'String',
    personal: 'id',
    meaning: 'The ids exactly as reported',
    value: ({ conversion }) => conversion.reported,
    reported: true,
  },
  problem: {
    personal: 'none',
    type: 'String',
    meaning:
      'What was wrong with the report though it counts, such as a macro that was not filled in; empty: nothing',
    value: ({ conversion }) => conversion.problem,
    reported: true,
  },
  amount: {
    type: MONEY,
    personal: 'none',
    meaning: 'Reported amount, not negative; 0 when no amount was given',
    value: ({ conversion }) => conversion.amount || '0',
    reported: true,
  },
  converted_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When the conversion happened, according to the network, UTC',
    value: ({ conversion }) => conversion.converted_at_ms,
    reported: true,
  },
  received_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When it was received, UTC',
    value: ({ conversion }) => conversion.received_at_ms,
    reported: true,
  },
  sign: {
    type: 'Int8',
    personal: 'none',
    meaning: '1 books this line, -1 reverses an earlier line. Always use sum(sign * …)',
    value: ({ sign }) => sign,
  },
  status: {
    type: WORD,
    personal: 'none',
    meaning: 'attributed, view_through, unattributed, duplicate, replaced or voided',
    value: ({ line }) => line.status,
    reported: true,
  },
  reason: {
    type: 'String',
    personal: 'none',
    meaning:
      'Why it is not attributed; duplicate_of:<id>; replaced_by:<id>; voided_by:<id>; limited: the refund asked for more than was left',
    value: ({ line }) => line.reason,
    reported: 'Why it is not attributed; empty when it is attributed',
  },
  click_id: {
    type: 'String',
    personal: 'none',
    meaning: 'Click that it is credited to; empty for coupons and when there is none',
    value: ({ line }) => line.click_id,
    reported: true,
  },
  model: {
    type: WORD,
    personal: 'none',
    meaning:
      'Rule that chose the click, or the delivered message: first_click (also where it is the last one), last_click or view_through; empty where neither was chosen',
    value: ({ line }) => line.model,
    reported: true,
  },
  credited_at: {
    type: TIME,
    personal: 'none',
    meaning:
      'Time of that click (of the message, for a coupon with a contact), UTC: the time that reports by click time use',
    value: ({ line }) => line.credited_at_ms,
    reported: true,
  },
  sent_at: {
    type: TIME,
    personal: 'none',
    meaning:
      'When the message that it is credited to was sent, or its link was made, UTC; when it is credited to no link, the time of the conversion: the time that reports by sent_at use',
    default: 'credited_at',
    value: ({ line }) => line.sent_at_ms,
    reported: true,
  },
  link_id: {
    type: 'String',
    personal: 'none',
    meaning: 'Link that it is credited to',
    value: ({ line }) => line.link_id,
    reported: true,
  },
  link_key: {
    type: WORD,
    personal: 'none',
    meaning: 'Key of that link in its creative',
    value: ({ line }) => line.link_key,
  },
  message_id: {
    type: 'String',
    personal: 'none',
    meaning: 'Message that it is credited to',
    value: ({ line }) => line.message_id,
    reported: true,
  },
  contact_id: {
    type: 'String',
    personal: 'id',
    meaning: 'Contact that it is credited to',
    value: ({ line }) => line.contact_id,
    reported: true,
  },
  subject_contact_id: {
    type: 'String',
    personal: 'id',
    meaning: 'Contact of the link that was reported, or that used the coupon; empty where none is known',
    value: ({ conversion }) => conversion.subject.contact_id,
  },
  creative_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Creative that it is credited to',
    value: ({ line }) => line.creative_id,
    reported: true,
  },
  campaign_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Campaign that it is credited to',
    value: ({ line }) => line.campaign_id,
    reported: true,
  },
  variant_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Arm of the A/B test that it is credited to',
    value: ({ line }) => line.variant_id,
    reported: true,
  },
  domain: {
    type: WORD,
    personal: 'none',
    meaning:
      'Tracking domain of the link or message that it is credited to; empty where it is credited to none',
    value: ({ line, own_domain }) => line.domain || (line.link_id === '' ? '' : own_domain),
    reported: true,
  },
  conversions: {
    type: 'UInt8',
    personal: 'none',
    meaning: '1 for an attributed event that counts as a conversion; refunds and chargebacks do not',
    value: ({ line }) => (isView(line) ? 0 : line.conversions),
    reported: '1 where it counts as a conversion',
  },
  view_conversions: {
    type: 'UInt8',
    personal: 'none',
    meaning:
      '1 for an event that counts as a conversion of a delivered message that nobody tapped; it is in no other count',
    value: ({ line }) => (isView(line) ? line.conversions : 0),
    reported: '1 where it counts as a view-through conversion, and in no other column',
  },
  import_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Import that it came with, as history; empty for what was tracked here',
    default: "''",
    reported: true,
  },
  currency: {
    type: WORD,
    personal: 'none',
    meaning: 'Currency of the amounts; empty when neither the report nor its sale has one',
    value: ({ line }) => line.currency,
    reported: true,
  },
  sales: {
    personal: 'none',
    type: MONEY,
    meaning: 'Revenue that it adds',
    value: ({ line }) => (isView(line) ? '0' : line.sales),
  },
  refunds: {
    personal: 'none',
    type: MONEY,
    meaning: 'Revenue that it reverses',
    value: ({ line }) => (isView(line) ? '0' : line.refunds),
  },
  view_sales: {
    personal: 'none',
    type: MONEY,
    meaning: 'Revenue that it adds to a delivered message that nobody tapped',
    value: ({ line }) => (isView(line) ? line.sales : '0'),
  },
  view_refunds: {
    personal: 'none',
    type: MONEY,
    meaning: 'Revenue that it reverses of such a message',
    value: ({ line }) => (isView(line) ? line.refunds : '0'),
  },
  payout: {
    type: MONEY,
    personal: 'none',
    meaning: 'Payout that it adds; negative for a refund of a revshare offer',
    value: ({ line }) => line.payout,
    reported: 'What it adds to payout',
  },
  facts: {
    type: 'String',
    personal: 'id',
    meaning: 'The report as received, JSON; its lines are computed from it',
    codec: 'ZSTD(3)',
    value: ({ facts_json }) => facts_json,
  },
  line: {
    type: 'String',
    personal: 'id',
    meaning: 'The line, JSON: what identifies it, and the columns from status to payout',
    codec: 'ZSTD(3)',
    value: ({ line_json }) => line_json,
  },
  batch: {
    type: 'String',
    personal: 'none',
    meaning: 'Token of the batch that booked the line',
    value: ({ batch }) => batch,
  },
  inserted_at: {
    personal: 'none',
    type: TIME,
    meaning: 'When the line was booked, UTC',
    default: 'now64(3)',
  },
});
