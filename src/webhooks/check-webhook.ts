/**
 * Why an address, the body or the headers of a webhook can't be saved, in words for who wrote them; undefined where they
 * can. Also the event that a test and a preview are made of. Pure.
 */
import { parseTemplate } from '../catalog/placeholders.ts';
import { refusedAddress } from '../platform/outside-request.ts';
import { isUrl } from '../platform/url.ts';
import { fillJson, spacedJson } from './json-template.ts';
import { fillAddress, isKnown } from './macros.ts';
import { PRESETS, UNREPLACED } from './presets.ts';
import type { EventType, PostbackTemplate, WebhookEvent } from './webhook.ts';

export const URL_LENGTH_MAX = 4_000;
export const BODY_LENGTH_MAX = 10_000;
export const HEADERS_MAX = 20;
export const HEADER_VALUE_LENGTH_MAX = 4_000;

/** Of the connection, or set from the request itself. */
const HEADERS_OF_OURS: ReadonlySet<string> = new Set([
  ...['host', 'content-length', 'content-type', 'transfer-encoding', 'connection', 'keep-alive', 'te'],
  ...['upgrade', 'expect', 'trailer', 'proxy-authorization', 'proxy-connection', 'user-agent'],
]);
/** RFC 9110: a token. */
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/i;
/** What Node sends: no control characters, nothing beyond Latin-1. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The parameters in which partners expect their click id, and Google's. */
const SAMPLE_QUERY = Object.fromEntries(
  [...PRESETS.map(({ click_parameter }) => click_parameter), 'gclid'].map((name) => [name, `test_${name}`]),
);

/** What events of a type have at most; `test` says that it did not happen. */
export function sampleEvent(type: EventType, now_ms: number): WebhookEvent {
  const at = new Date(now_ms).toISOString();
  const of_click = {
    ...{ click_id: 'test_click', link_id: 'TEST123', message_id: 'test_message', contact_id: 'test_contact' },
    ...{ campaign_id: 'cam_test', variant_id: 'a', creative_id: 'cre_test', offer_id: 'off_test' },
    ...{ domain: 'go.example.com', clicked_at: at, country: 'US' },
    query: SAMPLE_QUERY,
  };
  const judged = {
    ...{ verdict: type === 'click.bot' ? 'bot' : 'human', bot_reasons: [] },
    ...{ is_first: type === 'click.first', is_first_for_offer: type === 'click.first' },
    ...{ device: 'phone', os: 'iOS', browser: 'Safari' },
  };
  const booked = {
    ...{ conversion_id: 'test_conversion', event: 'sale', txn_id: 'test_txn', converted_at: at },
    ...{ revenue: '10.00', payout: '8.00', currency: 'USD', status: 'attributed' },
    sign: type === 'conversion.reversed' ? -1 : 1,
  };
  const data: Record<string, unknown> = {
    ...of_click,
    ...(type.startsWith('conversion.') ? booked : judged),
    ...(type === 'verdict.changed' && { verdict: 'bot', verdict_before: 'human' }),
    test: true,
  };
  return { id: `evt_test_${now_ms}`, type, timestamp: at, data };
}

function macroProblem(text: string): string | undefined {
  const { error, placeholders } = parseTemplate(text);
  if (error !== undefined) return error;
  const unknown = placeholders.find(({ name }) => !isKnown(name));
  if (unknown === undefined) return undefined;
  return `has {{${unknown.name}}}, which is no macro: GET /v2/webhooks/options lists them; a parameter of the tap is {{query_name}}`;
}

/** `template` where it is a postback: only those have macros. */
export function urlProblem(url: string, is_postback: boolean, allow_private: boolean): string | undefined {
  const problem = is_postback ? macroProblem(url) : undefined;
  if (problem !== undefined) return problem;
  const filled = is_postback ? fillAddress(url, sampleEvent('conversion.booked', 0)) : url;
  if (!isUrl(filled) || !/^https?:/.test(filled)) return 'is no address: write https://…';
  const host = /^https?:\/\/[^/?#]*/.exec(url)?.[0] ?? '';
  if (host.includes('{{')) return 'has a macro in its host: the host has to be the same for every event';
  const unreplaced = UNREPLACED.exec(url)?.[0];
  if (is_postback && unreplaced !== undefined) return `still has ${unreplaced}: replace it by your own`;
  const refused = refusedAddress(filled, allow_private);
  return refused === undefined ? undefined : `it ${refused}`;
}

export function bodyProblem({
  method,
  body,
  content_type,
}: Pick<PostbackTemplate, 'method' | 'body' | 'content_type'>): string | undefined {
  if (method === 'GET') return body === '' ? undefined : 'is not sent with GET: leave it out, or use POST';
  const problem = macroProblem(content_type === 'application/json' ? spacedJson(body) : body);
  if (problem !== undefined) return problem;
  const unreplaced = UNREPLACED.exec(body)?.[0];
  if (unreplaced !== undefined) return `still has ${unreplaced}: replace it by your own`;
  return content_type === 'application/json' && body !== '' ? jsonProblem(body) : undefined;
}

/** With values, and without any. */
function jsonProblem(body: string): string | undefined {
  try {
    JSON.parse(fillJson(body, sampleEvent('conversion.booked', 0)));
    JSON.parse(
      fillJson(body, { id: '', type: 'click.human', timestamp: new Date(0).toISOString(), data: {} }),
    );
    return undefined;
  } catch {
    return 'is no JSON once its macros are filled in: put texts into quotes; a macro outside of quotes becomes a number or a text';
  }
}

/** Names in small letters. */
export function headersProblem(headers: Readonly<Record<string, string | null>>): string | undefined {
  const names = Object.keys(headers);
  if (names.length > HEADERS_MAX) return `has more than ${HEADERS_MAX} headers`;
  const wrong = names.find((name) => !HEADER_NAME.test(name));
  if (wrong !== undefined) return `has ${JSON.stringify(wrong)}, which is no name of a header`;
  const own = names.find((name) => HEADERS_OF_OURS.has(name.toLowerCase()) || /^webhook-/i.test(name));
  if (own !== undefined) return `has ${own}, which is set for each request: leave it out`;
  const odd = names.find((name) => !HEADER_VALUE.test(headers[name] ?? ''));
  if (odd !== undefined) return `has a line break or a letter that no header takes in ${odd}`;
  const unreplaced = names.find((name) => UNREPLACED.test(headers[name] ?? ''));
  return unreplaced === undefined
    ? undefined
    : `still has a placeholder in ${unreplaced}: replace it by your own`;
}
