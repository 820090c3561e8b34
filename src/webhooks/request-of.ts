/**
 * The request that a message becomes. Of a webhook: JSON, signed as Standard Webhooks says
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md), with the old and the new
 * secret while one is rotated. Of a postback: the partner's own, from its template. The same message becomes the same body
 * at every try. Pure.
 */
import { createHmac } from 'node:crypto';
import { fillJson } from './json-template.ts';
import { fillAddress } from './macros.ts';
import type { OpenedSecrets } from './secrets.ts';
import type { Webhook, WebhookEvent, WebhookMessage } from './webhook.ts';

const MS_PER_S = 1_000;
const USER_AGENT = 'Trackly-Webhooks/1';
const SECRET_PREFIX = /^whsec_/;
/** How ids of batches begin. */
export const BATCH_PREFIX = 'msg_';

export interface OutgoingRequest {
  method: 'GET' | 'POST';
  url: string;
  /** By lower-case name. */
  headers: Record<string, string>;
  /** '' for none. */
  body: string;
}

export function requestOf(
  webhook: Pick<Webhook, 'template'>,
  opened: OpenedSecrets,
  message: WebhookMessage,
  now_ms: number,
): OutgoingRequest {
  const { template } = webhook;
  return template === null ? signedRequest(opened, message, now_ms) : postback(template, opened, message);
}

function signedRequest(opened: OpenedSecrets, message: WebhookMessage, now_ms: number): OutgoingRequest {
  const { id, sequence, events } = message;
  // Not by how many there are: a batch of one is a batch for who receives it, and at every try.
  const body = id.startsWith(BATCH_PREFIX) ? `{"events":[${events.join(',')}]}` : (events[0] as string);
  const timestamp = String(Math.floor(now_ms / MS_PER_S));
  const signatures = opened.secrets
    .filter(({ expires_at }) => expires_at === null || Date.parse(expires_at) > now_ms)
    .map(({ text }) => signatureOf(text, `${id}.${timestamp}.${body}`));
  return {
    method: 'POST',
    url: opened.url,
    headers: {
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatures.join(' '),
      'webhook-sequence': String(sequence),
    },
    body,
  };
}

function signatureOf(secret: string, signed: string): string {
  const key = Buffer.from(secret.replace(SECRET_PREFIX, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

function postback(
  template: NonNullable<Webhook['template']>,
  { url, headers }: OpenedSecrets,
  { events }: WebhookMessage,
): OutgoingRequest {
  const { method, body, content_type } = template;
  const event = JSON.parse(events[0] as string) as WebhookEvent;
  const fill = content_type === 'application/json' ? fillJson : fillAddress;
  return {
    method,
    url: fillAddress(url, event),
    headers: {
      'user-agent': USER_AGENT,
      ...(method === 'POST' && { 'content-type': content_type }),
      ...headers,
    },
    body: method === 'POST' ? fill(body, event) : '',
  };
}
