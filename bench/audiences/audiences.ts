/**
 * How fast is an audience counted? Starts a separate ClickHouse server in a temporary folder, inserts millions of
 * made-up clicks directly into its tables, and runs the API's queries. See README.md beside this file.
 */

import { type Definition, definition } from '../../src/audiences/definition.ts';
import { countContacts, streamContacts } from '../../src/audiences/read-audience.ts';
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { createClickHouse } from '../../src/clickhouse/client.ts';
import { migrate } from '../../src/clickhouse/migrate.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startClickHouse } from '../../test/support/clickhouse.ts';
import type { Bench } from '../bench.ts';
import { cpuOf, machine, progress } from '../support/measure.ts';

const CLICKS = 10_000_000;
const CLICKS_QUICK = 1_000_000;
const INSERT_ROWS = 1_000_000;
const ROUNDS = 7;
const DAYS = 90;

const account_id = 'acc_bench';
/** The day after the last click. */
const as_of_ms = Date.parse('2026-11-23T00:00:00Z');
/** A pseudo-random number that depends on the row and a salt. */
const some = (salt: number, below: number): string => `cityHash64(number, ${salt}) % ${below}`;
const time = `(toDateTime64('2026-08-25 00:00:00', 3, 'UTC') + toIntervalMillisecond(${some(5, DAYS * 86_400_000)}))`;
const ids = `concat('cre_', toString(${some(3, 10)})) AS creative_id, concat('cam_', toString(${some(4, 30)})) AS campaign_id`;
/** On average two clicks for each message and five for each contact, 30 % of them by bots. */
const contactOf = (clicks: number): string =>
  `concat('contact-', toString(cityHash64(number % ${clicks / 2}, 1) % ${clicks / 5})) AS contact_id`;

const QUESTIONS = {
  one_link: { clicked: { offer_id: 'off_3', link_key: 'link1', at_least: 2, window: { last_days: 30 } } },
  nested: {
    all: [
      { clicked: { offer_id: 'off_3', link_key: 'link1', window: { last_days: 30 } } },
      { not: { converted: { campaign_id: 'cam_4', revenue: { at_least: '10.00', currency: 'EUR' } } } },
      { any: [{ was_sent: { campaign_id: 'cam_3' } }, { did_not_click: { offer_id: 'off_5' } }] },
    ],
  },
  sent_but_not_clicked: {
    all: [{ was_sent: { campaign_id: 'cam_3' } }, { did_not_click: { campaign_id: 'cam_3' } }],
  },
  any_click: { clicked: {} },
  often_but_not_one_offer: {
    all: [{ clicked: { at_least: 3, window: { last_days: 90 } } }, { did_not_click: { offer_id: 'off_5' } }],
  },
  everyone_else: { did_not_click: { offer_id: 'off_3' } },
};

/** Views of rollups and records, which the queries do not use: without them the rows are inserted within minutes. */
async function dropViews(client: ClickHouseClient): Promise<void> {
  const views = await client.query({
    query: `SELECT name FROM system.tables WHERE database = 'trackly' AND engine = 'MaterializedView'`,
    format: 'JSONEachRow',
  });
  for (const { name } of await views.json<{ name: string }>()) {
    await client.command({ query: `DROP VIEW trackly.${name}` });
  }
}

async function fill(client: ClickHouseClient, table: string, rows: number, columns: string): Promise<void> {
  for (let from = 0; from < rows; from += INSERT_ROWS) {
    const names = [...columns.matchAll(/ AS (\w+)(?=,|$)/g)].map((match) => match[1]);
    await client.command({
      query: `INSERT INTO trackly.${table} (account_id, expires_at, ${names.join(', ')})
        SELECT '${account_id}', toDateTime('2099-01-01 00:00:00', 'UTC'), ${columns}
        FROM numbers(${from}, ${Math.min(INSERT_ROWS, rows - from)})`,
    });
  }
}

/** Gives every hundredth click the opposite verdict. */
async function judgeAgain(client: ClickHouseClient): Promise<void> {
  await client.command({
    query: `INSERT INTO trackly.verdicts
        (account_id, clicked_at, click_id, change, sign, rejudgement, verdict, expires_at)
      SELECT account_id, clicked_at, click_id, 1, arrayJoin([-1, 1]) AS booked, 1,
        if(booked = -1, verdict, if(verdict = 'bot', 'human', 'bot')), expires_at
      FROM trackly.clicks WHERE cityHash64(click_id) % 100 = 0`,
  });
}

interface Figures {
  contacts: number;
  seconds: number;
  cpu_seconds: number;
}

/**
 * The best of ROUNDS, separately for elapsed time and CPU time; the latter of all threads of the server's process
 * `pid`.
 */
async function measure(client: ClickHouseClient, pid: number, of: Definition): Promise<Figures> {
  const best = { contacts: 0, seconds: Number.POSITIVE_INFINITY, cpu_seconds: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    const cpu_us = cpuOf(pid);
    const started = performance.now();
    best.contacts = await countContacts(client, { account_id, definition: of, as_of_ms });
    best.seconds = Math.min(best.seconds, rounded((performance.now() - started) / 1_000));
    best.cpu_seconds = Math.min(best.cpu_seconds, rounded((cpuOf(pid) - cpu_us) / 1_000_000));
  }
  return best;
}

const rounded = (seconds: number): number => Number(seconds.toFixed(2));

async function measureAll(client: ClickHouseClient, pid: number): Promise<Record<string, Figures>> {
  const figures: Record<string, Figures> = {};
  for (const [name, of] of Object.entries(QUESTIONS)) {
    figures[name] = await measure(client, pid, definition.parse(of));
    progress(`${name}: ${figures[name].seconds} s`);
  }
  return figures;
}

async function download(client: ClickHouseClient): Promise<{ contacts: number; seconds: number }> {
  const started = performance.now();
  let contacts = 0;
  const question = { account_id, definition: definition.parse(QUESTIONS.any_click), as_of_ms };
  for await (const rows of await streamContacts(client, question)) contacts += rows.length;
  return { contacts, seconds: rounded((performance.now() - started) / 1_000) };
}

/** `--clicks 1000000` */
export const bench: Bench = async ({ quick, options }) => {
  const clicks = Number(options.clicks ?? (quick ? CLICKS_QUICK : CLICKS));
  const messages = clicks / 2;
  const contact = contactOf(clicks);
  const log = createLogger('bench', 'silent');
  const server = await startClickHouse();
  const pid = server.process().pid ?? 0;
  const client = createClickHouse(server.url, { request_timeout_ms: 600_000 });
  try {
    await migrate(client, log);
    await dropViews(client);
    await fill(
      client,
      'clicks',
      clicks,
      `concat(leftPad(toString(number), 22, '0'), 'abc1234') AS click_id, leftPad(toString(number % 6000000), 7, '0') AS link_id,
      concat('link', toString(1 + number % 2)) AS link_key, concat('msg_', toString(number % ${messages})) AS message_id,
      ${contact}, concat('off_', toString(${some(2, 20)})) AS offer_id, ${ids}, ${time} AS sent_at, ${time} AS clicked_at,
      'GET' AS method, 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)' AS user_agent, if(${some(6, 10)} < 3, 'bot', 'human') AS verdict`,
    );
    await fill(
      client,
      'sends',
      messages,
      `concat('msg_', toString(number)) AS message_id, ${contact}, ${ids}, ${time} AS sent_at, ${time} AS logged_at,
      ['link1', 'link2'] AS link_keys, ['a', 'b'] AS link_ids, [concat('off_', toString(number % 20)), 'off_1'] AS offer_ids`,
    );
    await client.command({
      query: `INSERT INTO trackly.conversions (account_id, offer_id, transaction, conversion_id, event, converted_at,
          received_at, sign, status, contact_id, creative_id, campaign_id, conversions, currency, sales)
        SELECT '${account_id}', 'off_3', concat('txn:', toString(number)), toString(number), 'sale', ${time}, ${time}, 1,
          'attributed', ${contact}, ${ids}, 1, 'EUR', toDecimal128(number % 50, 6) FROM numbers(${clicks / 50})`,
    });
    const as_judged_first = await measureAll(client, pid);
    const downloaded = await download(client);
    await judgeAgain(client);
    return {
      ...machine(),
      clicks,
      messages,
      as_judged_first,
      with_a_hundredth_judged_again: await measureAll(client, pid),
      downloaded,
    };
  } finally {
    await client.close();
    await server.stop();
  }
};
