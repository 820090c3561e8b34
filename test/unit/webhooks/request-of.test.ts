/** The requests that webhooks and postbacks become, webhooks as the standardwebhooks package reads them. */
import { Webhook as Receiver } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { fillJson } from '../../../src/webhooks/json-template.ts';
import { fillAddress } from '../../../src/webhooks/macros.ts';
import { requestOf } from '../../../src/webhooks/request-of.ts';
import { newSecret, type OpenedSecrets } from '../../../src/webhooks/secrets.ts';
import type { PostbackTemplate, WebhookEvent, WebhookMessage } from '../../../src/webhooks/webhook.ts';

const event = (data: Record<string, unknown> = {}): WebhookEvent => ({
  id: 'evt_1',
  type: 'conversion.booked',
  timestamp: '2026-11-29T10:00:00.000Z',
  data: { click_id: 'c1', event: 'sale', revenue: '12.50', ...data },
});
const message = (id = 'evt_1', events = [event()]): WebhookMessage => ({
  ...{ id, sequence: 7 },
  events: events.map((one) => JSON.stringify(one)),
});
const opened = (secrets: OpenedSecrets['secrets'], url = 'https://a.example/in'): OpenedSecrets => ({
  ...{ url, secrets },
  headers: {},
});
const signing = (...texts: string[]) => texts.map((text) => ({ text, expires_at: null }));

describe('a webhook', () => {
  it('is verified by the standardwebhooks package', () => {
    const secret = newSecret();
    const { body, headers, method } = requestOf(
      { template: null },
      opened(signing(secret)),
      message(),
      Date.now(),
    );
    expect(method).toBe('POST');
    expect(new Receiver(secret).verify(body, headers)).toEqual(event());
    expect(headers['webhook-id']).toBe('evt_1');
    expect(headers['webhook-sequence']).toBe('7');
    expect(() => new Receiver(secret).verify(`${body} `, headers)).toThrow();
    expect(() => new Receiver(newSecret()).verify(body, headers)).toThrow();
  });

  it('is verified by the old secret and by the new one until the old one expires', () => {
    const [fresh, old] = [newSecret(), newSecret()];
    const now_ms = Date.now();
    const secrets = (expires_ms: number): OpenedSecrets['secrets'] => [
      { text: fresh, expires_at: null },
      { text: old, expires_at: new Date(expires_ms).toISOString() },
    ];
    const both = requestOf({ template: null }, opened(secrets(now_ms + 1)), message(), now_ms);
    for (const secret of [fresh, old]) new Receiver(secret).verify(both.body, both.headers);
    const one = requestOf({ template: null }, opened(secrets(now_ms)), message(), now_ms);
    new Receiver(fresh).verify(one.body, one.headers);
    expect(() => new Receiver(old).verify(one.body, one.headers)).toThrow();
  });

  it('is a batch by its id, also with one event', () => {
    const of = (id: string, events?: WebhookEvent[]) =>
      JSON.parse(requestOf({ template: null }, opened(signing(newSecret())), message(id, events), 0).body);
    expect(of('msg_1')).toEqual({ events: [event()] });
    expect(of('msg_1', [event(), event()]).events).toHaveLength(2);
    expect(of('evt_1')).toEqual(event());
  });
});

describe('a postback', () => {
  const template = (of: Partial<PostbackTemplate>): PostbackTemplate => ({
    ...{
      preset: 'custom',
      method: 'GET',
      headers_sealed: '',
      header_names: [],
      body: '',
      content_type: 'application/json',
    },
    ...of,
  });

  it('has its macros encoded in the address, and nothing of ours to tell it by', () => {
    const url = 'https://p.example/pb?cid={{sub1}}&sum={{revenue}}&cur={{currency|USD}}&no={{txn_id}}';
    const {
      method,
      url: filled,
      body,
      headers,
    } = requestOf(
      { template: template({}) },
      opened([], url),
      message('evt_1', [event({ query: { sub1: "a b&c=d/'\n" } })]),
      0,
    );
    expect(filled).toBe('https://p.example/pb?cid=a%20b%26c%3Dd%2F%27%0A&sum=12.50&cur=USD&no=');
    expect([method, body]).toEqual(['GET', '']);
    expect(headers).toEqual({ 'user-agent': 'Trackly-Webhooks/1' });
  });

  it('keeps JSON whole whatever the values are', () => {
    const odd = `"}\\ \u2028\ud800{{x}}`;
    const filled = fillJson(
      '{"a": "x{{sub1}}y", "n": {{revenue}}, "none": {{payout|}}, "t": {{sub1}}, "z": {"y": {{query_zip}}}}',
      event({ query: { sub1: odd, zip: '007' } }),
    );
    expect(JSON.parse(filled)).toEqual({
      a: `x${odd.toWellFormed()}y`,
      n: 12.5,
      none: null,
      t: odd.toWellFormed(),
      z: { y: '007' },
    });
  });

  it.each([
    ['{"a": "{{sub1}}", "b": {{payout}}, "c": 1}', '{"c":1}'],
    ['{"a": ["{{sub1}}"], "b": {"c": {"d": "{{sub1}}{{sub2}}"}}, "e": []}', '{"e":[]}'],
    ['[{"a": "{{sub1}}"}, {"a": "{{event}}"}]', '[{"a":"sale"}]'],
    ['{"{{sub1}}": 1, "{{event}}": 2}', '{"sale":2}'],
    // Said to be sent empty, or not only macros.
    ['{"a": "{{sub1|}}", "b": {{payout|}}, "c": "", "d": "x{{sub1}}"}', '{"a":"","b":null,"c":"","d":"x"}'],
    ['{"a": "{{sub1}}"}', '{}'],
    ['{{payout}}', 'null'],
    ['', ''],
  ])('leaves what has no value out of %s', (body, filled) => {
    expect(fillJson(body, event())).toBe(filled);
  });

  it('takes JSON without spaces', () => {
    const body = '{"a":{"b":{"c":{{revenue}}}},"d":{"e":"{{sub1}}"}}';
    expect(JSON.parse(fillJson(body, event({ query: { sub1: '}}' } })))).toEqual({
      a: { b: { c: 12.5 } },
      d: { e: '}}' },
    });
  });

  it('encodes a form as it encodes an address', () => {
    const { body, headers } = requestOf(
      {
        template: template({
          method: 'POST',
          body: 'id={{click_id}}&s={{sub2}}',
          content_type: 'application/x-www-form-urlencoded',
        }),
      },
      { ...opened([]), headers: { authorization: 'Bearer k' } },
      message('evt_1', [event({ query: { sub2: 'ü&' } })]),
      0,
    );
    expect(body).toBe('id=c1&s=%C3%BC%26');
    expect(headers).toMatchObject({
      authorization: 'Bearer k',
      'content-type': 'application/x-www-form-urlencoded',
    });
  });

  it('knows what partners want derived', () => {
    const of = (macro: string, data = {}): string => fillAddress(`{{${macro}}}`, event(data));
    const tap = { clicked_at: '2026-11-29T09:00:00.000Z', query: { fbclid: 'Ab' } };
    expect(of('fbc', tap)).toBe('fb.1.1795942800000.Ab');
    expect(of('fbc')).toBe('');
    expect(of('timestamp')).toBe('1795946400');
    expect(of('contact_id_sha256', { contact_id: ' A1 ' })).toBe(
      'f55ff16f66f43360266b95db6f8fec01d76031054306ae4a4b380598f6cfd114',
    );
    expect(of('contact_id_sha256')).toBe('');
    expect([of('meta_event'), of('tiktok_event'), of('keitaro_status')]).toEqual([
      'Purchase',
      'Purchase',
      'sale',
    ]);
    // Names of an object are no macros.
    expect(of('constructor')).toBe('');
  });
});
