/**
 * GET /v2/reports/refused: taps that named a link and did not reach its destination, by reason, offer and campaign. They
 * are in no other count. With ClickHouse down: 503.
 */
import { z } from 'zod';
import { REFUSED_REASONS } from '../../clicks/refused-tap.ts';
import { readNames } from '../../reports/entity-names.ts';
import { readRefusedCounts } from '../../reports/read-refused.ts';
import { readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { explainErrors } from '../http/explain-errors.ts';

const id = z.string().min(1).max(60).optional();

const querystring = z.strictObject({
  from: z.string().max(40).optional().describe('As in the reports; by the time of the tap'),
  to: z.string().max(40).optional(),
  tz: z.string().max(64).default('UTC'),
  offer_id: id.describe('Only this offer'),
  campaign_id: id.describe('Only this campaign'),
  reason: z.enum(REFUSED_REASONS).optional().describe('Only this reason'),
});

const answer = z.object({
  rows: z
    .array(
      z.object({
        reason: z.enum(REFUSED_REASONS),
        offer_id: z.string(),
        offer_name: z.string().nullable(),
        campaign_id: z.string(),
        campaign_name: z.string().nullable(),
        taps: z.number(),
        people: z.number().describe('Of these, judged human'),
        contacts: z.number().describe('Contacts among the people'),
        first_tapped_at: z.string(),
        last_tapped_at: z.string(),
        example_link_id: z.string().describe('Link of the latest tap'),
        url: z.string().describe('URL of the trace of that link'),
      }),
    )
    .describe('The most frequent first, at most 1,000'),
  taps: z.number(),
  range: z.object({ from: z.string(), to: z.string(), tz: z.string() }),
});

export function refusedTapRoutes(app: Api, { clickhouse, redis }: ApiContext): void {
  const schema = {
    tags: ['reports'],
    summary: 'Taps that did not reach the destination, by reason',
    querystring,
  };
  const config = { scope: 'read', limit: 'report', documented_answers: { 200: answer } } as const;
  app.get('/v2/reports/refused', { config, schema }, (request) =>
    explainErrors(async () => {
      const { from, to, tz, ...filter } = request.query;
      const range = readRange(from, to, tz, Date.now());
      const { account_id } = request.account;
      const rows = await readRefusedCounts(clickhouse, account_id, range, filter);
      const ids = (name: 'offer_id' | 'campaign_id'): string[] => rows.map((row) => row[name]);
      const [offers, campaigns] = await Promise.all([
        readNames(redis, 'offer', account_id, ids('offer_id')),
        readNames(redis, 'campaign', account_id, ids('campaign_id')),
      ]);
      return {
        rows: rows.map((row, i) => ({
          ...row,
          offer_name: offers[i] ?? null,
          campaign_name: campaigns[i] ?? null,
          url: `/v2/links/${row.example_link_id}`,
        })),
        taps: rows.reduce((sum, { taps }) => sum + taps, 0),
        range: {
          from: new Date(range.from_ms).toISOString(),
          to: new Date(range.to_ms).toISOString(),
          tz: range.tz,
        },
      };
    }),
  );
}
