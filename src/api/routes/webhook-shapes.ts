/** Webhooks as the API shows them, and what is refused of those that are asked for. */
import { z } from 'zod';
import { SealError } from '../../access/sealed.ts';
import { bodyProblem, headersProblem, urlProblem } from '../../webhooks/check-webhook.ts';
import type { WebhookChange, WebhookInput } from '../../webhooks/make-webhook.ts';
import { FILTER_FIELDS } from '../../webhooks/make-webhook.ts';
import { type OpenedSecrets, openSecrets } from '../../webhooks/secrets.ts';
import { EVENT_TYPES, PAUSE_REASONS, type Webhook } from '../../webhooks/webhook.ts';
import type { WebhookState } from '../../webhooks/webhook-states.ts';
import type { ApiContext } from '../http/context.ts';
import { fieldError } from '../http/errors.ts';

export const shownWebhook = z
  .object({
    webhook_id: z.string(),
    name: z.string(),
    kind: z.enum(['webhook', 'postback']),
    host: z.string(),
    url: z.string().nullable().describe('null for who may not change it, and in lists'),
    events: z.array(z.enum(EVENT_TYPES)),
    filter: z.object(FILTER_FIELDS).partial(),
    fields: z.array(z.string()).nullable(),
    batch: z.object({ events_max: z.int() }).nullable(),
    template: z
      .object({
        preset: z.string(),
        method: z.enum(['GET', 'POST']),
        headers: z.array(z.string()).describe('Their names; values are not shown'),
        body: z.string(),
        content_type: z.string(),
      })
      .nullable(),
    status: z.enum(['active', 'paused']),
    paused: z
      .object({
        reason: z
          .enum(PAUSE_REASONS)
          .describe(
            'request: somebody paused it; failing: nothing was delivered for three days; gone: it answered 410; full: too much waited. Set status to active to go on',
          ),
        at: z.iso.datetime(),
      })
      .nullable(),
    secrets: z
      .array(
        z.object({
          created_at: z.iso.datetime(),
          expires_at: z.iso.datetime().nullable().describe('Until when it signs too, after a rotation'),
        }),
      )
      .describe('When its secrets were made; the secrets are not shown'),
    state: z
      .object({
        waiting: z.int().describe('Messages that were not delivered yet and are still tried'),
        last_sequence: z.int().describe('Of its newest message; 0: none in 30 days'),
        last_delivered_at: z.iso.datetime().nullable(),
        last_attempt: z
          .object({ at: z.iso.datetime(), status: z.int(), outcome: z.string(), error: z.string() })
          .nullable(),
        failing_since: z.iso.datetime().nullable().describe('First try that failed since the last delivery'),
      })
      .nullable()
      .describe('Of the last 30 days; null while ClickHouse can not be asked'),
    created_by: z.string(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Webhook' });

/** `opened`: for who may see its address. */
export function shown(webhook: Webhook, state: WebhookState | null, opened: OpenedSecrets | undefined) {
  const { account_id: _, url_sealed: __, template, secrets, ...rest } = webhook;
  return {
    ...rest,
    url: opened?.url ?? null,
    template: template && {
      ...{ preset: template.preset, method: template.method, body: template.body },
      content_type: template.content_type,
      headers: template.header_names,
    },
    secrets: secrets.map(({ created_at, expires_at }) => ({ created_at, expires_at })),
    state,
  };
}

/** Undefined where it was sealed under a key that this installation does not have: its address has to be set anew. */
export function openedOrNone(
  { keys }: Pick<ApiContext, 'keys'>,
  webhook: Webhook,
): OpenedSecrets | undefined {
  try {
    return openSecrets(keys, webhook);
  } catch (error) {
    if (error instanceof SealError) return undefined;
    throw error;
  }
}

/** Throws ApiError for what can't be saved. Of a change: with what stays as it is. */
export function refuseUnfit(
  { kind, url, fields, batch, template }: Pick<WebhookInput, 'kind'> & WebhookChange,
  allow_private: boolean,
): void {
  const is_postback = kind === 'postback';
  const wrong = (field: string, problem: string | undefined): void => {
    if (problem !== undefined) throw fieldError(field, problem);
  };
  if (url !== undefined) wrong('url', urlProblem(url, is_postback, allow_private));
  if (!is_postback && template !== undefined)
    throw fieldError('template', 'is of a postback: write kind: "postback", or leave it out');
  if (is_postback && fields)
    throw fieldError('fields', 'a postback is sent what its macros name: leave it out');
  if (is_postback && batch) throw fieldError('batch', 'a postback is one event: leave it out');
  if (template === undefined) return;
  wrong('template.headers', headersProblem(template.headers));
  wrong('template.body', bodyProblem(template));
}

/** What the audit log keeps: no address, no secret, no header's value. */
export function audited(webhook: Webhook): Record<string, unknown> {
  const { name, kind, host, events, filter, fields, batch, status, template } = webhook;
  return {
    ...{ name, kind, host, events, filter, fields, batch, status },
    preset: template?.preset ?? null,
    method: template?.method ?? null,
    secret_made_at: webhook.secrets[0]?.created_at ?? null,
  };
}
