/**
 * A large file of clicks while everything that works on it is killed: API, worker and ClickHouse, as it is read, applied
 * and undone. Afterwards every row counts once, and after the undo nothing does. IMPORT_ROWS=10000000 makes it as large as
 * the history of a large sender; times and memory are written out.
 */
// @long: kills every process twice; test/integration/imports.test.ts imports and undoes in every run.
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ShownImport } from '../../src/transfer/imports/import.ts';
import { createSender, type Sender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const ROWS = Number(process.env['IMPORT_ROWS'] ?? 450_000);
const KILLS = ROWS < 1_000_000;
/** Clicks of a contact, all in one campaign: one of them is the first. */
const CLICKS_PER_CONTACT = 7;
const WITHIN_MS = 240_000 + ROWS;
const DAY_MS = 24 * 3_600_000;
const ROWS_PER_CHUNK = 2_000;

let system: System;
let sender: Sender;
let peak_kb = 0;

beforeAll(async () => {
  system = await startSystem();
  sender = await createSender(system);
}, WITHIN_MS);
afterAll(() => system?.destroy());

/** The file, as it is sent: never whole in memory. */
function* lines(): Generator<string> {
  yield 'sub_id,datetime,campaign,offer,external_id,ip,user_agent,country\n';
  const base = Date.now() - 200 * DAY_MS;
  for (let from = 0; from < ROWS; from += ROWS_PER_CHUNK) {
    let chunk = '';
    for (let i = from; i < Math.min(ROWS, from + ROWS_PER_CHUNK); i++) {
      const contact = i % Math.ceil(ROWS / CLICKS_PER_CONTACT);
      const at = new Date(base + ((i * 1_727_003) % (199 * DAY_MS))).toISOString().slice(0, 19);
      chunk += `k${i},${at},c${contact % 50},o${i % 20},p${contact},198.51.${i % 250}.7,Mozilla/5.0 (iPhone) Safari/604.1,DE\n`;
    }
    yield chunk;
  }
}

async function post(): Promise<ShownImport> {
  const answer = await fetch(`${system.api_url}/v2/imports?kind=clicks&preset=keitaro_clicks`, {
    ...{ method: 'POST', duplex: 'half', body: Readable.toWeb(Readable.from(lines())) },
    headers: { 'x-api-key': sender.api_key, 'content-type': 'text/csv', 'idempotency-key': 'large' },
  } as RequestInit);
  const body = (await answer.json()) as ShownImport;
  if (answer.status !== 202) throw new Error(JSON.stringify(body));
  return body;
}

const newest = async (): Promise<ShownImport | undefined> =>
  ((await sender.call('GET', '/v2/imports')).body.imports as unknown as ShownImport[] | undefined)?.[0];

/** Resident memory of the process of this name, in kB. */
async function memoryOf(name: string): Promise<number> {
  const status = await readFile(`/proc/${await system.pid(name)}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
}

async function untilRow(what: string, holds: (run: ShownImport) => boolean): Promise<ShownImport> {
  let run: ShownImport | undefined;
  await until(
    async () => {
      run = await newest().catch(() => undefined);
      return run !== undefined && holds(run);
    },
    WITHIN_MS,
    () => `${what}: ${JSON.stringify(run)}`,
  );
  return run as ShownImport;
}

async function countsOf(): Promise<Record<string, number>> {
  const result = await system.clickhouse.query({
    query: `SELECT
        (SELECT count() FROM trackly.clicks) AS rows,
        (SELECT uniqExact(click_id) FROM trackly.clicks) AS ids,
        (SELECT sum(clicks_total) FROM trackly.rollup_links) AS links,
        (SELECT sum(clicks_total) FROM trackly.rollup_quarter_hours) AS quarters,
        (SELECT sum(first_clicks) FROM trackly.rollup_quarter_hours) AS firsts,
        (SELECT sum(first_clicks) FROM trackly.rollup_networks) AS networks,
        (SELECT count() FROM trackly.import_clicks) AS staged`,
    format: 'JSONEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
  const [row] = await result.json<Record<string, number>>();
  return row ?? {};
}

it(
  'counts every row once, and none after the undo, whatever is killed',
  async () => {
    const began = performance.now();
    const watching = setInterval(() => {
      void memoryOf('api').then((kb) => {
        peak_kb = Math.max(peak_kb, kb);
      });
    }, 500);
    if (KILLS) {
      const broken = post().catch(() => undefined);
      await untilRow('some blocks are read', ({ rows }) => rows >= 100_000);
      await system.kill('api');
      await broken;
      await untilRow('it is interrupted', ({ state }) => state === 'interrupted');
    }
    let run: ShownImport | undefined;
    await until(
      async () => {
        run = await post().catch(() => undefined);
        return run !== undefined;
      },
      WITHIN_MS,
      () => 'the file is not taken',
    );
    const read_ms = performance.now() - began;
    if (KILLS) {
      await untilRow('it is applied', ({ steps_done, state }) => steps_done >= 2 || state === 'done');
      await system.kill('worker-1');
      await untilRow('it goes on', ({ steps_done, state }) => steps_done >= 5 || state === 'done');
      await system.kill('clickhouse');
    }
    const done = await untilRow('it is done', ({ state }) => state === 'done');
    const applied_ms = performance.now() - began;
    expect(done).toMatchObject({ rows: ROWS, added: ROWS, failed: 0, duplicates: 0 });
    let counts: Record<string, number> = {};
    await until(
      async () => {
        counts = await countsOf().catch(() => ({}));
        return counts['rows'] !== undefined;
      },
      WITHIN_MS,
      () => 'ClickHouse does not answer',
    );
    const firsts = Math.ceil(ROWS / CLICKS_PER_CONTACT);
    expect(counts).toEqual({
      ...{ rows: ROWS, ids: ROWS, links: ROWS, quarters: ROWS, firsts, networks: firsts, staged: 0 },
    });
    await sender.call('POST', `/v2/imports/${done.import_id}/undo`);
    if (KILLS) await system.kill('worker-1');
    await untilRow('it is undone', ({ state }) => state === 'undone');
    const undone_ms = performance.now() - began;
    clearInterval(watching);
    expect(await countsOf()).toEqual({
      ...{ rows: 0, ids: 0, links: 0, quarters: 0, firsts: 0, networks: 0, staged: 0 },
    });
    const s = (ms: number): number => Math.round(ms / 1_000);
    process.stdout.write(
      `${ROWS} rows: read in ${s(read_ms)} s, counted after ${s(applied_ms)} s, undone after ${s(undone_ms)} s; API at most ${Math.round(peak_kb / 1_024)} MB\n`,
    );
  },
  4 * WITHIN_MS,
);
