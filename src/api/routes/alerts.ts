/**
 * GET /v2/alerts: offers that have gone silent, problems with reports that have risen, and people who are turned away. Judged on each request from
 * four weeks of the rollup and of the money ledger. With ClickHouse down: 503.
 */
import { z } from 'zod';
import { readRefusals } from '../../conversions/refusals.ts';
import { ALERT_KINDS, readAlerts } from '../../reports/alerts/alerts.ts';
import { HISTORY_HOURS } from '../../reports/alerts/silence.ts';
import { readNames } from '../../reports/entity-names.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { explainErrors } from '../http/explain-errors.ts';

const HISTORY_MS = HISTORY_HOURS * 3_600_000;

const answer = z.object({
  alerts: z
    .array(
      z.object({
        kind: z.enum(ALERT_KINDS),
        offer_id: z.string().describe('Empty for refused reports, which are counted for the whole account'),
        name: z.string().nullable().describe('Name of the offer'),
        since: z.string().describe('ISO 8601 UTC'),
        expected: z
          .number()
          .describe('Conversions, problems, or refused taps of people, that were to be expected since then'),
        seen: z.number().describe('Those that were seen'),
        probability: z.number().describe('The chance of this without a fault'),
        hint: z.string().describe('What to look at'),
      }),
    )
    .describe('The most certain first'),
  as_of: z.string(),
});

export function alertRoutes(app: Api, { clickhouse, redis }: ApiContext): void {
  const schema = {
    tags: ['reports'],
    summary: 'Offers that have gone silent, problems that rise, and people who are turned away',
    querystring: z.strictObject({
      offer_id: z.string().min(1).max(60).optional().describe('Only this offer'),
    }),
  };
  const config = { scope: 'read', limit: 'report', documented_answers: { 200: answer } } as const;
  app.get('/v2/alerts', { config, schema }, (request) =>
    explainErrors(async () => {
      const { account_id } = request.account;
      const now_ms = Date.now();
      const refusals = await readRefusals(redis, account_id, now_ms - HISTORY_MS, now_ms, now_ms);
      const all = await readAlerts(clickhouse, account_id, refusals, now_ms);
      const { offer_id } = request.query;
      const alerts = all.filter((alert) => offer_id === undefined || alert.offer_id === offer_id);
      const ids = alerts.map((alert) => alert.offer_id);
      const names = await readNames(redis, 'offer', account_id, ids);
      return {
        alerts: alerts.map((alert, i) => ({ ...alert, name: names[i] ?? null })),
        as_of: new Date(now_ms).toISOString(),
      };
    }),
  );
}
