/**
 * What was sent to a webhook in the last 30 days, and sending it again. A replay is put up here; who delivers sends it
 * (workers/webhooks). With Redis or ClickHouse down: 503.
 */
import { z } from 'zod';
import { newEntityId } from '../../catalog/entity-id.ts';
import { readRange } from '../../reports/report-range.ts';
import {
  countMessages,
  DELIVERY_STATES,
  listDeliveries,
  messagesOfIds,
  readAttempts,
  readPayload,
} from '../../webhooks/deliveries.ts';
import { addReplay, REPLAY_IDS_MAX, REPLAY_MESSAGES_MAX, type Replay } from '../../webhooks/replays.ts';
import { EVENT_TYPES, type Webhook } from '../../webhooks/webhook.ts';
import { pageOf } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError, fieldError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { pageQuery } from '../http/paging.ts';
import { findSendable, findWebhook, webhookParams } from './webhooks.ts';

const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 30 * DAY_MS;
const ID_LENGTH_MAX = 100;

const time = z.string().max(40);
const deliveriesQuery = pageQuery.extend({
  from: time.optional().describe('As in the reports; by when the message was made. Default: 30 days ago'),
  to: time.optional(),
  tz: z.string().max(64).default('UTC'),
  state: z
    .enum(DELIVERY_STATES)
    .optional()
    .describe(
      'waiting: not tried yet; again: failed, and is tried again; delivered; failed: the last try failed; ended: it was answered 410',
    ),
  type: z.enum(EVENT_TYPES).optional(),
  id: z.string().min(1).max(ID_LENGTH_MAX).optional().describe('Of a message or an event'),
});

const tried = z.object({
  at: z.iso.datetime(),
  status: z.int().describe('0: no answer came'),
  duration_ms: z.int(),
  error: z.string(),
});
const delivery = z
  .object({
    message_id: z.string().describe('webhook-id of its requests'),
    sequence: z.int().describe('webhook-sequence of its requests'),
    events: z.int(),
    event_ids: z.array(z.string()).describe('The first of them'),
    types: z.array(z.enum(EVENT_TYPES)),
    happened_at: z.iso.datetime().describe('When its first event happened'),
    made_at: z.iso.datetime(),
    state: z.enum(DELIVERY_STATES),
    attempts: z.int(),
    last: tried.nullable().describe('The last try; null before the first'),
    next_at: z.iso.datetime().nullable().describe('When it is tried again'),
  })
  .meta({ id: 'WebhookDelivery' });
const attempt = tried.extend({
  n: z.int().describe('Which try of the message it was, from 1'),
  outcome: z.string().describe('delivered, again, failed or ended'),
  next_at: z.iso.datetime().nullable(),
  replay: z.string().describe('The replay that it was of; empty for none'),
});

const payload = z
  .object({
    id: z.string(),
    type: z.enum(EVENT_TYPES),
    timestamp: z.iso.datetime(),
    data: z.record(z.string(), z.unknown()),
  })
  .describe(
    'One of its first events: what a webhook is sent, and what the macros of a postback are filled with',
  );

const replayInput = z
  .strictObject({
    ids: z
      .array(z.string().min(1).max(ID_LENGTH_MAX))
      .min(1)
      .max(REPLAY_IDS_MAX)
      .optional()
      .describe('Of messages or events'),
    from: z.iso.datetime({ offset: true }).optional().describe('By when the message was made'),
    to: z.iso.datetime({ offset: true }).optional().describe('Not included'),
  })
  .meta({ examples: [{ from: '2026-11-29T08:00:00Z', to: '2026-11-29T09:00:00Z' }] });
const replayed = z.object({
  replay_id: z.string(),
  messages: z.int().describe('How many are sent again, under their own ids and sequence numbers'),
});

export function webhookDeliveryRoutes(app: Api, context: ApiContext): void {
  const { redis, clickhouse } = context;
  const tags = ['webhooks'];

  app.get(
    '/v2/webhooks/:webhook_id/deliveries',
    {
      config: { scope: 'read', limit: 'report', documented_answers: { 200: pageOf('deliveries', delivery) } },
      schema: {
        tags,
        summary: 'Search what was sent to a webhook, newest first',
        description: 'Of the last 30 days.',
        params: webhookParams,
        querystring: deliveriesQuery,
      },
    },
    (request) =>
      explainErrors(async () => {
        const { account_id, webhook_id } = await findWebhook(context, request);
        const { page, per_page, from, to, tz, state, type, id } = request.query;
        const now_ms = Date.now();
        const range =
          from === undefined && to === undefined
            ? { from_ms: now_ms - KEPT_MS, to_ms: now_ms + DAY_MS }
            : readRange(from, to, tz, now_ms);
        const { from_ms, to_ms } = range;
        const question = { account_id, webhook_id, from_ms, to_ms, state, type, id };
        return { ...(await listDeliveries(clickhouse, question, page, per_page)), page, per_page };
      }),
  );

  app.get(
    '/v2/webhooks/:webhook_id/deliveries/:message_id',
    {
      config: {
        scope: 'read',
        limit: 'report',
        documented_answers: { 200: delivery.extend({ tries: z.array(attempt), payload: z.array(payload) }) },
      },
      schema: {
        tags,
        summary: 'Read one message, what it says, and every try to send it',
        params: webhookParams.extend({ message_id: z.string().max(ID_LENGTH_MAX) }),
      },
    },
    (request) =>
      explainErrors(async () => {
        const { account_id, webhook_id } = await findWebhook(context, request);
        const { message_id } = request.params;
        const now_ms = Date.now();
        const question = { account_id, webhook_id, from_ms: 0, to_ms: now_ms + DAY_MS, id: message_id };
        const { deliveries } = await listDeliveries(clickhouse, question, 1, 1);
        const [found] = deliveries;
        if (found === undefined)
          throw new ApiError('not_found', 'no such message was made for this webhook in the last 30 days');
        const of = { account_id, webhook_id, message_id: found.message_id, sequence: found.sequence };
        const [tries, events] = await Promise.all([
          readAttempts(clickhouse, of),
          readPayload(clickhouse, { ...of, event_ids: found.event_ids }),
        ]);
        return { ...found, tries, payload: events };
      }),
  );

  app.post(
    '/v2/webhooks/:webhook_id/replay',
    {
      config: {
        scope: 'catalog',
        limit: 'report',
        documented_answers: { 202: replayed },
        audit: 'webhook.replayed',
      },
      schema: {
        tags,
        summary: 'Send messages of the last 30 days again',
        description:
          'By ids, or by a range of time. They keep their ids, so a receiver that knows them ignores them; delivered ones are sent too. While the webhook is paused it waits.',
        params: webhookParams,
        body: replayInput,
      },
    },
    (request, reply) =>
      explainErrors(async () => {
        const webhook = await findSendable(context, request);
        const { replay, messages } = await replayOf(webhook, request.body);
        await addReplay(redis, replay);
        const { ids, from, to } = request.body;
        request.audited = { after: { ids: ids?.length, from, to } };
        return reply.code(202).send({ replay_id: replay.replay_id, messages });
      }),
  );

  type Asked = z.output<typeof replayInput>;
  type Found = { replay: Replay; messages: number };

  function replayOf({ account_id, webhook_id }: Webhook, { ids, from, to }: Asked): Promise<Found> {
    const of = { replay_id: newEntityId('rpl'), account_id, webhook_id };
    if (ids === undefined) return replayOfRange(of, from, to);
    if (from !== undefined || to !== undefined)
      throw new ApiError('invalid_request', 'name messages by ids, or by from and to: not both');
    return replayOfIds(of, ids);
  }

  type Of = Pick<Replay, 'replay_id' | 'account_id' | 'webhook_id'>;

  async function replayOfIds(of: Of, named: readonly string[]): Promise<Found> {
    const found = await messagesOfIds(clickhouse, of, named);
    const unknown = named.find((id) => !found.has(id));
    if (unknown !== undefined)
      throw fieldError('ids', `${unknown} was not made for this webhook in the last 30 days`);
    const ids = [...new Set(found.values())];
    return { replay: { ...of, ids, from_ms: 0, to_ms: 0 }, messages: ids.length };
  }

  async function replayOfRange(of: Of, from: string | undefined, to: string | undefined): Promise<Found> {
    if (from === undefined || to === undefined)
      throw new ApiError('invalid_request', 'say what to send again: ids, or from and to');
    const range = { from_ms: Date.parse(from), to_ms: Date.parse(to) };
    if (range.to_ms <= range.from_ms) throw fieldError('to', 'is not after from');
    const messages = await countMessages(clickhouse, { ...of, ...range });
    if (messages === 0) throw fieldError('from', 'no message was made in this range for this webhook');
    if (messages > REPLAY_MESSAGES_MAX)
      throw fieldError(
        'to',
        `${messages} messages are more than ${REPLAY_MESSAGES_MAX}: take a shorter range`,
      );
    return { replay: { ...of, ids: null, ...range }, messages };
  }
}
