/**
 * Lists single conversions in their current state: a page, or a stream of all. Reads the money ledger in ClickHouse,
 * within one account. Errors: see ask-clickhouse.ts.
 */

import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows, streamRows } from './ask-clickhouse.ts';
import { matches, matchParams } from './filter-values.ts';
import {
  CONVERSION_KEY,
  type ConversionStory,
  conversionOf,
  ONE_ACCOUNT,
  standing,
} from './read-conversions.ts';
import { InvalidReportError, type Range } from './report-range.ts';

/** Maximum rows of a CSV; more are refused, never silently cut off. */
export const CONVERSIONS_CSV_MAX = 1_000_000;

export const CONVERSION_FILTERS = [
  'status',
  'event',
  'channel',
  'offer_id',
  'campaign_id',
  'creative_id',
  'variant_id',
  'message_id',
  'link_id',
  'contact_id',
  'click_id',
  'txn_id',
  'currency',
] as const;
export type ConversionFilter = (typeof CONVERSION_FILTERS)[number];

export const CONVERSION_SORTS = ['converted_at', 'received_at', 'revenue', 'payout'] as const;

export interface ConversionQuestion {
  account_id: string;
  /** The range of converted_at. */
  range: Range;
  filters: Partial<Record<ConversionFilter | 'reason', string>>;
  sort: { column: (typeof CONVERSION_SORTS)[number]; descending: boolean };
}

/**
 * Maximum number of candidates among which a page is searched; their ids are sent in the URL. Later pages sort all
 * conversions.
 */
const CANDIDATES_MAX = 4_096;
const CANDIDATES_GROWTH = 8;

/** One page, counted from 1, and the number of all conversions. */
export async function listConversions(
  client: ClickHouseClient,
  question: ConversionQuestion,
  page: number,
  per_page: number,
): Promise<{ rows: ConversionStory[]; total_rows: number }> {
  const offset = (page - 1) * per_page;
  const [rows, total_rows] = await Promise.all([
    readPage(client, question, offset, per_page),
    countConversions(client, question),
  ]);
  return { rows: rows.map(conversionOf), total_rows };
}

/**
 * Finds the first pages by time among the conversions booked last, without reading the state of all others: all lines
 * of a conversion have the same time. Some of them may be reversed, so the search continues in rounds.
 */
async function readPage(
  client: ClickHouseClient,
  question: ConversionQuestion,
  offset: number,
  limit: number,
): Promise<ConversionStory[]> {
  const { column } = question.sort;
  const end = offset + limit;
  const by_time = column === 'converted_at' || column === 'received_at';
  for (let most = 2 * end; by_time && most <= CANDIDATES_MAX; most *= CANDIDATES_GROWTH) {
    const candidates = await askRows<{ conversion_id: string }>(client, {
      query: `SELECT ledger.conversion_id AS conversion_id FROM trackly.conversions AS ledger
        WHERE ${[ONE_ACCOUNT, ...conditions(question), 'ledger.sign = 1'].join(' AND ')}
        ORDER BY ${first(question, 'ledger.')}, ledger.conversion_id LIMIT 1 BY conversion_id LIMIT {most:UInt64}`,
      query_params: { ...params(question), most },
    });
    const rows = await askRows<ConversionStory>(client, {
      query: `${standing([...conditions(question), 'ledger.conversion_id IN {candidates:Array(String)}'])}
        ORDER BY ${order(question)} LIMIT {end:UInt64}`,
      query_params: {
        ...params(question),
        end,
        candidates: candidates.map(({ conversion_id }) => conversion_id),
      },
    });
    if (rows.length === end || candidates.length < most) return rows.slice(offset);
  }
  return askRows<ConversionStory>(client, {
    query: `${ordered(question)} LIMIT {limit:UInt64} OFFSET {offset:UInt64}`,
    query_params: { ...params(question), limit, offset },
  });
}

/** All conversions, in groups, with constant memory. Throws InvalidReportError if there are too many. */
export async function streamConversions(
  client: ClickHouseClient,
  question: ConversionQuestion,
): Promise<AsyncGenerator<(ConversionStory & Record<string, string | number>)[]>> {
  const total_rows = await countConversions(client, question);
  if (total_rows > CONVERSIONS_CSV_MAX) {
    throw new InvalidReportError(
      `There are ${total_rows} conversions and a file holds ${CONVERSIONS_CSV_MAX}: ask for a shorter range, or filter.`,
    );
  }
  return shown(
    streamRows<ConversionStory>(client, { query: ordered(question), query_params: params(question) }),
  );
}

async function* shown(
  groups: AsyncGenerator<ConversionStory[]>,
): AsyncGenerator<(ConversionStory & Record<string, string | number>)[]> {
  for await (const rows of groups) {
    yield rows.map((row) => conversionOf(row) as ConversionStory & Record<string, string | number>);
  }
}

/** A line is booked once and reversed at most once, so the sum of its signs says whether it is in force. */
async function countConversions(client: ClickHouseClient, question: ConversionQuestion): Promise<number> {
  const rows = await askRows<{ total_rows: number }>(client, {
    query: `SELECT sum(toInt64(ledger.sign)) AS total_rows FROM trackly.conversions AS ledger
      WHERE ${[ONE_ACCOUNT, ...conditions(question)].join(' AND ')}`,
    query_params: params(question),
  });
  return rows[0]?.total_rows ?? 0;
}

function ordered(question: ConversionQuestion): string {
  return `${standing(conditions(question))} ORDER BY ${order(question)}`;
}

const first = ({ sort: { column, descending } }: ConversionQuestion, of = ''): string =>
  `${of}${column} ${descending ? 'DESC' : 'ASC'}`;

/** A total order, so that pages neither repeat nor leave out a line. */
const order = (question: ConversionQuestion): string => [first(question), ...CONVERSION_KEY].join(', ');

/** Iterates over the allowed filters, so that an unknown key never becomes a name in SQL. */
function conditions({ filters }: ConversionQuestion): string[] {
  return [
    'ledger.converted_at >= fromUnixTimestamp64Milli({from_ms:Int64})',
    'ledger.converted_at < fromUnixTimestamp64Milli({to_ms:Int64})',
    ...CONVERSION_FILTERS.filter((name) => filters[name] !== undefined).map((name) =>
      matches(`ledger.${name}`, name, filters[name] ?? ''),
    ),
    // The stored reason of a duplicate ends with the id of its original.
    ...(filters.reason === undefined ? [] : ["splitByChar(':', ledger.reason)[1] = {reason:String}"]),
  ];
}

function params({ account_id, range, filters }: ConversionQuestion): Record<string, unknown> {
  const given = CONVERSION_FILTERS.filter((name) => filters[name] !== undefined);
  return {
    ...{ account_id, from_ms: range.from_ms, to_ms: range.to_ms },
    ...matchParams(filters, given),
    ...(filters.reason !== undefined && { reason: filters.reason }),
  };
}
