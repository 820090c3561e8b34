/**
 * GET /v2/reports/unattributed: conversions that are credited to nothing, by reason, so that a wrong macro in
 * a postback is found within minutes. With ClickHouse down: 503.
 */
import { z } from 'zod';
import { readUnattributed } from '../reports/read-unattributed.ts';
import { readRange } from '../reports/report-range.ts';
import type { Api, ApiContext } from './context.ts';
import { explainErrors } from './reports.ts';

const querystring = z.strictObject({
  from: z.string().max(40).optional().describe('As in the reports; by the time of reception'),
  to: z.string().max(40).optional(),
  tz: z.string().max(64).default('UTC'),
  offer_id: z.string().min(1).max(60).optional().describe('Only this offer'),
});

export function unattributedRoutes(app: Api, { clickhouse }: ApiContext): void {
  const schema = {
    tags: ['reports'],
    summary: 'Conversions that are credited to nothing, by reason',
    querystring,
  };
  app.get('/v2/reports/unattributed', { schema }, (request) =>
    explainErrors(async () => {
      const { from, to, tz, offer_id } = request.query;
      const range = readRange(from, to, tz, Date.now());
      const rows = await readUnattributed(clickhouse, request.account.account_id, range, offer_id);
      return {
        rows: rows.map((row) => ({ ...row, url: `/v2/conversions/${row.example.conversion_id}` })),
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
