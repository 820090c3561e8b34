/**
 * Two accounts with the same clicks: one had the rules from the start, the other gets them later and judges
 * again, while its workers are killed twice. Afterwards nothing tells the two apart. REJUDGE_CLICKS=1000000
 * makes it as large as a month of a small sender.
 */
// @long: a worker is killed twice; first-click.test.ts and attribution.test.ts rejudge without kills in every run.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readKeyRing } from '../../src/access/installation-key.ts';
import { CLICKS_LOG, clickPartition } from '../../src/clicks/click.ts';
import { ClickIds } from '../../src/clicks/click-id.ts';
import type { Link } from '../../src/links/link.ts';
import { append } from '../../src/log/append.ts';
import { backlog } from '../../src/log/backlog.ts';
import { currentPartitions } from '../../src/log/partitions.ts';
import { newProducerId } from '../../src/platform/random.ts';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { rowOfClick, someClick } from '../support/click-rows.ts';
import { PHONE } from '../support/phones.ts';
import { callApi, createSender, type Sender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { HANGS_AFTER_MS, until } from '../support/until.ts';
import { withoutMarks } from '../support/without-marks.ts';

const CLICKS = Number(process.env['REJUDGE_CLICKS'] ?? 5_000);
const CLICKS_PER_MESSAGE = 4;
/** Messages that were created through the API, so that conversions find them. */
const REAL_MESSAGES = 200;
const ROWS_PER_ENTRY = 500;
const SCANNER = `${PHONE} AcmeLens/2`;
const RULES = { bot: { user_agents: ['acmelens/'] } };
const WITHIN_MS = 60_000 + CLICKS;

let system: System;
let redis: RedisClient;
const start_ms = Date.now() - 6 * 3_600_000;

beforeAll(async () => {
  system = await startSystem();
  redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'fast');
  await untilReady(redis, 5_000);
});

afterAll(async () => {
  redis?.disconnect();
  await system?.destroy();
});

interface Plan {
  sender: Sender;
  click_ids: string[][];
}

/** Who opens the link of message `n`, in order: people first, scanners first, or scanners alone. */
const visitors = (n: number): string[] =>
  [
    [SCANNER, PHONE, SCANNER, PHONE],
    [PHONE, SCANNER, PHONE, PHONE],
    [SCANNER, SCANNER, SCANNER, SCANNER],
    [PHONE, PHONE, PHONE, SCANNER],
    [SCANNER, SCANNER, PHONE, PHONE],
  ][n % 5] as string[];

async function logClicks(sender: Sender): Promise<Plan> {
  const offer = await sender.call('POST', '/v2/offers', {
    name: 'Offer',
    destination_url: 'https://shop.example/?c={{click_id}}',
    payout_type: 'cpc',
    payout: '0.05',
  });
  const { offer_id } = offer.body;
  const creative = await sender.call('POST', '/v2/creatives', {
    name: 'Creative',
    body: '{{link1}}',
    offer_links: [{ key: 'link1', offer_id }],
  });
  const { creative_id } = creative.body;
  const sent_at = new Date(start_ms - 3_600_000).toISOString();
  const real = await sender.send(
    Array.from({ length: REAL_MESSAGES }, (_, n) => ({
      message_id: `m-${n}`,
      contact_id: `contact-${n}`,
      creative_id,
      sent_at,
    })),
  );
  const producer = newProducerId();
  const lanes = currentPartitions().map(() => ({ rows: [] as string[], sequence: 0 }));
  const click_ids: string[][] = [];
  const flush = async (partition: number): Promise<void> => {
    const lane = lanes[partition];
    if (lane === undefined || lane.rows.length === 0) return;
    const rows = lane.rows.splice(0);
    const sequence = ++lane.sequence;
    const payload = rows.join('\n');
    await append(redis, CLICKS_LOG, {
      partition,
      producer,
      sequence,
      rows: rows.length,
      payload,
      process: '',
    });
  };
  const signed = new ClickIds({ ring: await readKeyRing(redis, system.data_dir) });
  for (let n = 0; n < CLICKS / CLICKS_PER_MESSAGE; n++) {
    const link: Link = {
      link_id: real[n]?.links[0]?.link_id ?? n.toString(36).padStart(7, '0'),
      account_id: sender.account_id,
      message_id: `m-${n}`,
      contact_id: `contact-${n}`,
      offer_id,
      creative_id,
      campaign_id: `campaign-${n % 3}`,
      variant_id: n % 2 === 0 ? 'A' : 'B',
      link_key: 'link1',
      domain: '',
      sent_at_ms: start_ms - 3_600_000,
      url: '',
      fields: {},
      expires_at_ms: 0,
      disabled: false,
    };
    const ids: string[] = [];
    for (const [i, user_agent] of visitors(n).entries()) {
      const at_ms = start_ms + n * 7 + i * 1_000;
      const click_id = signed.create(at_ms, link.link_id);
      ids.push(click_id);
      // A carrier's, one a message: what an address does in a minute depends on the order of arrival.
      const ip = `172.${32 + ((n >> 16) & 31)}.${(n >> 8) & 255}.${n & 255}`;
      const partition = clickPartition(link);
      const { url, fields, expires_at_ms, disabled, url_params, query, is_test = false, ...kept } = link;
      const row = rowOfClick({
        ...someClick({ ...kept, is_test }),
        ...{ click_id, clicked_at_ms: at_ms, method: 'GET', ip, user_agent },
        headers: { accept: 'text/html', 'accept-language': 'en' },
        contact_country: '',
        answered: 'redirect',
      });
      lanes[partition]?.rows.push(row);
      if ((lanes[partition]?.rows.length ?? 0) >= ROWS_PER_ENTRY) await flush(partition);
    }
    if (n < REAL_MESSAGES) click_ids.push(ids);
  }
  for (const partition of currentPartitions()) await flush(partition);
  return { sender, click_ids };
}

async function untilEmpty(): Promise<void> {
  await until(
    async () => {
      for (const log of ['clicks', 'sends', 'conversions', 'clicks']) {
        for (const partition of currentPartitions()) {
          if ((await backlog(redis, log, partition)) > 0) return false;
        }
      }
      return true;
    },
    WITHIN_MS,
    () => `the logs did not empty\n${system.output()}`,
  );
}

async function ask(query: string): Promise<unknown> {
  const result = await system.clickhouse.query({ query, format: 'JSONEachRow' });
  return result.json();
}

/** All that is counted of an account, click by click and in sums, without what differs between any two. */
async function everything({ sender, click_ids }: Plan): Promise<object> {
  const { account_id } = sender;
  const of = `account_id = '${account_id}'`;
  const place = new Map(click_ids.flatMap((ids, n) => ids.map((id, i) => [id, `${n}/${i}`] as const)));
  const from = new Date(start_ms - 86_400_000).toISOString();
  const reports: Record<string, unknown> = {};
  for (const name of [
    'campaigns',
    'hours',
    'bots?by=reason',
    'bots?by=kind',
    'bots?by=country',
    'suspicious',
  ]) {
    const path: string = `/v2/reports/${name}${name.includes('?') ? '&' : '?'}from=${from}`;
    const { status, body } = await sender.call('GET', path);
    expect(status, JSON.stringify(body)).toBe(200);
    const { range: _, rules_versions: __, ...rest } = withoutMarks(body as Record<string, unknown>);
    reports[name] = rest;
  }
  const conversions = (await ask(
    `SELECT txn_id, status, reason, click_id, payout, credited_at FROM report_conversions WHERE ${of} ORDER BY txn_id`,
  )) as { click_id: string }[];
  return {
    reports,
    clicks: await ask(
      `SELECT count() AS n, sum(is_first) AS firsts, countIf(verdict = 'bot') AS bots, sumMap(payout) AS paid,
        sum(cityHash64(contact_id, clicked_at, user_agent, verdict, score, bot_reasons, is_first, is_first_for_offer, payout)) AS hash
        FROM report_clicks WHERE ${of}`,
    ),
    variants: await ask(
      `SELECT campaign_id, variant_id, quarter_hour, sent_quarter_hour, sum(first_clicks) AS firsts
        FROM rollup_variants WHERE ${of} GROUP BY ALL HAVING firsts != 0 ORDER BY ALL`,
    ),
    sent_at: await ask(`SELECT DISTINCT sent_at FROM conversions WHERE ${of} AND status = 'attributed'`),
    messages: await ask(
      `SELECT sum(cityHash64(message_id, clicks_total, clicks_human, clicks_bot, clicks_unique, payout, revenue)) AS hash FROM report_messages WHERE ${of}`,
    ),
    conversions: conversions.map((one) => ({ ...one, click_id: place.get(one.click_id) ?? one.click_id })),
  };
}

it('ends as if the new rules had been there from the start, though the worker is killed twice', {
  timeout: 10 * WITHIN_MS,
}, async () => {
  const later = await createSender(system);
  const from_start = await createSender(system, { bot_rules: RULES });
  const [a, b] = [await logClicks(later), await logClicks(from_start)];
  await untilEmpty();
  for (const { sender, click_ids } of [a, b]) {
    const conversions = click_ids.map((ids, n) => ({
      click_id: ids[3],
      revenue: '10',
      txn_id: `txn-${n}`,
      ts: new Date(start_ms + 3_600_000).toISOString(),
    }));
    const { status, body } = await sender.call('POST', '/v2/conversions', { conversions });
    expect(status, JSON.stringify(body).slice(0, 300)).toBeLessThan(300);
  }
  await untilEmpty();
  const [before, wanted] = [await everything(a), await everything(b)];
  expect(before).not.toEqual(wanted);

  const { body: changed } = await callApi(
    system,
    system.admin_key,
    'PATCH',
    `/v2/accounts/${later.account_id}`,
    { bot_rules: RULES },
  );
  expect(changed.bot_rules.bot.user_agents).toEqual(['acmelens/']);
  const asked = await later.call('POST', '/v2/rejudgements', { from: new Date(start_ms).toISOString() });
  expect(asked.status).toBe(202);
  const { rejudgement } = asked.body;
  const state = async () => (await later.call('GET', `/v2/rejudgements/${rejudgement}`)).body;
  for (const share of [0.01, 0.5]) {
    await until(
      async () =>
        (await state()).judged >= share * Math.min(CLICKS, (await state()).clicks || CLICKS) ||
        (await state()).state === 'done',
      WITHIN_MS * 5,
      () => `the rejudgement stands still\n${system.output()}`,
    );
    await system.kill('worker-1');
  }
  await until(
    async () => (await state()).state === 'done',
    WITHIN_MS * 5,
    () => `the rejudgement did not end\n${system.output()}`,
  );
  await untilEmpty();
  let after: object = {};
  await until(
    async () => {
      await untilEmpty();
      after = await everything(a);
      return JSON.stringify(after) === JSON.stringify(wanted);
    },
    HANGS_AFTER_MS,
    () => 'it differs; see below',
  ).catch(() => {});
  expect(after).toEqual(wanted);

  // Again: nothing changes any more.
  const twice = await later.call('POST', '/v2/rejudgements', { from: new Date(start_ms).toISOString() });
  await until(
    async () => (await later.call('GET', `/v2/rejudgements/${twice.body.rejudgement}`)).body.state === 'done',
    WITHIN_MS * 5,
    () => 'the second rejudgement did not end',
  );
  expect((await later.call('GET', `/v2/rejudgements/${twice.body.rejudgement}`)).body.changed).toBe(0);
  expect(await everything(a)).toEqual(wanted);

  // Both versions can be asked for, and a click tells both of its verdicts.
  const from = new Date(start_ms).toISOString();
  const now = (await later.call('GET', `/v2/reports/campaigns?range_by=event&from=${from}`)).body;
  const [version] = now.rules_versions;
  expect(now.rules_versions).toEqual([(await state()).rules_version]);
  const wrong = await later.call(
    'GET',
    `/v2/reports/campaigns?range_by=event&from=${from}&rules_version=nonsense`,
  );
  expect(wrong.status).toBe(400);
  const first = /use (\S+) or/.exec(wrong.body.message ?? '')?.[1] ?? '';
  expect(first).not.toBe(version);
  const old = (
    await later.call('GET', `/v2/reports/campaigns?range_by=event&from=${from}&rules_version=${first}`)
  ).body;
  expect(old.rules_versions).toEqual([first]);
  expect(old.totals.clicks_bot).toBe(0);
  expect(old.totals.clicks_unique).toBe(CLICKS / CLICKS_PER_MESSAGE);
  expect(now.totals.clicks_bot).toBeGreaterThan(0);
  const story = (await later.call('GET', `/v2/clicks/${a.click_ids[0]?.[0]}`)).body;
  expect(story.click).toMatchObject({ verdict: 'bot', is_first: false });
  expect(story.click.verdicts.map((one: { verdict: string }) => one.verdict)).toEqual([
    'human',
    'bot',
    'bot',
  ]);
  expect(story.first_click.first_click_id).toBe(a.click_ids[0]?.[1]);
});
