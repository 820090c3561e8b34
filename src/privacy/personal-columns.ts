/**
 * What every column of every table tells about a person. Tables that are defined in TypeScript say it with each column
 * (`personal`, see clickhouse/columns.ts); the tables that only SQL defines are listed here. The erasure of contacts and
 * the record of processing derive from it; a test compares it with the files in clickhouse/schema. Pure.
 */
import { AUDIT_FIELDS } from '../access/audit/audit-fields.ts';
import { type AnyColumns, PERSONAL, type Personal } from '../clickhouse/columns.ts';
import { CLICK_FIELDS } from '../clicks/click-fields.ts';
import { REFUSED_FIELDS } from '../clicks/refused-fields.ts';
import { VERDICT_FIELDS } from '../clicks/verdict-fields.ts';
import { CONVERSION_FIELDS } from '../conversions/conversion-fields.ts';
import { DELIVERY_FIELDS } from '../messages/delivery-fields.ts';
import { EVENT_FIELDS } from '../messages/event-fields.ts';
import { SEND_FIELDS } from '../messages/send-fields.ts';
import {
  STAGED_CLICK_FIELDS,
  STAGED_CONVERSION_FIELDS,
  STAGED_SEND_FIELDS,
} from '../transfer/imports/staged-fields.ts';
import { WEBHOOK_EVENT_COLUMNS } from '../webhooks/event-columns.ts';

/** Tables that are defined in TypeScript. */
const DEFINED: Readonly<Record<string, AnyColumns>> = {
  clicks: CLICK_FIELDS,
  sends: SEND_FIELDS,
  message_events: EVENT_FIELDS,
  deliveries: DELIVERY_FIELDS,
  conversions: CONVERSION_FIELDS,
  verdicts: VERDICT_FIELDS,
  refused_taps: REFUSED_FIELDS,
  test_sends: SEND_FIELDS,
  test_clicks: CLICK_FIELDS,
  test_refused_taps: REFUSED_FIELDS,
  audit: AUDIT_FIELDS,
  webhook_events: WEBHOOK_EVENT_COLUMNS,
  import_clicks: STAGED_CLICK_FIELDS,
  import_sends: STAGED_SEND_FIELDS,
  import_conversions: STAGED_CONVERSION_FIELDS,
};

/** Columns of the rollups, which count and name no contact. */
const COUNTED = [
  ...['account_id', 'quarter_hour', 'sent_quarter_hour', 'hour', 'sent_hour'],
  ...['message_id', 'link_id', 'link_key', 'offer_id'],
  ...[
    'creative_id',
    'campaign_id',
    'variant_id',
    'domain',
    'money_by',
    'currency',
    'rejudgement',
    'import_id',
  ],
  ...['messages', 'offers', 'links'].flatMap((what) =>
    ['sent', 'delivered', 'failed', 'opted_out'].map((state) => `${what}_${state}`),
  ),
  ...['clicks_total', 'clicks_human', 'clicks_bot'],
  ...['first_clicks', 'first_offer_clicks', 'suspicious_first_clicks', 'conversions', 'sales', 'refunds'],
  ...['view_conversions', 'view_revenue'],
  ...['payout', 'rules_version', 'counted_by', 'value'],
];

type Classified = Readonly<Record<string, Personal>>;

const none = (columns: readonly string[]): Classified =>
  Object.fromEntries(columns.map((column) => [column, 'none']));
const ROLLUP = none(COUNTED);

/** Tables that only SQL defines. */
const SQL_TABLES: Readonly<Record<string, Classified>> = {
  rejudgements: none([
    ...['account_id', 'rejudgement', 'rules_version', 'from_at', 'to_at', 'clicks', 'changed', 'finished_at'],
  ]),
  rollup_quarter_hours: ROLLUP,
  rollup_links: ROLLUP,
  rollup_variants: ROLLUP,
  rollup_networks: { ...ROLLUP, asn: 'place', country: 'place' },
  rollup_breakdowns: { ...ROLLUP, asn: 'place', tapped_with: 'place' },
  rollup_breakdown_hours: { ...ROLLUP, asn: 'place', tapped_with: 'place' },
  rollup_bots: ROLLUP,
  // Of the contacts, as the sender gave it.
  rollup_countries: { ...ROLLUP, country: 'none' },
  ledger: none([
    ...['minute', 'log', 'process', 'batch', 'answered', 'aborted', 'lost', 'refused', 'logged', 'read'],
    ...['kept', 'dead_lettered', 'inserted', 'tests'],
  ]),
  // A link's value has the contact and the fields of its message.
  records: {
    ...none(['key', 'version', 'made_at', 'expires_at']),
    ...{ value: 'id', contact_id: 'id' },
  },
  catalog: none([
    'account_id',
    'kind',
    'id',
    'name',
    'body',
    'status',
    'click_window_days',
    'version',
    'changed_at',
  ]),
  import_marks: none(['account_id', 'kind', 'row_hash', 'mark', 'line_no', 'import_id']),
  networks: none(['asn', 'network']),
  spools: none(['owner', 'process', 'host', 'folder', 'clicks', 'bytes', 'at']),
  erasures: none(['account_id', 'erasure_id', 'contact_fingerprint', 'requested_at', 'finished_at']),
  export_files: none([
    ...['account_id', 'export_id', 'name', 'place', 'dataset', 'window_by', 'from_at', 'to_at'],
    ...['rows', 'bytes', 'sha256', 'version', 'noted_at'],
  ]),
  migrations: none(['name', 'checksum', 'applied_at']),
  webhook_messages: none([
    ...['account_id', 'webhook_id', 'sequence', 'message_id', 'shard', 'event_ids', 'types', 'batches'],
    ...['happened_at', 'events_from', 'events_to', 'block', 'made_at'],
  ]),
  webhook_heads: none(['account_id', 'webhook_id', 'sequence']),
  webhook_attempts: none([
    ...['account_id', 'webhook_id', 'message_id', 'sequence', 'n', 'at', 'status', 'duration_ms', 'error'],
    ...['outcome', 'next_at', 'replay'],
  ]),
};

/** The class of a column; undefined where nobody has classified it. */
export function personalOf(table: string, column: string): Personal | undefined {
  const defined = DEFINED[table];
  const personal = defined === undefined ? SQL_TABLES[table]?.[column] : defined[column]?.personal;
  return PERSONAL.find((one) => one === personal);
}

/** The columns of a table with these classes, in the order of the table. Of tables defined in TypeScript only. */
export function columnsWith(table: keyof typeof DEFINED, classes: readonly Personal[]): string[] {
  return Object.entries(DEFINED[table] ?? {}).flatMap(([name, { personal }]) =>
    classes.includes(personal) ? [name] : [],
  );
}
