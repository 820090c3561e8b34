/** Conversions by every way in: credited to the right first click, once, and in every report. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedis, untilReady } from '../../src/platform/redis.ts';
import { recheckMissed } from '../../workers/conversions/recheck-missed.ts';
import type { BodyOf } from '../support/api-types.ts';
import { BOT, clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { createNetwork, type Network, type Reply } from '../support/postback.ts';
import {
  type Campaign,
  type CreatedMessage,
  createCampaign,
  created,
  createSender,
  type Sender,
} from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

const MESSAGES = 60;

let system: System;
let sender: Sender;
let campaign: Campaign;
let phones: Phones;
let network: Network;
let messages: CreatedMessage[];
let used = 0;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  campaign = await createCampaign(sender, 'Spring');
  messages = await sender.send(
    Array.from({ length: MESSAGES }, (_, i) => ({
      message_id: `m${i}`,
      contact_id: `contact-${i}`,
      campaign_id: campaign.campaign_id,
      creative_id: campaign.creative_ids[i % 2],
      variant_id: 'AB'[i % 2],
      fields: { first_name: 'Kim' },
    })),
  );
  phones = createPhones(system.redirect_url, 8);
  network = createNetwork(system.redirect_url, 50);
});
afterAll(async () => {
  phones?.close();
  network?.close();
  await system?.destroy();
});

/** A message that no test has touched yet. */
const fresh = (): CreatedMessage => messages[used++] as CreatedMessage;
const linkOf = (message: CreatedMessage, link = 0): string => message.links[link]?.link_id ?? '';

async function tap(link_id: string, user_agent = PHONE): Promise<string> {
  const answer = await phones.open(link_id, user_agent);
  expect(answer?.status).toBe(302);
  return clickIdOf(answer as never);
}

async function report(
  path: string,
  parameters: Record<string, string>,
  method?: 'GET' | 'POST',
): Promise<Reply> {
  const reply = await network.report(path, parameters, method);
  if (reply === undefined) throw new Error('no answer');
  return reply;
}

type Story = BodyOf<'GET', `/v2/conversions/${string}`>;

/** The story of a conversion once it satisfies `is`. */
async function story(conversion_id: string, is: (story: Story) => boolean = () => true): Promise<Story> {
  const ask = () => sender.call('GET', `/v2/conversions/${conversion_id}`);
  let seen = await ask();
  const isThere = (): boolean => seen.status === 200 && is(seen.body);
  await until(
    async () => {
      if (!isThere()) seen = await ask();
      return isThere();
    },
    HANGS_AFTER_MS,
    () => `saw ${JSON.stringify(seen.body)}`,
  );
  return seen.body;
}

const isAttributed = ({ conversion }: Story): boolean => conversion.status === 'attributed';

async function offer(settings: object) {
  const answer = await sender.call('POST', '/v2/offers', {
    name: 'Own',
    destination_url: 'https://shop.example/?click={{click_id}}',
    ...settings,
  });
  return created(answer);
}

/** A link of an offer of its own, with its first click. */
async function clicked(
  settings: object = {},
): Promise<{ offer_id: string; link_id: string; click_id: string }> {
  const { offer_id } = await offer(settings);
  const { body } = await sender.call('POST', '/v2/links/shorten', { offer_id, contact_id: 'c' });
  return { offer_id, link_id: body.link_id, click_id: await tap(body.link_id) };
}

async function offerRows(offer_id: string, more: Record<string, string> = {}) {
  const { body } = await sender.call(
    'GET',
    `/v2/reports/offers?${new URLSearchParams({ offer_id, ...more })}`,
  );
  return body.rows;
}

async function untilRow(offer_id: string, wanted: object, more: Record<string, string> = {}): Promise<void> {
  let rows: object[] = [];
  await until(
    async () => {
      rows = await offerRows(offer_id, more);
      const row = new Map(Object.entries(rows[0] ?? {}));
      return Object.entries(wanted).every(([name, value]) => row.get(name) === value);
    },
    HANGS_AFTER_MS,
    () => `wanted ${JSON.stringify(wanted)}, saw ${JSON.stringify(rows)}`,
  );
}

describe('credit', () => {
  it('goes to the first human click of the contact on the message and offer, with all that belongs to it', async () => {
    const message = fresh();
    const first = await tap(linkOf(message));
    const second = await tap(linkOf(message));
    // A report that overtakes its click is credited as well, in two more lines.
    await untilSeen('the click', async () => (await sender.call('GET', `/v2/clicks/${second}`)).status, 200);
    const { body, status } = await report('/conv', { click_id: second, revenue: '12.50', txn_id: 'a1' });
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'accepted', conversion_id: expect.stringMatching(/^cnv_/) });
    const { conversion, explanation, history } = await story(body.conversion_id, isAttributed);
    expect(conversion).toMatchObject({
      click_id: first,
      link_id: linkOf(message),
      message_id: message.message_id,
      contact_id: 'contact-0',
      offer_id: campaign.offer_ids[0],
      creative_id: campaign.creative_ids[0],
      campaign_id: campaign.campaign_id,
      variant_id: 'A',
      revenue: '12.50',
      currency: 'USD',
      conversions: 1,
    });
    expect(explanation).toContain('first human click');
    expect(history).toHaveLength(1);
    const click = await sender.call('GET', `/v2/clicks/${first}`);
    expect(click.body.conversions).toMatchObject([{ conversion_id: body.conversion_id, revenue: '12.50' }]);
    const whole = await sender.call('GET', `/v2/messages/${message.message_id}`);
    expect(whole.body.conversions).toHaveLength(1);
    expect(whole.body.totals).toMatchObject({ conversions: 1, revenue: '12.50', currency: 'USD' });
  });

  it('is not given for a bot’s click, and is given once a person has clicked', async () => {
    const message = fresh();
    const bot = await tap(linkOf(message), BOT);
    const { body } = await report('/conv', { click_id: bot, revenue: '3', txn_id: 'a2' });
    const before = await story(body.conversion_id, ({ conversion }) => conversion.reason === 'bot_click');
    expect(before.explanation).toContain('bots');
    const human = await tap(linkOf(message));
    const after = await story(body.conversion_id, isAttributed);
    expect(after.conversion.click_id).toBe(human);
    expect(after.history.length).toBeGreaterThanOrEqual(3);
  });

  it('is given within 5 s of the click to a conversion that came before it', async () => {
    const message = fresh();
    const { body } = await report('/conv', { link_id: linkOf(message), revenue: '7.77', txn_id: 'a3' });
    await story(body.conversion_id, ({ conversion }) => conversion.reason === 'no_click');
    const click_id = await tap(linkOf(message));
    expect((await story(body.conversion_id, isAttributed)).conversion.click_id).toBe(click_id);
  });

  it('is given later where Redis has forgotten that the conversion waits', async () => {
    const message = fresh();
    const { body } = await report('/conv', { link_id: linkOf(message), revenue: '7.77', txn_id: 'a4' });
    await story(body.conversion_id, ({ conversion }) => conversion.reason === 'no_click');
    const redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'fast');
    await untilReady(redis, 1_000);
    const own = await redis.keys(`waiting:*${sender.account_id}*${message.message_id}*`);
    expect(await redis.del(...own)).toBe(1);
    const click_id = await tap(linkOf(message));
    await untilSeen(
      'the click',
      () => sender.call('GET', `/v2/clicks/${click_id}`),
      ({ status }) => status === 200,
    );
    const ground = { redis, clickhouse: system.clickhouse };
    await untilSeen(
      'a missed credit',
      () => recheckMissed(ground, 0),
      (missed) => missed > 0,
    );
    redis.disconnect();
    expect((await story(body.conversion_id, isAttributed)).conversion.click_id).toBe(click_id);
  });

  it('is given to conversions that are on their way together with their click', async () => {
    const pairs = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const message = fresh();
        const [first, reply] = await Promise.all([
          tap(linkOf(message)),
          report('/conv', { link_id: linkOf(message), revenue: '1', txn_id: `together-${i}` }),
        ]);
        return { first, conversion_id: reply.body.conversion_id as string };
      }),
    );
    for (const { first, conversion_id } of pairs) {
      expect((await story(conversion_id, isAttributed)).conversion.click_id).toBe(first);
    }
  });

  it('knows a click that is named but never was, and an id of nobody', async () => {
    const message = fresh();
    const click_id = `0Vbp4Jma0pizGfItM1Iu9w${linkOf(message)}`;
    const { body } = await report('/conv', { click_id, txn_id: 'a5' });
    await story(body.conversion_id, ({ conversion }) => conversion.reason === 'unknown_click');
    expect(await report('/conv', { click_id: '{clickid}' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_conversion', message: expect.stringContaining('click_id={clickid}') },
    });
    expect(await report('/conv', { link_id: 'AAAAAAA' })).toMatchObject({ status: 404 });
    expect(await report('/conv', {})).toMatchObject({ status: 400 });
  });

  it('needs the offer’s window', async () => {
    const { click_id } = await clicked({ click_window_days: 1, min_conversion_seconds: 60 });
    const in_s = (seconds: number): string => String(Math.floor(Date.now() / 1_000) + seconds);
    const { body: early } = await report('/conv', { click_id, txn_id: 'w1' });
    const { body: right } = await report('/conv', { click_id, txn_id: 'w2', ts: in_s(120) });
    const { body: late } = await report('/conv', { click_id, txn_id: 'w3', ts: in_s(23.9 * 3_600) });
    await story(early.conversion_id, ({ conversion }) => conversion.reason === 'too_early');
    await story(right.conversion_id, isAttributed);
    await story(late.conversion_id, isAttributed);
    const before = await clicked({});
    const { body: past } = await report('/conv', {
      click_id: before.click_id,
      txn_id: 'w4',
      ts: in_s(-3_600),
    });
    await story(past.conversion_id, ({ conversion }) => conversion.reason === 'too_early');
  });

  it('holds to the terms of its reception when they change', async () => {
    const { offer_id, click_id } = await clicked({ payout: '2' });
    const { body } = await report('/conv', { click_id, event: 'lead', txn_id: 't1' });
    await sender.call('PATCH', `/v2/offers/${offer_id}`, { payout: '9' });
    await untilSeen(
      'the changed payout',
      async () => (await sender.call('GET', `/v2/offers/${offer_id}`)).body.payout,
      '9',
    );
    expect((await story(body.conversion_id, isAttributed)).conversion.payout).toBe('2.00');
  });
});

describe('once', () => {
  it('counts a transaction that is sent 1,000 times over 50 connections', async () => {
    const { offer_id, click_id } = await clicked({ payout: '5' });
    const parameters = { click_id, revenue: '19.99', txn_id: 'often' };
    const replies = await Promise.all(Array.from({ length: 1_000 }, () => report('/conv', parameters)));
    const accepted = replies.filter(({ body }) => body.status === 'accepted');
    expect(accepted).toHaveLength(1);
    expect(replies.every(({ status }) => status === 200)).toBe(true);
    const id = accepted[0]?.body.conversion_id;
    expect(replies.filter(({ body }) => body.conversion_id === id)).toHaveLength(1_000);
    await untilRow(offer_id, { conversions: 1, revenue: '19.99', payout: '5.00' });
  });

  it('counts an event of a contact once where there is no transaction id', async () => {
    const { offer_id, click_id, link_id } = await clicked();
    const again = await tap(link_id);
    for (const id of [{ click_id }, { click_id: again }, { link_id }]) {
      await report('/conv', { ...id, revenue: '4' } as Record<string, string>);
    }
    await report('/conv', { link_id, event: 'lead' });
    await untilRow(offer_id, { conversions: 2, revenue: '4.00' });
  });

  it('counts the same transaction id of another event or offer by itself', async () => {
    const one = await clicked();
    const two = await clicked();
    await report('/conv', { click_id: one.click_id, revenue: '1', txn_id: 'same' });
    await report('/conv', { click_id: one.click_id, event: 'lead', txn_id: 'same' });
    await report('/conv', { click_id: two.click_id, revenue: '2', txn_id: 'same' });
    await untilRow(one.offer_id, { conversions: 2, revenue: '1.00' });
    await untilRow(two.offer_id, { conversions: 1, revenue: '2.00' });
  });

  it('counts repeats where the offer says rebill, and takes the last where it says replace', async () => {
    const rebill = await clicked({ duplicates: 'rebill' });
    const replace = await clicked({ duplicates: 'replace', payout_type: 'revshare', payout: '10' });
    for (const revenue of ['5', '6', '7']) {
      await report('/conv', { click_id: rebill.click_id, revenue, txn_id: 'r' });
      expect((await report('/conv', { click_id: replace.click_id, revenue, txn_id: 'r' })).body.status).toBe(
        'accepted',
      );
    }
    await untilRow(rebill.offer_id, { conversions: 3, revenue: '18.00' });
    await untilRow(replace.offer_id, { conversions: 1, revenue: '7.00', payout: '0.70' });
  });

  it('counts it once though Redis has forgotten it', async () => {
    const { offer_id, click_id } = await clicked();
    const first = await report('/conv', { click_id, revenue: '8', txn_id: 'forgotten' });
    await untilRow(offer_id, { conversions: 1, revenue: '8.00' });
    const redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'fast');
    await untilReady(redis, 1_000);
    const keys = await redis.keys('seen:*');
    const notes = await redis.mget(...keys);
    // Tests beside this one have notes of their own.
    const own = keys.filter((_, i) => notes[i]?.startsWith(`${first.body.conversion_id}=`));
    expect(await redis.del(...own)).toBe(1);
    redis.disconnect();
    const { body } = await report('/conv', { click_id, revenue: '8', txn_id: 'forgotten' });
    const { explanation } = await story(
      body.conversion_id,
      ({ conversion }) => conversion.status === 'duplicate',
    );
    expect(explanation).toContain('repeats cnv_');
    await untilRow(offer_id, { conversions: 1, revenue: '8.00' });
  });
});

describe('refunds', () => {
  it('take back exactly their transaction, never more than is left, also when they come first', async () => {
    const { offer_id, click_id } = await clicked({ payout_type: 'revshare', payout: '12.5' });
    await report('/conv', { click_id, event: 'refund', revenue: '-30', txn_id: 'x' });
    await report('/conv', { click_id, event: 'chargeback', revenue: '100', txn_id: 'x' });
    await report('/conv', { click_id, revenue: '99.99', txn_id: 'x' });
    await report('/conv', { click_id, revenue: '10.01', txn_id: 'y' });
    await untilRow(offer_id, {
      conversions: 2,
      sales: '110.00',
      refunds: '99.99',
      revenue: '10.01',
      payout: '1.25125',
    });
  });

  it('without a transaction stay unattributed, with a reason', async () => {
    const { click_id } = await clicked();
    const { body } = await report('/conv', { click_id, event: 'refund', txn_id: 'never' });
    await story(body.conversion_id, ({ conversion }) => conversion.reason === 'unknown_transaction');
  });
});

describe('money', () => {
  it('pays cpa by event, cpc by first click, revshare by net revenue, each in its currency', async () => {
    const cpa = await clicked({ payout_type: 'cpa', payout: '1.5', currency: 'EUR' });
    const cpc = await clicked({ payout_type: 'cpc', payout: '0.07', currency: 'GBP' });
    await tap(cpc.link_id);
    await report('/conv', { click_id: cpa.click_id, event: 'signup', txn_id: 's' });
    await report('/conv', {
      click_id: cpa.click_id,
      event: 'sale',
      revenue: '20',
      currency: 'usd',
      txn_id: 's',
    });
    await report('/conv', { click_id: cpc.click_id, event: 'sale', revenue: '20', txn_id: 's' });
    await untilRow(cpc.offer_id, { conversions: 1, revenue: '20.00', payout: '0.07', currency: 'GBP' });
    await untilSeen(
      'a row for each currency',
      async () => (await offerRows(cpa.offer_id)).length,
      2,
      HANGS_AFTER_MS,
    );
    const rows = await offerRows(cpa.offer_id, { sort: 'currency' });
    expect(rows).toMatchObject([
      { currency: 'EUR', conversions: 1, revenue: '0.00', payout: '3.00', clicks_unique: 1 },
      { currency: 'USD', conversions: 1, revenue: '20.00', payout: '0.00', clicks_unique: 1 },
    ]);
    const { body } = await sender.call('GET', `/v2/reports/offers?offer_id=${cpa.offer_id}`);
    expect(body.totals).toMatchObject({
      clicks_unique: 1,
      conversions: 2,
      currency: null,
      revenue: null,
      currencies: [
        { currency: 'EUR', payout: '3.00' },
        { currency: 'USD', revenue: '20.00' },
      ],
    });
  });

  it('counts at the time of the click, or of the conversion where that is asked for', async () => {
    const { offer_id, click_id } = await clicked();
    const later = new Date(Date.now() + 20 * 3_600_000);
    await report('/conv', { click_id, revenue: '11', txn_id: 'later', ts: later.toISOString() });
    await untilRow(offer_id, { revenue: '11.00' });
    const then = {
      from: new Date(later.getTime() - 3_600_000).toISOString(),
      to: new Date(later.getTime() + 3_600_000).toISOString(),
    };
    expect(await offerRows(offer_id, then)).toEqual([]);
    expect(await offerRows(offer_id, { ...then, money_by: 'conversion' })).toMatchObject([
      { revenue: '11.00', clicks_total: 0, conversions: 1 },
    ]);
    const hours = await sender.call(
      'GET',
      `/v2/reports/hours?${new URLSearchParams({ ...then, money_by: 'conversion', offer_id })}`,
    );
    expect(hours.body.totals).toMatchObject({ revenue: '11.00' });
  });

  it('is the same in the report views', async () => {
    const views = ['messages', 'offers', 'campaigns', 'creatives', 'variants', 'hours', 'links'];
    for (const view of views) {
      const result = await system.clickhouse.query({
        query: `SELECT count() AS n FROM report_${view} WHERE account_id = {account_id:String} AND arraySum(mapValues(revenue)) > 0`,
        query_params: { account_id: sender.account_id },
        format: 'JSONEachRow',
      });
      expect(Number((await result.json<{ n: string }>())[0]?.n), view).toBeGreaterThan(0);
    }
  });
});
