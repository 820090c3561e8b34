/**
 * A/B tests end to end: known messages, clicks and money in a real engine, and the whole answer, whose figures
 * are published ones or were computed with SciPy 1.11.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Campaign, entityKey } from '../../src/catalog/definitions.ts';
import { type DataClick, type DataSend, insertData } from '../support/report-data.ts';
import { ACCOUNT, type ReportsApi, startReportsApi } from '../support/reports-api.ts';

const SENT_MS = Date.parse('2025-03-01T10:00:00Z');
const CLICKED_MS = Date.parse('2025-03-01T12:00:00Z');
const EXPIRES_S = Date.parse('2099-01-01T00:00:00Z') / 1_000;
const RANGE = { from: '2025-03-01', to: '2025-03-10' };

interface Arm {
  variant_id: string;
  percent?: number;
  sent: number;
  /** Messages with a first human click: the first ones. */
  clicked: number;
  /** Messages that only bots opened: the last ones. */
  bots?: number;
}

interface Sale {
  campaign_id: string;
  variant_id: string;
  /** Message of the variant, from 0. */
  message: number;
  sales?: string;
  refunds?: string;
  currency?: string;
  conversions?: number;
}

let api: ReportsApi;
let sales = 0;

beforeAll(async () => {
  api = await startReportsApi();
});
afterAll(() => api?.stop());

async function makeCampaign(campaign_id: string, arms: Arm[]): Promise<void> {
  const variants = arms
    .filter(({ percent }) => percent !== undefined)
    .map(({ variant_id, percent }) => ({ variant_id, creative_id: 'cre', percent }));
  const selection = { method: 'planned', metric: 'click_rate', control_percent: 10 };
  const campaign = { campaign_id, account_id: ACCOUNT, name: campaign_id, variants, selection } as Campaign;
  await api.redis.set(entityKey('campaign', ACCOUNT, campaign_id), JSON.stringify(campaign));
  const sends: DataSend[] = [];
  const clicks: DataClick[] = [];
  for (const { variant_id, sent, clicked, bots = 0 } of arms) {
    for (let i = 0; i < sent; i++) {
      const message = {
        account_id: ACCOUNT,
        message_id: messageId(campaign_id, variant_id, i),
        contact_id: `c${i}`,
        creative_id: 'cre',
        campaign_id,
        variant_id,
        sent_at_ms: SENT_MS,
      };
      const link = { link_key: 'link1', link_id: `${variant_id}${i}`, offer_id: 'off' };
      sends.push({ ...message, links: [link] });
      const click = (verdict: 'human' | 'bot', is_first: boolean, later_ms: number): DataClick => ({
        ...message,
        ...link,
        click_id: `${message.message_id}-${later_ms}`,
        clicked_at_ms: CLICKED_MS + later_ms,
        verdict,
        is_first,
        is_first_for_offer: is_first,
      });
      // A person taps twice, with a bot before: one unique click.
      if (i < clicked) clicks.push(click('bot', false, 0), click('human', true, 1), click('human', false, 2));
      if (i >= sent - bots) clicks.push(click('bot', false, 3), click('bot', false, 4));
    }
  }
  await insertData(api.clickhouse, { sends, clicks }, campaign_id);
}

const messageId = (campaign_id: string, variant_id: string, i: number): string =>
  `${campaign_id}-${variant_id}-${i}`;

async function earn(lines: Sale[]): Promise<void> {
  await api.clickhouse.insert({
    table: 'trackly.conversions',
    format: 'JSONEachRow',
    values: lines.map(({ campaign_id, variant_id, message, sales: gross = '0', ...line }) => {
      const { refunds = '0', currency = 'USD', conversions = refunds === '0' ? 1 : 0 } = line;
      const id = `cnv_${sales++}`;
      return {
        account_id: ACCOUNT,
        offer_id: 'off',
        transaction: `txn:${id}`,
        conversion_id: id,
        event: refunds === '0' ? 'sale' : 'refund',
        sign: 1,
        status: 'attributed',
        converted_at: CLICKED_MS + 3_600_000,
        received_at: CLICKED_MS + 3_600_000,
        credited_at: CLICKED_MS,
        sent_at: SENT_MS,
        message_id: messageId(campaign_id, variant_id, message),
        link_id: `${variant_id}${message}`,
        link_key: 'link1',
        creative_id: 'cre',
        campaign_id,
        variant_id,
        conversions,
        currency,
        sales: gross,
        refunds,
        payout: '0',
      };
    }),
  });
}

async function variants(query: Record<string, string>, account_id = ACCOUNT) {
  const answer = await api.get('/v2/reports/variants', { ...RANGE, ...query }, account_id);
  expect(answer.status, answer.text).toBe(200);
  return answer.json();
}

const codes = (experiment: { warnings: { code: string }[] } | null | undefined): string[] =>
  (experiment?.warnings ?? []).map(({ code }) => code);

describe('there is no experiment', () => {
  beforeAll(async () => {
    await makeCampaign('cam_plain', [{ variant_id: '', sent: 3, clicked: 1 }]);
  });

  it('without a campaign, for one that the catalog does not have, for one without variants', async () => {
    for (const query of [{}, { campaign_id: 'cam_none' }, { campaign_id: 'cam_plain' }]) {
      expect((await variants(query)).experiment).toBeNull();
    }
  });

  it("for another account's campaign", async () => {
    await makeCampaign('cam_own', [{ variant_id: 'A', percent: 100, sent: 3, clicked: 1 }]);
    expect((await variants({ campaign_id: 'cam_own' })).experiment).not.toBeNull();
    expect((await variants({ campaign_id: 'cam_own' }, 'acc_third')).experiment).toBeNull();
  });

  it('in another report or a CSV', async () => {
    const offers = await api.get('/v2/reports/campaigns', { ...RANGE, campaign_id: 'cam_own' });
    expect(offers.json()).not.toHaveProperty('experiment');
    const { text } = await api.get('/v2/reports/variants', {
      ...RANGE,
      campaign_id: 'cam_own',
      format: 'csv',
    });
    expect(text).not.toContain('control');
  });
});

it("answers Newcombe's published intervals (1998, Statistics in Medicine 17, tables I and II)", async () => {
  // 56/70 against 48/80: difference 0.2 (0.0524, 0.3339).
  await makeCampaign('cam_newcombe', [
    { variant_id: 'A', percent: 50, sent: 80, clicked: 48, bots: 20 },
    { variant_id: 'B', percent: 50, sent: 70, clicked: 56, bots: 9 },
  ]);
  const { experiment } = await variants({ campaign_id: 'cam_newcombe' });
  const difference = experiment?.variants[1]?.click_rate.difference;
  expect(difference?.value).toBe(0.2);
  expect(difference?.low).toBeCloseTo(0.0524, 4);
  expect(difference?.high).toBeCloseTo(0.3339, 4);
  // 81/263 is 0.3080 (0.2553, 0.3662), 15/148 is 0.1014 (0.0624, 0.1605).
  await makeCampaign('cam_wilson', [
    { variant_id: 'A', percent: 64, sent: 263, clicked: 81, bots: 100 },
    { variant_id: 'B', percent: 36, sent: 148, clicked: 15 },
  ]);
  const wilson = (await variants({ campaign_id: 'cam_wilson' })).experiment;
  expect(codes(wilson)).not.toContain('sample_ratio_mismatch');
  const intervals = wilson?.variants.map(({ click_rate }) =>
    [click_rate.low, click_rate.high].map((limit) => limit.toFixed(4)),
  );
  expect(intervals).toEqual([
    ['0.2553', '0.3662'],
    ['0.0624', '0.1605'],
  ]);
});

it('follows verdicts that were judged again, and shows what held under earlier rules', async () => {
  await makeCampaign('cam_judged', [
    { variant_id: 'A', percent: 50, sent: 40, clicked: 10 },
    { variant_id: 'B', percent: 50, sent: 40, clicked: 20 },
  ]);
  const line = (i: number, sign: 1 | -1, verdict: 'human' | 'bot') => {
    const message_id = messageId('cam_judged', 'B', i);
    return {
      account_id: ACCOUNT,
      clicked_at: CLICKED_MS + 1,
      sent_at: SENT_MS,
      click_id: `${message_id}-1`,
      change: 1,
      sign,
      rejudgement: 1,
      rules_version: '2',
      verdict,
      is_first: verdict === 'human' ? 1 : 0,
      is_first_for_offer: verdict === 'human' ? 1 : 0,
      link_id: `B${i}`,
      link_key: 'link1',
      message_id,
      offer_id: 'off',
      creative_id: 'cre',
      campaign_id: 'cam_judged',
      variant_id: 'B',
      expires_at: EXPIRES_S,
    };
  };
  await api.clickhouse.insert({
    table: 'trackly.verdicts',
    format: 'JSONEachRow',
    values: [0, 1, 2].flatMap((i) => [line(i, -1, 'human'), line(i, 1, 'bot')]),
  });
  const unique = async (query: Record<string, string>): Promise<number[]> => {
    const { experiment } = await variants({ campaign_id: 'cam_judged', ...query });
    return (experiment?.variants ?? []).map((variant) => variant.clicks_unique);
  };
  expect(await unique({})).toEqual([10, 17]);
  expect(await unique({ rules_version: '1' })).toEqual([10, 20]);
});

describe('a whole test, with bots, refunds, two currencies and a skewed split', () => {
  beforeAll(async () => {
    await makeCampaign('cam_full', [
      { variant_id: 'A', percent: 50, sent: 3_000, clicked: 240, bots: 900 },
      { variant_id: 'B', percent: 50, sent: 2_600, clicked: 286, bots: 40 },
      { variant_id: 'lost', sent: 7, clicked: 7 },
    ]);
    const line = (variant_id: string, message: number, more: Partial<Sale>): Sale => ({
      campaign_id: 'cam_full',
      variant_id,
      message,
      ...more,
    });
    const each = (variant_id: string, count: number, sales: string): Sale[] =>
      Array.from({ length: count }, (_, message) => line(variant_id, message, { sales }));
    await earn([
      ...each('A', 30, '20.00'),
      ...each('B', 40, '25.50'),
      // Part of a sale, a whole one, and a rebill on a message that has one already.
      line('A', 0, { refunds: '5.25' }),
      line('B', 0, { refunds: '25.50' }),
      line('B', 1, { sales: '10.00' }),
      // Other money, on a message with dollars and on one without; and a lead.
      line('A', 2, { sales: '99.00', currency: 'EUR' }),
      line('B', 100, { sales: '99.00', currency: 'EUR' }),
      line('B', 101, { currency: '' }),
    ]);
  });

  it('answers all of it', async () => {
    const { experiment } = await variants({ campaign_id: 'cam_full' });
    expect(experiment).toEqual(EXPECTED);
  });

  it('leaves the rows of the report as they are', async () => {
    const { rows, totals } = await variants({ campaign_id: 'cam_full', variant_id: 'A' });
    expect(
      rows.map((row: Record<string, unknown>) => [row['variant_id'], row['currency'], row['revenue']]),
    ).toEqual([
      ['A', 'EUR', '99.00'],
      ['A', 'USD', '594.75'],
    ]);
    expect(totals).toMatchObject({ sent: 3_000, clicks_unique: 240, clicks_bot: 240 + 1_800 });
  });

  it('is the same whatever else is filtered, and in the currency that is asked for', async () => {
    expect((await variants({ campaign_id: 'cam_full', variant_id: 'A', page: '2' })).experiment).toEqual(
      EXPECTED,
    );
    const { experiment } = await variants({ campaign_id: 'cam_full', currency: 'EUR' });
    expect(experiment?.currency).toBe('EUR');
    expect(experiment?.variants.map(({ revenue }) => revenue)).toEqual(['99.00', '99.00']);
    expect(experiment?.variants[0]?.click_rate).toEqual(EXPECTED.variants[0]?.click_rate);
    const none = (await variants({ campaign_id: 'cam_full', currency: 'CHF' })).experiment;
    expect(none?.variants[1]?.revenue_per_message).toEqual({
      value: 0,
      low: null,
      high: null,
      chance_best: null,
      difference: { value: 0, low: null, high: null },
    });
  });

  it('is of the messages sent in the range: without any, nothing is claimed', async () => {
    const { rows, experiment } = await variants({
      campaign_id: 'cam_full',
      from: '2025-03-01T11:00:00Z',
      range_by: 'event',
    });
    expect(rows.length).toBeGreaterThan(0);
    expect(experiment?.variants[1]).toMatchObject({
      sent: 0,
      clicks_unique: 0,
      conversions: 0,
      revenue: '0.00',
      click_rate: { value: 0, low: 0, high: 1, chance_best: null, difference: null },
    });
    expect(codes(experiment)).toEqual(['too_early']);
    expect(experiment?.verdict).toEqual({
      metric: 'click_rate',
      outcome: 'none',
      best: null,
      second: null,
      chance: null,
      messages_needed: null,
      sentence: 'Nothing to compare yet: fewer than two variants have messages in this range.',
    });
  });
});

it('is too early within 24 hours after the last message', async () => {
  await makeCampaign('cam_settled', [
    { variant_id: 'A', percent: 50, sent: 900, clicked: 180 },
    { variant_id: 'B', percent: 50, sent: 900, clicked: 270, bots: 300 },
  ]);
  const later = (await variants({ campaign_id: 'cam_settled' })).experiment;
  expect(later?.warnings).toEqual([]);
  expect(later?.verdict.sentence).toBe('B is better: 99.9 %; that is settled.');
  const soon = (await variants({ campaign_id: 'cam_settled', to: '2025-03-02T09:45:00Z' })).experiment;
  expect(codes(soon)).toEqual(['too_early']);
  expect(soon?.verdict.sentence).toBe('Too early to say: B is ahead for now, which is often chance.');
});

/** Intervals, differences and chances by SciPy 1.11, to six and four digits. */
const EXPECTED = {
  control: 'A',
  currency: 'USD',
  variants: [
    {
      variant_id: 'A',
      planned_percent: 50,
      sent: 3_000,
      clicks_unique: 240,
      conversions: 31,
      revenue: '594.75',
      click_rate: { value: 0.08, low: 0.070821, high: 0.090254, chance_best: 0.0001, difference: null },
      click_rate_weighted: null,
      // A and B each have a message with two conversions: means, not shares.
      message_cvr: { value: 0.010333, low: 0.006596, high: 0.01407, chance_best: 0.0259, difference: null },
      revenue_per_message: {
        value: 0.19825,
        low: 0.127543,
        high: 0.268957,
        chance_best: 0.0042,
        difference: null,
      },
    },
    {
      variant_id: 'B',
      planned_percent: 50,
      sent: 2_600,
      clicks_unique: 286,
      conversions: 43,
      revenue: '1004.50',
      click_rate: {
        value: 0.11,
        low: 0.098544,
        high: 0.122607,
        chance_best: 0.9999,
        difference: { value: 0.03, low: 0.014625, high: 0.045595 },
      },
      click_rate_weighted: null,
      message_cvr: {
        value: 0.016538,
        low: 0.011518,
        high: 0.021559,
        chance_best: 0.9741,
        difference: { value: 0.006205, low: -0.000052, high: 0.012462 },
      },
      revenue_per_message: {
        value: 0.386346,
        low: 0.265697,
        high: 0.506996,
        chance_best: 0.9958,
        difference: { value: 0.188096, low: 0.048278, high: 0.327915 },
      },
    },
  ],
  warnings: [
    {
      code: 'sample_ratio_mismatch',
      message:
        'The messages are not split as planned: A 3,000 (50 %), B 2,600 (50 %). By chance that happens less than once in 1,000 tests, so find out what chose the variants before you trust a figure here.',
    },
    {
      code: 'several_currencies',
      message: 'Revenue came in EUR, USD and is compared in USD alone: add currency=… for another one.',
    },
    {
      code: 'few_sales',
      message:
        'Too few messages earned anything under A, B: the interval and the chance of its revenue per message are rough.',
    },
    {
      code: 'other_variants',
      message:
        '7 messages of this campaign were sent under variants that it does not have; they are not compared.',
    },
  ],
  verdict: {
    metric: 'click_rate',
    outcome: 'mismatch',
    best: 'B',
    second: 'A',
    chance: 0.9999,
    messages_needed: 0,
    sentence: 'Not to be trusted: the messages were not split as planned. B would lead with 99.9 %.',
  },
};

it('weights the messages of a campaign that chooses by results, and does not take the split for a fault', async () => {
  // A was given with 0.5 to its first four messages and with 0.25 to the others; the first two clicked.
  await makeCampaign('cam_chosen', [
    { variant_id: 'A', percent: 50, sent: 8, clicked: 2 },
    { variant_id: 'B', percent: 50, sent: 200, clicked: 20 },
  ]);
  const key = entityKey('campaign', ACCOUNT, 'cam_chosen');
  const campaign = JSON.parse((await api.redis.get(key)) ?? '') as Campaign;
  await api.redis.set(
    key,
    JSON.stringify({ ...campaign, selection: { ...campaign.selection, method: 'thompson' } }),
  );
  await api.clickhouse.command({
    query: `ALTER TABLE trackly.sends UPDATE variant_probability = if(contact_id IN ('c0', 'c1', 'c2', 'c3'), 0.5, 0.25)
      WHERE campaign_id = 'cam_chosen' AND variant_id = 'A'`,
    clickhouse_settings: { mutations_sync: '1' },
  });
  const { experiment } = await variants({ campaign_id: 'cam_chosen' });
  expect(codes(experiment)).toContain('chosen_by_results');
  expect(codes(experiment)).not.toContain('sample_ratio_mismatch');
  const [a, b] = experiment?.variants ?? [];
  // Weights 2 and 4: (2 + 2) / (4 × 2 + 4 × 4).
  expect(a?.click_rate_weighted?.value).toBeCloseTo(1 / 6, 6);
  // Variance: (2 × 2² × (5/6)² + 2 × 2² × (1/6)² + 4 × 4² × (1/6)²) / 24².
  const half = 1.959964 * Math.sqrt((8 * (25 / 36) + 8 / 36 + 64 / 36) / 576);
  expect(a?.click_rate_weighted?.high).toBeCloseTo(1 / 6 + half, 5);
  expect(b?.click_rate_weighted).toBeNull();
});
