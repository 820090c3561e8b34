/**
 * `POST /v2/conversions/reconcile`: compares a network's CSV export with the conversions reported here. Changes
 * nothing. With ClickHouse down: 503.
 */
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { ConversionError } from '../../conversions/receive/conversion-error.ts';
import { checkAmount, readReported } from '../../conversions/receive/conversion-input.ts';
import { type Exported, reconcile, reconcileKey } from '../../conversions/reconcile.ts';
import { readReportedIn, readReportedOn } from '../../reports/read-reported.ts';
import { readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { type CsvRow, readCsv } from '../http/csv.ts';
import { ApiError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';

const EXPORT_LINES_MAX = 200_000;
const GROUP_MAX = 1_000;
/** Entries per list in the response; all are counted. */
const LISTED_MAX = 10_000;

const querystring = z.object({
  offer_id: z.string().max(60).optional().describe('Compare only this offer'),
  from: z
    .string()
    .max(40)
    .optional()
    .describe('Start of the comparison. Default: the first time in the export'),
  to: z.string().max(40).optional().describe('End of the comparison. Default: the last time in the export'),
  tz: z.string().max(64).default('UTC').describe('IANA time zone of from and to'),
});

export function reconcileRoutes(app: Api, context: ApiContext): void {
  const { clickhouse } = context;
  const schema = {
    tags: ['conversions'],
    summary: 'Compare a network’s export with the conversions reported here',
    description:
      '`text/csv` with the columns txn_id, event (default sale), revenue, time and optionally currency.',
    consumes: ['text/csv'],
    querystring,
  };
  const config = {
    audit: 'conversions.reconciled' as const,
    scope: 'conversions' as const,
    limit: 'report' as const,
    documented_body: z.toJSONSchema(
      z
        .string()
        .describe('The export as CSV')
        .meta({
          examples: ['txn_id,event,revenue,time\norder-1,sale,49.90,2026-11-20T10:00:00Z\n'],
        }),
    ),
  };
  app.post('/v2/conversions/reconcile', { config, schema }, (request) =>
    explainErrors(async () => {
      if (!/^text\/csv\b/i.test(request.headers['content-type'] ?? '')) {
        throw new ApiError('unsupported_media_type', 'send the network’s export as text/csv');
      }
      const { account_id } = request.account;
      const { offer_id, tz } = request.query;
      const { exported, first_ms, last_ms } = await readExport(request.body as unknown as Readable);
      const range = readRange(
        request.query.from ?? isoTime(first_ms, 'from'),
        request.query.to ?? isoTime(last_ms, 'to'),
        tz,
        Date.now(),
      );
      const inRange = await readReportedIn(clickhouse, account_id, offer_id, range);
      const known = new Set(inRange.map(reconcileKey));
      const others = exported.filter((one) => !known.has(reconcileKey(one))).map((one) => one.txn_id);
      const elsewhere = await readReportedOn(clickhouse, account_id, offer_id, [...new Set(others)]);
      const inPeriod = new Set(inRange.map((one) => one.conversion_id));
      const result = reconcile(exported, [...elsewhere, ...inRange], (one) =>
        inPeriod.has(one.conversion_id),
      );
      const { matched, sums, ...lists } = result;
      const entries = Object.entries(lists);
      const compared = {
        from: new Date(range.from_ms).toISOString(),
        to: new Date(range.to_ms).toISOString(),
      };
      request.audited = { after: { offer_id, ...compared, lines: exported.length, matched } };
      return {
        range: compared,
        counts: { matched, ...Object.fromEntries(entries.map(([name, list]) => [name, list.length])) },
        sums,
        ...Object.fromEntries(entries.map(([name, list]) => [name, list.slice(0, LISTED_MAX)])),
      };
    }),
  );
}

const isoTime = (time_ms: number | undefined, name: string): string => {
  if (time_ms !== undefined) return new Date(time_ms).toISOString();
  throw new ApiError('invalid_request', `the export has no time column: add ${name} to the address`);
};

async function readExport(
  input: Readable,
): Promise<{ exported: Exported[]; first_ms: number | undefined; last_ms: number | undefined }> {
  const { columns, groups } = await readCsv(input, GROUP_MAX);
  if (!columns.includes('txn_id') || !columns.includes('revenue')) {
    throw new ApiError(
      'invalid_request',
      'the first line of the CSV names its columns: txn_id, event, revenue, time and optionally currency',
    );
  }
  const time = ['time', 'ts'].find((name) => columns.includes(name));
  const exported: Exported[] = [];
  const times: number[] = [];
  for await (const group of groups) {
    for (const row of group) {
      if (exported.length === EXPORT_LINES_MAX) {
        throw new ApiError(
          'too_large',
          `an export may have at most ${EXPORT_LINES_MAX} lines: compare it in parts`,
        );
      }
      const { line, from_ms, to_ms } = readLine(row, time);
      exported.push(line);
      if (time !== undefined) times.push(from_ms, to_ms);
    }
  }
  if (exported.length === 0) throw new ApiError('invalid_request', 'the export has no lines');
  const least = (a: number, b: number): number => Math.min(a, b);
  const most = (a: number, b: number): number => Math.max(a, b);
  return {
    exported,
    first_ms: times.length === 0 ? undefined : times.reduce(least),
    last_ms: times.length === 0 ? undefined : times.reduce(most) + 1,
  };
}

function readLine(
  { line, values: row, problem }: CsvRow,
  time: string | undefined,
): { line: Exported; from_ms: number; to_ms: number } {
  try {
    if (problem !== undefined) throw new ConversionError('invalid_conversion', problem);
    const reported = readReported(
      {
        event: row['event'] ?? '',
        revenue: row['revenue'] ?? '',
        currency: row['currency'] ?? '',
        txn_id: row['txn_id'] ?? '',
        ts: time === undefined ? '' : (row[time] ?? ''),
      },
      Date.now(),
    );
    checkAmount(reported);
    const { event, amount, currency, txn_id, problem: unfilled } = reported;
    if (unfilled !== '') throw new ConversionError('invalid_conversion', `${unfilled} is no id`);
    if (txn_id === '') throw new ConversionError('invalid_conversion', 'txn_id is empty');
    const { converted_from_ms: from_ms, converted_at_ms: to_ms } = reported;
    return { line: { line, txn_id, event, amount: amount || '0.00', currency }, from_ms, to_ms };
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    throw new ApiError('invalid_request', `line ${line}: ${error.message.replace(/^ts is/, 'time is')}`);
  }
}
