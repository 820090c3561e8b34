/**
 * GET /v2/reports/bots, suspicious and addresses: why clicks were judged bots, and which other clicks may be bots.
 * With ClickHouse down they answer 503.
 */
import { z } from 'zod';
import { DELAYS_S } from '../../clicks/delay.ts';
import { readNames } from '../../reports/entity-names.ts';
import { FILTER_FORM } from '../../reports/filter-values.ts';
import {
  BOT_DIMENSIONS,
  type BotDimension,
  type BotRow,
  readAddresses,
  readBots,
  readSuspicious,
} from '../../reports/read-bots.ts';
import { readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { filter, isoRange, timeQuery } from './report-schemas.ts';

const ROWS_MAX = 1_000;
const ROWS_DEFAULT = 100;
const RECIPIENTS_MIN_DEFAULT = 10;

const limit = z.coerce.number().int().min(1).max(ROWS_MAX).default(ROWS_DEFAULT);

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
      delay: z
        .number()
        .optional()
        .describe(
          `With by=delay: least seconds from the send to the click, one of ${DELAYS_S.join(', ')}; -1: before the send`,
        ),
      campaign_id: z.string().optional().describe('With by=campaign_id; empty without one'),
      creative_id: z.string().optional().describe('With by=creative_id; empty without one'),
      offer_id: z.string().optional().describe('With by=offer_id; empty without one'),
      domain: z.string().optional().describe('With by=domain: the host that was tapped'),
      name: z
        .string()
        .nullable()
        .optional()
        .describe('Who runs a network; name of a campaign, creative or offer in the catalog; null without'),
      clicks_bot: z.number(),
      clicks_total: z.number().optional().describe('Not with by=reason and by=kind'),
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

/** Kinds of the catalog that a row may be of. */
const NAMED = { campaign_id: 'campaign', creative_id: 'creative', offer_id: 'offer' } as const;

/** A row as it is shown: its value stands under what it is of. */
function shown(by: BotDimension, { value, ...counts }: BotRow) {
  if (by === 'asn' || by === 'delay') return { [by]: Number(value), ...counts };
  if (by === 'hour') return { hour: new Date(Number(value) * 1_000).toISOString(), ...counts };
  return { [by]: value, ...counts };
}

export function botRoutes(app: Api, { clickhouse, redis }: ApiContext): void {
  const tags = ['bots'];

  const bots = z.strictObject({
    ...timeQuery('by the time of the click'),
    by: z.enum(BOT_DIMENSIONS).default('reason'),
    campaign_id: filter.describe(`Only this campaign. ${FILTER_FORM}`),
    offer_id: filter.describe(`Only this offer; not with by=asn, country or hour. ${FILTER_FORM}`),
    creative_id: filter.describe(`Only this creative; not with by=asn, country or hour. ${FILTER_FORM}`),
    limit,
  });
  app.get(
    '/v2/reports/bots',
    {
      config: { scope: 'read', limit: 'report', documented_answers: { 200: botsAnswer } },
      schema: {
        tags,
        summary: 'Bot clicks by reason, kind, network, country, hour, time after the send, or what was sent',
        querystring: bots,
      },
    },
    (request) =>
      explainErrors(async () => {
        const { from, to, tz, by, limit, campaign_id, offer_id, creative_id } = request.query;
        const range = readRange(from, to, tz, Date.now());
        const question = { by, filters: { campaign_id, offer_id, creative_id }, limit };
        const { account_id } = request.account;
        const rows = await readBots(clickhouse, account_id, range, question);
        const kind = by in NAMED ? NAMED[by as keyof typeof NAMED] : undefined;
        if (kind !== undefined) {
          const ids = rows.map(({ value }) => value);
          const names = await readNames(redis, kind, account_id, ids);
          for (const [i, row] of rows.entries()) row.name = names[i] ?? null;
        }
        return { rows: rows.map((row) => shown(by, row)), range: isoRange(range) };
      }),
  );

  const suspicious = z.strictObject({ ...timeQuery('by the time of the click'), limit });
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
        return { rows, range: isoRange(range) };
      }),
  );

  const addresses = z.strictObject({
    ...timeQuery('by the time of the click'),
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
        return { rows, range: isoRange(range) };
      }),
  );
}
