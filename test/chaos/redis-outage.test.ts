/**
 * Redis is away for minutes while many people tap: their clicks go to the spool of each redirect process, and into
 * Redis once it is back. No process hangs, no tap fails, none takes a second, each click is counted once.
 *
 * By itself Redis is away once for three seconds. The long run prints a line for each outage:
 *
 *   OUTAGE_SECONDS=600 OUTAGES=4 OUTAGE_PROCESSES=5 OUTAGE_TAPS=500 node_modules/.bin/vitest run --config test/vitest.config.ts \
 *     --disable-console-intercept test/chaos/redis-outage
 */
// @long: faults.test.ts has Redis away in every run, without so many taps.
// @alone: measures how long answers take while hundreds of taps a second come in.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readSeries } from '../support/metrics.ts';
import { type Answers, type OpenLoop, startOpenLoop, type Taps } from '../support/open-loop.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { createLinks } from '../support/sender.ts';
import { untilSettled } from '../support/settled.ts';
import { type System, startSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const OUTAGE_SECONDS = Number(process.env['OUTAGE_SECONDS'] ?? 3);
const OUTAGES = Number(process.env['OUTAGES'] ?? 1);
const PROCESSES = Number(process.env['OUTAGE_PROCESSES'] ?? 2);
const TELLS = process.env['OUTAGE_SECONDS'] !== undefined;

const TAPS_PER_SECOND = Number(process.env['OUTAGE_TAPS'] ?? 250) * PROCESSES;
const MESSAGES = 200;
const WARMING_TAPS_PER_SECOND = 1_000;
/** Taps before Redis goes, and after the spools are drained. */
const AROUND_MS = 2_000;
/** After Redis went, taps may take longer for this long: SPOOL_AFTER_MS, twice over. */
const FIRST_MS = 1_000;
const ANSWERED_WITHIN_MS = 1_000;
/** With so many looks in a row that find no file, the spools are drained. */
const EMPTY_LOOKS = 5;
const LOOK_EVERY_MS = 100;
/** To drain what an outage left behind takes no longer than the outage did; to insert it, as long again. */
const WITHIN_MS = 30_000 + OUTAGE_SECONDS * 1_000;
const TELL_EVERY_MS = 10_000;
/** Click ids that are read from ClickHouse in one answer. */
const IDS_PER_READ = 500_000;

let redis: TestRedis;
let system: System;
let loop: OpenLoop | undefined;

afterEach(async () => {
  await loop?.stop();
  await system?.destroy();
  await redis?.stop();
});

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const tell = (line: string): void => {
  if (TELLS) console.info(`${new Date().toISOString()} ${line}`);
};

/** Process ids of the redirect processes by name. */
async function redirects(): Promise<Record<string, number>> {
  const pids = Object.entries(await system.pids());
  return Object.fromEntries(pids.filter(([name]) => name.startsWith('redirect-')));
}

/** Whether every redirect process has so many links in memory. */
async function allKnow(links: number): Promise<boolean> {
  const lines = (await readSeries(system)).split('\n');
  return Object.keys(await redirects()).every((name) =>
    lines.includes(`trackly_links_cached{process="${name}"} ${links}`),
  );
}

/** Taps all links until every process has opened each: the kernel chooses who takes a connection. */
async function warmUp(link_ids: string[]): Promise<Taps> {
  const warming = startOpenLoop(system.redirect_url, link_ids, WARMING_TAPS_PER_SECOND);
  await until(
    () => allKnow(link_ids.length),
    WITHIN_MS,
    () => `not every process knows every link\n${system.output()}`,
  );
  return warming.stop();
}

async function untilDrained(): Promise<void> {
  let empty = 0;
  const root = join(system.data_dir, 'spool');
  const until_ms = performance.now() + WITHIN_MS;
  while (empty < EMPTY_LOOKS) {
    const files = await readdir(root, { recursive: true });
    empty = files.some((name) => name.endsWith('.spool')) ? 0 : empty + 1;
    if (performance.now() > until_ms) throw new Error(`the spools are not drained\n${system.output()}`);
    await pause(LOOK_EVERY_MS);
  }
}

/** Resolves after `ms`; rejects at once when a redirect process is not the one it was. */
async function stayAlive(ms: number, pids: Record<string, number>): Promise<void> {
  const until_ms = performance.now() + ms;
  while (performance.now() < until_ms) {
    await pause(Math.min(500, until_ms - performance.now()));
    expect(await redirects(), system.output()).toEqual(pids);
    expect(system.output()).not.toContain('process is killed');
  }
}

/** The longest answer to a tap that began between two times of performance.now(), in ms, and how many there were. */
function worst({ answers }: Taps, from: number, to: number): { taps: number; ms: number } {
  let taps = 0;
  let ms = 0;
  for (let i = 0; i < answers.length; i++) {
    if (answers.began(i) < from || answers.began(i) >= to) continue;
    taps++;
    ms = Math.max(ms, answers.took(i));
  }
  return { taps, ms: Math.round(ms) };
}

const seconds = (from: number, to: number): string => ((to - from) / 1_000).toFixed(1);

/** Every click that was ever answered is in ClickHouse once, and no other: `before` so many, and these. */
async function expectCountedOnce(before: number, answers: Answers, since_ms: number): Promise<number> {
  const missing = new Set(answers.clickIds());
  expect(missing.size).toBe(answers.length);
  const answered = before + missing.size;
  await untilSettled(system, answered, MESSAGES, WITHIN_MS);
  const read = async (query: string): Promise<string[][]> => {
    const result = await system.clickhouse.query({ query, format: 'JSONCompactEachRow' });
    return result.json<string[]>();
  };
  const [counts] = await read('SELECT count(), uniqExact(click_id) FROM clicks');
  const groups = Math.ceil(missing.size / IDS_PER_READ);
  for (let group = 0; group < groups; group++) {
    const rows = await read(
      `SELECT click_id FROM clicks WHERE clicked_at >= fromUnixTimestamp64Milli(${since_ms}) AND cityHash64(click_id) % ${groups} = ${group}`,
    );
    for (const [id = ''] of rows) missing.delete(id);
  }
  tell(
    `${answered} answered; in ClickHouse ${counts?.join(' rows, different ids ')}; ${missing.size} missing`,
  );
  expect(missing.size).toBe(0);
  expect(counts?.map(Number)).toEqual([answered, answered]);
  return answered;
}

/** Prints how it goes, every TELL_EVERY_MS. */
function startTelling(taps: Taps): NodeJS.Timeout {
  let told = 0;
  return setInterval(() => {
    let ms = 0;
    for (; told < taps.answers.length; told++) ms = Math.max(ms, taps.answers.took(told));
    const open = taps.sent - taps.answers.length - taps.failures.length;
    tell(
      `${taps.sent} taps, ${open} open, ${taps.failures.length} failed; the slowest since the last line took ${Math.round(ms)} ms`,
    );
  }, TELL_EVERY_MS);
}

/** One outage, from a moment before it until the spools are drained; resolves with all taps of that time. */
async function tapThrough(link_ids: string[], pids: Record<string, number>): Promise<Taps> {
  loop = startOpenLoop(system.redirect_url, link_ids, TAPS_PER_SECOND);
  const { taps } = loop;
  const telling = TELLS ? startTelling(taps) : undefined;
  try {
    await stayAlive(AROUND_MS, pids);
    const gone = performance.now();
    await redis.kill();
    await stayAlive(OUTAGE_SECONDS * 1_000, pids);
    const back = performance.now();
    await redis.start();
    await untilDrained();
    const drained = performance.now();
    await stayAlive(AROUND_MS, pids);
    await loop.stop();
    const first = worst(taps, gone, gone + FIRST_MS);
    const away = worst(taps, gone + FIRST_MS, back);
    const after = worst(taps, back, Number.POSITIVE_INFINITY);
    tell(
      `away ${seconds(gone, back)} s, spools drained after ${seconds(back, drained)} s; ${taps.sent} taps, ${taps.failures.length} failed; ` +
        `slowest of ${first.taps} in the first second ${first.ms} ms, of ${away.taps} in the rest ${away.ms} ms, of ${after.taps} after it ${after.ms} ms; ` +
        `sent late by ${Math.round(taps.late_ms)} ms at most`,
    );
    // Soft: the outages that follow are run all the same.
    expect.soft(taps.failures).toEqual([]);
    expect.soft(taps.answers.length).toBe(taps.sent);
    expect(away.taps).toBeGreaterThan(0.9 * TAPS_PER_SECOND * (OUTAGE_SECONDS - 1));
    expect.soft(away.ms, 'while Redis was away').toBeLessThan(ANSWERED_WITHIN_MS);
    expect.soft(after.ms, 'once it was back').toBeLessThan(ANSWERED_WITHIN_MS);
    return taps;
  } finally {
    clearInterval(telling);
  }
}

it(
  `Redis away for ${OUTAGE_SECONDS} s, ${OUTAGES} times, at ${TAPS_PER_SECOND} taps/s: nobody waits, none is lost`,
  async () => {
    redis = await startRedis();
    system = await startSystem({ REDIS_URL: redis.url, REDIRECT_PROCESSES: String(PROCESSES) });
    const link_ids = await createLinks(system, 'Outage', MESSAGES);
    const warming = await warmUp(link_ids);
    expect(warming.failures).toEqual([]);
    const pids = await redirects();
    expect(Object.keys(pids)).toHaveLength(PROCESSES);
    let answered = warming.answers.length;
    for (let outage = 0; outage < OUTAGES; outage++) {
      const since_ms = Date.now();
      const { answers } = await tapThrough(link_ids, pids);
      answered = await expectCountedOnce(answered, answers, since_ms);
    }
    expect(await redirects()).toEqual(pids);
    expect(system.output()).not.toContain('process is killed');
  },
  60_000 + OUTAGES * 3 * WITHIN_MS,
);
