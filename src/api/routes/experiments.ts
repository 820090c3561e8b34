/**
 * The A/B test of a campaign, which the variants report returns beside its rows: variants and planned split from the
 * catalog in Redis, counts from ClickHouse, statistics from reports/experiments. Errors are those of the reports.
 */

import { z } from 'zod';
import { getEntities } from '../../catalog/catalog-store.ts';
import type { Campaign } from '../../catalog/definitions.ts';
import { type Experiment, experimentOf } from '../../reports/experiments/experiment.ts';
import { OUTCOMES } from '../../reports/experiments/verdict.ts';
import { WARNING_CODES } from '../../reports/experiments/warnings.ts';
import type { WeightedSums } from '../../reports/experiments/weighted-rate.ts';
import { onlyValue } from '../../reports/filter-values.ts';
import {
  readVariants,
  readWeighted,
  type VariantMoney,
  type VariantRow,
} from '../../reports/read-variants.ts';
import type { ReportQuestion } from '../../reports/report-query.ts';
import { trimMoney } from '../../reports/totals.ts';
import type { ApiContext } from '../http/context.ts';

const NO_SUMS = { sum: 0, squares: 0, cubes: 0 };

const chance = z
  .number()
  .nullable()
  .describe('Probability of being the best variant, 0 to 1; null without messages');
const rate = z.object({ value: z.number(), low: z.number(), high: z.number() });
const mean = z.object({
  value: z.number(),
  low: z.number().nullable().describe('null when all messages have the same value'),
  high: z.number().nullable(),
});
const to_control =
  'Difference to the control, with its interval; null for the control and when either has no messages';
const comparedRate = rate.extend({
  chance_best: chance,
  difference: rate.nullable().describe(`${to_control} (Newcombe 1998, method 10)`),
});
const comparedMean = mean.extend({
  chance_best: chance,
  difference: mean.nullable().describe(`${to_control} (Welch 1947)`),
});

const figures = z.object({
  control: z.string().describe("The campaign's first variant"),
  currency: z
    .string()
    .describe(
      'Currency of the revenue: the requested one, else the one in which most messages earned; empty without revenue',
    ),
  variants: z.array(
    z.object({
      variant_id: z.string(),
      planned_percent: z.number(),
      sent: z.number().describe('Messages sent in the range'),
      clicks_unique: z.number().describe('Of these, messages with a first human click; bots never count'),
      conversions: z.number().describe('In every currency'),
      revenue: z.string().describe('sales - refunds in `currency`'),
      click_rate: comparedRate.describe('clicks_unique / sent, with its 95 % interval (Wilson 1927)'),
      click_rate_weighted: rate
        .nullable()
        .describe(
          'Where the campaign chooses by results: the click rate with its 95 % interval, each message counted by one over the probability of its choice (Hájek). null otherwise',
        ),
      message_cvr: comparedMean.describe(
        'conversions / sent, with its 95 % interval: Wilson’s while no message has several conversions, else Student’s (1908)',
      ),
      revenue_per_message: comparedMean.describe(
        'revenue / sent, with its 95 % interval (Student 1908): rpm is 1,000 times this',
      ),
    }),
  ),
  warnings: z.array(z.object({ code: z.enum(WARNING_CODES), message: z.string() })),
  verdict: z.object({
    metric: z.literal('click_rate'),
    outcome: z
      .enum(OUTCOMES)
      .describe(
        'none: nothing to compare; same: the best are equal; mismatch: not split as planned; early: too early to judge; better: best is better; alike: they hardly differ; open: no difference to see yet',
      ),
    best: z.string().nullable().describe('The leading variant'),
    second: z.string().nullable().describe('The one behind it'),
    chance,
    messages_needed: z
      .number()
      .nullable()
      .describe(
        'Further messages, split as planned, that would decide the test if the true difference is the observed one',
      ),
    sentence: z.string().describe('The same in plain English'),
  }),
});

/** As the variants report answers it. */
export const experiment = figures
  .nullable()
  .describe(
    'The complete A/B test of campaign_id: messages sent in the range, with all their clicks and conversions until now; with range_by=event, with those in the range. Links outside messages do not count. Of the filters only currency and rules_version apply. null without campaign_id, for an unknown campaign, and for a campaign without variants',
  );

/**
 * The experiment over messages sent in the question's range. null if the question names no campaign, or the campaign
 * is unknown or has no variants. A currency filter selects the currency to compare revenue in.
 */
export async function readExperiment(
  { redis, clickhouse }: ApiContext,
  question: ReportQuestion,
  now_ms: number,
): Promise<Experiment | null> {
  const { account_id, range, range_by, rejudgement_max } = question;
  // Of several campaigns there is no test.
  const campaign_id = onlyValue('campaign_id', question.filters.campaign_id);
  const currency = onlyValue('currency', question.filters.currency);
  if (campaign_id === undefined) return null;
  const [campaign] = await getEntities(redis, 'campaign', account_id, [campaign_id]);
  if (!campaign?.variants?.length) return null;
  const asked = { account_id, campaign_id, range, range_by, rejudgement_max };
  const chosen = campaign.selection.method === 'thompson';
  const [{ variants, moneys }, weighted] = await Promise.all([
    readVariants(clickhouse, asked),
    chosen ? readWeighted(clickhouse, asked) : new Map<string, WeightedSums>(),
  ]);
  const until_ms = Math.min(now_ms, range.to_ms);
  const last_sent_ms = Math.max(...variants.map((row) => row.last_sent_s * 1_000));
  return experimentOf({
    ...countsOf(campaign, { variants, moneys, weighted }, currency),
    chosen,
    since_last_send_ms: until_ms - last_sent_ms,
  });
}

function countsOf(
  { variants }: Campaign,
  {
    variants: rows,
    moneys,
    weighted,
  }: {
    variants: readonly VariantRow[];
    moneys: readonly VariantMoney[];
    weighted: ReadonlyMap<string, WeightedSums>;
  },
  asked: string | undefined,
) {
  const earning = new Map<string, number>();
  for (const money of moneys) {
    earning.set(money.currency, (earning.get(money.currency) ?? 0) + money.earning);
  }
  const currencies = [...earning.keys()].sort();
  const [most = ''] = currencies.toSorted((a, b) => (earning.get(b) ?? 0) - (earning.get(a) ?? 0));
  const currency = asked ?? most;
  const planned = new Set(variants.map(({ variant_id }) => variant_id));
  return {
    currency,
    currencies,
    sent_elsewhere: rows.reduce((sum, row) => sum + (planned.has(row.variant_id) ? 0 : row.sent), 0),
    variants: variants.map(({ variant_id, percent }) => {
      const row = rows.find((each) => each.variant_id === variant_id);
      const money = moneys.find((each) => each.variant_id === variant_id && each.currency === currency);
      return {
        variant_id,
        planned_percent: percent,
        sent: row?.sent ?? 0,
        clicked: row?.clicked ?? 0,
        converted: row?.converted ?? 0,
        conversions: row?.conversions ?? 0,
        conversion_sums: row
          ? { sum: row.conversions, squares: row.conversion_squares, cubes: row.conversion_cubes }
          : NO_SUMS,
        weighted: weighted.get(variant_id),
        revenue: trimMoney(money?.revenue ?? '0.00'),
        revenue_sums: money
          ? { sum: Number(money.revenue), squares: money.squares, cubes: money.cubes }
          : NO_SUMS,
      };
    }),
  };
}
