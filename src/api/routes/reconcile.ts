/**
 * `POST /v2/conversions/reconcile`: compares a network's export with what was booked here. Changes no conversion; the
 * differences are kept, to be followed (reconciliations.ts). With ClickHouse or Redis down: 503.
 */
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { newEntityId } from '../../catalog/entity-id.ts';
import { readFile } from '../../conversions/exports/read-file.ts';
import { type Booked, type Reconciliation, reconcile, reconcileKey } from '../../conversions/reconcile.ts';
import { type Compared, changedDisputes, differencesOf } from '../../conversions/reconciliations/disputes.ts';
import { type NetworkExport, readExport } from '../../conversions/reconciliations/read-export.ts';
import {
  LINES_KEPT_MAX,
  readDisputes,
  type StoredReconciliation,
  saveDisputes,
  saveReconciliation,
} from '../../conversions/reconciliations/store.ts';
import { readBookedIn, readBookedOn } from '../../reports/read-reported.ts';
import { type Range, readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { choicesOf, csvOpener, explainFile, fileQuery } from '../http/file-query.ts';

const GROUP_MAX = 1_000;
/** Entries per list in the response; all are counted. */
const LISTED_MAX = 10_000;

const querystring = fileQuery.extend({
  offer_id: z.string().max(60).optional().describe('Compare only this offer'),
  from: z
    .string()
    .max(40)
    .optional()
    .describe('Start of the comparison. Default: the first time in the export'),
  to: z.string().max(40).optional().describe('End of the comparison. Default: the last time in the export'),
  tz: fileQuery.shape.tz.describe(
    'IANA time zone of from and to, and of times without an offset in the file',
  ),
});
type Query = z.output<typeof querystring>;

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

export function reconcileRoutes(app: Api, { bodies, clickhouse, redis }: ApiContext): void {
  const schema = {
    tags: ['conversions'],
    summary: 'Compare a network’s export with what was booked here',
    description:
      '`text/csv`: the export of a network that is known by its header line, or a file with the columns txn_id, revenue, time and optionally event, refund_id and currency. Every line is compared with one booking. The differences are kept under `reconciliation_id`.',
    consumes: ['text/csv'],
    querystring,
  };
  app.post('/v2/conversions/reconcile', { config, schema }, (request) => {
    if (!/^text\/csv\b/i.test(request.headers['content-type'] ?? '')) {
      throw new ApiError('unsupported_media_type', 'send the network’s export as text/csv');
    }
    const { account, query } = request;
    const choices = choicesOf(query);
    return bodies.hold(request.body as unknown as Readable, account.account_id, (body) =>
      explainFile(() =>
        explainErrors(async () => {
          const file = await readFile(csvOpener(body, GROUP_MAX), choices);
          const read = await readExport(file, Date.now());
          const range = rangeOf(query, read);
          const result = await compare(clickhouse, account.account_id, query.offer_id, read, range);
          const { network = '' } = file.columns.format ?? {};
          const stored = await keep(redis, request, { query, network, read, range, result });
          const { account_id: _, line_ids, ...shown } = stored;
          const { offer_id, counts } = shown;
          request.audited = {
            subject_id: stored.reconciliation_id,
            after: { offer_id, ...shown.range, lines: read.exported.length, matched: counts['matched'] },
          };
          return {
            ...shown,
            ignored_columns: file.columns.ignored,
            kept: line_ids.length,
            ...listsOf(result, read),
          };
        }),
      ),
    );
  });
}

type Lists = Omit<Reconciliation, 'matched' | 'sums'> & Pick<NetworkExport, 'left_out'>;

function listsOf(result: Reconciliation, { left_out }: NetworkExport): Lists {
  const { matched: _, sums: __, ...lists } = { ...result, left_out };
  return Object.fromEntries(
    Object.entries(lists).map(([name, list]) => [name, list.slice(0, LISTED_MAX)]),
  ) as unknown as Lists;
}

function rangeOf({ from, to, tz }: Query, { spans }: NetworkExport): Range {
  let [first_ms, last_ms] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [from_ms, to_ms] of spans.values()) {
    first_ms = Math.min(first_ms, from_ms);
    last_ms = Math.max(last_ms, to_ms + 1);
  }
  const now_ms = Date.now();
  return readRange(from ?? isoTime(first_ms, 'from'), to ?? isoTime(last_ms, 'to'), tz, now_ms);
}

const isoTime = (time_ms: number, name: string): string => {
  if (Number.isFinite(time_ms)) return new Date(time_ms).toISOString();
  throw new ApiError('invalid_request', `the export has no times: add ${name} to the address`);
};

async function compare(
  clickhouse: ApiContext['clickhouse'],
  account_id: string,
  offer_id: string | undefined,
  { exported }: NetworkExport,
  range: Range,
): Promise<Reconciliation> {
  const inRange = await readBookedIn(clickhouse, account_id, offer_id, range);
  // Of some, a booking is dated outside of the period.
  const counts = new Map<string, number>();
  for (const one of inRange) counts.set(reconcileKey(one), (counts.get(reconcileKey(one)) ?? 0) + 1);
  const txn_ids = new Set<string>();
  for (const one of exported) {
    const left = counts.get(reconcileKey(one)) ?? 0;
    counts.set(reconcileKey(one), left - 1);
    if (left <= 0) txn_ids.add(one.txn_id);
  }
  const named = await readBookedOn(clickhouse, account_id, offer_id, [...txn_ids]);
  const inPeriod = new Set(inRange.map(({ conversion_id }) => conversion_id));
  const all = new Map<string, Booked>([...named, ...inRange].map((one) => [one.conversion_id, one]));
  return reconcile(exported, [...all.values()], ({ conversion_id }) => inPeriod.has(conversion_id));
}

interface Outcome {
  query: Query;
  network: string;
  read: NetworkExport;
  range: Range;
  result: Reconciliation;
}

/** Stores the comparison, and what it changes of the account's disputes. */
async function keep(
  redis: ApiContext['redis'],
  { account, caller }: FastifyRequest,
  { query, network, read, range, result }: Outcome,
): Promise<StoredReconciliation> {
  const { account_id } = account;
  const at = new Date().toISOString();
  const compared: Compared = {
    reconciliation_id: newEntityId('rcn'),
    at,
    offer_id: query.offer_id ?? '',
    from_ms: range.from_ms,
    to_ms: range.to_ms,
    exported: new Set(read.exported.map(reconcileKey)),
    timeOf: ({ line }) => {
      const [from_ms] = read.spans.get(line) ?? [];
      return from_ms === undefined ? '' : new Date(from_ms).toISOString();
    },
  };
  const differences = differencesOf(result, compared, LINES_KEPT_MAX);
  const known = await readDisputes(redis, account_id);
  await saveDisputes(redis, account_id, known, changedDisputes(known, differences, compared));
  const { matched, sums, ...found } = result;
  const lists = Object.entries({ ...found, left_out: read.left_out });
  const stored: StoredReconciliation = {
    reconciliation_id: compared.reconciliation_id,
    account_id,
    created_at: at,
    created_by: caller.name,
    file_name: query.file_name ?? '',
    network,
    offer_id: compared.offer_id,
    range: { from: new Date(range.from_ms).toISOString(), to: new Date(range.to_ms).toISOString() },
    counts: {
      matched,
      ...Object.fromEntries(lists.map(([name, list]) => [name, list.length])),
      skipped: read.skipped,
    },
    sums,
    line_ids: differences.map(({ line_id }) => line_id),
  };
  await saveReconciliation(redis, stored);
  return stored;
}
