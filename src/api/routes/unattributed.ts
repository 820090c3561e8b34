/**
 * GET /v2/reports/unattributed: conversions credited to nothing, by reason, so that a wrong macro in a postback is
 * found within minutes. With ClickHouse down: 503.
 */
import { z } from 'zod';
import { readRefusals } from '../../conversions/refusals.ts';
import { readProblems, readUnattributed } from '../../reports/read-unattributed.ts';
import { readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { explainErrors } from '../http/explain-errors.ts';

const querystring = z.strictObject({
  from: z.string().max(40).optional().describe('As in the reports; by the time of reception'),
  to: z.string().max(40).optional(),
  tz: z.string().max(64).default('UTC'),
  offer_id: z.string().min(1).max(60).optional().describe('Only this offer'),
});

const answer = z.object({
  rows: z.array(
    z.object({
      reason: z.string(),
      offer_id: z.string(),
      channel: z.string(),
      event: z.string(),
      currency: z.string(),
      reports: z.number(),
      amount: z.string().describe('Sum of the reported amounts'),
      first_received_at: z.string(),
      last_received_at: z.string(),
      example: z
        .object({ conversion_id: z.string(), reported: z.string(), txn_id: z.string() })
        .describe('The latest conversion of the row'),
      url: z.string().describe('URL of the trace of the example'),
    }),
  ),
  problems: z
    .array(
      z.object({
        problem: z
          .string()
          .describe('Such as txn_id={transaction_id}: a macro that the network did not fill in'),
        offer_id: z.string(),
        channel: z.string(),
        reports: z.number(),
        last_received_at: z.string(),
        conversion_id: z.string().describe('The latest of them'),
      }),
    )
    .describe('Reports that count though something is wrong with them: the postback is to be mended'),
  refused: z
    .array(z.object({ day: z.string(), error: z.string(), reports: z.number() }))
    .describe('Refused reports of the whole account'),
  reports: z.number(),
  range: z.object({ from: z.string(), to: z.string(), tz: z.string() }),
});

export function unattributedRoutes(app: Api, { clickhouse, redis }: ApiContext): void {
  const schema = {
    tags: ['reports'],
    summary: 'Conversions that are credited to nothing, by reason',
    querystring,
  };
  const config = { scope: 'read', limit: 'report', documented_answers: { 200: answer } } as const;
  app.get('/v2/reports/unattributed', { config, schema }, (request) =>
    explainErrors(async () => {
      const { from, to, tz, offer_id } = request.query;
      const range = readRange(from, to, tz, Date.now());
      const { account_id } = request.account;
      const [rows, problems, refused] = await Promise.all([
        readUnattributed(clickhouse, account_id, range, offer_id),
        readProblems(clickhouse, account_id, range, offer_id),
        readRefusals(redis, account_id, range.from_ms, range.to_ms, Date.now()),
      ]);
      return {
        rows: rows.map((row) => ({ ...row, url: `/v2/conversions/${row.example.conversion_id}` })),
        problems,
        // For the whole account: the offer of a refused report is not certain.
        refused,
        reports: rows.reduce((sum, row) => sum + row.reports, 0),
        range: {
          from: new Date(range.from_ms).toISOString(),
          to: new Date(range.to_ms).toISOString(),
          tz: range.tz,
        },
      };
    }),
  );
}
