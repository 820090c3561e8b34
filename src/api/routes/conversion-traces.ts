/**
 * GET /v2/conversions/:id: what a conversion was credited to and why, or why it was not credited, and its history. An
 * id of another account answers 404. With ClickHouse down: 503.
 */

import { z } from 'zod';
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { decodeConversion, isConversion } from '../../conversions/conversion.ts';
import { explain, explainProblem } from '../../conversions/explain.ts';
import {
  readConversions,
  readHistory,
  SHOWN_CONVERSION,
  TRACE_CONVERSIONS_MAX,
} from '../../reports/read-conversions.ts';
import { columnSchemas } from '../http/column-schemas.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';

const HISTORY_MAX = 200;

export const conversion = z
  .object({
    ...columnSchemas(SHOWN_CONVERSION),
    status: z.enum(['attributed', 'unattributed', 'duplicate', 'replaced', 'voided']),
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
      click_window_days: z.number(),
      min_conversion_seconds: z.number(),
      duplicates: z.string(),
    })
    .describe('Terms and ids at the time of reception'),
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

export function conversionTraceRoutes(app: Api, { clickhouse }: ApiContext): void {
  const params = z.object({ id: z.string().min(1).max(60) });
  const schema = { tags: ['traces'], summary: 'The story of a conversion', params, response: { 200: story } };
  app.get('/v2/conversions/:id', { config: { scope: 'read', limit: 'report' }, schema }, (request) =>
    explainErrors(() => readStory(clickhouse, request.account.account_id, request.params.id)),
  );
}

const urlOf = (thing: 'clicks' | 'links' | 'messages', id: string): string | null =>
  id === '' ? null : `/v2/${thing}/${encodeURIComponent(id)}`;

/** Throws not_found when this account has no such conversion. */
async function readStory(
  clickhouse: ClickHouseClient,
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
  return {
    conversion: found,
    explanation: explain(found.status, found.reason, by) + explainProblem(facts.problem),
    terms: facts.terms,
    transaction: all,
    history: history.lines,
    click_url: urlOf('clicks', found.click_id),
    link_url: urlOf('links', link_id),
    message_url: urlOf('messages', message_id),
  };
}
