/** GET /v2/reports/send-times: when messages are sent best. With ClickHouse down: 503. */
import { z } from 'zod';
import { meaningOf } from '../../reports/measures.ts';
import {
  DAYS_MIN,
  readSendTimes,
  SEND_TIME_FILTERS,
  SENT_MIN,
  SETTLES_MS,
  type SendTimeFilter,
} from '../../reports/read-send-times.ts';
import { readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { givenOf } from './report-filters.ts';
import { currency, filter, filtersOf, isoRange, timeQuery } from './report-schemas.ts';

const querystring = z.strictObject({
  ...timeQuery('by sent_at'),
  ...filtersOf(SEND_TIME_FILTERS),
  currency: filter.describe('Of the money. Default: that in which most conversions earned'),
});

const values = {
  sent: z.number().describe(meaningOf('sent')),
  clicks_unique: z.number().describe(meaningOf('clicks_unique')),
  click_rate: z.number().describe(meaningOf('click_rate')),
  click_rate_low: z.number().describe('Low end of the interval that holds the true rate in 95 of 100 cases'),
  click_rate_high: z.number().describe('High end of it'),
  conversions: z.number().describe(meaningOf('conversions')),
  revenue: z.string().describe(`${meaningOf('revenue')}: a decimal string with 2 to 6 decimals`),
  rpm: z.string().describe(`${meaningOf('rpm')}: a decimal string with 2 to 6 decimals`),
};
const answer = z.object({
  rows: z
    .array(
      z.object({
        value: z
          .string()
          .describe('Hour of the week in which messages were sent, in tz: `Mon 00` to `Sun 23`'),
        days: z.number().describe('On how many days messages were sent in this hour'),
        too_few: z.boolean().describe(`Fewer than ${SENT_MIN} messages: their rates say nothing`),
        ...values,
      }),
    )
    .describe('All 168 hours of the week, in order'),
  totals: z.object(values),
  best: z
    .string()
    .nullable()
    .describe(
      `The hour with the highest click rate, if its interval is above that of all other messages, both widened for as many comparisons as hours, and messages were sent in it on ${DAYS_MIN} days or more; null if none is`,
    ),
  sent_min: z.number().describe('Below so many messages an hour has too few'),
  currency,
  currencies: z.array(z.string()).describe('All in which these messages earned, most conversions first'),
  range: z
    .object({ from: z.string(), to: z.string(), tz: z.string() })
    .describe(
      `The range covered, UTC: without messages of the last ${SETTLES_MS / 3_600_000} hours, whose clicks still come`,
    ),
});

export function sendTimeReportRoutes(app: Api, { clickhouse }: ApiContext): void {
  const schema = {
    tags: ['reports'],
    summary: 'Click rate and revenue by the hour of the week in which messages were sent',
    querystring,
    response: { 200: answer },
  };
  app.get('/v2/reports/send-times', { config: { scope: 'read', limit: 'report' }, schema }, (request) =>
    explainErrors(async () => {
      const { from, to, tz, currency: wanted, ...given } = request.query;
      const now_ms = Date.now();
      const filters = givenOf<SendTimeFilter>(given);
      const read = await readSendTimes(clickhouse, {
        ...{ account_id: request.account.account_id, range: readRange(from, to, tz, now_ms) },
        ...{ filters, currency: wanted, now_ms },
      });
      return { ...read, sent_min: SENT_MIN, range: isoRange(read.range) };
    }),
  );
}
