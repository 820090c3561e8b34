/**
 * Macros of a postback: what stands for `{{name}}` or `{{name|default}}` in its address and its body, of one event. The
 * grammar is that of destinations (catalog/placeholders.ts). Values are percent-encoded in addresses and forms; bodies of
 * JSON are json-template.ts. Pure.
 */
import { createHash } from 'node:crypto';
import { parseTemplate, valueOr } from '../catalog/placeholders.ts';
import { EVENT_FIELD_NAMES, EVENT_FIELDS } from './event-fields.ts';
import type { WebhookEvent } from './webhook.ts';

const MS_PER_S = 1_000;

const text = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};
const fieldOf = ({ data }: WebhookEvent, name: string): string =>
  Object.hasOwn(data, name) ? text(data[name]) : '';
const sha256 = (value: string): string =>
  value === '' ? '' : createHash('sha256').update(value).digest('hex');

/** A parameter that the tap brought; '' without it. */
function tapped({ data }: WebhookEvent, name: string): string {
  const { query } = data;
  return typeof query === 'object' && query !== null && Object.hasOwn(query, name)
    ? text((query as Record<string, unknown>)[name])
    : '';
}

/** When it was opened, where that is known; else when it happened. */
const clickedMs = (event: WebhookEvent): number =>
  Date.parse(fieldOf(event, 'clicked_at') || event.timestamp);

/** Names of standard events: https://developers.facebook.com/docs/meta-pixel/reference. */
const META_EVENTS: Readonly<Record<string, string>> = {
  sale: 'Purchase',
  rebill: 'Purchase',
  lead: 'Lead',
  install: 'CompleteRegistration',
  signup: 'CompleteRegistration',
};
/** https://ads.tiktok.com/help/article/supported-standard-events, of May 2025; Purchase was CompletePayment before, and Lead SubmitForm. */
const TIKTOK_EVENTS: Readonly<Record<string, string>> = {
  sale: 'Purchase',
  rebill: 'Purchase',
  lead: 'Lead',
  install: 'Download',
  signup: 'CompleteRegistration',
};
/** Statuses of conversions that Keitaro knows without further settings. */
const KEITARO_STATUSES: Readonly<Record<string, string>> = { lead: 'lead', signup: 'lead', install: 'lead' };

/** An event of a click has no name of its own: it is a view of the page. */
const named = (event: WebhookEvent, names: Readonly<Record<string, string>>): string => {
  const name = fieldOf(event, 'event');
  return name === '' ? 'ViewContent' : (names[name] ?? name);
};

interface Macro {
  meaning: string;
  value(event: WebhookEvent): string;
}

const DERIVED = {
  event_id: {
    meaning: 'Id of the event: the same at every try and replay, so that the partner counts it once',
    value: ({ id }) => id,
  },
  type: { meaning: 'Type of the event, such as conversion.booked', value: ({ type }) => type },
  timestamp: {
    meaning: 'When it happened, Unix time in seconds',
    value: ({ timestamp }) => String(Math.floor(Date.parse(timestamp) / MS_PER_S)),
  },
  timestamp_ms: {
    meaning: 'When it happened, Unix time in milliseconds',
    value: ({ timestamp }) => String(Date.parse(timestamp)),
  },
  happened_at: { meaning: 'When it happened, ISO 8601', value: ({ timestamp }) => timestamp },
  contact_id_sha256: {
    meaning: 'SHA-256 of the contact, for partners that take ids hashed',
    value: (event) => sha256(fieldOf(event, 'contact_id').trim().toLowerCase()),
  },
  country_sha256: {
    meaning: 'SHA-256 of the country in small letters, as Meta asks for it',
    value: (event) => sha256(fieldOf(event, 'country').toLowerCase()),
  },
  page_url: {
    meaning:
      'https:// and the domain under which the link was opened, as the page of the event; without the link, which is the recipient’s own',
    value: (event) => {
      const domain = fieldOf(event, 'domain');
      return domain === '' ? '' : `https://${domain}/`;
    },
  },
  fbc: {
    meaning: 'Meta’s click id as its conversions API takes it: fb.1., the time of the click, and fbclid',
    // https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/fbp-and-fbc
    value: (event) => {
      const fbclid = tapped(event, 'fbclid');
      return fbclid === '' ? '' : `fb.1.${clickedMs(event)}.${fbclid}`;
    },
  },
  meta_event: {
    meaning: 'The event as Meta names it: Purchase, Lead, CompleteRegistration; ViewContent for a click',
    value: (event) => named(event, META_EVENTS),
  },
  tiktok_event: {
    meaning: 'The event as TikTok names it: Purchase, Lead, Download …; ViewContent for a click',
    value: (event) => named(event, TIKTOK_EVENTS),
  },
  keitaro_status: {
    meaning: 'The event as Keitaro names its status: sale, lead, or rejected for what was reversed',
    value: (event) => {
      if (event.type === 'conversion.reversed') return 'rejected';
      return KEITARO_STATUSES[fieldOf(event, 'event')] ?? 'sale';
    },
  },
} as const satisfies Record<string, Macro>;

/** Parameters that senders and networks put behind links; any other is `query_` and its name. */
const TAPPED = [
  ...Array.from({ length: 20 }, (_, i) => `sub${i + 1}`),
  ...['gclid', 'gbraid', 'wbraid', 'fbclid', 'ttclid', 'msclkid'],
  ...['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'],
] as const;
const QUERY_PREFIX = 'query_';

/** Of these a text can't be made that a partner would want. */
const NO_MACROS: ReadonlySet<string> = new Set(['query', 'bot_reasons']);
const FIELD_MACROS = EVENT_FIELD_NAMES.filter((name) => !NO_MACROS.has(name));

/** All macros by name, for people to choose from. */
export const MACRO_MEANINGS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(FIELD_MACROS.map((name) => [name, EVENT_FIELDS[name]])),
  ...Object.fromEntries(Object.entries(DERIVED).map(([name, { meaning }]) => [name, meaning])),
  ...Object.fromEntries(
    TAPPED.map((name) => [name, 'Parameter of this name that the tap brought behind the link']),
  ),
};

/** The value of a macro in an event; '' where it has none. */
export function macroValue(event: WebhookEvent, name: string): string {
  if (Object.hasOwn(DERIVED, name)) return DERIVED[name as keyof typeof DERIVED].value(event);
  if (Object.hasOwn(EVENT_FIELDS, name)) return fieldOf(event, name);
  return tapped(event, name.startsWith(QUERY_PREFIX) ? name.slice(QUERY_PREFIX.length) : name);
}

export function isKnown(name: string): boolean {
  if (NO_MACROS.has(name)) return false;
  return Object.hasOwn(MACRO_MEANINGS, name) || (name.startsWith(QUERY_PREFIX) && name !== QUERY_PREFIX);
}

/** What encodeURIComponent leaves, but a form or a strict server may not: RFC 3986 reserves them. */
const percent = (value: string): string =>
  encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** For an address, and for the body of a form. */
export function fillAddress(template: string, event: WebhookEvent): string {
  const { texts, placeholders } = parseTemplate(template);
  return texts
    .map((piece, i) => {
      const placeholder = placeholders[i];
      return placeholder === undefined
        ? piece
        : piece + percent(valueOr(placeholder, macroValue(event, placeholder.name)));
    })
    .join('');
}
