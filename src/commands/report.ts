/**
 * `trackly report <name>`: a report of the account as a table, as JSON, or as the API's own CSV. Rates are percentages
 * in the table; JSON and CSV have them as the API answers them.
 */
import { pipeline } from 'node:stream/promises';
import { addressOf } from '../client/address.ts';
import type { Trackly } from '../client/client.ts';
import { explained, openAccountClient } from './account-client.ts';
import { readArguments, UsageError } from './errors.ts';
import { endWithReader, printLines, shown, tableLines } from './print.ts';

/** Reports whose answer has `rows`: all that the API has, by their names there. */
export const REPORTS = [
  'campaigns',
  'offers',
  'creatives',
  'variants',
  'messages',
  'links',
  'domains',
  'hours',
  'breakdown',
  'countries',
  'networks',
  'channels',
  'payouts',
  'conversion-days',
] as const;

/** The columns of a table, of those that the report has; others have all of theirs. */
const COLUMNS = [
  'hour',
  'campaign_id',
  'variant_id',
  'offer_id',
  'creative_id',
  'message_id',
  'link_id',
  'domain',
  'name',
  'sent',
  'clicks_human',
  'clicks_unique',
  'click_rate',
  'conversions',
  'revenue',
  'currency',
  'epc',
];
const RATES: ReadonlySet<string> = new Set([
  'click_rate',
  'cvr',
  'message_cvr',
  'delivery_rate',
  'click_rate_delivered',
  'share',
]);
const LIMIT_DEFAULT = 20;

type Row = Record<string, unknown>;
interface Answer {
  rows: Row[];
  totals?: Row;
  total_rows?: number;
  range?: { from: string; to: string; tz: string };
}

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  tz: { type: 'string' },
  by: { type: 'string' },
  'range-by': { type: 'string' },
  where: { type: 'string', multiple: true },
  sort: { type: 'string' },
  limit: { type: 'string' },
  columns: { type: 'string' },
  json: { type: 'boolean' },
  csv: { type: 'boolean' },
} as const;

export async function report(args: string[]): Promise<void> {
  const { values, positionals } = readArguments(args, OPTIONS, 1);
  const [name] = positionals;
  if (name === undefined || !(REPORTS as readonly string[]).includes(name)) {
    throw new UsageError(`say which report: ${REPORTS.join(', ')}`);
  }
  const limit = Number(values.limit ?? LIMIT_DEFAULT);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit is a number of rows, such as 50');
  const { from, to, tz, by, sort } = values;
  const query = {
    ...wheres(values.where ?? []),
    ...{ from, to, tz, by, sort },
    range_by: values['range-by'],
    ...(values.csv === true ? { format: 'csv' } : limitOf(name, limit)),
  };
  endWithReader();
  const trackly = openAccountClient();
  await explained(async () => {
    const address = addressOf(`/v2/reports/${name}`, query);
    if (values.csv === true) return printFile(trackly, address);
    const answer = (await (await trackly.open(address)).json()) as Answer;
    if (values.json === true) return printLines([JSON.stringify(answer, undefined, 2)]);
    return printLines(reportLines(answer, values.columns?.split(',')));
  });
}

/** How many rows: reports that are one list, pages of a longer one, or, as all countries, always whole. */
export function limitOf(name: string, limit: number): Record<string, number> {
  if (name === 'countries') return {};
  return name === 'breakdown' ? { limit } : { per_page: limit };
}

/** `campaign_id=cam_1` … as parameters. */
function wheres(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`--where is a filter such as campaign_id=cam_1, not "${text}"`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

async function printFile(trackly: Trackly, address: string): Promise<void> {
  const { body } = await trackly.open(address);
  if (body !== null) await pipeline(body, process.stdout, { end: false });
}

/** The table with its totals, and what it is of. Throws UsageError for a column that the report doesn't have. */
export function reportLines(
  { rows, totals, total_rows, range }: Answer,
  asked: string[] | undefined,
): string[] {
  const covered = range === undefined ? [] : [`${range.from} to ${range.to}`];
  const [first] = rows;
  if (first === undefined) return [`nothing${covered.length > 0 ? ` from ${covered}` : ''}`];
  const all = Object.keys(first).filter(
    (column) => typeof first[column] !== 'object' || first[column] === null,
  );
  const unknown = asked?.find((column) => !all.includes(column));
  if (unknown !== undefined) throw new UsageError(`"${unknown}" is no column: use ${all.join(', ')}`);
  const usual = COLUMNS.filter((column) => all.includes(column));
  const columns = asked ?? (all.includes('sent') ? usual : all);
  const textOf = (row: Row): string[] => columns.map((column) => cellOf(column, row[column]));
  const sum = totals === undefined ? [] : [textOf(totals).map((text, i) => (i === 0 ? 'total' : text))];
  const count = total_rows ?? rows.length;
  const more =
    count > rows.length
      ? `${rows.length} of ${count} rows; --limit shows more`
      : `${count} ${count === 1 ? 'row' : 'rows'}`;
  return [...tableLines(columns, [...rows.map(textOf), ...sum]), '', [more, ...covered].join(', ')];
}

function cellOf(column: string, value: unknown): string {
  return typeof value === 'number' && RATES.has(column) ? `${(value * 100).toFixed(2)}%` : shown(value);
}
