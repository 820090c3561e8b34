/**
 * Three receivers (a good one, a slow one, one that dies again and again) under load, while every process is killed: each
 * event is once at the good one by its id, and so is what the slow one and the dying one take; numbers have no gap; the
 * events sum up to what the reports say. LONG=1 does so for ten minutes.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../support/click-plan.ts';
import { LONG } from '../support/long.ts';
import { BOT, clickIdOf, createPhones, PHONE } from '../support/phones.ts';
import { createNetwork } from '../support/postback.ts';
import { createCampaign, created, createSender, type Sender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';
import { openReceiver, type Receiver } from '../support/webhook-receiver.ts';

const RUN_MS = LONG ? 600_000 : 30_000;
const PHONES = 4;
/** Between two taps of a phone. */
const REST_MS = 100;
const MESSAGES = LONG ? 5_000 : 500;
const KILL_EVERY_MS = LONG ? 10_000 : 6_000;
const VICTIMS = ['worker-1', 'redis', 'worker-1', 'clickhouse', 'worker-1'];
const SLOW_MS = 200;
const DIES_EVERY_MS = 4_000;
const SETTLES_WITHIN_MS = 300_000;
const SEED = 34;

let system: System;
let sender: Sender;
const receivers: Receiver[] = [];

beforeAll(async () => {
  system = await startSystem({ ALLOW_PRIVATE_ENDPOINTS: 'true' });
  sender = await createSender(system);
});

afterAll(async () => {
  await system?.destroy();
  await Promise.all(receivers.map((one) => one.close()));
});

async function hook(given: object = {}): Promise<Receiver> {
  const receiver = await openReceiver();
  receivers.push(receiver);
  const events = ['click.human', 'click.first', 'click.bot', 'conversion.booked', 'conversion.reversed'];
  const answer = await sender.call('POST', '/v2/webhooks', { url: receiver.url, events, ...given });
  receiver.verify(String(created(answer).secret));
  return receiver;
}

const rest = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Until it is answered; undefined where that never came. */
async function report(
  network: ReturnType<typeof createNetwork>,
  parameters: Record<string, string>,
): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const reply = await network.report('/conv', parameters);
    if (reply?.status === 200) return;
    await rest(REST_MS);
  }
  throw new Error('a conversion was not taken');
}

/** What each event says, by its id; every repetition has to say the same. */
function idsOf({ taken }: Receiver): Map<string, string> {
  const found = new Map<string, string>();
  for (const { events } of taken) {
    for (const { id, type, data } of events) {
      const text = `${type} ${String(data['click_id'])} ${String(data['conversion_id'] ?? '')} ${String(data['revenue'] ?? '')}`;
      expect(found.get(id) ?? text).toBe(text);
      found.set(id, text);
    }
  }
  return found;
}

async function rowsOf(query: string): Promise<string[]> {
  const result = await system.clickhouse.query({ query, format: 'JSONCompactEachRow' });
  return (await result.json<[string]>()).map(([text]) => text);
}

/** What the reports count, each as its event says it. */
const COUNTED = `SELECT arrayJoin(arrayConcat(
      [concat('click.', verdict, ' ', click_id, '  ')],
      if(is_first = 1, [concat('click.first ', click_id, '  ')], []))) AS text
    FROM trackly.clicks
  UNION ALL SELECT concat(if(sign = 1, 'conversion.booked ', 'conversion.reversed '), click_id, ' ', conversion_id, ' ',
      JSONExtractString(line, 'sales')) AS text
    FROM trackly.conversions WHERE status = 'attributed'`;

it('each event is at the good receiver once, whatever is killed', { timeout: RUN_MS + 900_000 }, async () => {
  const campaign = await createCampaign(sender, 'Killed');
  const messages = await sender.send(
    Array.from({ length: MESSAGES }, (_, i) => ({
      ...{ message_id: `m${i}`, contact_id: `contact-${i}`, campaign_id: campaign.campaign_id },
      ...{ creative_id: campaign.creative_ids[0], variant_id: 'A', fields: { first_name: 'Kim' } },
    })),
  );
  const good = await hook();
  const slow = await hook({ batch: { events_max: 50 } });
  const dying = await hook();
  slow.otherwise = { status: 204, after_ms: SLOW_MS };
  const phones = createPhones(system.redirect_url, PHONES);
  const network = createNetwork(system.redirect_url, PHONES);
  const random = seededRandom(SEED);
  const until = performance.now() + RUN_MS;
  let kills = 0;
  let sales = 0;
  let taps = 0;

  async function tapOn(): Promise<void> {
    while (performance.now() < until) {
      const link = messages[Math.floor(random() * MESSAGES)]?.links[0]?.link_id ?? '';
      const is_bot = random() < 0.2;
      const answer = await phones.open(link, is_bot ? BOT : PHONE);
      if (answer?.status === 302) taps++;
      if (answer?.status === 302 && !is_bot && random() < 0.2)
        await report(network, {
          ...{ click_id: clickIdOf(answer), event: 'sale', revenue: '3', currency: 'USD' },
          txn_id: `t${sales++}`,
        });
      await rest(REST_MS);
    }
  }
  async function killOn(): Promise<void> {
    for (await rest(KILL_EVERY_MS); performance.now() < until; await rest(KILL_EVERY_MS))
      await system.kill(VICTIMS[kills++ % VICTIMS.length] as string);
  }
  const dies = setInterval(() => {
    dying.otherwise = { status: dying.otherwise.status === 204 ? 503 : 204 };
  }, DIES_EVERY_MS);
  await Promise.all([killOn(), ...Array.from({ length: PHONES }, tapOn)]);
  clearInterval(dies);
  phones.close();
  network.close();

  const inTables = (): Promise<string> =>
    rowsOf(
      `SELECT concat(toString((SELECT count() FROM trackly.clicks)), ' ',
        toString((SELECT uniqExact(conversion_id) FROM trackly.conversions)))`,
    ).then(
      ([text = '']) => text,
      () => 'away',
    );
  // A tap whose answer was lost may be counted too.
  await untilSeen(
    'taps and sales in the tables',
    inTables,
    (text) => {
      const [clicks = 0, conversions] = text.split(' ').map(Number);
      return clicks >= taps && conversions === sales;
    },
    SETTLES_WITHIN_MS,
  );

  const said = async (receiver: Receiver): Promise<string[]> => [...idsOf(receiver).values()].toSorted();
  const counted = async (): Promise<string[]> => (await rowsOf(COUNTED)).toSorted();
  const states = async (): Promise<unknown[]> =>
    (await sender.call('GET', '/v2/webhooks')).body.webhooks.map(({ state, paused }) => ({ state, paused }));
  const waits = async (): Promise<unknown> => {
    const [told, wanted] = await Promise.all([said(good), counted().catch(() => ['away'])]);
    const there = new Set(told);
    const missing = wanted.filter((text) => !there.has(text));
    if (missing.length === 0) return [];
    return { missing: missing.length, wanted: wanted.length, first: missing[0], states: await states() };
  };
  await untilSeen('events that are missing', waits, [], SETTLES_WITHIN_MS);
  const wanted = await counted();
  // An event twice under two ids would be in it twice.
  expect(await said(good)).toEqual(wanted);

  const numbers = [...new Set(good.taken.map(({ sequence }) => sequence))].toSorted((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: wanted.length }, (_, i) => i + 1));
  const ids = new Map(good.taken.map(({ sequence, id }) => [sequence, id]));
  expect(good.taken.filter(({ sequence, id }) => ids.get(sequence) !== id)).toEqual([]);

  const totals = (await sender.call('GET', '/v2/reports/campaigns?from=2026-01-01')).body.totals;
  const count = (type: string): number => wanted.filter((text) => text.startsWith(type)).length;
  expect([count('click.human'), count('click.bot'), count('click.first')]).toEqual([
    ...[totals.clicks_human, totals.clicks_bot, totals.clicks_unique],
  ]);

  await untilSeen(
    'all at the slow one',
    () => said(slow).then((told) => told.length),
    wanted.length,
    SETTLES_WITHIN_MS,
  );
  expect(await said(slow)).toEqual(wanted);
  const of_good = idsOf(good);
  for (const other of [slow, dying])
    expect([...idsOf(other)].filter(([id, text]) => of_good.get(id) !== text)).toEqual([]);
  expect(receivers.flatMap(({ wrong }) => wrong)).toEqual([]);
  console.info({
    ...{ kills, taps, events: wanted.length, sales },
    sent_again: good.taken.length - numbers.length,
    at_the_dying: { taken: idsOf(dying).size, refused: dying.refused.length },
  });
});
