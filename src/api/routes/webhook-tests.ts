/**
 * Trying a webhook out: the request that an event would become, and one that is sent at once with made-up values. Tests
 * are no deliveries: they are not kept, not tried again, and have no sequence number.
 */
import { z } from 'zod';
import { askOutside, PrivateAddressError } from '../../platform/outside-request.ts';
import { sampleEvent } from '../../webhooks/check-webhook.ts';
import { makeWebhook, webhookInput } from '../../webhooks/make-webhook.ts';
import { type OutgoingRequest, requestOf } from '../../webhooks/request-of.ts';
import { openSecrets } from '../../webhooks/secrets.ts';
import { EVENT_TYPES, type EventType, type Webhook, type WebhookMessage } from '../../webhooks/webhook.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { fieldError } from '../http/errors.ts';
import { refuseUnfit } from './webhook-shapes.ts';
import { findSendable, webhookParams } from './webhooks.ts';

const ANSWER_MS_MAX = 15_000;
/** Of an answer, what is shown. */
const ANSWER_BYTES_MAX = 1_000;

const previewed = z.object({
  method: z.enum(['GET', 'POST']),
  url: z.string(),
  headers: z.record(z.string(), z.string()).describe('Values of a postback’s own headers are …'),
  body: z.string(),
});
const type = z.enum(EVENT_TYPES).optional().describe('Default: the first of its events');
const tested = z.object({
  delivered: z.boolean().describe('Whether the answer was 2xx'),
  status: z.int().describe('0: no answer came'),
  duration_ms: z.int(),
  error: z.string().describe('Why it was not delivered; empty where it was'),
  answer: z.string().describe(`The first ${ANSWER_BYTES_MAX} bytes of the answer`),
  request: previewed,
});

export function webhookTestRoutes(app: Api, context: ApiContext): void {
  const { keys, allow_private_endpoints: allow_private } = context;
  const tags = ['webhooks'];

  app.post(
    '/v2/webhooks/preview',
    {
      config: {
        scope: 'catalog',
        documented_answers: { 200: previewed },
        unaudited: 'it sends and stores nothing',
      },
      schema: {
        tags,
        summary: 'Show the request that a webhook would make',
        description: 'With made-up values; nothing is sent or stored.',
        body: webhookInput
          .extend({ type })
          .meta({ examples: [{ url: 'https://crm.example.com/trackly', events: ['click.human'] }] }),
      },
    },
    (request) => {
      const { type: asked, ...input } = request.body;
      refuseUnfit(input, allow_private);
      const of = { account_id: request.account.account_id, webhook_id: '', created_by: '' };
      const { webhook } = makeWebhook(keys, input, { ...of, now_ms: Date.now() });
      return shownRequest(webhook, sampleRequest(webhook, asked));
    },
  );

  app.post(
    '/v2/webhooks/:webhook_id/test',
    {
      config: {
        scope: 'catalog',
        limit: 'report',
        documented_answers: { 200: tested },
        unaudited: 'a test changes nothing',
      },
      schema: {
        tags,
        summary: 'Send a test event to a webhook at once',
        description:
          'A real request with made-up values and `data.test: true`; its id begins with evt_test_. A partner may book what a postback’s test says.',
        params: webhookParams,
        body: z
          .strictObject({ type })
          .nullish()
          .meta({ examples: [{}] }),
      },
    },
    async (request) => {
      const webhook = await findSendable(context, request);
      const asked = request.body?.type;
      if (asked !== undefined && !webhook.events.includes(asked))
        throw fieldError(
          'type',
          `this webhook is not sent ${asked}: name one of ${webhook.events.join(', ')}`,
        );
      const outgoing = sampleRequest(webhook, asked);
      return { ...(await sendTest(outgoing)), request: shownRequest(webhook, outgoing) };
    },
  );

  function sampleRequest(webhook: Webhook, asked: EventType | undefined): OutgoingRequest {
    const now_ms = Date.now();
    const event = sampleEvent(asked ?? (webhook.events[0] as EventType), now_ms);
    if (webhook.fields !== null) {
      const chosen = new Set([...webhook.fields, 'test']);
      event.data = Object.fromEntries(Object.entries(event.data).filter(([name]) => chosen.has(name)));
    }
    const id = webhook.batch === null ? event.id : event.id.replace('evt_', 'msg_');
    const message: WebhookMessage = { id, sequence: 0, events: [JSON.stringify(event)] };
    return requestOf(webhook, openSecrets(keys, webhook), message, now_ms);
  }

  /** A postback's own headers are its secrets. */
  function shownRequest(webhook: Webhook, { headers, ...rest }: OutgoingRequest) {
    const secret = webhook.template === null ? {} : openSecrets(keys, webhook).headers;
    const named = Object.entries(headers).map(([name, value]) => [
      name,
      Object.hasOwn(secret, name) ? '…' : value,
    ]);
    return { ...rest, headers: Object.fromEntries(named) as Record<string, string> };
  }

  async function sendTest(request: OutgoingRequest) {
    const begun = performance.now();
    const since = (): number => Math.round(performance.now() - begun);
    try {
      const { status, body } = await askOutside(request, {
        allow_private,
        answer_ms_max: ANSWER_MS_MAX,
        body_bytes_max: ANSWER_BYTES_MAX,
      });
      const delivered = status >= 200 && status < 300;
      const error = delivered ? '' : `the answer was ${status}, and only 2xx counts as delivered`;
      return { delivered, status, duration_ms: since(), error, answer: body };
    } catch (error) {
      return { delivered: false, status: 0, duration_ms: since(), error: whyNot(error as Error), answer: '' };
    }
  }
}

function whyNot(error: Error & { code?: string }): string {
  if (error instanceof PrivateAddressError) return `${error.message}, which is never asked`;
  if (error.name === 'TimeoutError') return `no answer came within ${ANSWER_MS_MAX / 1_000} s`;
  return `no answer came: ${error.code ?? error.message}`;
}
