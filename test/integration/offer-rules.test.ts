/** An offer with rules, by real taps: where each leads, what its click says, and what a conversion of it is worth. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANDROID, PHONE } from '../support/phones.ts';
import { created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS } from '../support/until.ts';

const WITHIN_MS = HANGS_AFTER_MS;
const HOUR_MS = 3_600_000;
const IN_GERMANY = '91.64.10.10';
const IN_BRITAIN = '81.2.69.142';

let system: System;
let sender: Sender;

interface Visit {
  agent?: string;
  address?: string;
  language?: string;
  query?: string;
  method?: string;
}

const tap = (link_id: string, visit: Visit = {}): Promise<Response> =>
  fetch(`${system.redirect_url}/${link_id}${visit.query ? `?${visit.query}` : ''}`, {
    method: visit.method ?? 'GET',
    redirect: 'manual',
    headers: {
      'user-agent': visit.agent ?? PHONE,
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'accept-language': visit.language ?? 'en-GB,en;q=0.9',
      'accept-encoding': 'gzip, deflate, br',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'sec-fetch-site': 'none',
      'x-forwarded-for': visit.address ?? IN_BRITAIN,
    },
  });
const hostOf = (answer: Response): string => new URL(answer.headers.get('location') ?? '').hostname;
const clickIdOf = (answer: Response): string =>
  new URL(answer.headers.get('location') ?? '').searchParams.get('k') ?? '';
const addressOf = (name: string): string =>
  `https://${name}.example/?k={{click_id}}&o={{offer_id}}&c={{contact_id}}`;

async function newOffer(name: string, fields: object = {}): Promise<string> {
  const answer = await sender.call('POST', '/v2/offers', {
    name,
    destination_url: addressOf(name),
    ...fields,
  });
  return created(answer).offer_id;
}

async function newLinks(offer_id: string, contacts: readonly string[]): Promise<string[]> {
  const creative = await sender.call('POST', '/v2/creatives', {
    ...{ name: 'Hello', body: 'Hello {{link1}}', offer_links: [{ key: 'link1', offer_id }] },
  });
  const sent = await sender.send(
    contacts.map((contact_id) => ({
      ...{ contact_id, creative_id: created(creative).creative_id },
      sent_at: new Date(Date.now() - HOUR_MS).toISOString(),
    })),
  );
  return sent.map(({ links }) => links[0]?.link_id ?? '');
}

const story = async (click_id: string) => {
  await expect
    .poll(async () => (await sender.call('GET', `/v2/clicks/${click_id}`)).status, { timeout: WITHIN_MS })
    .toBe(200);
  return (await sender.call('GET', `/v2/clicks/${click_id}`)).body;
};

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
});

afterAll(() => system?.destroy());

describe('each kind of rule leads its taps', () => {
  const today = new Date().toISOString().slice(0, 10);
  const hour = new Date().getUTCHours();
  it.each<[string, object, Visit, Visit]>([
    ['country', { country: ['DE'] }, { address: IN_GERMANY }, {}],
    ['device', { device: ['android'] }, { agent: ANDROID }, {}],
    ['language', { language: ['de'] }, { language: 'de-AT,de;q=0.9' }, {}],
    ['query', { query: { src: ['qr'] } }, { query: 'src=qr' }, { query: 'src=sms' }],
  ])('%s', async (name, when, inside, outside) => {
    const offer_id = await newOffer(name, {
      rules: [{ name, when, to: [{ url: addressOf(`${name}-led`) }] }],
    });
    const [link_id = ''] = await newLinks(offer_id, [`c-${name}`]);
    expect(hostOf(await tap(link_id, outside))).toBe(`${name}.example`);
    const led = await tap(link_id, inside);
    expect(hostOf(led)).toBe(`${name}-led.example`);
    // An address of the rule's own: the click stays the offer's.
    const { click, led_by } = await story(clickIdOf(led));
    expect(click).toMatchObject({ offer_id, planned_offer_id: offer_id, rule: name, fallback_reason: '' });
    expect(led_by).toBe(`The rule “${name}” of ${name} led the tap.`);
  });

  it('hour and date', async () => {
    const offer_id = await newOffer('times', {
      rules: [
        {
          name: 'never',
          when: { dates: { to: '2020-01-01', tz: 'UTC' } },
          to: [{ url: addressOf('never') }],
        },
        {
          name: 'around now',
          when: {
            dates: { from: today, tz: 'UTC' },
            // Two hours, so that the test may run into the next one.
            hours: { from: hour, to: (hour + 2) % 24, tz: 'UTC' },
          },
          to: [{ url: addressOf('now') }],
        },
      ],
    });
    const [link_id = ''] = await newLinks(offer_id, ['c-times']);
    expect(hostOf(await tap(link_id))).toBe('now.example');
  });
});

describe('a rule that leads to another offer', () => {
  let planned: string;
  let other: string;
  let links: string[];

  beforeAll(async () => {
    other = await newOffer('other', { payout_type: 'cpa', payout: '3.00' });
    planned = await newOffer('planned', {
      ...{ payout_type: 'cpa', payout: '1.00' },
      rules: [{ name: 'Germany', when: { country: ['DE'] }, to: [{ offer_id: other }] }],
    });
    links = await newLinks(planned, ['ann', 'bob', 'cy']);
  });

  it('gives it the click, with the planned offer beside it, and the trace names the rule', async () => {
    const led = await tap(links[0] ?? '', { address: IN_GERMANY });
    expect(hostOf(led)).toBe('other.example');
    const location = new URL(led.headers.get('location') ?? '');
    expect([location.searchParams.get('o'), location.searchParams.get('c')]).toEqual([other, 'ann']);
    expect(clickIdOf(led)).toMatch(/^\w{32}$/);
    const { click, names, led_by } = await story(clickIdOf(led));
    expect(click).toMatchObject({ offer_id: other, planned_offer_id: planned, rule: 'Germany' });
    expect(click).toMatchObject({ is_first: true, is_first_for_offer: true });
    expect(names).toMatchObject({ offer: 'other', planned_offer: 'planned' });
    expect(led_by).toBe('The rule “Germany” of planned led the tap to other.');
  });

  it('stays a link of the planned offer in the reports of links, and in its message', async () => {
    const ofLink = async () =>
      (await sender.call('GET', `/v2/reports/links?link_id=${links[0]}`)).body.rows.map(
        ({ offer_id, clicks_unique }) => [offer_id, clicks_unique],
      );
    await expect.poll(ofLink, { timeout: WITHIN_MS }).toEqual([[planned, 1]]);
    const ofOffers = async () =>
      (await sender.call('GET', '/v2/reports/offers')).body.rows
        .filter(({ offer_id }) => offer_id === other || offer_id === planned)
        .map(({ offer_id, sent, clicks_unique }) => [offer_id, sent, clicks_unique])
        .toSorted((a, b) => Number(a[1]) - Number(b[1]));
    await expect.poll(ofOffers, { timeout: WITHIN_MS }).toEqual([
      [other, 0, 1],
      [planned, 3, 0],
    ]);
  });

  it('pays its conversions by its own terms, named by the click alone', async () => {
    const led = await tap(links[1] ?? '', { address: IN_GERMANY });
    const own = await tap(links[2] ?? '');
    const report = (answer: Response, offer_id?: string) =>
      sender.call('POST', '/v2/conversions', {
        conversions: [{ click_id: clickIdOf(answer), event: 'lead', ...(offer_id && { offer_id }) }],
      });
    await report(led);
    await report(own, planned);
    const wrong = await tap(links[0] ?? '', { address: IN_GERMANY });
    await report(wrong, planned);
    const rows = async () => (await sender.call('GET', '/v2/conversions?sort=converted_at')).body.rows;
    await expect.poll(async () => (await rows()).length, { timeout: WITHIN_MS }).toBe(3);
    await expect
      .poll(
        async () =>
          (await rows()).map(({ offer_id, status, reason, payout }) => [offer_id, status, reason, payout]),
        {
          timeout: WITHIN_MS,
        },
      )
      .toEqual([
        [other, 'attributed', '', expect.stringMatching(/^3(\.0+)?$/)],
        [planned, 'attributed', '', expect.stringMatching(/^1(\.0+)?$/)],
        [planned, 'unattributed', 'wrong_offer', '0.00'],
      ]);
  });

  it('leads within a second of its change', async () => {
    const third = await newOffer('third');
    await sender.call('PATCH', `/v2/offers/${planned}`, {
      rules: [{ name: 'Everybody', when: { device: ['iphone'] }, to: [{ offer_id: third }] }],
    });
    await expect
      .poll(async () => hostOf(await tap(links[2] ?? '')), { timeout: 1_000, interval: 50 })
      .toBe('third.example');
  });
});

it('a contact keeps its target, whichever process answers', async () => {
  const [b, c] = [await newOffer('weight-b'), await newOffer('weight-c')];
  const offer_id = await newOffer('weights', {
    rules: [
      {
        name: 'halves',
        when: { device: ['iphone', 'android'] },
        to: [{ offer_id: b }, { offer_id: c }],
      },
    ],
  });
  const links = await newLinks(
    offer_id,
    Array.from({ length: 24 }, (_, i) => `w-${i}`),
  );
  const hosts = await Promise.all(
    links.map(async (link_id) => {
      const of = [await tap(link_id), await tap(link_id, { agent: ANDROID, address: IN_GERMANY })].map(
        hostOf,
      );
      expect(of[0]).toBe(of[1]);
      return of[0];
    }),
  );
  expect(new Set(hosts)).toEqual(new Set(['weight-b.example', 'weight-c.example']));
});

describe('a chain of fallback offers', () => {
  it('is followed to the first that is open, and is refused where it goes round', async () => {
    const last = await newOffer('last');
    const middle = await newOffer('middle', { fallback_offer_id: last });
    const first = await newOffer('first', { fallback_offer_id: middle });
    const [link_id = ''] = await newLinks(first, ['c-chain']);
    const round = await sender.call('PATCH', `/v2/offers/${last}`, { fallback_offer_id: first });
    expect([round.status, round.body]).toMatchObject([400, { error: 'invalid_request' }]);
    expect(JSON.stringify(round.body)).toContain('go round');
    expect((await sender.call('PATCH', `/v2/offers/${last}`, { fallback_offer_id: last })).status).toBe(400);
    expect((await sender.call('PATCH', `/v2/offers/${last}`, { fallback_offer_id: 'off_none' })).status).toBe(
      400,
    );
    await sender.call('PATCH', `/v2/offers/${first}`, { status: 'paused' });
    await sender.call('PATCH', `/v2/offers/${middle}`, { status: 'archived' });
    await expect
      .poll(async () => hostOf(await tap(link_id, { method: 'HEAD' })), { timeout: WITHIN_MS })
      .toBe('last.example');
    const answer = await tap(link_id);
    const { click, led_by } = await story(clickIdOf(answer));
    expect(click).toMatchObject({ offer_id: last, planned_offer_id: first, fallback_reason: 'offer_paused' });
    expect(led_by).toBe('first was paused: its fallback last took the tap.');
    // Nothing is open: the page, and a refused tap of the first.
    await sender.call('PATCH', `/v2/offers/${last}`, { status: 'paused' });
    await expect
      .poll(async () => (await tap(link_id, { method: 'HEAD' })).status, { timeout: WITHIN_MS })
      .toBe(410);
  });
});

it('a rule to an offer of nobody, or to a tracking domain, is refused', async () => {
  const refused = async (to: object) =>
    (
      await sender.call('POST', '/v2/offers', {
        name: 'x',
        destination_url: addressOf('x'),
        rules: [{ name: 'r', when: { country: ['DE'] }, to: [to] }],
      })
    ).body;
  expect(JSON.stringify(await refused({ offer_id: 'off_none' }))).toContain(
    'the account has no offer off_none',
  );
  const { body } = await sender.call('POST', '/v2/links/shorten', { url: 'https://shop.example/' });
  expect(JSON.stringify(await refused({ url: body.short_url }))).toContain('tracking domain');
});
