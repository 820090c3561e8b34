/**
 * The same counts whatever clocks and the queue do: wall clocks that jump by hours, batches that are handed out
 * several times at once, and workers that stand still until their jobs have gone to somebody else.
 */
// @long: chaos.test.ts freezes and kills the same processes in every run.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../src/log/batches.ts';
import { openBatchKey } from '../../src/log/keys.ts';
import { currentPartitions } from '../../src/log/partitions.ts';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { openBatchQueue } from '../../workers/queue.ts';
import { planClicks, runClicks } from '../support/click-plan.ts';
import { createPhones } from '../support/phones.ts';
import { type CreatedMessage, createCampaign, createSender, type Sender } from '../support/sender.ts';
import { untilSettled } from '../support/settled.ts';
import { type System, startSystem } from '../support/system.ts';
import { startWorker } from '../support/worker-process.ts';

const MESSAGES = 100;
const CONNECTIONS = 16;
/** Every batch has some, and the processor is left to those who handle them. */
const CALM = { clicks: 60, rest_ms: 500 };
/** Every message is opened by people at several of the clock's times. */
const BUSY = { clicks: 300, rest_ms: 400 };
/** A batch is open for longer. */
const HAND_OUT_EVERY_MS = 5;
const CLOCK = join(import.meta.dirname, '../support/jumping-clock.ts');
const HOUR_MS = 3_600_000;

let system: System;
let sender: Sender;
let messages: CreatedMessage[];
/** Of this system. */
let answered: string[];
let people: Set<string>;
let sent: number;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

afterAll(() => system?.destroy());

async function start(settings: Record<string, string> = {}): Promise<void> {
  system = await startSystem(settings);
  sender = await createSender(system);
  answered = [];
  people = new Set();
  sent = 0;
}

/** Messages that nobody has opened a link of yet. */
async function sendMessages(): Promise<void> {
  const { creative_ids } = await createCampaign(sender, 'Twice');
  messages = await sender.send(
    Array.from({ length: MESSAGES }, (_, i) => ({
      contact_id: `c${i}`,
      creative_id: creative_ids[0],
      fields: { first_name: 'A' },
    })),
  );
  sent += MESSAGES;
}

async function connect(): Promise<RedisClient> {
  const redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'fast');
  cleanups.push(() => redis.disconnect());
  await untilReady(redis, 5_000);
  return redis;
}

/** Sends messages and opens their links, a round at a time, until `enough()`, at least `clicks` of them. */
async function openLinks(
  seed: number,
  clicks: number,
  enough: () => boolean,
  { clicks: round_clicks, rest_ms } = CALM,
): Promise<void> {
  await sendMessages();
  const phones = createPhones(system.redirect_url, CONNECTIONS);
  for (let opened = 0; opened < clicks || !enough(); opened += round_clicks) {
    const plan = planClicks(seed + opened, round_clicks, MESSAGES);
    const run = await runClicks(phones, messages, plan, CONNECTIONS);
    expect(run.wrong).toEqual([]);
    for (const { click_id, message, bot } of run.answered) {
      answered.push(click_id);
      if (!bot) people.add(messages[message]?.message_id ?? '');
    }
    await new Promise((done) => setTimeout(done, rest_ms));
  }
  phones.close();
}

/** Batches of clicks that are being processed. */
async function openBatches(redis: RedisClient): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (const partition of currentPartitions()) {
    const of = { log: 'clicks', partition };
    const [first_id, last_id, rows, frozen_at] = await redis.hmget(
      openBatchKey(of),
      'first',
      'last',
      'rows',
      'frozen_at',
    );
    if (first_id == null || last_id == null) continue;
    const token = `clicks-${partition}-${first_id}-${last_id}`;
    batches.push({ ...of, first_id, last_id, rows: Number(rows), frozen_at_ms: Number(frozen_at), token });
  }
  return batches;
}

/** Each answered click once, rollups like rows, and one first click for each contact that a person clicked for. */
async function expectSameCounts(): Promise<void> {
  await untilSettled(system, answered.length, sent);
  const result = await system.clickhouse.query({
    query: 'SELECT click_id, message_id, is_first FROM clicks',
    format: 'JSONCompactEachRow',
  });
  const rows = await result.json<[string, string, number]>();
  const ids = new Set(rows.map(([click_id]) => click_id));
  expect(rows).toHaveLength(ids.size);
  expect(answered.filter((click_id) => !ids.has(click_id))).toEqual([]);
  const firsts = rows.filter(([, , is_first]) => is_first === 1).map(([, message_id]) => message_id);
  expect(firsts.toSorted()).toEqual([...people].toSorted());
}

it('clocks that jump by hours, forth and back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-clock-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const clock = join(folder, 'clock');
  await writeFile(clock, '0');
  cleanups.push(() => system?.destroy());
  await start({ NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import ${CLOCK}`, TEST_CLOCK: clock });
  const jumps = [HOUR_MS, -HOUR_MS, 0, 26 * HOUR_MS, -3 * HOUR_MS, 60_000, 0];
  let next = 0;
  const jump = setInterval(() => {
    // ClickHouse is killed at each other one: batches wait for their next try through the jump.
    if (next % 2 === 0 && next < jumps.length) void system.kill('clickhouse').catch(() => {});
    void writeFile(clock, String(jumps[next++] ?? 0));
  }, 1_200);
  cleanups.push(() => clearInterval(jump));
  await openLinks(1, 1_000, () => next > jumps.length, BUSY);
  await expectSameCounts();
});

it('clocks of machines that are half a minute apart, and jump on the way', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-clock-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const clock = join(folder, 'clock');
  const set = (turn: 1 | -1): Promise<void> =>
    writeFile(
      clock,
      [
        ['redirect-1', 30],
        ['redirect-2', -30],
        ['api', 20],
        ['worker-bare', 25],
        ['worker', -30],
      ]
        .map(([name, off_s]) => `${name} ${Number(off_s) * turn * 1_000}`)
        .join('\n'),
    );
  await set(1);
  cleanups.push(() => system?.destroy());
  const settings = {
    NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import ${CLOCK}`,
    TEST_CLOCK: clock,
  };
  await start({ ...settings, REDIRECT_PROCESSES: '2' });
  const second = await startWorker(system, 'bare', settings);
  cleanups.push(() => second.kill('SIGTERM'));
  const began = performance.now();
  let rounds = 0;
  const jump = setInterval(() => void set(++rounds % 2 === 0 ? 1 : -1), 2_000);
  cleanups.push(() => clearInterval(jump));
  await openLinks(5, 900, () => rounds > 4, BUSY);
  await expectSameCounts();
  // Two workers whose clocks disagree cut no more often than one.
  const result = await system.clickhouse.query({
    query: 'SELECT uniqExact(batch) FROM clicks',
    format: 'JSONCompactEachRow',
  });
  const [[batches = 0] = []] = await result.json<number[]>();
  expect(Number(batches)).toBeLessThan(
    ((performance.now() - began) / 1_000 + 2) * currentPartitions().length,
  );
});

describe('batches that are handled by several workers', () => {
  beforeAll(() => start());

  it('every batch handed out again and again while it is being processed', async () => {
    const second = await startWorker(system, 'bare');
    cleanups.push(() => second.kill('SIGTERM'));
    const redis = await connect();
    const queue = openBatchQueue({ url: await system.redis_url(), cluster: false });
    cleanups.push(() => queue.close());
    let going = true;
    let handed_out = 0;
    const again = (async () => {
      for (; going; await new Promise((done) => setTimeout(done, HAND_OUT_EVERY_MS))) {
        for (const batch of await openBatches(redis)) {
          for (let copy = 0; copy < 3; copy++) {
            await queue.add('clicks', batch, { jobId: `${batch.token}-copy-${handed_out++}` });
          }
        }
      }
    })();
    await openLinks(2, 900, () => handed_out > 50);
    going = false;
    await again;
    await expectSameCounts();
  });

  it('a worker that stands still until its jobs have stalled and were done by another', async () => {
    const worker = await startWorker(system, 'bare');
    let freezes = 0;
    let going = true;
    const freezing = (async () => {
      for (; going; freezes++) {
        // Wherever it is just now; longer than its locks hold.
        await new Promise((done) => setTimeout(done, 300 + 137 * (freezes % 4)));
        worker.kill('SIGSTOP');
        await new Promise((done) => setTimeout(done, 7_500));
        worker.kill('SIGCONT');
      }
    })();
    await openLinks(3, 900, () => freezes >= 2);
    going = false;
    await freezing;
    await expectSameCounts();
    worker.kill('SIGTERM');
  });
});
