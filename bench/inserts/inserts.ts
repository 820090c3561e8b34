/** How long does an insert wait while heavy reports run? See README.md beside this file. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClickHouse } from '../../src/clickhouse/client.ts';
import { askRows } from '../../src/reports/ask-clickhouse.ts';
import { startSystem } from '../../test/support/system.ts';
import { insertOnce } from '../../workers/batch/insert-rows.ts';
import type { Bench } from '../bench.ts';
import { type Figure, figure, inRounds, machine, progress, quantile, round } from '../support/measure.ts';

const CLICKS = 10_000_000;
const CLICKS_QUICK = 2_000_000;
const FILL_ROWS = 1_000_000;
const REPORTS = 16;
const ROUNDS = 3;
const ROUND_MS = 20_000;
const EVERY_MS = 250;
const INSERT_ROWS = 2_500;
const ACCOUNT = 'acc_bench';
const DAY_MS = 86_400_000;

const COLUMNS = [
  'account_id',
  'click_id',
  'clicked_at',
  'link_id',
  'link_key',
  'message_id',
  'contact_id',
  'offer_id',
  'creative_id',
  'campaign_id',
  'variant_id',
  'sent_at',
  'method',
  'user_agent',
  'verdict',
  'is_first',
  'expires_at',
] as const;

function rowsOf(from: number): unknown[][] {
  const now = Date.now();
  return Array.from({ length: INSERT_ROWS }, (_, i) => {
    const n = from + i;
    const id = n.toString(36).padStart(7, '0');
    const expires_s = Math.round((now + 400 * DAY_MS) / 1_000);
    return [
      ACCOUNT,
      `${randomUUID().slice(0, 22)}${id}`,
      now,
      id,
      'link1',
      `msg_${n}`,
      `contact-${n}`,
      `off_${n % 20}`,
      `cre_${n % 10}`,
      `cam_${n % 30}`,
      'A',
      now - 60_000,
      'GET',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)',
      'human',
      1,
      expires_s,
    ];
  });
}

/** All the clicks are read and grouped by what nearly each has for itself. */
const HEAVY = `SELECT campaign_id, uniqExact(contact_id) AS contacts, uniqExact(click_id) AS clicks, countIf(user_agent LIKE '%Android 1%') AS android
  FROM trackly.clicks WHERE account_id = {account_id:String} GROUP BY campaign_id ORDER BY contacts DESC LIMIT 50`;

interface Waits {
  p50_ms: number;
  p99_ms: number;
  inserts: number;
  reports: number;
}

/** `--clicks 10000000` */
export const bench: Bench = async ({ quick, options }) => {
  const clicks = Number(options.clicks ?? (quick ? CLICKS_QUICK : CLICKS));
  const system = await startSystem({ REDIRECT_PROCESSES: '1' });
  try {
    const url = (await readFile(join(system.data_dir, 'clickhouse.url'), 'utf8')).trim();
    // As in a system: the worker and the API are clients of their own.
    const worker = createClickHouse(url);
    const api = createClickHouse(url, { request_timeout_ms: 600_000 });
    for (let from = 0; from < clicks; from += FILL_ROWS) {
      await api.command({
        query: `INSERT INTO trackly.clicks (${COLUMNS.join(', ')})
          SELECT '${ACCOUNT}', concat(leftPad(toString(number), 22, '0'), 'abc1234'), now64(3) - toIntervalSecond(number % ${30 * 86_400}),
            leftPad(toString(number % 6000000), 7, '0'), 'link1', concat('msg_', toString(intDiv(number, 2))),
            concat('contact-', toString(cityHash64(number) % ${clicks / 5})), concat('off_', toString(number % 20)),
            concat('cre_', toString(number % 10)), concat('cam_', toString(number % 30)), 'A',
            now64(3) - toIntervalSecond(number % ${30 * 86_400}), 'GET', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)',
            'human', 1, toDateTime('2099-01-01 00:00:00', 'UTC')
          FROM numbers(${from}, ${FILL_ROWS})`,
      });
    }
    progress(`${clicks} clicks are in`);

    let next = 0;
    const insertFor = async (ms: number): Promise<number[]> => {
      const waits: number[] = [];
      const began = performance.now();
      for (let due = began; due < began + ms; due = Math.max(due + EVERY_MS, performance.now())) {
        const rows = rowsOf(next);
        next += INSERT_ROWS;
        await new Promise((done) => setTimeout(done, due - performance.now()));
        const sent = performance.now();
        await insertOnce({ clickhouse: worker }, `bench-${next}`, 'trackly.clicks', COLUMNS, rows);
        waits.push(performance.now() - sent);
      }
      return waits;
    };
    const measure = async (reports: number): Promise<Waits> => {
      let running = true;
      let answered = 0;
      const asking = Array.from({ length: reports }, async () => {
        while (running) {
          await askRows(api, { query: HEAVY, query_params: { account_id: ACCOUNT } }).then(
            () => answered++,
            () => {},
          );
        }
      });
      const waits = await insertFor(ROUND_MS);
      running = false;
      await Promise.all(asking);
      return {
        p50_ms: round(quantile(waits, 0.5), 0),
        p99_ms: round(quantile(waits, 0.99), 0),
        inserts: waits.length,
        reports: answered,
      };
    };
    await insertFor(ROUND_MS / 4);
    const measures = await inRounds(
      ROUNDS,
      { alone: () => measure(0), beside: () => measure(REPORTS) },
      (name, waits) => `${name}: ${JSON.stringify(waits)}`,
    );
    await Promise.all([worker.close(), api.close()]);
    const of = (name: string): { p50_ms: Figure; p99_ms: Figure; reports: number } => ({
      p50_ms: figure((measures[name] ?? []).map(({ p50_ms }) => p50_ms)),
      p99_ms: figure((measures[name] ?? []).map(({ p99_ms }) => p99_ms)),
      reports: (measures[name] ?? []).reduce((sum, { reports }) => sum + reports, 0),
    });
    const [alone, beside] = [of('alone'), of('beside')];
    return {
      ...machine(),
      clicks,
      alone,
      beside,
      p99_to_alone: round(beside.p99_ms.median / alone.p99_ms.median),
    };
  } finally {
    await system.destroy();
  }
};
