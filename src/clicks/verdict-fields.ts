/**
 * The columns of trackly.verdicts, each defined once: when a verdict changes after its click was counted, the table
 * reverses the old verdict (sign -1) and books the new one (sign 1). Columns shared with clicks are taken from there.
 * The insert, the schema, the view report_verdicts, the traces and what is read back derive from it. Pure.
 */
import { defineColumns, pickColumns, type StoredRow } from '../clickhouse/columns.ts';
import { CLICK_FIELDS } from './click-fields.ts';

/** What a verdict decides of a click. */
export const VERDICT_OF_CLICK = [
  'verdict',
  'score',
  'bot_reasons',
  'is_first',
  'is_first_for_offer',
  'payout',
  'currency',
] as const;

/** The same columns of clicks and verdicts: what is counted of a click, and why. */
export const STANDING_FIELDS = pickColumns(CLICK_FIELDS, [
  'rules_version',
  ...VERDICT_OF_CLICK,
  'asn',
  'country',
]);

/** What is counted of a click, and why; `change` is the number of changes so far. */
export interface Standing extends Omit<StoredRow<typeof STANDING_FIELDS>, 'verdict'> {
  change: number;
  verdict: 'human' | 'bot';
}

/** The columns of a click that its verdicts have too. */
const OF_CLICK = pickColumns(CLICK_FIELDS, [
  'account_id',
  'clicked_at',
  'click_id',
  'link_id',
  'link_key',
  'message_id',
  'offer_id',
  'creative_id',
  'campaign_id',
  'variant_id',
  'domain',
  'sent_at',
  'device',
  'os',
  'browser',
  'in_app',
  'expires_at',
]);
export type ClickOfVerdict = StoredRow<typeof OF_CLICK>;

/** A line of the table. */
export interface VerdictLine {
  click: ClickOfVerdict;
  standing: Standing;
  /** 1 books this line, -1 reverses an earlier line. */
  sign: 1 | -1;
  /** Counts the changes of the click from 1. */
  change: number;
  rejudgement: number;
  /** Token of its batch. */
  batch: string;
}

export const VERDICT_FIELDS = defineColumns<VerdictLine>()({
  account_id: { ...OF_CLICK.account_id, value: ({ click }) => click.account_id },
  clicked_at: { ...OF_CLICK.clicked_at, value: ({ click }) => click.clicked_at_ms },
  click_id: { ...OF_CLICK.click_id, meaning: 'The click', value: ({ click }) => click.click_id },
  change: {
    type: 'UInt32',
    personal: 'none',
    meaning: 'Counts the changes of this click from 1',
    value: ({ change }) => change,
    reported: true,
  },
  sign: {
    type: 'Int8',
    personal: 'none',
    meaning: '1 books this line, -1 reverses an earlier line. Always use sum(sign * …)',
    value: ({ sign }) => sign,
    reported: true,
  },
  rejudgement: {
    type: 'UInt32',
    personal: 'none',
    meaning: 'The rejudgement (see rejudgements) that changed it',
    value: ({ rejudgement }) => rejudgement,
    reported: true,
  },
  rules_version: {
    ...STANDING_FIELDS.rules_version,
    value: ({ standing }) => standing.rules_version,
    reported: true,
  },
  verdict: {
    ...STANDING_FIELDS.verdict,
    meaning: 'human or bot',
    value: ({ standing }) => standing.verdict,
    reported: true,
  },
  score: { ...STANDING_FIELDS.score, value: ({ standing }) => standing.score },
  bot_reasons: { ...STANDING_FIELDS.bot_reasons, value: ({ standing }) => standing.bot_reasons },
  is_first: { ...STANDING_FIELDS.is_first, value: ({ standing }) => standing.is_first },
  is_first_for_offer: {
    ...STANDING_FIELDS.is_first_for_offer,
    value: ({ standing }) => standing.is_first_for_offer,
  },
  payout: { ...STANDING_FIELDS.payout, value: ({ standing }) => standing.payout },
  currency: { ...STANDING_FIELDS.currency, value: ({ standing }) => standing.currency },
  asn: { ...STANDING_FIELDS.asn, value: ({ standing }) => standing.asn },
  country: { ...STANDING_FIELDS.country, value: ({ standing }) => standing.country },
  link_id: { ...OF_CLICK.link_id, value: ({ click }) => click.link_id },
  link_key: { ...OF_CLICK.link_key, value: ({ click }) => click.link_key, reported: true },
  message_id: { ...OF_CLICK.message_id, value: ({ click }) => click.message_id },
  offer_id: { ...OF_CLICK.offer_id, value: ({ click }) => click.offer_id },
  creative_id: { ...OF_CLICK.creative_id, value: ({ click }) => click.creative_id },
  campaign_id: { ...OF_CLICK.campaign_id, value: ({ click }) => click.campaign_id },
  variant_id: { ...OF_CLICK.variant_id, value: ({ click }) => click.variant_id },
  domain: { ...OF_CLICK.domain, value: ({ click }) => click.domain },
  sent_at: { ...OF_CLICK.sent_at, value: ({ click }) => click.sent_at_ms },
  device: { ...OF_CLICK.device, value: ({ click }) => click.device },
  os: { ...OF_CLICK.os, value: ({ click }) => click.os },
  browser: { ...OF_CLICK.browser, value: ({ click }) => click.browser },
  in_app: { ...OF_CLICK.in_app, value: ({ click }) => click.in_app },
  batch: {
    personal: 'none',
    type: 'String',
    meaning: 'Token of the batch that booked the line',
    value: ({ batch }) => batch,
  },
  judged_at: {
    type: "DateTime64(3, 'UTC')",
    personal: 'none',
    meaning: 'When the line was booked, UTC',
    default: 'now64(3)',
    reported: true,
  },
  expires_at: {
    type: "DateTime('UTC')",
    personal: 'none',
    meaning: 'When the row is deleted, with its click',
    value: ({ click }) => click.expires_at_s,
  },
});
