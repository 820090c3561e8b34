/** A first click stays first: bots before people, repeats, two links, and a worker that dies half-way. */
// Own system: it kills the worker and freezes ClickHouse.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { startInOne } from '../support/one-period.ts';
import { ANDROID, BOT, clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { type Campaign, callApi, createCampaign, createSender, type Sender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

/** A visitor is one for a day (UTC). */
const DAY_MS = 24 * 3_600_000;
/** Many times what a few taps take. */
const TAPS_MS = 10_000;

let system: System;
let sender: Sender;
let campaign: Campaign;
let phones: Phones;
let redis: RedisClient;

beforeAll(async () => {
  system = await startSystem({ REDIRECT_PROCESSES: '2' });
  sender = await createSender(system);
  campaign = await createCampaign(sender, 'First');
  phones = createPhones(system.redirect_url, 4);
  redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'fast');
  await untilReady(redis, 5_000);
});

afterAll(async () => {
  phones?.close();
  redis?.disconnect();
  await system?.destroy();
});

let messages = 0;
async function newLinks(): Promise<[string, string]> {
  const [message] = await sender.send([
    {
      message_id: `first-${++messages}`,
      contact_id: 'c',
      creative_id: campaign.creative_ids[0],
      fields: { first_name: 'A' },
    },
  ]);
  return [message?.links[0]?.link_id ?? '', message?.links[1]?.link_id ?? ''];
}

async function open(link_id: string, user_agent: string): Promise<string> {
  const answer = await phones.open(link_id, user_agent);
  if (answer?.status !== 302) throw new Error(`not redirected: ${answer?.status}`);
  return clickIdOf(answer);
}

type Flags = { is_first: number; is_first_for_offer: number; verdict: string };

/** The stored decision about each click, once all of them are there. */
async function decisions(click_ids: string[]): Promise<Flags[]> {
  const list = click_ids.map((id) => `'${id}'`).join();
  const query = `SELECT click_id, is_first, is_first_for_offer, verdict FROM clicks WHERE click_id IN (${list})`;
  let rows: (Flags & { click_id: string })[] = [];
  await until(
    async () => {
      const result = await system.clickhouse.query({ query, format: 'JSONEachRow' }).catch(() => undefined);
      rows = result === undefined ? [] : await result.json();
      return rows.length >= click_ids.length;
    },
    HANGS_AFTER_MS,
    () => `${rows.length} of ${click_ids.length} clicks arrived\n${system.output()}`,
  );
  expect(rows).toHaveLength(click_ids.length);
  return click_ids.map((id) => rows.find((row) => row.click_id === id) as Flags);
}

const FIRST = { is_first: 1, is_first_for_offer: 1, verdict: 'human' };
const LATER = { is_first: 0, is_first_for_offer: 0, verdict: 'human' };

describe('the first click', () => {
  it('is the person’s though a bot came before', async () => {
    const [link] = await newLinks();
    const ids = [await open(link, BOT), await open(link, PHONE), await open(link, BOT)];
    const [bot, person, again] = await decisions(ids);
    expect(bot).toMatchObject({ is_first: 0, is_first_for_offer: 0, verdict: 'bot' });
    expect(person).toMatchObject(FIRST);
    expect(again).toMatchObject({ is_first: 0, verdict: 'bot' });
  });

  it('is one though the person taps again, in the same batch and in a later one', async () => {
    const [link] = await newLinks();
    const ids = [await open(link, PHONE), await open(link, PHONE)];
    await decisions(ids);
    ids.push(await open(link, PHONE));
    const [first, second, third] = await decisions(ids);
    expect(first).toMatchObject(FIRST);
    expect(second).toMatchObject(LATER);
    expect(third).toMatchObject(LATER);
  });

  it('on a second link is first for that link’s offer, not for the message', async () => {
    const [one, two] = await newLinks();
    const ids = [await open(one, PHONE), await open(two, PHONE), await open(one, PHONE)];
    const [first, other, again] = await decisions(ids);
    expect(first).toMatchObject(FIRST);
    expect(other).toMatchObject({ is_first: 0, is_first_for_offer: 1 });
    expect(again).toMatchObject(LATER);
  });

  it('of a link without a contact is each visitor’s, and stays so when clicks are judged again', async () => {
    const { body: made } = await sender.call('POST', '/v2/links/shorten', {
      offer_id: campaign.offer_ids[0],
    });
    expect(made.counts_by).toBe('visitor');
    const { link_id } = made;
    const SAFARI = PHONE.replace('18_1', '17_6');
    const ids: string[] = [];
    await startInOne(DAY_MS, TAPS_MS);
    for (const agent of [PHONE, PHONE, ANDROID, SAFARI, ANDROID]) ids.push(await open(link_id, agent));
    expect(await decisions(ids)).toMatchObject([FIRST, LATER, FIRST, FIRST, LATER]);
    const { body: of_second } = await sender.call('GET', `/v2/clicks/${ids[1]}`);
    expect(of_second.first_click).toMatchObject({ first_click_id: ids[0], first_click_id_for_offer: ids[0] });
    const { body: of_last } = await sender.call('GET', `/v2/clicks/${ids[4]}`);
    expect(of_last.first_click.first_click_id).toBe(ids[2]);

    // A conversion is credited to the first click on the link, whoever's it is.
    const { body: reported } = await sender.call('POST', '/v2/conversions', {
      conversions: [{ click_id: ids[3], txn_id: 'of-a-visitor', revenue: '1' }],
    });
    const credited = async (): Promise<string | undefined> => {
      const id = reported.conversions[0]?.conversion_id;
      return (await sender.call('GET', `/v2/conversions/${id}`)).body.conversion?.click_id;
    };
    await untilSeen('the credit', credited, ids[0]);

    // Nobody with this phone is a person any more.
    const bot_rules = { bot: { user_agents: [PHONE] } };
    await callApi(system, system.admin_key, 'PATCH', `/v2/accounts/${sender.account_id}`, { bot_rules });
    await sender.call('POST', '/v2/rejudgements', { from: '2020-01-01' });
    const firsts = async (): Promise<string> => {
      const { body } = await sender.call('GET', `/v2/links/${link_id}`);
      return body.clicks
        .map(({ verdict, is_first }) => `${verdict} ${is_first}`)
        .toReversed()
        .join(', ');
    };
    await untilSeen(
      'clicks that were judged again',
      firsts,
      'bot false, bot false, human true, human true, human false',
    );
    await untilSeen('the credit of the click that is first now', credited, ids[2]);
    await callApi(system, system.admin_key, 'PATCH', `/v2/accounts/${sender.account_id}`, { bot_rules: {} });
    // The worker hears of that within a second, and what comes next taps with this phone.
    const verdict = async (): Promise<string | undefined> => {
      const [link] = await newLinks();
      return (await decisions([await open(link, PHONE)]))[0]?.verdict;
    };
    await untilSeen('a click of a person', verdict, 'human');
  });

  it('stays first when the worker is killed between its claim and its insert', async () => {
    const [link] = await newLinks();
    const claims = async (): Promise<number> => {
      const buckets = await redis.keys('first:*');
      const sizes = await Promise.all(buckets.map((bucket) => redis.hlen(bucket)));
      return sizes.reduce((sum, size) => sum + size, 0);
    };
    const before = await claims();
    const opened: string[] = [];
    // ClickHouse stands still: the worker claims, and waits for its insert.
    await system.freeze('clickhouse', async () => {
      opened.push(await open(link, PHONE));
      await untilSeen('the claim', claims, before + 1);
      await system.kill('worker-1');
      opened.push(await open(link, PHONE));
    });
    const [one, two] = await decisions(opened);
    expect(one).toMatchObject(FIRST);
    expect(two).toMatchObject(LATER);
    // Rows can be seen a moment before the rollups behind them.
    const row = await untilSeen(
      'the report',
      async () => {
        const { body } = await sender.call('GET', `/v2/reports/messages?message_id=first-${messages}`);
        return body.rows[0];
      },
      (seen) => seen?.clicks_total === 2,
    );
    expect(row).toMatchObject({ clicks_total: 2, clicks_human: 2, clicks_unique: 1 });
  });
});
