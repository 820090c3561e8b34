/**
 * Thousands of conversions of all events through all channels, with repeats, parallel duplicates, several refunds of a
 * sale, some before it, voids, files that are taken back and sent again, macros, wrong times and ids and several currencies, while every process is killed: every
 * report says to the cent what a computation by hand says.
 */
// @long: exact-counts.test.ts compares the tables with its books in every run.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../support/click-plan.ts';
import {
  type Books,
  bookKey,
  type Counted,
  type CreditedTo,
  countByHand,
  micros,
  type Sum,
  sumBy,
} from '../support/ledger-by-hand.ts';
import {
  CHANNELS,
  EVENTS,
  type PlanLink,
  type PlanOffer,
  type PlanReport,
  planReports,
} from '../support/ledger-plan.ts';
import { sendReports } from '../support/ledger-reporters.ts';
import { BOT, clickIdOf, createPhones, PHONE } from '../support/phones.ts';
import { type CreatedMessage, createSender, type Sender } from '../support/sender.ts';
import { untilSettled } from '../support/settled.ts';
import { type System, startSystem } from '../support/system.ts';

const SEED = 20_261_123;
/** Enough for every kind of report, each on its own path, between any two kills; `LEDGER_REPORTS=50000` takes a minute more. */
const REPORTS = Number(process.env['LEDGER_REPORTS'] ?? 3_500);
const MESSAGES = 1_000;
const CONTACTS = 500;
const REPORTERS = 32;
const VICTIMS = [
  'redirect-1',
  'worker-1',
  'clickhouse',
  'redis',
  'api',
  'redirect-2',
  'worker-1',
  'clickhouse',
  'redis',
];
const HOUR_MS = 3_600_000;

const OFFERS = [
  { payout_type: 'cpa', payout: '2.35', currency: 'USD' },
  { payout_type: 'revshare', payout: '12.5', currency: 'USD' },
  { payout_type: 'cpc', payout: '0.043', currency: 'EUR' },
  { payout_type: 'revshare', payout: '33.333333', currency: 'EUR' },
  { payout_type: 'cpa', payout: '0', currency: 'GBP' },
] as const;
/** Offers of the links of each creative: the same offer may be there twice. */
const CREATIVES = [
  [0, 1, 0],
  [2, 3, 4],
  [1, 2, 2],
];

let system: System;
let sender: Sender;
let offers: PlanOffer[];
let books: Books;
let plan: PlanReport[];
let counted: Counted[];
const killed: string[] = [];
let wrong: string[];

beforeAll(async () => {
  system = await startSystem({ REDIRECT_PROCESSES: '2' });
  sender = await createSender(system);
  offers = await Promise.all(OFFERS.map(createOffer));
  const creative_ids = await Promise.all(CREATIVES.map(createCreative));
  const campaigns = await Promise.all(
    ['One', 'Two'].map(async (name) => {
      const variants = creative_ids.map((creative_id, i) => ({
        variant_id: `v${i}`,
        creative_id,
        percent: i === 0 ? 34 : 33,
      }));
      return (await sender.call('POST', '/v2/campaigns', { name, variants })).body.campaign_id as string;
    }),
  );
  const started_ms = Date.now();
  const sends = Array.from({ length: MESSAGES }, (_, i) => ({
    message_id: `m${i}`,
    contact_id: `contact-${i % CONTACTS}`,
    creative_id: creative_ids[i % 3] as string,
    campaign_id: i % 5 === 0 ? undefined : campaigns[i % 2],
    variant_id: i % 5 === 0 ? undefined : `v${i % 3}`,
    sent_at: new Date(started_ms - 24 * HOUR_MS + i * 1_000).toISOString(),
  }));
  const messages = await sender.send(sends);
  const links = linksOf(sends, messages);

  const phones = createPhones(system.redirect_url, REPORTERS);
  const random = seededRandom(SEED);
  /** A third is opened before the conversions, a third while they come in, a third never; bots anywhere. */
  const openings = links.map((link) => ({
    link,
    when: Math.floor(random() * 3),
    bot: random() < 0.3,
    again: random() < 0.2,
  }));
  await inParallel(
    openings.filter(({ when, bot }) => when === 0 || bot),
    async ({ link, when, bot, again }) => {
      if (bot) link.click_ids.push(await open(link, BOT));
      if (when === 0) link.click_ids.push(await open(link, PHONE));
      if (when === 0 && again) link.click_ids.push(await open(link, PHONE));
    },
  );
  await untilSettled(system, 1, MESSAGES);

  const { body } = await sender.call('GET', `/v2/offers/${offers[0]?.offer_id}/postbacks`);
  plan = planReports(SEED, REPORTS, links, body.conversion_secret, Math.floor(Date.now() / 1_000));
  let killing = Promise.resolve();
  const later = inParallel(
    openings.filter(({ when }) => when === 1),
    async ({ link }) => void (await open(link, PHONE)),
  );
  wrong = await sendReports(system, sender, plan, REPORTERS, (sent) => {
    const due = Math.floor((sent * (VICTIMS.length + 1)) / REPORTS);
    while (killed.length < Math.min(due, VICTIMS.length)) {
      const victim = VICTIMS[killed.length] as string;
      killed.push(victim);
      killing = killing.then(() => system.kill(victim));
    }
  });
  await later;
  await killing;
  phones.close();
  await untilSettled(system, 1, MESSAGES);
  books = { firstClicks: await firstClicks(), latestMessages: latestMessages(sends, links) };
  counted = countByHand(plan, books);

  async function open(link: PlanLink, user_agent: string): Promise<string> {
    for (;;) {
      const answer = await phones.open(link.link_id, user_agent);
      if (answer?.status === 302) return clickIdOf(answer);
    }
  }
}, 400_000);

afterAll(() => system?.destroy());

async function createOffer(terms: (typeof OFFERS)[number], i: number): Promise<PlanOffer> {
  const coupon = `SAVE${i}`;
  const { body } = await sender.call('POST', '/v2/offers', {
    name: `Offer ${i}`,
    destination_url: `https://shop${i}.example/?click={{click_id}}`,
    coupon_codes: [coupon],
    ...terms,
  });
  const { postback_secret } = (await sender.call('GET', `/v2/offers/${body.offer_id}/postbacks`)).body;
  return { ...terms, coupon, offer_id: body.offer_id, postback_secret };
}

async function createCreative(offer_indexes: number[]): Promise<string> {
  const offer_links = offer_indexes.map((index, i) => ({
    key: `link${i + 1}`,
    offer_id: offers[index]?.offer_id,
  }));
  const body = offer_links.map(({ key }) => `{{${key}}}`).join(' ');
  return (await sender.call('POST', '/v2/creatives', { name: body, body, offer_links })).body.creative_id;
}

interface Sent {
  message_id: string;
  contact_id: string;
  creative_id: string;
  campaign_id: string | undefined;
  variant_id: string | undefined;
  sent_at: string;
}

function linksOf(sends: readonly Sent[], messages: readonly CreatedMessage[]): PlanLink[] {
  return messages.flatMap(({ message_id, links }, i) =>
    links.map(({ link_id, offer_id }) => ({
      link_id,
      message_id,
      contact_id: sends[i]?.contact_id ?? '',
      offer: offers.find((offer) => offer.offer_id === offer_id) as PlanOffer,
      click_ids: [],
    })),
  );
}

function latestMessages(sends: readonly Sent[], links: readonly PlanLink[]): Map<string, CreditedTo> {
  const sendOf = new Map(sends.map((send) => [send.message_id, send]));
  const latest = new Map<string, CreditedTo>();
  for (const link of links) {
    const send = sendOf.get(link.message_id) as Sent;
    const key = bookKey(link.contact_id, link.offer.offer_id);
    const at_ms = Date.parse(send.sent_at);
    const before = latest.get(key);
    if (before !== undefined && before.at_ms >= at_ms) continue;
    const { creative_id, campaign_id = '', variant_id = '' } = send;
    latest.set(key, {
      at_ms,
      link_id: link.link_id,
      message_id: link.message_id,
      creative_id,
      campaign_id,
      variant_id,
    });
  }
  return latest;
}

async function firstClicks(): Promise<Map<string, CreditedTo>> {
  const result = await system.clickhouse.query({
    query: `SELECT message_id, offer_id, toUnixTimestamp64Milli(clicked_at) AS at_ms, link_id, creative_id, campaign_id, variant_id
      FROM clicks WHERE is_first_for_offer = 1`,
    format: 'JSONEachRow',
  });
  const rows = await result.json<Omit<CreditedTo, 'at_ms'> & { at_ms: string; offer_id: string }>();
  return new Map(
    rows.map((row) => [bookKey(row.message_id, row.offer_id), { ...row, at_ms: Number(row.at_ms) }]),
  );
}

async function inParallel<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await run(item);
  };
  await Promise.all(Array.from({ length: REPORTERS / 2 }, work));
}

/** A whole report by name and currency, as it is exported. */
async function readSums(
  name: string,
  id: string,
  more: Record<string, string> = {},
): Promise<Map<string, Sum>> {
  const from = new Date(Date.now() - 48 * HOUR_MS).toISOString();
  const to = new Date(Date.now() + 48 * HOUR_MS).toISOString();
  const query = new URLSearchParams({ from, to, format: 'csv', ...more });
  const { body, status } = await sender.call('GET', `/v2/reports/${name}?${query}`);
  expect(status, String(body)).toBe(200);
  const [header = '', ...lines] = (body as string).trimEnd().split('\r\n');
  const columns = header.split(',');
  const sums = new Map<string, Sum>();
  for (const line of lines) {
    const row = Object.fromEntries(line.split(',').map((value, i) => [columns[i], value]));
    const amount = (column: string): bigint => {
      const text = row[column] ?? '0';
      return text.startsWith('-') ? -micros(text.slice(1)) : micros(text);
    };
    const sum = {
      conversions: Number(row.conversions),
      sales: amount('sales'),
      refunds: amount('refunds'),
      payout: amount('payout'),
    };
    expect(amount('revenue'), line).toBe(sum.sales - sum.refunds);
    if (row.currency !== '') sums.set(bookKey(row[id] ?? '', row.currency ?? ''), sum);
  }
  return sums;
}

/** First clicks on the cpc offer, which are paid by themselves. */
function paidClicks(name: (to: CreditedTo, offer_id: string) => string): Counted[] {
  return [...books.firstClicks].flatMap(([key, to]) => {
    const offer = offers.find(({ offer_id }) => key.endsWith(offer_id)) as PlanOffer;
    if (offer.payout_type !== 'cpc') return [];
    const payout = micros(offer.payout);
    return [
      {
        conversions: 0,
        sales: 0n,
        refunds: 0n,
        payout,
        offer_id: offer.offer_id,
        currency: offer.currency,
        converted_at_ms: to.at_ms,
        to: { ...to, name: name(to, offer.offer_id) },
      },
    ];
  });
}

async function expectSame(
  report: string,
  id: string,
  name: (one: Counted) => string,
  more: Record<string, string> = {},
): Promise<void> {
  const wanted = sumBy([...counted, ...paidClicks(() => '')], name);
  const seen = await readSums(report, id, more);
  const differences = [...new Set([...wanted.keys(), ...seen.keys()])].flatMap((key) => {
    const [a, b] = [wanted.get(key), seen.get(key)].map((sum) =>
      JSON.stringify(sum, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    );
    return a === b ? [] : [{ key, wanted: a, seen: b }];
  });
  expect(differences.slice(0, 5), `${differences.length} of ${wanted.size} differ`).toEqual([]);
  expect(wanted.size).toBeGreaterThan(2);
}

const hourOf = (time_ms: number): string =>
  `${new Date(Math.floor(time_ms / HOUR_MS) * HOUR_MS).toISOString().slice(0, 19)}Z`;

it('has every report answered while every process is killed', () => {
  expect(wrong).toEqual([]);
  expect(killed).toEqual(VICTIMS);
  expect(plan).toHaveLength(REPORTS);
  const kinds = new Set(plan.map(({ channel, event }) => `${channel} ${event}`));
  expect([...kinds].toSorted()).toEqual(
    CHANNELS.flatMap((channel) => EVENTS.map((event) => `${channel} ${event}`)).toSorted(),
  );
  const repeats = new Set(plan);
  expect(repeats.size).toBeLessThan((REPORTS * 2) / 3);
  const credited = counted.reduce((sum, one) => sum + one.conversions, 0);
  expect(credited).toBeGreaterThan(REPORTS / 10);
});

it.each([
  ['messages', 'message_id', (one: Counted) => one.to.message_id],
  ['links', 'link_id', (one: Counted) => one.to.link_id],
  ['offers', 'offer_id', (one: Counted) => one.offer_id],
  ['creatives', 'creative_id', (one: Counted) => one.to.creative_id],
  ['campaigns', 'campaign_id', (one: Counted) => one.to.campaign_id],
  ['hours', 'hour', (one: Counted) => hourOf(one.to.at_ms)],
] as const)('agrees with the books in %s', async (report, id, name) => {
  // By default an hour is of the messages sent in it.
  await expectSame(report, id, name, report === 'hours' ? { range_by: 'event' } : {});
});

it('agrees with the books in variants', async () => {
  for (const campaign_id of new Set(counted.map((one) => one.to.campaign_id))) {
    if (campaign_id === '') continue;
    await expectSame(
      'variants',
      'variant_id',
      (one) => (one.to.campaign_id === campaign_id ? one.to.variant_id : ''),
      { campaign_id },
    );
  }
});

it('agrees with the books in hours and offers by the time of the conversion', async () => {
  const by = { money_by: 'conversion' };
  await expectSame('hours', 'hour', (one) => hourOf(one.converted_at_ms), by);
  await expectSame('offers', 'offer_id', (one) => one.offer_id, by);
});

it('keeps every report that was accepted, attributed or with its reason', async () => {
  const result = await system.clickhouse.query({
    query: `SELECT status, reason = '' OR match(reason, '^(duplicate_of|voided_by):|^limited$') AS plain, count() AS n, min(lines) AS least, max(lines) AS most
      FROM (SELECT conversion_id, any(status) AS status, any(reason) AS reason, sum(sign) AS lines FROM conversions GROUP BY conversion_id, line HAVING lines != 0)
      GROUP BY status, plain`,
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ status: string; plain: number; n: number; least: number; most: number }>();
  expect(
    rows.every(({ least, most }) => least === 1 && most === 1),
    JSON.stringify(rows),
  ).toBe(true);
  const statuses = [...new Set(rows.map(({ status }) => status))].toSorted();
  expect(statuses).toEqual(['attributed', 'duplicate', 'unattributed', 'voided']);
  expect(rows.filter(({ status, plain }) => (status === 'unattributed') === (plain === 1))).toEqual([]);
});
