/**
 * What is added to a destination, and what a tap brings: set at every level, changed for links that were sent, kept with
 * the click, previewed. And the texts that are refused where they are saved.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LinkPreview } from '../../src/client/openapi.ts';
import { clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { callApi, createCampaign, created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

let system: System;
let sender: Sender;
let phones: Phones;
let offer_id: string;
let creative_id: string;
let campaign_id: string;
let link_id: string;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  phones = createPhones(system.redirect_url, 4);
  const campaign = await createCampaign(sender, 'Parameters');
  [offer_id] = campaign.offer_ids;
  [creative_id] = campaign.creative_ids;
  campaign_id = campaign.campaign_id;
  link_id = await sendLink('p-1');
});

afterAll(async () => {
  phones?.close();
  await system?.destroy();
});

async function sendLink(message_id: string, fields: object = {}): Promise<string> {
  const [message] = await sender.send([
    {
      message_id,
      contact_id: 'c',
      creative_id,
      campaign_id,
      variant_id: 'A',
      fields: { first_name: 'Ann', ...fields },
    },
  ]);
  return message?.links[0]?.link_id ?? '';
}

const change = async (path: string, body: object): Promise<void> => {
  const answer = path.startsWith('/v2/accounts')
    ? await callApi(system, system.admin_key, 'PATCH', path, body)
    : await sender.call('PATCH', path, body);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 });
};

const shorten = async (body: object): Promise<string> =>
  created(await sender.call('POST', '/v2/links/shorten', body)).link_id;

/** Without the click's id. */
async function goesTo(path: string): Promise<string | undefined> {
  const answer = await phones.open(path, PHONE);
  return answer?.location.replace(/click=\w{29}/, 'click=ID') || String(answer?.status);
}

/** Until every process answers so. */
async function soonGoesTo(path: string, location: string): Promise<void> {
  const since = performance.now();
  for (let same = 0; same < 12; ) {
    const now = await goesTo(path);
    same = now === location ? same + 1 : 0;
    if (same === 0 && performance.now() - since > 15_000) expect(now).toBe(location);
  }
}

const SHOP = 'https://shop1.example/?click=ID&contact=c';

describe('url_params', () => {
  it('of each level reach links that were sent, in every process, the narrowest first', async () => {
    await soonGoesTo(link_id, SHOP);
    const levels: [string, string][] = [
      ['account', `/v2/accounts/${sender.account_id}`],
      ['campaign', `/v2/campaigns/${campaign_id}`],
      ['creative', `/v2/creatives/${creative_id}`],
      ['offer', `/v2/offers/${offer_id}`],
      ['link', `/v2/links/${link_id}`],
    ];
    for (const [level, path] of levels) {
      await change(path, { url_params: { utm_source: level, [level]: '{{campaign_id}}', contact: 'never' } });
      await untilSeen(
        `the parameters of the ${level}`,
        () => goesTo(link_id),
        (to) => to?.includes(`utm_source=${level}`) === true,
      );
    }
    const [account, campaign, creative, offer, link] = levels.map(([level]) => `${level}=${campaign_id}`);
    await soonGoesTo(link_id, `${SHOP}&utm_source=link&${account}&${campaign}&${creative}&${offer}&${link}`);
    for (const [, path] of levels) await change(path, { url_params: {} });
    await soonGoesTo(link_id, SHOP);
  });

  it('of a link are shown with it, and given when it is made', async () => {
    const id = await shorten({
      url: 'https://x.example/#top',
      url_params: { utm_source: '{{contact_id}}' },
      contact_id: 'a b',
    });
    expect(await goesTo(id)).toBe('https://x.example/?utm_source=a%20b#top');
    await change(`/v2/links/${id}`, { query: 'pass' });
    const { body } = await sender.call('GET', `/v2/links/${id}`);
    expect(body.link).toMatchObject({ url_params: { utm_source: '{{contact_id}}' }, query: 'pass' });
    await soonGoesTo(`${id}?b=2`, 'https://x.example/?utm_source=a%20b&b=2#top');
  });
});

describe('the query of a tap', () => {
  const TWO_KB = Array.from(
    { length: 128 },
    (_, i) => `k${String(i).padStart(3, '0')}=${'v'.repeat(10)}`,
  ).join('&');

  it('is dropped from the address and kept with the click', async () => {
    const answer = await phones.open(`${link_id}?utm_source=qr&a=1&a=%C3%A4&b=x+y`, PHONE);
    expect(answer?.location).toMatch(/\?click=\w{29}&contact=c$/);
    const path = `/v2/clicks/${clickIdOf(answer ?? { status: 0, location: '' })}`;
    await untilSeen('the click', async () => (await sender.call('GET', path)).status, 200);
    const { body } = await sender.call('GET', path);
    expect(body).toMatchObject({ click: { query: { utm_source: 'qr', a: '1,ä', b: 'x y' } } });
  });

  it('is passed behind the link, 2 kB of it, and never instead of the click id', async () => {
    await change(`/v2/campaigns/${campaign_id}`, { query: 'pass' });
    await soonGoesTo(`${link_id}?gclid=1&gclid=2`, `${SHOP}&gclid=1&gclid=2`);
    await soonGoesTo(`${link_id}.?click=evil&CLICK=evil&contact[]=evil&ok=1`, `${SHOP}&ok=1`);
    expect(TWO_KB.length).toBe(2_047);
    expect(await goesTo(`${link_id}?${TWO_KB}`)).toBe(`${SHOP}&${TWO_KB}`);
    expect(await goesTo(`${link_id}?${TWO_KB}&more=1`)).toBe(`${SHOP}&${TWO_KB}`);
    await change(`/v2/links/${link_id}`, { query: 'drop' });
    await soonGoesTo(`${link_id}?gclid=1`, SHOP);
    await change(`/v2/links/${link_id}`, { query: null });
  });

  it('fills macros, but none of the message', async () => {
    const id = await shorten({
      url: 'https://x.example/{{lp|home}}?n={{who}}&click={{click_id}}',
      fields: { who: 'Ann' },
      query: 'fill',
      url_params: { utm_source: '{{utm_source|sms}}' },
    });
    expect(await goesTo(id)).toBe('https://x.example/home?n=Ann&click=ID&utm_source=sms');
    expect(await goesTo(`${id}?lp=a/b&who=evil&click_id=evil&utm_source=qr`)).toBe(
      'https://x.example/a%2Fb?n=Ann&click=ID&utm_source=qr',
    );
  });
});

it('filters reports: clicks that brought a parameter, with their conversions and verdicts of now', async () => {
  const own = await createSender(system);
  const campaign = await createCampaign(own, 'Brought');
  const [message] = await own.send([
    {
      message_id: 'f-1',
      contact_id: 'c',
      creative_id: campaign.creative_ids[0],
      fields: { first_name: 'A' },
    },
  ]);
  const id = message?.links[0]?.link_id ?? '';
  const tap = async (query: string): Promise<string> => {
    const answer = await phones.open(`${id}${query}`, PHONE);
    return clickIdOf(answer ?? { status: 0, location: '' });
  };
  const first = await tap('?utm_source=q%20r&n=1');
  await tap('?utm_source=q+r&n=2');
  await tap('?utm_source=mail');
  await tap('');
  await own.call('POST', '/v2/conversions', {
    conversions: [{ click_id: first, txn_id: 't', revenue: '7' }],
  });
  const row = async (query: string): Promise<object> => {
    const { body } = await own.call('GET', `/v2/reports/links?link_id=${id}${query}`);
    const { sent, clicks_total, clicks_unique, conversions, revenue } = body.totals;
    return { sent, clicks_total, clicks_unique, conversions, revenue };
  };
  const whole = { sent: 1, clicks_total: 4, clicks_unique: 1, conversions: 1, revenue: '7.00' };
  await untilSeen('the whole report', () => row(''), whole);
  const brought = { ...whole, sent: 0, clicks_total: 2 };
  await untilSeen('what came of these taps', () => row('&query.utm_source=q%20r'), brought);
  expect(await row('&query.utm_source=q%20r&query.n=1')).toEqual({ ...brought, clicks_total: 1 });
  const nothing = { sent: 0, clicks_total: 0, clicks_unique: 0, conversions: 0, revenue: '0.00' };
  expect(await row('&query.utm_source=mail')).toMatchObject({ ...nothing, clicks_total: 1 });
  expect(await row('&query.utm_source=none')).toMatchObject(nothing);
  expect(await row('&query.utm_source=q%20r&currency=USD')).toEqual(brought);
  for (const wrong of [
    'query.=1',
    'query.a=',
    `query.${'a'.repeat(201)}=1`,
    'query=1',
    '1234567'.replace(/./g, 'query.x$&=1&'),
  ]) {
    expect((await own.call('GET', `/v2/reports/links?${wrong}`)).status, wrong).toBe(400);
  }

  const bot_rules = { bot: { user_agents: [PHONE] } };
  await callApi(system, system.admin_key, 'PATCH', `/v2/accounts/${own.account_id}`, { bot_rules });
  await own.call('POST', '/v2/rejudgements', { from: '2020-01-01' });
  await untilSeen(
    'no first click',
    () => row('&query.utm_source=q%20r'),
    (now) => 'clicks_unique' in now && now.clicks_unique === 0,
  );
});

describe('a preview', () => {
  const preview = async (body: object): Promise<LinkPreview> => {
    const answer = await sender.call('POST', '/v2/links/preview', body);
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 });
    return answer.body as LinkPreview;
  };

  it('says where a message’s link goes, as a tap does, with the source of each parameter', async () => {
    await change(`/v2/campaigns/${campaign_id}`, {
      query: 'pass',
      url_params: { utm_source: 'sms', contact: 'x', e: '{{nothing}}' },
    });
    await soonGoesTo(`${link_id}?a=1`, `${SHOP}&utm_source=sms&a=1`);
    const said = await preview({ message_id: 'p-1', key: 'link1', tap_query: 'a=1&click=evil' });
    expect(said).toMatchObject({
      leads_to: 'destination',
      location: `${SHOP.replace('ID', 'CLICK-ID')}&utm_source=sms&a=1`,
      reason: null,
      why: 'The link leads to the offer’s destination, 2 parameters added and 3 left out.',
      source: 'offer',
      interstitial: 'off',
      query: { mode: 'pass', source: 'campaign' },
      empty_macros: [],
      link: {
        link_id,
        message_id: 'p-1',
        contact_id: 'c',
        offer_id,
        creative_id,
        campaign_id,
        link_key: 'link1',
      },
    });
    expect(said.parameters).toEqual([
      { name: 'click', value: 'CLICK-ID', source: 'destination' },
      { name: 'contact', value: 'c', source: 'destination' },
      { name: 'utm_source', value: 'sms', source: 'campaign' },
      { name: 'contact', value: 'x', source: 'campaign', left_out: 'in_destination' },
      { name: 'e', value: '', source: 'campaign', left_out: 'empty' },
      { name: 'a', value: '1', source: 'tap' },
      { name: 'click', value: 'evil', source: 'tap', left_out: 'in_destination' },
    ]);
    expect(await preview({ link_id, tap_query: 'a=1&click=evil' })).toEqual(said);
  });

  it('says it of a link that is not made yet', async () => {
    const of_creative = await preview({
      creative_id,
      key: 'link1',
      campaign_id,
      contact_id: 'new',
      fields: { first_name: 'B' },
    });
    expect(of_creative).toMatchObject({
      location: 'https://shop1.example/?click=CLICK-ID&contact=new&utm_source=sms',
      link: { link_id: 'LINK-ID', message_id: 'MESSAGE-ID', offer_id },
    });
    expect(
      await preview({
        url: 'https://bücher.example/{{city}}',
        url_params: { a: '{{contact_id}}' },
        contact_id: 'x',
      }),
    ).toMatchObject({
      location: 'https://xn--bcher-kva.example/?a=x',
      source: 'link',
      query: { mode: 'drop', source: null },
      empty_macros: ['city'],
    });
    expect(await preview({ offer_id, query: 'fill', tap_query: 'a=1' })).toMatchObject({ source: 'offer' });
  });

  it('says why a link does not lead to its destination', async () => {
    const { body: offer } = await sender.call('POST', '/v2/offers', {
      name: 'Paused',
      destination_url: 'https://paused.example/',
      status: 'paused',
    });
    expect(await preview({ offer_id: offer.offer_id })).toMatchObject({
      leads_to: 'page',
      location: null,
      reason: 'offer_paused',
      why: expect.stringContaining('the offer is paused'),
      source: null,
    });
    await change(`/v2/accounts/${sender.account_id}`, { fallback_url: 'https://home.example/ä' });
    const fallback = await preview({ offer_id: offer.offer_id });
    expect(fallback).toMatchObject({
      leads_to: 'fallback',
      location: 'https://home.example/%C3%A4',
      source: 'account',
      why: expect.stringContaining('The account’s fallback_url is taken'),
    });
    const id = await shorten({ offer_id: offer.offer_id });
    await soonGoesTo(id, 'https://home.example/%C3%A4');
    await change(`/v2/offers/${offer.offer_id}`, { fallback_url: 'https://offer.example/' });
    await soonGoesTo(id, 'https://offer.example/');
    expect(await preview({ link_id: id })).toMatchObject({
      source: 'offer',
      location: 'https://offer.example/',
    });
    await change(`/v2/links/${id}`, { status: 'disabled' });
    expect(await preview({ link_id: id })).toMatchObject({ reason: 'disabled', source: 'offer' });
    await change(`/v2/accounts/${sender.account_id}`, { fallback_url: '' });
  });

  it('counts nothing, and refuses what says no link or another account’s', async () => {
    const other = await createSender(system);
    const theirs = created(
      await other.call('POST', '/v2/links/shorten', { url: 'https://x.example/' }),
    ).link_id;
    const status = async (body: object): Promise<number> =>
      (await sender.call('POST', '/v2/links/preview', body)).status;
    expect(await status({})).toBe(400);
    expect(await status({ link_id, message_id: 'p-1' })).toBe(400);
    expect(await status({ link_id, contact_id: 'c' })).toBe(400);
    expect(await status({ message_id: 'p-1' })).toBe(400);
    expect(await status({ message_id: 'p-1', key: 'link9' })).toBe(400);
    expect(await status({ message_id: 'none', key: 'link1' })).toBe(404);
    expect(await status({ link_id: 'zzzzzzz' })).toBe(404);
    expect(await status({ link_id: theirs })).toBe(404);
    expect(await status({ creative_id: 'cre_none', key: 'link1' })).toBe(400);
    const fresh = await sendLink('p-2');
    await preview({ link_id: fresh });
    const { body } = await sender.call('GET', `/v2/links/${fresh}`);
    expect(body).toMatchObject({ totals: { clicks_total: 0 }, clicks: [] });
  });
});

describe('a text that can only break is refused where it is saved', () => {
  const refused = async (path: string, body: object): Promise<string> => {
    const answer = await sender.call('POST', path, body);
    expect(answer.status).toBe(400);
    return (answer.body as unknown as { message: string }).message;
  };

  it.each([
    ['Hi {{first_name}, see {{link1}}', '{{first_name}, see  at character 4 that is not closed'],
    ['{{link1}}now', 'write a space behind {{link1}}'],
    ['{{link1}}/x', 'write a space behind {{link1}}'],
    ['{{link1}}{{first_name}}', 'write a space behind {{link1}}'],
  ])('a creative: %s', async (body, message) => {
    const creative = { name: 'x', body, offer_links: [{ key: 'link1', offer_id }] };
    expect(await refused('/v2/creatives', creative)).toContain(message);
  });

  it.each([
    ['https://x.example/?c={{clickid}}', 'write {{click_id}}'],
    ['https://x.example/?c={{click_id}', 'is not closed'],
    ['https://%7B%7Bcontact_id%7D%7D.example/', 'after the host only'],
  ])('a destination: %s', async (destination_url, message) => {
    expect(await refused('/v2/offers', { name: 'x', destination_url })).toContain(message);
  });

  it('url_params, and a placeholder that nothing fills', async () => {
    const account = { name: 'x', url_params: { a: '{{click_id}' } };
    const answer = await callApi(system, system.admin_key, 'POST', '/v2/accounts', account);
    expect(answer).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('a has {{click_id}') },
    });
    const url = 'https://x.example/?c={{city}}';
    expect(await refused('/v2/links/shorten', { url })).toContain('nothing fills {{city}}');
    expect(await goesTo(await shorten({ url, fields: { city: 'Ghent' } }))).toBe(
      'https://x.example/?c=Ghent',
    );
    expect(await goesTo(await shorten({ url: 'https://x.example/?c={{city|}}' }))).toBe(
      'https://x.example/?c=',
    );
  });

  it('but not a default, spaces, encoded braces or the line breaks of Windows', async () => {
    const { body } = await sender.call('POST', '/v2/creatives', {
      name: 'x',
      body: 'Hi {{ first_name | there }}\r\n{{ link1 }}',
      offer_links: [{ key: 'link1', offer_id }],
    });
    expect(body.body).toBe('Hi {{ first_name | there }}\n{{ link1 }}');
    const [message] = await sender.send([
      { message_id: 'p-3', contact_id: 'c', creative_id: body.creative_id },
    ]);
    expect(message?.text).toMatch(/^Hi there\nhttps?:\/\/\S+$/);
    const id = await shorten({ url: 'https://x.example/?click=%7B%7Bclick_id%7D%7D&l={{ link_id }}' });
    expect(await goesTo(id)).toBe(`https://x.example/?click=ID&l=${id}`);
  });
});

it.each([
  '%E2%9D%A4%EF%B8%8F',
  '%E6%9F%A5%E7%9C%8B',
  '%E2%80%8E',
  '%E2%80%8Eabc',
  '.%E6%9F%A5abc',
  '%E6%9F',
  '%F0%9F%98',
])('forgives %s behind a link', async (tail) => {
  expect((await phones.open(`${link_id}${tail}`, PHONE))?.status).toBe(302);
});

it('forgives bytes of other alphabets behind a link, as some apps send them', async () => {
  for (const tail of ['❤️', '查看', '\u200e']) {
    const response = await fetch(`${system.redirect_url}/${link_id}${tail}`, { redirect: 'manual' });
    expect(response.status).toBe(302);
  }
});
