/**
 * All that is known of a contact, as rows of one kind each: messages, links, opt-out, clicks, refused taps, verdicts that
 * changed, conversions, and what webhooks are told of it.
 * Read from ClickHouse, which has everything that is older than a few seconds, and streamed, so its size has no bound.
 * With ClickHouse down it throws ClickHouseUnavailableError.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { type AnyColumns, omitColumns } from '../clickhouse/columns.ts';
import { type TestedTable, withTests } from '../clickhouse/test-rows.ts';
import { CLICK_FIELDS } from '../clicks/click-fields.ts';
import { REFUSED_FIELDS } from '../clicks/refused-fields.ts';
import { VERDICT_FIELDS } from '../clicks/verdict-fields.ts';
import { CONVERSION_FIELDS } from '../conversions/conversion-fields.ts';
import { decodeLink, type Link, linkKey } from '../links/link.ts';
import { SEND_FIELDS } from '../messages/send-fields.ts';
import { decodeOptOut } from '../optouts/opt-out.ts';
import { streamRows } from '../reports/ask-clickhouse.ts';
import { type StoredEvent, sentEvent } from '../webhooks/wanted-events.ts';

export const KINDS = [
  'message',
  'link',
  'opt_out',
  'click',
  'refused_tap',
  'verdict',
  'conversion',
  'webhook_event',
] as const;
export type Kind = (typeof KINDS)[number];

const namesOf = (columns: AnyColumns): string => Object.keys(columns).join(', ');

/** Rows of the account and the contact; the parameters are account_id and contact_id. */
const OF_CONTACT = 'account_id = {account_id:String} AND contact_id = {contact_id:String}';

/** In order, those of tests among them. */
const rowsOfContact = (table: TestedTable, columns: AnyColumns, order: string): string =>
  `SELECT * FROM (${withTests(table, namesOf(columns), OF_CONTACT)}) ORDER BY ${order}`;

/** A link and an opt-out have the account in the same place of their list. */
const recordsOf = (
  prefix: string,
): string => `SELECT key, argMax(value, version) AS newest FROM trackly.records
    WHERE startsWith(key, '${prefix}') AND contact_id = {contact_id:String}
      AND JSONExtractString(value, 1) = {account_id:String}
    GROUP BY key HAVING newest != '' ORDER BY key`;

const QUERIES: Readonly<Record<Kind, string>> = {
  message: rowsOfContact('sends', omitColumns(SEND_FIELDS, ['account_id', 'batch']), 'sent_at, message_id'),
  link: recordsOf('link:'),
  opt_out: recordsOf('optout:'),
  click: rowsOfContact(
    'clicks',
    omitColumns(CLICK_FIELDS, ['account_id', 'batch', 'process']),
    'clicked_at, click_id',
  ),
  refused_tap: rowsOfContact(
    'refused_taps',
    omitColumns(REFUSED_FIELDS, ['account_id', 'batch', 'process']),
    'tapped_at, tap_id',
  ),
  verdict: `SELECT ${namesOf(omitColumns(VERDICT_FIELDS, ['account_id', 'batch']))}
    FROM trackly.verdicts WHERE account_id = {account_id:String}
      AND click_id IN (SELECT click_id FROM trackly.clicks WHERE ${OF_CONTACT})
    ORDER BY judged_at, click_id, sign`,
  conversion: `SELECT ${namesOf(omitColumns(CONVERSION_FIELDS, ['account_id', 'batch', 'facts', 'line', 'transaction']))}
    FROM trackly.conversions WHERE account_id = {account_id:String}
      AND (contact_id = {contact_id:String} OR subject_contact_id = {contact_id:String})
    ORDER BY inserted_at, conversion_id, sign`,
  // An insert that was repeated after midnight is there twice (0017_webhooks.sql).
  webhook_event: `SELECT DISTINCT webhook_id, event_id, type, toUnixTimestamp64Milli(happened_at) AS happened_at_ms,
      contact_id, body, private
    FROM trackly.webhook_events WHERE ${OF_CONTACT} ORDER BY happened_at_ms, event_id, webhook_id`,
};

/** Rows in groups, each with its `kind`, in the order of KINDS. */
export async function* exportContact(
  clickhouse: ClickHouseClient,
  account_id: string,
  contact_id: string,
): AsyncGenerator<object[]> {
  for (const kind of KINDS) {
    const query = { query: QUERIES[kind], query_params: { account_id, contact_id } };
    for await (const rows of streamRows<object>(clickhouse, query)) {
      yield rows.map((row) => ({ kind, ...shown(kind, row) }));
    }
  }
}

function shown(kind: Kind, row: object): object {
  if (kind === 'link') return shownLink(row as StoredRow);
  if (kind === 'webhook_event') return shownEvent(row as StoredEvent & { webhook_id: string });
  return kind === 'opt_out' ? shownOptOut(row as StoredRow) : row;
}

/** As it is sent. */
function shownEvent({ webhook_id, ...row }: StoredEvent & { webhook_id: string }): object {
  return { webhook_id, ...sentEvent({ ...row, happened_at_ms: Number(row.happened_at_ms) }) };
}

function shownOptOut({ newest }: StoredRow): object {
  const { account_id: _, at_ms, ...one } = decodeOptOut(newest);
  return { ...one, at: new Date(at_ms).toISOString() };
}

interface StoredRow {
  key: string;
  newest: string;
}

function shownLink({ key, newest }: StoredRow): object {
  const {
    account_id: _,
    sent_at_ms,
    expires_at_ms,
    ...link
  }: Link = decodeLink(key.slice(linkKey('').length), newest);
  return {
    ...link,
    sent_at: new Date(sent_at_ms).toISOString(),
    expires_at: expires_at_ms === 0 ? null : new Date(expires_at_ms).toISOString(),
  };
}
