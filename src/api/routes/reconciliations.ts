/**
 * Comparisons with networks' exports that were kept, and their lines: which are open, settled or accepted. With Redis
 * down: 503.
 */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { DISPUTE_STATES, type Dispute } from '../../conversions/reconciliations/disputes.ts';
import {
  listReconciliations,
  readDisputes,
  readDisputesOf,
  readReconciliation,
  type StoredReconciliation,
  saveDisputes,
} from '../../conversions/reconciliations/store.ts';
import { csvOf } from '../../reports/report-csv.ts';
import { pageOf as pageShapeOf } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { bom, forPeople } from '../http/csv-query.ts';
import { ApiError } from '../http/errors.ts';
import { BY_FORMAT } from '../http/limit-requests.ts';
import { pageOf, pageOrFileQuery, pageQuery } from '../http/paging.ts';

const NOTE_LENGTH_MAX = 1_000;

const exported = z
  .object({
    line: z.int(),
    txn_id: z.string(),
    refund_id: z.string(),
    event: z.string(),
    event_given: z.boolean().describe('Whether the export says the event'),
    amount: z.string(),
    currency: z.string().describe('Empty where the export has none'),
  })
  .meta({ id: 'ExportedLine' });
const booked = z
  .object({
    conversion_id: z.string(),
    offer_id: z.string(),
    txn_id: z.string(),
    refund_id: z.string(),
    event: z.string(),
    amount: z.string().describe('What was booked: of a refund, what it took back'),
    currency: z.string(),
    converted_at: z.string(),
    status: z.string(),
    reason: z.string(),
  })
  .meta({ id: 'BookedLine' });
const state = z
  .enum(DISPUTE_STATES)
  .describe(
    'open; settled: a later comparison did not find it again; accepted_here: our amount stands; accepted_there: the network’s amount stands',
  );
const dispute = z
  .object({
    line_id: z.string(),
    difference: z.enum(['missing_here', 'missing_there', 'different']),
    txn_id: z.string(),
    offer_id: z.string().describe('Empty where it is not known'),
    at: z.string().describe('Time of the conversion; empty where the export has none'),
    network: exported.nullable(),
    here: booked.nullable(),
    state,
    note: z.string(),
    changed_at: z.string(),
    changed_by: z.string().describe('Empty: a comparison'),
    settled_by: z.string().describe('The comparison that settled it'),
  })
  .meta({ id: 'ReconciliationLine' });
const reconciliation = z
  .object({
    reconciliation_id: z.string(),
    created_at: z.string(),
    created_by: z.string(),
    file_name: z.string(),
    network: z.string(),
    offer_id: z.string().describe('Empty: all offers were compared'),
    range: z.object({ from: z.string(), to: z.string() }),
    counts: z.record(z.string(), z.int()),
    sums: z.array(z.object({ currency: z.string(), network: z.string(), here: z.string() })),
    open: z.int().describe('Of its differences, how many are still open'),
  })
  .meta({ id: 'Reconciliation' });

const params = z.object({ reconciliation_id: z.string().max(60) });
const lineParams = params.extend({ line_id: z.string().max(60) });
const change = z
  .strictObject({ state: state.optional(), note: z.string().max(NOTE_LENGTH_MAX).optional() })
  .meta({ examples: [{ state: 'accepted_there', note: 'The order was cancelled' }] });

export function reconciliationRoutes(app: Api, { redis }: ApiContext): void {
  const tags = ['conversions'];

  async function find(account_id: string, id: string): Promise<StoredReconciliation> {
    const found = await readReconciliation(redis, id);
    if (found?.account_id === account_id) return found;
    throw new ApiError('not_found', 'there is no such comparison in this account, or it was too long ago');
  }

  app.get(
    '/v2/conversions/reconciliations',
    {
      config: { scope: 'read', documented_answers: { 200: pageShapeOf('reconciliations', reconciliation) } },
      schema: { tags, summary: 'List comparisons with exports, newest first', querystring: pageQuery },
    },
    async ({ account, query: { page, per_page } }) => {
      const { account_id } = account;
      const { items, total } = await listReconciliations(redis, account_id, page, per_page);
      const reconciliations = await Promise.all(
        items.map(async (one) => shown(one, await readDisputesOf(redis, account_id, one.line_ids))),
      );
      return { reconciliations, page, per_page, total };
    },
  );

  app.get(
    '/v2/conversions/reconciliations/:reconciliation_id',
    {
      config: {
        scope: 'read',
        limit: BY_FORMAT,
      },
      schema: {
        tags,
        summary: 'Read a comparison with an export, and the state of each difference',
        params,
        querystring: pageOrFileQuery.extend({
          state: state.optional(),
          format: z.enum(['json', 'csv']).default('json').describe('csv: all differences, as a file'),
          bom,
        }),
        response: {
          200: {
            description: 'The comparison, and its differences',
            content: {
              'application/json': { schema: reconciliation.extend(pageShapeOf('lines', dispute).shape) },
              'text/csv': { schema: z.string() },
            },
          },
        },
      },
    },
    async ({ account, params: { reconciliation_id }, query }, reply) => {
      const { page, per_page } = pageOf(query);
      const one = await find(account.account_id, reconciliation_id);
      const all = await readDisputesOf(redis, account.account_id, one.line_ids);
      const chosen = all.filter((line) => query.state === undefined || line.state === query.state);
      if (query.format === 'csv') {
        reply.header('content-type', 'text/csv; charset=utf-8');
        reply.header('content-disposition', `attachment; filename="${reconciliation_id}.csv"`);
        // Fastify streams it; its type knows only what the schema says.
        return Readable.from(csvOf(FILE_COLUMNS, filed(chosen), forPeople(query))) as never;
      }
      const lines = chosen.slice((page - 1) * per_page, page * per_page);
      return { ...shown(one, all), lines, page, per_page, total: chosen.length };
    },
  );

  app.patch(
    '/v2/conversions/reconciliations/:reconciliation_id/lines/:line_id',
    {
      config: {
        scope: 'conversions',
        documented_answers: { 200: dispute },
        audit: 'conversions.dispute_changed',
      },
      schema: {
        tags,
        summary: 'Change the state or the note of a difference',
        params: lineParams,
        body: change,
      },
    },
    async (request) => {
      const { account_id } = request.account;
      const { reconciliation_id, line_id } = request.params;
      const { line_ids } = await find(account_id, reconciliation_id);
      const known = await readDisputes(redis, account_id);
      const before = line_ids.includes(line_id) ? known.get(line_id) : undefined;
      if (before === undefined) throw new ApiError('not_found', 'there is no such line in this comparison');
      const { state = before.state, note = before.note } = request.body;
      const after: Dispute = {
        ...before,
        state,
        note,
        changed_at: new Date().toISOString(),
        changed_by: request.caller.name,
        settled_by: state === 'settled' ? before.settled_by : '',
      };
      await saveDisputes(redis, account_id, known, [after]);
      request.audited = { subject_id: line_id, before, after };
      return after;
    },
  );
}

function shown({ account_id: _, line_ids: __, ...one }: StoredReconciliation, lines: readonly Dispute[]) {
  return { ...one, open: lines.filter(({ state }) => state === 'open').length };
}

const FILE_COLUMNS = [
  ...['line_id', 'difference', 'txn_id', 'offer_id', 'at', 'event', 'network_amount', 'network_currency'],
  ...['here_amount', 'here_currency', 'conversion_id', 'reason', 'state', 'note', 'changed_at', 'changed_by'],
];

/** A row a difference, both sides beside each other. */
async function* filed(lines: readonly Dispute[]): AsyncGenerator<Record<string, string>[]> {
  yield lines.map(({ network, here, ...line }) => ({
    ...line,
    event: here?.event ?? network?.event ?? '',
    network_amount: network?.amount ?? '',
    network_currency: network?.currency ?? '',
    here_amount: here?.amount ?? '',
    here_currency: here?.currency ?? '',
    conversion_id: here?.conversion_id ?? '',
    reason: here?.reason ?? '',
  }));
}
