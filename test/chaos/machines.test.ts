/**
 * The whole of a large installation while it breaks: three primaries of Redis with replicas, two shards of ClickHouse, two
 * redirect machines, two workers; roles killed and frozen, a machine cut off, a shard away, a primary lost, and the logs divided
 * anew meanwhile, from 4 partitions into 64. What was answered is counted, once; first clicks and money are what a plain
 * computation over the rows says. `LONG=1` for ten minutes with a shard away for two.
 */
// @alone: eight servers and five roles take the processor from whatever runs beside them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CLOCK_TOLERANCE_MS } from '../../src/conversions/credits/choose-click.ts';
import { type Books, startLoad } from '../support/chaos/load.ts';
import { DOMAIN, FAULTS, type Ground, type Machines, startMachines } from '../support/chaos/machines.ts';
import { seededRandom } from '../support/click-plan.ts';
import { runTrackly } from '../support/commands.ts';
import { LeftBehind } from '../support/drills/left-behind.ts';
import { LONG } from '../support/long.ts';
import { type CreatedMessage, createCampaign, createSender, type Sender } from '../support/sender.ts';
import { HANGS_AFTER_MS, until } from '../support/until.ts';

const SEED = Number(process.env['CHAOS_SEED'] ?? 32);
const SECONDS = LONG ? Number(process.env['CHAOS_SECONDS'] ?? 600) : 0;
/** Taps a second, over both machines. */
const RATE = LONG ? 60 : 20;
const MESSAGES = LONG ? 3_000 : 300;
const ABSENCE_S_MAX = LONG ? 120 : 4;
const PAUSE_MS_MAX = LONG ? 5_000 : 500;
/** A long run has each fault several times; the short one once. */
const PARTITIONS = LONG ? 64 : 16;
const TELL_EVERY_MS = 10_000;
const COUNTED_WITHIN_MS = 5 * HANGS_AFTER_MS;
const WRONG_TOLD_MAX = 10;

const left = new LeftBehind();
let machines: Machines;
let sender: Sender;
let messages: CreatedMessage[];
let books: Books[];
const hits: string[] = [];

const say = (line: string): void => void (LONG && console.error(line));

beforeAll(
  async () => {
    machines = await startMachines(left);
    const { installation } = machines;
    sender = await createSender(installation.asSystem());
    const { campaign_id, creative_ids } = await createCampaign(sender, 'Machines');
    messages = await sender.send(
      Array.from({ length: MESSAGES }, (_, i) => ({
        ...{ message_id: `m${i}`, contact_id: `c${i}`, campaign_id, creative_id: creative_ids[i % 2] },
        fields: { first_name: 'Kim' },
      })),
    );
    const redirects = installation.of('redirect');
    const loads = redirects.map(({ url }, i) =>
      startLoad(url, messages, SEED + i, RATE / redirects.length, DOMAIN),
    );
    const telling = setInterval(() => {
      for (const { books: one } of loads) {
        say(
          `${one.offered} taps, ${one.answered.length} answered; ${one.unavailable} to try again, ${JSON.stringify(one.errors)}`,
        );
      }
    }, TELL_EVERY_MS);
    await breakThings();
    await Promise.all(loads.map((load) => load.end()));
    clearInterval(telling);
    books = loads.map((load) => load.books);
  },
  SECONDS * 1_000 + 10 * HANGS_AFTER_MS,
);

afterAll(async () => {
  await machines?.stop();
  left.undo();
});

/** Every fault at least once, in an order of its own; in the middle the change of the partitions. */
async function breakThings(): Promise<void> {
  const ground: Ground = { ...machines, random: seededRandom(SEED), absence_s_max: ABSENCE_S_MAX };
  const until_ms = performance.now() + SECONDS * 1_000;
  let changed = false;
  do {
    const round = Object.keys(FAULTS);
    while (round.length > 0) {
      const [name = ''] = round.splice(Math.floor(ground.random() * round.length), 1);
      const halfway = round.length < Object.keys(FAULTS).length / 2;
      const changing = !changed && halfway ? changePartitions() : undefined;
      changed ||= halfway;
      const hit = await (FAULTS[name] as (typeof FAULTS)[string])(ground);
      await changing;
      if (hit !== undefined) hits.push(name);
      say(`${Math.round((until_ms - performance.now()) / 1_000)} s left: ${name} of ${hit}`);
      await new Promise((done) => setTimeout(done, ground.random() * PAUSE_MS_MAX));
    }
  } while (performance.now() < until_ms);
}

async function changePartitions(): Promise<void> {
  const { installation, clickhouse, redis } = machines;
  const settings = {
    ...clickhouse.settings,
    REDIS_URL: redis.url,
    DATA_DIR: installation.named('api-1').data_dir,
  };
  // Redis may be without a primary just then: it says so, and is asked again.
  await until(
    async () => {
      const { code, stdout, stderr } = await runTrackly(['partitions', String(PARTITIONS)], settings);
      say(`partitions: ${stdout}${stderr}`);
      return code === 0;
    },
    2 * HANGS_AFTER_MS,
    () => 'the partitions were not changed',
  );
}

async function rows(query: string): Promise<string[][]> {
  const result = await machines.client.query({ query, format: 'JSONCompactEachRow' });
  return (await result.json<string[]>()).map((row) => row.map(String));
}

const number = async (query: string): Promise<number> => Number((await rows(query))[0]?.[0]);

it('counts every answered click once, over both shards', async () => {
  const answered = books.flatMap((one) => one.answered);
  let stored: string[] = [];
  const missing = (): number => {
    const ids = new Set(stored);
    return answered.filter((id) => !ids.has(id)).length;
  };
  await until(
    async () => {
      stored = (await rows('SELECT click_id FROM clicks')).map(([id = '']) => id);
      return missing() === 0;
    },
    COUNTED_WITHIN_MS,
    () => `${missing()} of ${answered.length} are not counted\n${machines.installation.output()}`,
  );
  say(`${answered.length} answered, ${stored.length} counted`);
  expect(new Set(answered).size).toBe(answered.length);
  expect(stored.length).toBe(new Set(stored).size);
  // A redirect that was killed may have logged a click before its answer left.
  const unanswered = books.reduce((sum, { redirect_errors }) => sum + redirect_errors, 0);
  expect(stored.length - answered.length).toBeLessThanOrEqual(unanswered);
  const shards = await Promise.all(
    machines.clickhouse.nodes.map(async ({ client }) => {
      const query = 'SELECT count() FROM trackly_shard.clicks';
      const result = await client.query({ query, format: 'JSONCompactEachRow' });
      return Number((await result.json<[string]>())[0]?.[0]);
    }),
  );
  expect(shards.every((count) => count > 0)).toBe(true);
  for (const rollup of ['rollup_links', 'rollup_quarter_hours']) {
    await expect
      .poll(() => number(`SELECT sum(clicks_total) FROM ${rollup}`), { timeout: HANGS_AFTER_MS })
      .toBe(stored.length);
    expect(await number(`SELECT sum(messages_sent) FROM ${rollup}`), rollup).toBe(MESSAGES);
  }
});

it('gives every message that a person opened exactly one first click, before and after the partitions changed', async () => {
  const wrong = `SELECT message_id FROM (SELECT message_id, sum(is_first) AS firsts, countIf(verdict = 'human') AS people
    FROM clicks GROUP BY message_id) WHERE firsts != (people > 0)`;
  expect(await rows(wrong)).toEqual([]);
});

it('books every sale once, and the report says their sum', async () => {
  const sold = books.flatMap((one) => one.conversions);
  const booked = async (): Promise<number> =>
    number(
      "SELECT count() FROM (SELECT txn_id, sum(sign) AS n FROM conversions WHERE startsWith(txn_id, 't-') GROUP BY txn_id HAVING n = 1)",
    );
  await until(
    async () => (await booked()) === sold.length,
    COUNTED_WITHIN_MS,
    () => `not all of ${sold.length} sales are booked`,
  );
  // A sale is credited where a person tapped the message's link to that offer, by then or within the tolerance of clocks.
  const clicks =
    await rows(`SELECT click_id, message_id, offer_id, is_first_for_offer, toUnixTimestamp64Milli(clicked_at)
    FROM clicks`);
  const offersOf = new Map(clicks.map(([id = '', message, offer]) => [`t-${id}`, `${message} ${offer}`]));
  const first_at = new Map<string, number>(
    clicks.flatMap(([, message, offer, is_first, at]) =>
      is_first === '1' ? [[`${message} ${offer}`, Number(at)] as const] : [],
    ),
  );
  const sold_at = new Map(
    (
      await rows(`SELECT txn_id, toUnixTimestamp64Milli(any(converted_at)) FROM conversions
        WHERE startsWith(txn_id, 't-') GROUP BY txn_id`)
    ).map(([txn_id = '', at]) => [txn_id, Number(at)]),
  );
  const credited = new Set(
    sold.filter(
      (txn_id) =>
        (first_at.get(offersOf.get(txn_id) ?? '') ?? Number.POSITIVE_INFINITY) <=
        (sold_at.get(txn_id) ?? 0) + CLOCK_TOLERANCE_MS,
    ),
  );
  const lines = (): Promise<string[][]> =>
    rows(`SELECT txn_id, sum(sign * sales) AS sales FROM conversions WHERE startsWith(txn_id, 't-')
      GROUP BY txn_id HAVING sales != 0`);
  let wrong: string[] = [];
  await until(
    async () => {
      const booked = new Map((await lines()).map(([txn_id = '', sales]) => [txn_id, sales]));
      wrong = sold.filter((txn_id) => booked.get(txn_id) !== (credited.has(txn_id) ? '1' : undefined));
      return wrong.length === 0;
    },
    HANGS_AFTER_MS,
    () =>
      `${wrong.length} of ${sold.length} sales are credited wrongly: ${wrong.slice(0, WRONG_TOLD_MAX).join(', ')}`,
  ).catch(async (error) => {
    for (const txn_id of wrong.slice(0, WRONG_TOLD_MAX)) say(await storyOf(txn_id));
    throw error;
  });
  const { body } = await sender.call('GET', '/v2/reports/campaigns');
  expect(body.rows[0]).toMatchObject({
    sent: MESSAGES,
    clicks_total: await number('SELECT count() FROM clicks'),
    clicks_unique: await number('SELECT sum(is_first) FROM clicks'),
  });
});

/** What is stored of a sale and of the clicks that it may be credited to, for who has to find out why it is not. */
async function storyOf(txn_id: string): Promise<string> {
  const click_id = txn_id.slice('t-'.length);
  const [[message_id, offer_id] = []] = await rows(
    `SELECT message_id, offer_id FROM clicks WHERE click_id = '${click_id}'`,
  );
  const stories = await Promise.all([
    rows(`SELECT sign, status, reason, click_id, converted_at, received_at, inserted_at, batch FROM conversions
      WHERE txn_id = '${txn_id}' ORDER BY inserted_at`),
    rows(`SELECT click_id, clicked_at, inserted_at, verdict, is_first, is_first_for_offer, batch FROM clicks
      WHERE message_id = '${message_id}' AND offer_id = '${offer_id}' ORDER BY clicked_at`),
  ]);
  return `${txn_id}\n${stories
    .flat()
    .map((row) => row.join(' | '))
    .join('\n')}`;
}

it('had every fault that can be made here', () => {
  const can = Object.keys(FAULTS).filter((name) => name !== 'split' || machines.fronts.length > 0);
  expect(new Set(hits)).toEqual(new Set(can));
});
