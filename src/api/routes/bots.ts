/**
 * GET /v2/reports/bots, suspicious and addresses: why clicks were judged bots, and which other clicks may be bots.
 * With ClickHouse down they answer 503.
 */
import { z } from 'zod';
import { BOT_DIMENSIONS, readAddresses, readBots, readSuspicious } from '../../reports/read-bots.ts';
import { type Range, readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { explainErrors } from '../http/explain-errors.ts';

const ROWS_MAX = 1_000;
const ROWS_DEFAULT = 100;
const RECIPIENTS_MIN_DEFAULT = 10;

const rangeQuery = {
  from: z.string().max(40).optional().describe('As in the reports; by the time of the click'),
  to: z.string().max(40).optional(),
  tz: z.string().max(64).default('UTC'),
};
const limit = z.coerce.number().int().min(1).max(ROWS_MAX).default(ROWS_DEFAULT);

const iso = ({ from_ms, to_ms, tz }: Range) => ({
  from: new Date(from_ms).toISOString(),
  to: new Date(to_ms).toISOString(),
  tz,
});

const covered = z
  .object({ from: z.string(), to: z.string(), tz: z.string() })
  .describe('The range that the rows cover, UTC');
const botsAnswer = z.object({
  rows: z.array(
    z.object({
      reason: z.string().optional().describe('With by=reason'),
      kind: z.string().optional().describe('With by=kind'),
      asn: z.number().optional().describe('With by=asn: autonomous system number of the network'),
      country: z.string().optional().describe('With by=country: ISO 3166'),
      hour: z.string().optional().describe('With by=hour: start of the hour'),
      clicks_bot: z.number(),
      clicks_total: z.number().optional().describe('With by=asn, by=country and by=hour'),
    }),
  ),
  range: covered,
});

const suspiciousAnswer = z.object({
  rows: z.array(
    z.object({
      campaign_id: z.string(),
      clicks_unique: z.number(),
      suspicious: z.number().describe('First clicks with one weak reason for a bot'),
      share: z.number().describe('suspicious / clicks_unique'),
    }),
  ),
  range: covered,
});
const addressesAnswer = z.object({
  rows: z.array(
    z.object({
      ip: z.string(),
      asn: z.number(),
      country: z.string(),
      recipients: z.number(),
      links: z.number(),
      clicks_total: z.number(),
      clicks_bot: z.number(),
      user_agents: z.number(),
      first_at: z.string(),
      last_at: z.string(),
    }),
  ),
  range: covered,
});

export function botRoutes(app: Api, { clickhouse }: ApiContext): void {
  const tags = ['bots'];

  const bots = z.strictObject({
    ...rangeQuery,
    by: z.enum(BOT_DIMENSIONS).default('reason'),
    campaign_id: z.string().min(1).max(60).optional().describe('Only this campaign'),
    offer_id: z.string().min(1).max(60).optional().describe('Only this offer, by reason or kind'),
    creative_id: z.string().min(1).max(60).optional().describe('Only this creative, by reason or kind'),
    limit,
  });
  app.get(
    '/v2/reports/bots',
    {
      config: { scope: 'read', limit: 'report', documented_answers: { 200: botsAnswer } },
      schema: { tags, summary: 'Bot clicks by reason, kind, network, country or hour', querystring: bots },
    },
    (request) =>
      explainErrors(async () => {
        const { from, to, tz, by, limit, campaign_id, offer_id, creative_id } = request.query;
        const range = readRange(from, to, tz, Date.now());
        const question = { by, filters: { campaign_id, offer_id, creative_id }, limit };
        const rows = await readBots(clickhouse, request.account.account_id, range, question);
        return {
          rows: rows.map(({ value, ...counts }) => ({
            [by]:
              by === 'asn'
                ? Number(value)
                : by === 'hour'
                  ? new Date(Number(value) * 1_000).toISOString()
                  : value,
            ...counts,
          })),
          range: iso(range),
        };
      }),
  );

  const suspicious = z.strictObject({ ...rangeQuery, limit });
  app.get(
    '/v2/reports/suspicious',
    {
      config: { scope: 'read', limit: 'report', documented_answers: { 200: suspiciousAnswer } },
      schema: { tags, summary: 'Share of suspicious first clicks by campaign', querystring: suspicious },
    },
    (request) =>
      explainErrors(async () => {
        const { from, to, tz, limit: rows_max } = request.query;
        const range = readRange(from, to, tz, Date.now());
        const rows = await readSuspicious(clickhouse, request.account.account_id, range, rows_max);
        return { rows, range: iso(range) };
      }),
  );

  const addresses = z.strictObject({
    ...rangeQuery,
    recipients_min: z.coerce.number().int().min(2).default(RECIPIENTS_MIN_DEFAULT),
    limit,
  });
  app.get(
    '/v2/reports/addresses',
    {
      config: { scope: 'read', limit: 'report', documented_answers: { 200: addressesAnswer } },
      schema: { tags, summary: 'Addresses that opened the links of many recipients', querystring: addresses },
    },
    (request) =>
      explainErrors(async () => {
        const { from, to, tz, recipients_min, limit: rows_max } = request.query;
        const range = readRange(from, to, tz, Date.now());
        const rows = await readAddresses(
          clickhouse,
          request.account.account_id,
          range,
          recipients_min,
          rows_max,
        );
        return { rows, range: iso(range) };
      }),
  );
}
