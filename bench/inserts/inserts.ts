/** How long does an insert take while heavy reports run? See README.md beside this file. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClickHouse } from '../../src/clickhouse/client.ts';
import { askRows } from '../../src/reports/ask-clickhouse.ts';
import { startSystem } from '../../test/support/system.ts';
import { columnsOf, insertOnce } from '../../workers/batch/insert-rows.ts';
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

/** The values of the n-th click that is inserted. */
const CLICK = {
  account_id: () => ACCOUNT,
  click_id: (n: number) => `${randomUUID().slice(0, 22)}${idOf(n)}`,
  clicked_at: () => Date.now(),
  link_id: idOf,
  link_key: () => 'link1',
  message_id: (n: number) => `msg_${n}`,
  contact_id: (n: number) => `contact-${n}`,
  offer_id: (n: number) => `off_${n % 20}`,
  creative_id: (n: number) => `cre_${n % 10}`,
  campaign_id: (n: number) => `cam_${n % 30}`,
  variant_id: () => 'A',
  sent_at: () => Date.now() - 60_000,
  method: () => 'GET',
  user_agent: () => 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)',
  verdict: () => 'human',
  is_first: () => 1,
  expires_at: () => Math.round((Date.now() + 400 * DAY_MS) / 1_000),
};
const COLUMNS = columnsOf<number>(CLICK);

function idOf(n: number): string {
  return n.toString(36).padStart(7, '0');
}

/** A heavy query: reads all clicks and groups by a column that is nearly unique. */
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
    // Separate clients, like those of the worker and the API.
    const worker = createClickHouse(url);
    const api = createClickHouse(url, { request_timeout_ms: 600_000 });
    for (let from = 0; from < clicks; from += FILL_ROWS) {
      await api.command({
        query: `INSERT INTO trackly.clicks (${Object.keys(CLICK).join(', ')})
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
        const rows = Array.from({ length: INSERT_ROWS }, (_, i) => next + i);
        next += INSERT_ROWS;
        await new Promise((done) => setTimeout(done, due - performance.now()));
        const sent = performance.now();
        const insert = { table: 'trackly.clicks', columns: COLUMNS, rows };
        await insertOnce({ clickhouse: worker }, `bench-${next}`, insert);
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
