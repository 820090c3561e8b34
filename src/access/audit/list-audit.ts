/**
 * Lists entries of the audit log, newest first: a page, or a stream of all. Entries of the same millisecond are in the
 * order of their ids, so pages neither repeat nor skip one. Errors: see reports/ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { omitColumns, type ShownRow } from '../../clickhouse/columns.ts';
import { askRows, streamRows } from '../../reports/ask-clickhouse.ts';
import type { Query } from '../../reports/report-query.ts';
import { InvalidReportError, type Range } from '../../reports/report-range.ts';
import { AUDIT_FIELDS } from './audit-fields.ts';

/** Entries of a file; more are refused, never silently cut off. */
export const AUDIT_FILE_MAX = 1_000_000;

/** What is shown of an entry. */
export const SHOWN_ENTRY = omitColumns(AUDIT_FIELDS, ['batch', 'inserted_at', 'expires_at']);
export const ENTRY_COLUMNS = Object.keys(SHOWN_ENTRY) as (keyof typeof SHOWN_ENTRY)[];
export type ShownEntry = ShownRow<typeof SHOWN_ENTRY>;

/** Columns that must equal the value that is asked for. */
export const AUDIT_FILTERS = [
  'action',
  'actor_kind',
  'address',
  'subject_kind',
  'subject_id',
  'outcome',
] as const;
export type AuditFilter = (typeof AUDIT_FILTERS)[number];

export interface AuditQuestion {
  /** Whose entries; undefined: those of all accounts and of the installation, for the operator. */
  account_id: string | undefined;
  range: Range;
  filters: Partial<Record<AuditFilter, string>>;
  /** The id or the name of who did it. */
  actor: string | undefined;
  /**
   * Whether the operator's entries show which key and which address they came from: to the operator. An account sees
   * that the operator did something to it, and can't ask for it by what it does not see.
   */
  shows_operator: boolean;
}

/** One page, counted from 1, and the number of all entries. */
export async function listAudit(
  client: ClickHouseClient,
  question: AuditQuestion,
  page: number,
  per_page: number,
): Promise<{ rows: ShownEntry[]; total_rows: number }> {
  const { query, query_params } = ordered(question);
  const [rows, total_rows] = await Promise.all([
    askRows<ShownEntry>(client, {
      query: `${query} LIMIT {limit:UInt64} OFFSET {offset:UInt64}`,
      query_params: { ...query_params, limit: per_page, offset: (page - 1) * per_page },
    }),
    countAudit(client, question),
  ]);
  return { rows, total_rows };
}

/** All entries, in groups, with constant memory. Throws InvalidReportError if there are too many. */
export async function streamAudit(
  client: ClickHouseClient,
  question: AuditQuestion,
): Promise<AsyncGenerator<ShownEntry[]>> {
  const total_rows = await countAudit(client, question);
  if (total_rows > AUDIT_FILE_MAX) {
    throw new InvalidReportError(
      `There are ${total_rows} entries and a file holds ${AUDIT_FILE_MAX}: ask for a shorter range, or filter.`,
    );
  }
  return streamRows<ShownEntry>(client, ordered(question));
}

async function countAudit(client: ClickHouseClient, question: AuditQuestion): Promise<number> {
  const [row] = await askRows<{ entries: number }>(client, {
    query: `SELECT count() AS entries FROM trackly.audit AS audit WHERE ${conditions(question)}`,
    query_params: params(question),
  });
  return row?.entries ?? 0;
}

function ordered(question: AuditQuestion): Query {
  const hidden = question.shows_operator ? [] : ['actor_id', 'actor_name', 'address'];
  const columns = ENTRY_COLUMNS.map((name) =>
    hidden.includes(name) ? `if(actor_kind = 'operator', '', audit.${name}) AS ${name}` : name,
  );
  return {
    query: `SELECT ${columns.join(', ')} FROM trackly.audit AS audit
      WHERE ${conditions(question)} ORDER BY at DESC, audit_id DESC`,
    query_params: params(question),
  };
}

/** Iterates over the allowed filters, so that an unknown key never becomes a name in SQL. */
function conditions({ account_id, filters, actor, shows_operator }: AuditQuestion): string {
  const of_actor = actor !== undefined || filters.address !== undefined;
  return [
    'audit.at >= fromUnixTimestamp64Milli({from_ms:Int64})',
    'audit.at < fromUnixTimestamp64Milli({to_ms:Int64})',
    ...(account_id === undefined ? [] : ['audit.account_id = {account_id:String}']),
    ...(of_actor && !shows_operator ? ["audit.actor_kind != 'operator'"] : []),
    ...(actor === undefined
      ? []
      : ['(audit.actor_id = {actor:String} OR audit.actor_name = {actor:String})']),
    ...AUDIT_FILTERS.filter((name) => filters[name] !== undefined).map(
      (name) => `audit.${name} = {${name}:String}`,
    ),
  ].join(' AND ');
}

function params({ account_id, range, filters, actor }: AuditQuestion): Record<string, unknown> {
  const given = Object.entries({ account_id, actor, ...filters }).filter(([, value]) => value !== undefined);
  return { from_ms: range.from_ms, to_ms: range.to_ms, ...Object.fromEntries(given) };
}
