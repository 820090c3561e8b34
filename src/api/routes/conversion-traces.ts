/**
 * GET /v2/conversions/:id: what a conversion was credited to and why, or why it was not credited, and its history. An
 * id of another account answers 404. With ClickHouse down: 503.
 */

import { z } from 'zod';
import { ATTRIBUTION_MODELS } from '../../catalog/attribution.ts';
import { getEntities } from '../../catalog/catalog-store.ts';
import { decodeConversion, isConversion } from '../../conversions/conversion.ts';
import { WHY_NOT, type WhyNot } from '../../conversions/credits/choose-click.ts';
import { explain, explainProblem } from '../../conversions/explain.ts';
import {
  readConversions,
  readHistory,
  SHOWN_CONVERSION,
  TRACE_CONVERSIONS_MAX,
} from '../../reports/read-conversions.ts';
import { attributionStory, CANDIDATES_SHOWN_MAX, traceCandidates } from '../../reports/trace-candidates.ts';
import { columnSchemas } from '../http/column-schemas.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';

const HISTORY_MAX = 200;

export const conversion = z
  .object({
    ...columnSchemas(SHOWN_CONVERSION),
    status: z.enum(['attributed', 'view_through', 'unattributed', 'duplicate', 'replaced', 'voided']),
  })
  .meta({ id: 'Conversion' });

const story = z.object({
  conversion,
  explanation: z.string(),
  terms: z
    .object({
      payout_type: z.string(),
      payout: z.string(),
      currency: z.string().describe('Of the offer'),
      model: z.enum(ATTRIBUTION_MODELS),
      click_window_days: z.number(),
      view_window_hours: z.number(),
      min_conversion_seconds: z.number(),
      duplicates: z.string(),
    })
    .describe('Terms and ids at the time of reception'),
  attribution: z
    .object({
      model: z.enum(ATTRIBUTION_MODELS),
      click_window_days: z.number(),
      view_window_hours: z.number().describe('0 unless the model is view_through'),
      booking: z
        .string()
        .nullable()
        .describe(
          'The booking that set it for a range; null: the offer’s choice when the conversion came in',
        ),
    })
    .describe('What decides which click it is credited to'),
  candidates: z
    .array(
      z.object({
        click_id: z.string(),
        message_id: z.string(),
        link_id: z.string(),
        clicked_at: z.string(),
        chosen: z.boolean().describe('Whether it has the conversion'),
        why_not: z
          .enum(Object.keys(WHY_NOT) as [WhyNot, ...WhyNot[]])
          .nullable()
          .describe(
            Object.entries(WHY_NOT)
              .map(([code, says]) => `${code}: ${says}`)
              .join(' '),
          ),
      }),
    )
    .describe(
      `The clicks of the contact on the offer, newest first, at most ${CANDIDATES_SHOWN_MAX}: which has the conversion, and why the others do not. Empty for coupons`,
    ),
  transaction: z.array(conversion).describe('All conversions of its transaction, including itself'),
  history: z
    .array(
      z.object({
        booked_at: z.string(),
        sign: z.number().describe('1: the line was booked; -1: it was reversed'),
        status: z.string(),
        reason: z.string(),
        click_id: z.string(),
        revenue: z.string(),
        payout: z.string(),
        currency: z.string(),
        batch: z.string(),
      }),
    )
    .describe('The lines of its bookings, oldest first'),
  click_url: z.string().nullable(),
  link_url: z.string().nullable(),
  message_url: z.string().nullable(),
});

export function conversionTraceRoutes(app: Api, { clickhouse, redis }: ApiContext): void {
  const params = z.object({ id: z.string().min(1).max(60) });
  const schema = { tags: ['traces'], summary: 'The story of a conversion', params, response: { 200: story } };
  app.get('/v2/conversions/:id', { config: { scope: 'read', limit: 'report' }, schema }, (request) =>
    explainErrors(() => readStory({ clickhouse, redis }, request.account.account_id, request.params.id)),
  );
}

const urlOf = (thing: 'clicks' | 'links' | 'messages', id: string): string | null =>
  id === '' ? null : `/v2/${thing}/${encodeURIComponent(id)}`;

/** Throws not_found when this account has no such conversion. */
async function readStory(
  { clickhouse, redis }: Pick<ApiContext, 'clickhouse' | 'redis'>,
  account_id: string,
  id: string,
): Promise<z.output<typeof story>> {
  const [found] = await readConversions(clickhouse, account_id, { conversion_id: id }, 1);
  // Read after the current state, so that the history includes it.
  const history = found && (await readHistory(clickhouse, account_id, id, HISTORY_MAX));
  if (found === undefined || history === undefined) {
    throw new ApiError('not_found', 'There is no such conversion: a new one appears within 2 seconds.');
  }
  const { transaction, offer_id } = history;
  const facts = decodeConversion(history.facts);
  const of = { transaction, offer_id };
  const all = await readConversions(clickhouse, account_id, of, TRACE_CONVERSIONS_MAX);
  const by = !isConversion(facts.event) && found.status === 'attributed' ? 'none' : facts.credit_by;
  const link_id = found.link_id || facts.subject.link_id;
  const message_id = found.message_id || facts.subject.message_id;
  const [offer] = offer_id === '' ? [] : await getEntities(redis, 'offer', account_id, [offer_id]);
  const attribution = attributionStory(facts, offer?.rebooked);
  return {
    conversion: found,
    attribution,
    candidates: await traceCandidates(clickhouse, facts, attribution, found),
    explanation: explain(found.status, found.reason, by, found.model) + explainProblem(facts.problem),
    terms: facts.terms,
    transaction: all,
    history: history.lines,
    click_url: urlOf('clicks', found.click_id),
    link_url: urlOf('links', link_id),
    message_url: urlOf('messages', message_id),
  };
}
