/**
 * Attribution of an offer: what another model would change in a range of conversions, and booking a past range anew, and
 * back. A preview reads Redis and ClickHouse; with one of them down it answers 503. A rebooking waits for them.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  ATTRIBUTION_MODELS,
  hasItsWindow,
  modelFields,
  VIEW_WINDOW_ALONE,
} from '../../catalog/attribution.ts';
import { getEntities } from '../../catalog/catalog-store.ts';
import type { Offer } from '../../catalog/definitions.ts';
import { MOVE_KINDS, type Move } from '../../conversions/rebooking/moves.ts';
import { previewRange, RangeTooLargeError } from '../../conversions/rebooking/preview.ts';
import {
  listRebookings,
  REBOOKING_STATES,
  type Rebooking,
  RebookingError,
  readRebooking,
  requestRebooking,
  requestUndo,
} from '../../conversions/rebooking/rebooking.ts';
import { ErasedContacts } from '../../privacy/erased-contacts.ts';
import { readExactRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';

/** Rows of a preview's lists; the totals are of all. */
const LISTED_MAX = 100;

const rangeBody = z
  .strictObject({
    ...modelFields,
    from: z.string().max(40).describe('Date or ISO 8601 time of conversions, by their own time'),
    to: z.string().max(40).optional().describe('The same; a plain date includes that day. Default: now'),
    tz: z.string().max(64).default('UTC'),
  })
  .refine(hasItsWindow, VIEW_WINDOW_ALONE)
  .meta({ examples: [{ model: 'last_click', window_days: 30, from: '2026-11-01', to: '2026-11-20' }] });

const money = {
  currency: z.string(),
  conversions: z.int().describe('Conversions; a refund that moves with its sale is revenue alone'),
  revenue: z.string().describe('Sales less refunds'),
};
const kind = z
  .enum(MOVE_KINDS)
  .describe(
    'moved: to another click; gained: it is credited to no click now; lost: it would be credited to none; with _view: of messages that were delivered and not tapped, which count in view_conversions',
  );
const campaigns = { kind, from_campaign_id: z.string(), to_campaign_id: z.string() };

const preview = z.object({
  offer_id: z.string(),
  model: z.enum(ATTRIBUTION_MODELS),
  from: z.string(),
  to: z.string(),
  conversions: z.int().describe('Conversions that count in the range now'),
  totals: z.array(z.object({ kind, ...money })).describe('What would change, by kind and currency'),
  campaigns: z
    .array(z.object({ ...campaigns, ...money }))
    .describe(`By campaigns, the largest ${LISTED_MAX}; '' is none`),
  messages: z
    .array(z.object({ ...campaigns, from_message_id: z.string(), to_message_id: z.string(), ...money }))
    .describe(`By messages, the largest ${LISTED_MAX}; '' is none`),
  campaigns_total: z.int().describe('Rows that `campaigns` would have'),
  messages_total: z.int().describe('Rows that `messages` would have'),
});

const rebooking = z
  .object({
    booking: z.string(),
    offer_id: z.string(),
    model: z.enum(ATTRIBUTION_MODELS),
    window_days: z.int().optional(),
    view_window_hours: z.int().optional(),
    from: z.string(),
    to: z.string(),
    state: z.enum(REBOOKING_STATES),
    transactions: z.int().describe('In the range, when it began'),
    rechecked: z.int().describe('Of these, so far'),
    changed: z.int().describe('Conversions that are credited otherwise; known at the end'),
    requested_at: z.string(),
    started_at: z.string().describe('Empty while it waits'),
    finished_at: z.string().describe('Empty while it is open'),
  })
  .meta({ id: 'Rebooking' });

const shown = ({
  from_ms,
  to_ms,
  cursor: _cursor,
  account_id: _account,
  ...one
}: Rebooking): z.output<typeof rebooking> => ({
  ...one,
  from: new Date(from_ms).toISOString(),
  to: new Date(to_ms).toISOString(),
});

/** A rebooking takes seconds to minutes. */
const RETRY_AFTER_S = 30;

/** Errors of rebookings as the API says them. */
async function explained<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await explainErrors(run);
  } catch (error) {
    if (error instanceof RangeTooLargeError) throw new ApiError('invalid_request', error.message);
    if (!(error instanceof RebookingError)) throw error;
    if (error.code === 'not_in_force') throw new ApiError('conflict', error.message);
    throw new ApiError('too_many_requests', error.message, { 'retry-after': String(RETRY_AFTER_S) });
  }
}

export function attributionRoutes(app: Api, context: ApiContext): void {
  const { redis, clickhouse, reader, contact_key } = context;
  const tags = ['offers'];
  const params = z.object({ id: z.string() });
  const sources = { redis, clickhouse, reader, contact_key, erased: new ErasedContacts(redis, contact_key) };

  async function offerOf(request: FastifyRequest): Promise<Offer> {
    const { id } = request.params as { id: string };
    const [offer] = await getEntities(redis, 'offer', request.account.account_id, [id]);
    if (offer === undefined) throw new ApiError('not_found', 'there is no such offer in this account');
    return offer;
  }

  app.post(
    '/v2/offers/:id/attribution/preview',
    {
      config: {
        scope: 'read',
        limit: 'report',
        documented_answers: { 200: preview },
        unaudited: 'it only reads',
      },
      schema: {
        tags,
        summary: 'Compute what another attribution would change in a range, without saving it',
        description:
          'The numbers are what POST …/attribution/rebook of the same range would book now. At most 20,000 conversions.',
        params,
        body: rangeBody,
      },
    },
    async (request) => {
      const offer = await offerOf(request);
      const { from, to, tz, ...choice } = request.body;
      return explained(async () => {
        const { from_ms, to_ms } = readExactRange(from, to, tz, Date.now());
        const { account_id, offer_id, rebooked = [] } = offer;
        const range = { account_id, offer_id, from_ms, to_ms };
        const proposed = { ...choice, booking: '', from_ms, to_ms };
        const moves = await previewRange(sources, range, [...rebooked, proposed]);
        const [by_campaign, by_message] = [moves.byCampaign(), moves.byMessage()];
        return {
          offer_id,
          model: choice.model,
          from: new Date(from_ms).toISOString(),
          to: new Date(to_ms).toISOString(),
          conversions: moves.conversions,
          totals: moves.totals().map(({ kind, ...one }) => ({ kind, ...moneyOf(one) })),
          campaigns: by_campaign
            .slice(0, LISTED_MAX)
            .map((one) => ({ ...campaignsOf(one), ...moneyOf(one) })),
          messages: by_message.slice(0, LISTED_MAX),
          campaigns_total: by_campaign.length,
          messages_total: by_message.length,
        };
      });
    },
  );

  app.post(
    '/v2/offers/:id/attribution/rebook',
    {
      config: {
        scope: 'catalog',
        documented_answers: { 202: rebooking },
        audit: 'offer.rebooking_requested',
      },
      schema: {
        tags,
        summary: 'Book a past range of conversions anew, by another attribution',
        description:
          'A worker does it. It holds for every conversion of the range, also for one that comes in late, until it is undone; of two for the same time the later holds.',
        params,
        body: rangeBody,
      },
    },
    async (request, reply) => {
      const offer = await offerOf(request);
      const { from, to, tz, ...choice } = request.body;
      return explained(async () => {
        const now_ms = Date.now();
        const range = readExactRange(from, to, tz, now_ms);
        // Without a `to` it includes this millisecond.
        if (range.to_ms > now_ms + 1) {
          throw new ApiError(
            'invalid_request',
            'to is in the future: a range is booked anew once it is past; for conversions to come set attribution of the offer',
          );
        }
        const requested = shown(await requestRebooking(redis, offer, choice, range));
        request.audited = { after: requested };
        return reply.code(202).send(requested);
      });
    },
  );

  app.get(
    '/v2/offers/:id/attribution/rebookings',
    {
      config: { scope: 'read', documented_answers: { 200: z.object({ rebookings: z.array(rebooking) }) } },
      schema: { tags, summary: 'List the ranges that were booked anew, newest first', params },
    },
    async (request) => {
      const { account_id, offer_id } = await offerOf(request);
      return { rebookings: (await listRebookings(redis, account_id, offer_id)).map(shown) };
    },
  );

  const ofBooking = params.extend({ booking: z.string().max(40) });
  app.get(
    '/v2/offers/:id/attribution/rebookings/:booking',
    {
      config: { scope: 'read', documented_answers: { 200: rebooking } },
      schema: { tags, summary: 'Read the progress of a range that is booked anew', params: ofBooking },
    },
    async (request) => {
      const { offer_id, account_id } = await offerOf(request);
      const found = await readRebooking(redis, request.params.booking);
      if (found?.offer_id !== offer_id || found.account_id !== account_id) {
        throw new ApiError('not_found', 'there is no such rebooking of this offer');
      }
      return shown(found);
    },
  );

  app.post(
    '/v2/offers/:id/attribution/rebookings/:booking/undo',
    {
      config: {
        scope: 'catalog',
        documented_answers: { 202: rebooking },
        audit: 'offer.rebooking_undo_requested',
      },
      schema: {
        tags,
        summary: 'Book a range back to what it was credited by before',
        params: ofBooking,
      },
    },
    async (request, reply) => {
      const offer = await offerOf(request);
      return explained(async () => {
        const undone = shown(await requestUndo(redis, offer, request.params.booking));
        request.audited = { after: undone };
        return reply.code(202).send(undone);
      });
    },
  );
}

const moneyOf = ({ currency, conversions, revenue }: Omit<Move, 'kind'>) => ({
  ...{ currency, conversions, revenue },
});
const campaignsOf = ({ kind, from_campaign_id, to_campaign_id }: Move) => ({
  ...{ kind, from_campaign_id, to_campaign_id },
});
