/**
 * GET /v2/reports/countries: messages and what became of them by the country of their contacts. With ClickHouse down: 503.
 */
import { z } from 'zod';
import { FILTER_FORM, FILTER_LENGTH_MAX } from '../../reports/filter-values.ts';
import { meaningOf, RANGE_BY } from '../../reports/measures.ts';
import { COUNTRY_COUNTS, readCountries } from '../../reports/read-countries.ts';
import { readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { explainErrors } from '../http/explain-errors.ts';

const filter = z.string().min(1).max(FILTER_LENGTH_MAX).optional();

const querystring = z.strictObject({
  from: z.string().max(40).optional().describe('As in the other reports'),
  to: z.string().max(40).optional(),
  tz: z.string().max(64).default('UTC'),
  range_by: z.enum(RANGE_BY).default('sent').describe('As in the other reports'),
  campaign_id: filter.describe(`Only this campaign. ${FILTER_FORM}`),
  domain: filter.describe(`Only messages with links on this tracking domain. ${FILTER_FORM}`),
});

const counts = Object.fromEntries(
  COUNTRY_COUNTS.map((name) => [name, z.number().describe(meaningOf(name))]),
) as Record<(typeof COUNTRY_COUNTS)[number], z.ZodNumber>;

const answer = z.object({
  rows: z
    .array(
      z.object({
        country: z
          .string()
          .describe(
            'Of the contact, ISO 3166, as the message’s field `country` says; empty where it says none',
          ),
        ...counts,
        delivery_rate: z
          .number()
          .nullable()
          .describe(`${meaningOf('delivery_rate')}; null with range_by=event`),
      }),
    )
    .describe('The country with the most messages first'),
  range: z.object({ from: z.string(), to: z.string(), tz: z.string(), range_by: z.enum(RANGE_BY) }),
});

export function countryReportRoutes(app: Api, { clickhouse }: ApiContext): void {
  const schema = {
    tags: ['reports'],
    summary: 'Messages, and what became of them, by the country of their contacts',
    querystring,
  };
  const config = { scope: 'read', limit: 'report', documented_answers: { 200: answer } } as const;
  app.get('/v2/reports/countries', { config, schema }, (request) =>
    explainErrors(async () => {
      const { from, to, tz, range_by, ...filters } = request.query;
      const range = readRange(from, to, tz, Date.now());
      const { account_id } = request.account;
      const rows = await readCountries(clickhouse, { account_id, range, range_by, filters });
      const [from_at, to_at] = [range.from_ms, range.to_ms].map((at_ms) => new Date(at_ms).toISOString());
      return { rows, range: { from: from_at, to: to_at, tz: range.tz, range_by } };
    }),
  );
}
