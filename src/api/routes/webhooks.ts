/**
 * Webhooks and postbacks of an account: made, changed, removed, their secret replaced; and what can be chosen for one.
 * What was sent is webhook-deliveries.ts, trying one out webhook-tests.ts. With Redis
 * down: 503.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { newEntityId } from '../../catalog/entity-id.ts';
import { EVENT_FIELDS } from '../../webhooks/event-fields.ts';
import { MACRO_MEANINGS } from '../../webhooks/macros.ts';
import {
  changedWebhook,
  makeWebhook,
  rotated,
  webhookChange,
  webhookInput,
} from '../../webhooks/make-webhook.ts';
import { PRESETS } from '../../webhooks/presets.ts';
import { newSecret } from '../../webhooks/secrets.ts';
import { EVENT_TYPES, type Webhook } from '../../webhooks/webhook.ts';
import { statesOf } from '../../webhooks/webhook-states.ts';
import {
  addWebhook,
  changeWebhook,
  getWebhook,
  listWebhooks,
  removeWebhook,
} from '../../webhooks/webhook-store.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { audited, openedOrNone, refuseUnfit, shown, shownWebhook } from './webhook-shapes.ts';

export const webhookParams = z.object({ webhook_id: z.string().max(60) });
const missing = (): ApiError => new ApiError('not_found', 'there is no such webhook in this account');

type OfWebhook = Pick<FastifyRequest, 'account' | 'caller'> & { params: { webhook_id: string } };

/** Throws `not_found` where the account does not have it. */
export async function findWebhook(
  { redis }: Pick<ApiContext, 'redis'>,
  { account, params }: OfWebhook,
): Promise<Webhook> {
  const found = await getWebhook(redis, { account_id: account.account_id, webhook_id: params.webhook_id });
  if (found === undefined) throw missing();
  return found;
}

/** One whose events the caller decides about: throws `not_found` first, then `forbidden` for who may not read them. */
export async function findSendable(context: Pick<ApiContext, 'redis'>, request: OfWebhook): Promise<Webhook> {
  const found = await findWebhook(context, request);
  refuseUnread(request);
  return found;
}

/** Whoever has events sent somewhere reads them. */
function refuseUnread({ caller }: Pick<FastifyRequest, 'caller'>): void {
  if (!caller.scopes.includes('read'))
    throw new ApiError(
      'forbidden',
      'a webhook is sent what the account has: the key needs the scope read too',
    );
}

const withSecret = shownWebhook.extend({
  secret: z
    .string()
    .nullable()
    .describe(
      'whsec_…, by which requests are verified: shown this once. null for a postback, which is not signed',
    ),
});
const meanings = z.record(z.string(), z.string());
const options = z.object({
  events: z.array(z.enum(EVENT_TYPES)),
  fields: meanings.describe('What an event’s data has, and what it means'),
  macros: meanings.describe('What a postback’s macros stand for'),
  presets: z.array(
    z.object({
      preset: z.string(),
      name: z.string(),
      documented_at: z.string().describe('Where the partner documents it; empty for the custom one'),
      url: z.string(),
      method: z.enum(['GET', 'POST']),
      headers: z.record(z.string(), z.string()),
      body: z.string(),
      content_type: z.enum(['application/json', 'application/x-www-form-urlencoded']),
      events: z.array(z.enum(EVENT_TYPES)),
      click_parameter: z
        .string()
        .describe('The parameter behind the link that brings the partner’s click id'),
    }),
  ),
});

export function webhookRoutes(app: Api, context: ApiContext): void {
  const { redis, keys, clickhouse, allow_private_endpoints } = context;
  const tags = ['webhooks'];

  /** Its address only for who may change it. */
  async function showOne(webhook: Webhook, caller: FastifyRequest['caller']) {
    const { account_id, webhook_id } = webhook;
    const stateOf = await statesOf(clickhouse, account_id, [webhook_id]);
    const opened = caller.scopes.includes('catalog') ? openedOrNone(context, webhook) : undefined;
    return shown(webhook, stateOf(webhook_id), opened);
  }

  app.get(
    '/v2/webhooks',
    {
      config: { scope: 'read', documented_answers: { 200: z.object({ webhooks: z.array(shownWebhook) }) } },
      schema: { tags, summary: 'List webhooks and postbacks, oldest first' },
    },
    async (request) => {
      const { account_id } = request.account;
      const all = await listWebhooks(redis, account_id);
      const ids = all.map(({ webhook_id }) => webhook_id);
      const stateOf = await statesOf(clickhouse, account_id, ids);
      return {
        webhooks: all.map((one) => shown(one, stateOf(one.webhook_id), undefined)),
      };
    },
  );

  app.get(
    '/v2/webhooks/options',
    {
      config: { scope: 'read', documented_answers: { 200: options } },
      schema: { tags, summary: 'What a webhook can be made of: events, fields, macros, partners’ templates' },
    },
    () => ({ events: EVENT_TYPES, fields: EVENT_FIELDS, macros: MACRO_MEANINGS, presets: PRESETS }),
  );

  app.get(
    '/v2/webhooks/:webhook_id',
    {
      config: { scope: 'read', documented_answers: { 200: shownWebhook } },
      schema: { tags, summary: 'Read a webhook', params: webhookParams },
    },
    async (request) => showOne(await findWebhook(context, request), request.caller),
  );

  app.post(
    '/v2/webhooks',
    {
      config: { scope: 'catalog', documented_answers: { 201: withSecret }, audit: 'webhook.created' },
      schema: {
        tags,
        summary: 'Have events sent to an address',
        description:
          'Of kind `webhook` requests are signed as Standard Webhooks says (webhook-id, webhook-timestamp, webhook-signature); of kind `postback` a partner’s own request is made. What happens from now on is sent.',
        body: webhookInput,
      },
    },
    async (request, reply) => {
      refuseUnread(request);
      refuseUnfit(request.body, allow_private_endpoints);
      const { webhook, secret } = makeWebhook(keys, request.body, {
        account_id: request.account.account_id,
        webhook_id: newEntityId('whk'),
        created_by: request.caller.name,
        now_ms: Date.now(),
      });
      await addWebhook(redis, webhook);
      request.audited = { subject_id: webhook.webhook_id, after: audited(webhook) };
      return reply.code(201).send({ ...(await showOne(webhook, request.caller)), secret });
    },
  );

  app.patch(
    '/v2/webhooks/:webhook_id',
    {
      config: { scope: 'catalog', documented_answers: { 200: shownWebhook }, audit: 'webhook.changed' },
      schema: {
        tags,
        summary: 'Change a webhook, pause it, or have it go on',
        description: 'What waits is sent as it was collected, to the address as it is now.',
        params: webhookParams,
        body: webhookChange,
      },
    },
    async (request) => {
      const before = await findSendable(context, request);
      refuseUnfit({ kind: before.kind, ...request.body }, allow_private_endpoints);
      const after = await changeWebhook(redis, before, (newest) =>
        changedWebhook(keys, newest, request.body, Date.now()),
      );
      if (after === undefined) throw missing();
      request.audited = { before: audited(before), after: audited(after) };
      return showOne(after, request.caller);
    },
  );

  app.delete(
    '/v2/webhooks/:webhook_id',
    {
      config: {
        scope: 'catalog',
        documented_answers: { 200: z.object({ webhook_id: z.string(), removed: z.boolean() }) },
        audit: 'webhook.removed',
      },
      schema: {
        tags,
        summary: 'Remove a webhook',
        description: 'What waits for it is not sent any more.',
        params: webhookParams,
      },
    },
    async (request) => {
      const webhook = await findWebhook(context, request);
      await removeWebhook(redis, webhook);
      request.audited = { before: audited(webhook) };
      return { webhook_id: webhook.webhook_id, removed: true };
    },
  );

  app.post(
    '/v2/webhooks/:webhook_id/rotate',
    {
      config: {
        scope: 'catalog',
        documented_answers: { 200: z.object({ webhook_id: z.string(), secret: z.string() }) },
        audit: 'webhook.secret_rotated',
      },
      schema: {
        tags,
        summary: 'Replace the secret of a webhook',
        description:
          'Requests are signed with the new secret and, for 24 hours, with the one before it: take the new one over within that time.',
        params: webhookParams,
      },
    },
    async (request) => {
      const before = await findSendable(context, request);
      if (before.kind === 'postback')
        throw new ApiError('conflict', 'a postback is not signed: it has no secret to replace');
      const secret = newSecret();
      const after = await changeWebhook(redis, before, (newest) => rotated(keys, newest, secret, Date.now()));
      if (after === undefined) throw missing();
      request.audited = { before: audited(before), after: audited(after) };
      return { webhook_id: after.webhook_id, secret };
    },
  );
}
