/**
 * Sums messages and what became of them by the country of their contacts, from a rollup of its own: clicks and money do
 * not know that country. Errors: see ask-clickhouse.ts.
 */

import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import { matches, matchParams } from './filter-values.ts';
import { type COUNTS, columnOf, RATES, type RangeBy } from './measures.ts';
import { timeColumn, within } from './report-query.ts';
import type { Range } from './report-range.ts';

/** There are some 250 countries. */
const COUNTRIES_MAX = 1_000;

export const COUNTRY_COUNTS = [
  'sent',
  'delivered',
  'failed',
  'opt_outs',
] as const satisfies (keyof typeof COUNTS)[];
export const COUNTRY_FILTERS = ['campaign_id', 'domain'] as const;

export interface CountryRow extends Record<(typeof COUNTRY_COUNTS)[number], number> {
  /** ISO 3166; '' for messages that name none. */
  country: string;
  /** null in a range of events. */
  delivery_rate: number | null;
}

export interface CountryQuestion {
  account_id: string;
  range: Range;
  range_by: RangeBy;
  filters: Partial<Record<(typeof COUNTRY_FILTERS)[number], string | undefined>>;
}

/** The country with the most messages first. */
export function readCountries(client: ClickHouseClient, question: CountryQuestion): Promise<CountryRow[]> {
  const { account_id, range, range_by, filters } = question;
  const sums = COUNTRY_COUNTS.map((name) => `sum(rollup.${columnOf(name, 'message')}) AS ${name}`);
  const { of, per } = RATES.delivery_rate;
  const rate = range_by === 'event' ? 'NULL' : `if(${per} = 0, 0, round(${of} / ${per}, 6))`;
  const given = COUNTRY_FILTERS.filter((name) => filters[name] !== undefined);
  return askRows<CountryRow>(client, {
    query: `SELECT rollup.country AS country, ${sums.join(', ')}, ${rate} AS delivery_rate
      FROM trackly.rollup_countries AS rollup
      WHERE rollup.account_id = {account_id:String} AND ${within(timeColumn(question))}
        ${given.map((name) => `AND ${matches(`rollup.${name}`, name, filters[name] ?? '')}`).join(' ')}
      GROUP BY country ORDER BY sent DESC, country LIMIT {limit:UInt32}`,
    query_params: {
      ...{ account_id, from_s: range.from_ms / 1_000, to_s: range.to_ms / 1_000, limit: COUNTRIES_MAX },
      ...matchParams(filters, given),
    },
  });
}
