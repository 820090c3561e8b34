/**
 * A Redis Cluster under traffic: slots that move while everything that is in them is used, and a primary that
 * dies and its replica that takes over.
 */
// Own system: its Redis is a cluster, whose servers are killed.
// @long: nine servers of Redis beside the system; redis-cluster.test.ts and redis-sentinel.test.ts run every time.
// @alone: measures how long a failover and taps take.
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sleep } from '../../src/platform/sleep.ts';
import { countClicks, planClicks, type Run, runClicks } from '../support/click-plan.ts';
import { joinAs, type SignedInMember } from '../support/members.ts';
import { type OpenLoop, startOpenLoop } from '../support/open-loop.ts';
import { createPhones } from '../support/phones.ts';
import { createNetwork } from '../support/postback.ts';
import { startRedisCluster, type TestRedisCluster } from '../support/redis-cluster.ts';
import {
  type Campaign,
  type CreatedMessage,
  createCampaign,
  createSender,
  type Sender,
} from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

/** As deploy/redis.conf has it. */
const NODE_TIMEOUT_MS = 5_000;
/** From the death of a primary until clicks go to the log again. */
const FAILOVER_WITHIN_MS = 10_000;
const TAPS_PER_SECOND = 100;
const MESSAGES = 100;
const CLICKS = 800;
/** Of those who call again and again. */
const PAUSE_MS = 50;
/** Each in a slot of its own: of every partition, of the queue, and of what all processes follow. */
const MOVED = ['{p0}', '{p1}', '{p2}', '{p3}', '{queue}', 'changes', 'domains_due'];
/** After each key; some hundred keys are in the slot of a partition. */
const REST_MS = 2;

let cluster: TestRedisCluster;
let system: System;
let sender: Sender;
let campaign: Campaign;
let member: SignedInMember;
let loop: OpenLoop | undefined;

beforeAll(async () => {
  cluster = await startRedisCluster({ replicas: 2, node_timeout_ms: NODE_TIMEOUT_MS });
  system = await startSystem({ REDIS_URL: cluster.url, CLICK_ACK: 'replicated', TRUST_PROXY: '1' });
  sender = await createSender(system);
  campaign = await createCampaign(sender, 'Cluster');
  member = await joinAs(system, sender, 'owner', 'anna@example.com');
});

afterAll(async () => {
  await loop?.stop();
  await system?.destroy();
  await cluster?.stop();
});

const messagesOf = (name: string, from: number, count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({
    message_id: `${name}-${from + i}`,
    contact_id: `${name}-contact-${from + i}`,
    creative_id: campaign.creative_ids[0],
    campaign_id: campaign.campaign_id,
    fields: { first_name: 'A' },
  }));

/** Repeats a call that is told to try again in a moment; anything else comes back. */
async function patient<T extends { status: number }>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await call();
    if (answer.status !== 503) return answer;
    await sleep(PAUSE_MS);
  }
}

const ready = async (): Promise<string> => (await fetch(`${system.redirect_url}/readyz`)).text();

async function clickIds(): Promise<string[]> {
  const query = 'SELECT click_id FROM clicks';
  const result = await system.clickhouse.query({ query, format: 'JSONCompactEachRow' });
  return (await result.json<[string]>()).map(([id]) => id).toSorted();
}

const answered: string[] = [];

it('counts everything once while slots move under it', async () => {
  const messages = await sender.send(messagesOf('move', 0, MESSAGES));
  let going = true;
  const made: CreatedMessage[] = [];
  const statuses = new Set<number>();
  const send = async (): Promise<void> => {
    for (let from = MESSAGES; going; from += 10) {
      const messages = messagesOf('move', from, 10);
      const answer = await patient(() => sender.call('POST', '/v2/messages', { messages }));
      const again = await patient(() => sender.call('POST', '/v2/messages', { messages }));
      statuses.add(answer.status).add(again.status);
      expect(again.body).toEqual(answer.body);
      made.push(...(answer.body as unknown as { messages: CreatedMessage[] }).messages);
      await sleep(PAUSE_MS);
    }
  };
  const look = async (): Promise<void> => {
    for (; going; await sleep(PAUSE_MS)) {
      statuses.add((await patient(() => member.get('/session'))).status);
    }
  };
  const network = createNetwork(system.redirect_url, 4);
  let reported = 0;
  const report = async (): Promise<void> => {
    for (let i = 0; going && i < MESSAGES; i++, reported++) {
      const one = { link_id: messages[i]?.links[0]?.link_id ?? '', revenue: '2.50', txn_id: `t${i}` };
      for (let times = 0; times < 2; times++) {
        let reply = await network.report('/conv', one);
        for (; reply === undefined || reply.status === 503; await sleep(PAUSE_MS)) {
          reply = await network.report('/conv', one);
        }
        statuses.add(reply.status);
      }
    }
  };
  const phones = createPhones(system.redirect_url, 8);
  const tap = (): Promise<Run> => runClicks(phones, messages, planClicks(3, CLICKS, MESSAGES), 4);
  const all = Promise.all([send(), look(), report(), tap()]);
  let keys = 0;
  for (const key of MOVED) keys += await cluster.moveSlotOf(key, REST_MS);
  going = false;
  const [, , , run] = await all;
  expect(keys).toBeGreaterThan(MESSAGES);
  expect([run.answered.length, run.wrong]).toEqual([CLICKS, []]);
  expect([...statuses].filter((status) => status !== 200 && status !== 201)).toEqual([]);
  answered.push(...run.answered.map(({ click_id }) => click_id));
  const counts = countClicks(
    run.answered,
    () => '',
    ({ message }) => String(message),
  ).get('');
  // Each transaction is credited once its link was tapped by a person.
  const tapped = new Set(
    run.answered.filter(({ bot }) => !bot).map(({ message, link }) => `${message} ${link}`),
  );
  const conversions = Array.from({ length: reported }, (_, i) => `${i} 0`).filter((one) =>
    tapped.has(one),
  ).length;
  const row = async (): Promise<unknown> => {
    const { body } = await sender.call('GET', '/v2/reports/campaigns');
    const { sent, clicks_total, clicks_bot, clicks_unique, conversions } = body.rows?.[0] ?? {};
    return { sent, clicks_total, clicks_bot, clicks_unique, conversions };
  };
  const { clicks_total, clicks_bot, clicks_unique } = counts ?? {};
  const expected = { sent: MESSAGES + made.length, clicks_total, clicks_bot, clicks_unique, conversions };
  await untilSeen('the counts', row, (seen) => isDeepStrictEqual(seen, expected));
  phones.close();
  network.close();
});

it('answers taps within a second while a replica takes over, and has them in the log again within ten', async () => {
  const messages = await sender.send(messagesOf('failover', 0, MESSAGES));
  const link_ids = messages.flatMap(({ links }) => links.map(({ link_id }) => link_id));
  loop = startOpenLoop(system.redirect_url, link_ids, TAPS_PER_SECOND);
  await untilSeen(
    'some taps',
    async () => loop?.taps.answers.length ?? 0,
    (taps) => taps > 2 * TAPS_PER_SECOND,
  );
  const killed_at = performance.now();
  await cluster.killPrimaryOf('{p2}');
  await untilSeen('clicks in the spool', ready, (text) => text.includes('in the spool'));
  await untilSeen('the end of the spool', ready, (text) => text.includes('"cannot":[]'));
  const back_ms = performance.now() - killed_at;
  const { answers, failures, sent } = await loop.stop();
  loop = undefined;
  const took = Array.from({ length: answers.length }, (_, i) => answers.took(i)).toSorted((a, b) => a - b);
  const p99_ms = took[Math.floor(took.length * 0.99)] ?? 0;
  console.info(
    `clicks were in the log again after ${Math.round(back_ms)} ms; ${sent} taps, p99 ${Math.round(p99_ms)} ms, slowest ${Math.round(took.at(-1) ?? 0)} ms`,
  );
  expect(failures).toEqual([]);
  expect(p99_ms).toBeLessThan(1_000);
  expect(back_ms).toBeLessThan(FAILOVER_WITHIN_MS);
  answered.push(...answers.clickIds());
  await untilSeen('every click', clickIds, (ids) => ids.length >= answered.length);
  expect(await clickIds()).toEqual(answered.toSorted());
  await cluster.startAgain();
});
