/** What of a webhook is refused when it is saved, and that every preset is a request. */
import { describe, expect, it } from 'vitest';
import { bodyProblem, headersProblem, sampleEvent, urlProblem } from '../../../src/webhooks/check-webhook.ts';
import { fillJson } from '../../../src/webhooks/json-template.ts';
import { fillAddress } from '../../../src/webhooks/macros.ts';
import { PRESETS, UNREPLACED } from '../../../src/webhooks/presets.ts';
import { EVENT_TYPES } from '../../../src/webhooks/webhook.ts';

const own = (text: string): string => text.replaceAll(new RegExp(UNREPLACED, 'g'), 'mine.example');

describe.each(PRESETS)('the preset $preset', (preset) => {
  it('is refused until its placeholders are replaced, and is a whole request then', () => {
    const { url, body, method, content_type, headers, events } = preset;
    const texts = [url, body, ...Object.values(headers)];
    expect(texts.some((text) => UNREPLACED.test(text))).toBe(true);
    expect([urlProblem(url, true, false), bodyProblem(preset), headersProblem(headers)].join()).toContain(
      'replace it',
    );
    expect(urlProblem(own(url), true, false)).toBeUndefined();
    expect(bodyProblem({ method, body: own(body), content_type })).toBeUndefined();
    for (const type of [...EVENT_TYPES, ...events]) {
      const event = sampleEvent(type, Date.now());
      expect(new URL(fillAddress(own(url), event)).search).not.toMatch(/undefined|\{\{|null/);
      if (body !== '') JSON.parse(fillJson(own(body), event));
    }
  });
});

it('fills what Meta documents', () => {
  const { body } = PRESETS.find(({ preset }) => preset === 'meta') ?? { body: '' };
  const { data } = JSON.parse(fillJson(body, sampleEvent('conversion.booked', 1_795_942_800_123)));
  expect(data[0]).toMatchObject({
    event_name: 'Purchase',
    event_time: 1_795_942_800,
    action_source: 'chat',
    user_data: { fbc: 'fb.1.1795942800123.test_fbclid' },
    custom_data: { value: 10, currency: 'USD' },
  });
});

it('fills what TikTok documents', () => {
  const { body, headers } = PRESETS.find(({ preset }) => preset === 'tiktok') ?? { body: '', headers: {} };
  const { data, ...of } = JSON.parse(fillJson(body, sampleEvent('conversion.booked', 1_795_942_800_123)));
  expect(of).toEqual({ event_source: 'web', event_source_id: 'YOUR-PIXEL-CODE' });
  expect(data[0]).toMatchObject({
    event: 'Purchase',
    event_time: 1_795_942_800,
    user: { ttclid: 'test_ttclid', external_id: expect.stringMatching(/^[0-9a-f]{64}$/) },
    page: { url: 'https://go.example.com/' },
    properties: { value: 10, currency: 'USD' },
  });
  expect(Object.keys(headers)).toEqual(['access-token']);
});

it.each(PRESETS.filter(({ body }) => body !== ''))(
  'the preset $preset sends nothing empty of a contact that is withheld',
  ({ body }) => {
    const event = sampleEvent('conversion.booked', 1_795_942_800_123);
    event.data = { ...event.data, contact_id: '', domain: '', txn_id: '', currency: '', query: {} };
    const [sent] = JSON.parse(fillJson(body, event)).data;
    expect(JSON.stringify(sent)).not.toMatch(/""|null|\[\]|\{\}/);
    expect(Object.keys(sent)).not.toContain('user_data');
    expect(sent).toMatchObject({ event_time: 1_795_942_800, event_id: event.id });
  },
);

/** Names of parameters as the partners document them. */
it.each([
  ['everflow', 'nid,transaction_id,amount,order_id', 'test_sub1'],
  ['voluum', 'cid,payout,txid,et,currency', 'test_cid'],
  ['keitaro', 'subid,status,payout,currency,tid', 'test_subid'],
  ['redtrack', 'clickid,sum,currency,type,rdtk_event_id', 'test_clickid'],
])('fills what %s documents', (name, parameters, click) => {
  const { url = '' } = PRESETS.find(({ preset }) => preset === name) ?? {};
  const event = sampleEvent('conversion.booked', Date.now());
  const found = new URL(fillAddress(own(url), event)).searchParams;
  expect([...found.keys()].join()).toBe(parameters);
  expect([...found.values()]).toContain(click);
  expect(found.get('amount') ?? found.get('payout') ?? found.get('sum')).toBe('10.00');
});

describe('an address', () => {
  it.each([
    ['nothing', /no address/],
    ['ftp://a.example/', /no address/],
    ['http://a.example/', /https/],
    ['https://127.0.0.1/', /private/],
    ['https://u:p@a.example/', /user name/],
    ['https://a.example/{{clickid}}', /no macro/],
    ['https://a.example/{{click_id', /not closed/],
    ['https://{{sub1}}/', /host/],
    ['https://{{sub1}}.a.example/x', /host/],
    ['https://a.example:{{sub1}}/', /./],
    ['https://a.example/?x={{query}}', /no macro/],
  ])('%s is refused', (url, why) => expect(urlProblem(url, true, false)).toMatch(why));

  it('of a webhook has no macros, so its braces are its own', () => {
    expect(urlProblem('https://a.example/%7B%7Bx%7D%7D', false, false)).toBeUndefined();
  });
});

it.each([
  ['{"a": {{revenue}}, }', /no JSON/],
  ['{"a": x{{revenue}} }', /no JSON/],
  ['{"a": "{{revenue}}', /no JSON/],
  ['{"a": {{revenue}}0}', /no JSON/],
  ['{"a": {{revenue}}} {{revenue}}', /no JSON/],
  ['{{{revenue}}: 1}', /./],
  ['{"a": "\\{{revenue}}"}', /no JSON/],
  ['{"a": "{{reveneu}}"}', /no macro/],
])('the body %s is refused', (body, why) =>
  expect(bodyProblem({ method: 'POST', body, content_type: 'application/json' })).toMatch(why),
);

it.each([
  [{ host: 'x' }, /set for each/],
  [{ 'webhook-id': 'x' }, /set for each/],
  [{ 'a b': 'x' }, /no name/],
  [{ a: 'x\r\nb: y' }, /line break/],
  [{ a: '€' }, /letter/],
])('the headers %j are refused', (headers, why) => expect(headersProblem(headers)).toMatch(why));
