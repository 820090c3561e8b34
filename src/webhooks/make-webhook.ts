/**
 * Makes and changes webhooks from what callers ask for: the shapes of the API, and what is sealed of them. A webhook that
 * was paused by itself is tried again once it is set active. Pure but for the random secret.
 */
import { z } from 'zod';
import type { InstallationKeySource } from '../access/key-ring.ts';
import { isCleanText } from '../platform/text.ts';
import { BODY_LENGTH_MAX, HEADER_VALUE_LENGTH_MAX, HEADERS_MAX, URL_LENGTH_MAX } from './check-webhook.ts';
import { EVENT_FIELD_NAMES } from './event-fields.ts';
import { PRESET_NAMES } from './presets.ts';
import { newSecret, openSecrets, ROTATION_MS, seal } from './secrets.ts';
import { BATCH_EVENTS_MAX, EVENT_TYPES, type PostbackTemplate, type Webhook } from './webhook.ts';

const NAME_LENGTH_MAX = 100;
const FILTER_VALUES_MAX = 50;
const FILTER_VALUE_LENGTH_MAX = 200;

const clean = (length_max: number) =>
  z
    .string()
    .max(length_max)
    .refine((text) => isCleanText(text), 'must not contain line breaks or other control characters');
const unique = (given: readonly string[]): boolean => new Set(given).size === given.length;

const name = clean(NAME_LENGTH_MAX).min(1, 'give it a name');
const kind = z
  .enum(['webhook', 'postback'])
  .describe('webhook: signed events, as Standard Webhooks has them; postback: a partner’s own request');
const url = clean(URL_LENGTH_MAX).describe(
  'Where it goes, https://…; of a postback with macros such as {{sub1}} behind the host. It is kept encrypted, and shown only to who may change it',
);
const events = z
  .array(z.enum(EVENT_TYPES))
  .min(1, 'name at least one event')
  .max(EVENT_TYPES.length)
  .refine(unique, 'names an event twice');

const values = z
  .array(clean(FILTER_VALUE_LENGTH_MAX).min(1))
  .min(1, 'is empty: leave it out')
  .max(FILTER_VALUES_MAX)
  .refine(unique, 'names a value twice');
/** What events can be chosen by. */
export const FILTER_FIELDS = {
  offer_id: values,
  campaign_id: values,
  creative_id: values,
  variant_id: values,
  country: values.describe('ISO 3166, such as US'),
  verdict: values.describe('human, bot'),
  domain: values,
  event: values.describe('Of a conversion: sale, lead …; no click has one'),
  parameter: values.describe('The tap brought one of these parameters, such as fbclid'),
} as const;
const filter = z
  .strictObject(FILTER_FIELDS)
  .partial()
  .describe('Only events that have one of the values in each of the named fields; {}: all');
const fields = z
  .array(z.enum(EVENT_FIELD_NAMES))
  .min(1, 'is empty: null for all fields')
  .max(EVENT_FIELD_NAMES.length)
  .refine(unique, 'names a field twice')
  .nullable()
  .describe('Of the data of an event, what is sent; null: everything. Of a webhook');
const batch = z
  .strictObject({ events_max: z.int().min(2).max(BATCH_EVENTS_MAX) })
  .nullable()
  .describe(
    'Up to so many events in one request, collected for up to a second; null: one each. Of a webhook',
  );

const headers = z
  .record(z.string().max(100), z.string().max(HEADER_VALUE_LENGTH_MAX).nullable())
  .refine((given) => Object.keys(given).length <= HEADERS_MAX, `has more than ${HEADERS_MAX} headers`)
  .describe(
    'By name; values are kept encrypted and never shown. In a change, null keeps the value that is there',
  );
const template = z
  .strictObject({
    preset: z.enum(PRESET_NAMES).default('custom'),
    method: z.enum(['GET', 'POST']).default('GET'),
    headers: headers.default({}),
    body: z.string().max(BODY_LENGTH_MAX).default('').describe('Of a POST, with macros'),
    content_type: z
      .enum(['application/json', 'application/x-www-form-urlencoded'])
      .default('application/json'),
  })
  .describe('Of a postback: how the request is made');

export const webhookInput = z
  .strictObject({
    name: name.optional().describe('Default: the host'),
    kind: kind.default('webhook'),
    url,
    events,
    filter: filter.default({}),
    fields: fields.default(null),
    batch: batch.default(null),
    template: template.optional(),
  })
  .meta({
    examples: [
      {
        name: 'CRM',
        url: 'https://crm.example.com/trackly',
        events: ['click.human', 'conversion.booked', 'conversion.reversed'],
        filter: { country: ['US', 'CA'] },
        batch: { events_max: 500 },
      },
    ],
  });
export type WebhookInput = z.output<typeof webhookInput>;

export const webhookChange = z
  .strictObject({ name, url, events, filter, fields, batch, template, status: z.enum(['active', 'paused']) })
  .partial()
  .meta({ examples: [{ status: 'paused' }] });
export type WebhookChange = z.output<typeof webhookChange>;

/** Its host, to recognise it by; macros stand behind it. */
export const hostOf = (address: string): string => new URL(address.replace(/\{\{.*$/s, '')).host;

function templateOf(
  keys: InstallationKeySource,
  webhook_id: string,
  given: NonNullable<WebhookInput['template']>,
  before: Readonly<Record<string, string>>,
): PostbackTemplate {
  const { headers, ...rest } = given;
  const named = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
  const kept = Object.entries(named).map(([key, value]) => [
    key,
    value ?? (Object.hasOwn(before, key) ? before[key] : ''),
  ]);
  return {
    ...rest,
    header_names: Object.keys(named),
    headers_sealed: seal(keys, 'headers', webhook_id, JSON.stringify(Object.fromEntries(kept))),
  };
}

/** The webhook and its secret, which is shown this once. A postback signs nothing. */
export function makeWebhook(
  keys: InstallationKeySource,
  input: WebhookInput,
  of: { account_id: string; webhook_id: string; created_by: string; now_ms: number },
): { webhook: Webhook; secret: string | null } {
  const { name: called = hostOf(input.url), url: address, template: given, ...rest } = input;
  const { now_ms, webhook_id, ...whose } = of;
  const at = new Date(now_ms).toISOString();
  const secret = input.kind === 'postback' ? null : newSecret();
  const webhook: Webhook = {
    ...{ webhook_id, ...whose, ...rest },
    name: called,
    filter: rest.filter as Webhook['filter'],
    url_sealed: seal(keys, 'url', webhook_id, address),
    host: hostOf(address),
    template:
      input.kind === 'postback' ? templateOf(keys, webhook_id, given ?? template.parse({}), {}) : null,
    secrets: secret === null ? [] : [sealedSecret(keys, webhook_id, secret, at)],
    ...{ status: 'active', paused: null, created_at: at, updated_at: at },
  };
  return { webhook, secret };
}

const sealedSecret = (keys: InstallationKeySource, webhook_id: string, secret: string, at: string) => ({
  sealed: seal(keys, 'secret', webhook_id, secret),
  created_at: at,
  expires_at: null,
});

export function changedWebhook(
  keys: InstallationKeySource,
  before: Webhook,
  change: WebhookChange,
  now_ms: number,
): Webhook {
  const { url: address, template: given, status, ...rest } = change;
  const { webhook_id } = before;
  const after = { ...before, ...(rest as Partial<Webhook>) };
  if (address !== undefined) {
    after.url_sealed = seal(keys, 'url', webhook_id, address);
    after.host = hostOf(address);
  }
  if (given !== undefined)
    after.template = templateOf(keys, webhook_id, given, openSecrets(keys, before).headers);
  if (status === 'active') Object.assign(after, { status, paused: null });
  // Why it was paused before somebody asked for it stays known.
  if (status === 'paused' && before.status === 'active')
    Object.assign(after, { status, paused: { reason: 'request', at: new Date(now_ms).toISOString() } });
  return after;
}

/** With a new secret; the one before it signs too for ROTATION_MS, an older one no more. */
export function rotated(
  keys: InstallationKeySource,
  before: Webhook,
  secret: string,
  now_ms: number,
): Webhook {
  const at = new Date(now_ms).toISOString();
  const expires_at = new Date(now_ms + ROTATION_MS).toISOString();
  const old = before.secrets.slice(0, 1).map((one) => ({ ...one, expires_at }));
  return { ...before, secrets: [sealedSecret(keys, before.webhook_id, secret, at), ...old] };
}
