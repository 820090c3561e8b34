/**
 * The exports of networks that are known by their header lines: which of their columns is which of ours. Amounts are
 * what the network pays, and transaction ids those of its postbacks (postbacks.ts); a query parameter can name another column. Header lines
 * are as the sources name them; test/unit/conversions/exports/header-lines.ts has whole ones. Pure: a table.
 */
import type { Event } from '../conversion.ts';
import type { DateOrder } from './export-time.ts';
import { type KnownFile, REJECTED } from './known-files.ts';

/** Our columns of a file; `time` is another name of ts; `status` is whether the network pays. */
export const FILE_COLUMNS = [
  'click_id',
  'link_id',
  'offer_id',
  'message_id',
  'code',
  'contact_id',
  'event',
  'revenue',
  'currency',
  'txn_id',
  'refund_id',
  'ts',
] as const;
export type FileColumn = (typeof FILE_COLUMNS)[number];

export interface ExportFormat extends KnownFile<FileColumn | 'status' | 'time_of_day'> {
  network: string;
  /** Values of the event column, in small letters; any other value says nothing. */
  events?: Readonly<Record<string, Event>>;
  /** Values of the status column, in small letters, of lines for which nothing is paid. */
  rejected?: readonly string[];
  dates?: DateOrder;
}

export const EXPORT_FORMATS: readonly ExportFormat[] = [
  {
    network: 'tune',
    title: 'TUNE (HasOffers)',
    source: 'support.tune.com, "Using the Conversion Report"; developers.tune.com, "ConversionReport"',
    known_by: [
      ['transaction_id', 'tune_event_id'],
      ['transaction_id', 'partner_sub_id_1'],
      ['transaction_id', 'affiliate_sub_id_1'],
      ['stat_ad_id', 'stat_payout'],
    ],
    columns: {
      txn_id: ['tune_event_id', 'stat_tune_event_id', 'transaction_id', 'stat_ad_id'],
      click_id: ['partner_sub_id_1', 'affiliate_sub_id_1', 'stat_affiliate_info1'],
      revenue: ['payout', 'stat_payout', 'stat_approved_payout'],
      currency: ['currency', 'stat_currency'],
      ts: ['date_time', 'datetime', 'stat_datetime', 'date'],
      status: ['status', 'stat_conversion_status', 'stat_status'],
    },
    rejected: REJECTED,
  },
  {
    network: 'everflow',
    title: 'Everflow',
    source: 'developers.everflow.io, "Raw Conversions Report", "Export Conversions"',
    known_by: [
      ['conversion_id', 'transaction_id', 'sub1'],
      ['conversion_id', 'transaction_id', 'conversion_unix_timestamp'],
      ['conversion_id', 'transaction_id', 'payout'],
    ],
    columns: {
      txn_id: ['conversion_id'],
      click_id: ['sub1'],
      revenue: ['payout', 'revenue'],
      currency: ['currency_id', 'currency'],
      ts: ['conversion_unix_timestamp', 'date', 'conversion_date'],
      status: ['status', 'conversion_status'],
    },
    rejected: REJECTED,
  },
  {
    network: 'cj',
    title: 'CJ Affiliate',
    source: 'developers.cj.com, "Commission Detail"; cj.com, "Data Transfer Guide"',
    known_by: [
      ['commission_id', 'posting_date', 'sale_amount'],
      ['action_tracker_id', 'posting_date', 'sale_amount'],
      ['original_action_id', 'posting_date'],
    ],
    columns: {
      txn_id: ['order_id', 'original_action_id', 'commission_id'],
      click_id: ['sid', 'shopper_id'],
      revenue: ['publisher_commission', 'pub_commission_amount_pub_currency', 'commission_amount'],
      currency: ['currency', 'pub_currency'],
      event: ['action_type'],
      ts: ['event_date', 'posting_date'],
    },
    events: {
      sale: 'sale',
      sim_sale: 'sale',
      item_sale: 'sale',
      lead: 'lead',
      sim_lead: 'lead',
      item_lead: 'lead',
    },
  },
  {
    network: 'impact',
    title: 'impact.com',
    source: 'help.impact.com, "Action Listing for a Paystub", "Advanced Action Listing for Partners"',
    known_by: [
      ['action_id', 'action_date'],
      ['action_id', 'action_tracker'],
    ],
    columns: {
      txn_id: ['action_id'],
      click_id: ['sub_id_1', 'subid1'],
      revenue: ['action_earnings', 'payout', 'earnings'],
      currency: ['currency', 'payout_currency'],
      ts: ['action_date', 'event_date'],
      status: ['status', 'action_status'],
    },
    rejected: REJECTED,
  },
  {
    network: 'shareasale',
    title: 'ShareASale',
    source: 'shareasale.com, API "activity", version 1.7: its pipe-separated header line',
    known_by: [['trans_id', 'trans_date', 'trans_amount']],
    columns: {
      txn_id: ['trans_id'],
      click_id: ['aff_comment', 'afftrack'],
      revenue: ['commission'],
      ts: ['trans_date'],
      status: ['voided'],
    },
    // Voided has a 1 or the date of the reversal; an empty one is no value.
    rejected: ['1', 'true', 'yes', ...REJECTED],
    dates: 'mdy',
  },
  {
    network: 'voluum',
    title: 'Voluum',
    source: 'doc.voluum.com, "Conversions Report": its columns as the report writes them',
    known_by: [
      ['postback_timestamp', 'click_id', 'external_id'],
      ['postback_timestamp', 'visit_timestamp'],
    ],
    columns: {
      // Click ID is Voluum's own; ours is what the link carried.
      click_id: ['external_id'],
      txn_id: ['transaction_id'],
      revenue: ['revenue', 'payout'],
      ts: ['postback_timestamp', 'conversion_timestamp'],
    },
  },
  {
    network: 'rakuten',
    title: 'Rakuten Advertising',
    source: 'pubhelp.rakutenadvertising.com, "Signature Orders Report"',
    known_by: [
      ['member_id_u1', 'order_id', 'total_commission'],
      ['member_id_u1', 'transaction_date'],
    ],
    columns: {
      click_id: ['member_id_u1'],
      txn_id: ['order_id', 'transaction_id'],
      revenue: ['total_commission', 'commissions'],
      currency: ['currency'],
      ts: ['transaction_date'],
      time_of_day: ['transaction_time'],
    },
    dates: 'mdy',
  },
  {
    network: 'awin',
    title: 'Awin',
    source: 'help.awin.com, "Understanding the data fields in the Transactions report"',
    known_by: [
      ['id', 'commission_status', 'sale_amount'],
      ['id', 'publisher_id', 'commission'],
    ],
    columns: {
      txn_id: ['id'],
      click_id: ['click_ref', 'clickref', 'click_ref_1'],
      revenue: ['commission', 'commission_amount'],
      currency: ['currency', 'commission_currency'],
      event: ['type'],
      ts: ['date', 'transaction_date'],
      status: ['commission_status', 'status'],
    },
    events: { sale: 'sale', lead: 'lead' },
    rejected: ['2', ...REJECTED],
  },
];

export const EXPORT_NETWORKS = EXPORT_FORMATS.map(({ network }) => network);
