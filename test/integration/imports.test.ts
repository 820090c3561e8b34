/**
 * History of other products: old links go on redirecting, history counts as marked rows in every report, a file counts
 * once, a request that broke off goes on, and an undo leaves every report as it was.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectRedis, probeRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import type { Import, ShownImport } from '../../src/transfer/imports/import.ts';
import { PRESETS } from '../../src/transfer/imports/presets.ts';
import { askHost } from '../support/ask-host.ts';
import { giveDomain } from '../support/domains.ts';
import { findInRedis, findInTables } from '../support/erasure-search.ts';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';
import { withoutMarks } from '../support/without-marks.ts';

const HOST = 'old.imports.example';

let system: System;
let sender: Sender;
let redis: RedisClient;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  redis = connectRedis(await probeRedis(await system.redis_url()), 'fast');
  await untilReady(redis, 5_000);
  await giveDomain(system, sender.account_id, HOST);
});
afterAll(async () => {
  redis?.disconnect();
  await system?.destroy();
});

interface Answered {
  status: number;
  body: ShownImport & { error: string; message: string; dry_run?: true; sample: Record<string, string>[] };
}

async function post(
  query: string,
  lines: readonly string[],
  { key, of = sender }: { key?: string; of?: Sender } = {},
): Promise<Answered> {
  const answer = await fetch(`${system.api_url}/v2/imports?${query}`, {
    method: 'POST',
    headers: {
      ...{ 'x-api-key': of.api_key, 'content-type': 'text/csv' },
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: lines.join('\n'),
  });
  return { status: answer.status, body: (await answer.json()) as Answered['body'] };
}

async function untilState(import_id: string, state: ShownImport['state'], of = sender): Promise<Import> {
  const read = async () => (await of.call('GET', `/v2/imports/${import_id}`)).body as unknown as Import;
  await untilSeen('the state', async () => (await read()).state, state);
  return read();
}

async function imported(query: string, lines: readonly string[], of = sender): Promise<Import> {
  const { status, body } = await post(query, lines, { of });
  expect(status, JSON.stringify(body)).toBe(202);
  return untilState(body.import_id, 'done', of);
}

async function undone(import_id: string, of = sender): Promise<void> {
  expect((await of.call('POST', `/v2/imports/${import_id}/undo`)).status).toBe(202);
  await untilState(import_id, 'undone', of);
}

const RANGE = 'from=2020-01-01&to=2099-01-01&per_page=500';
const REPORTS = ['messages', 'links', 'offers', 'creatives', 'campaigns', 'variants', 'hours'] as const;

/** Every report, and the tables behind them. */
async function lookAtAll(of: Sender): Promise<Record<string, unknown>> {
  const seen: Record<string, unknown> = {};
  for (const report of REPORTS) {
    for (const range_by of ['sent', 'event']) {
      const { status, body } = await of.call('GET', `/v2/reports/${report}?${RANGE}&range_by=${range_by}`);
      expect(status).toBe(200);
      const { rows, totals } = withoutMarks(body as unknown as { rows: object[]; totals: object });
      seen[`${report} ${range_by}`] = [rows.map((row) => JSON.stringify(row)).sort(), totals];
    }
  }
  for (const by of ['country', 'device', 'browser']) {
    seen[by] = (await of.call('GET', `/v2/reports/breakdown?by=${by}&${RANGE}`)).body;
  }
  return seen;
}

const totalsOf = async (of = sender, report = 'campaigns') =>
  (
    (await of.call('GET', `/v2/reports/${report}?${RANGE}`)).body as unknown as {
      totals: Record<string, unknown>;
    }
  ).totals;

/** The first days of a month that is over: history is kept as long as what happened here. */
const DAY = `${new Date(Date.now() - 35 * 24 * 3_600_000).toISOString().slice(0, 8)}0`;

it('lets old codes of any shape redirect on their own domain, and counts their taps', async () => {
  const lines = [
    'Short link,Destination URL,Created at',
    `https://${HOST}/Spring-Sale,https://shop.example/spring,2024-03-01`,
    `https://${HOST}/a/b/c,https://shop.example/nested,2024-03-01`,
    `https://${HOST}/%F0%9F%8E%81,https://shop.example/gift,2024-03-01`,
    `https://${HOST}/abcdefg,https://shop.example/seven,2024-03-01`,
    `https://${HOST}/conv,https://shop.example/page,2024-03-01`,
    `https://stranger.example/x,https://shop.example/x,2024-03-01`,
    `https://${HOST}/round,https://${HOST}/Spring-Sale,2024-03-01`,
    `https://${HOST}/nowhere,javascript:alert(1),2024-03-01`,
  ];
  const dry = await post('dry_run=true', lines);
  expect(dry.status, JSON.stringify(dry.body)).toBe(200);
  expect(dry.body).toMatchObject({ kind: 'links', preset: 'dub_links', rows: 8, added: 4, failed: 4 });
  expect((await askHost(system.redirect_url, HOST, '/Spring-Sale')).status).toBe(404);

  const run = await imported('case=sensitive', lines);
  expect(run).toMatchObject({ rows: 8, added: 4, failed: 4, duplicates: 0 });
  expect(run.errors.map(({ line, error }) => [line, error])).toEqual([
    [6, 'invalid_code'],
    [7, 'unknown_domain'],
    [8, 'invalid_url'],
    [9, 'invalid_url'],
  ]);

  const places: [string, string][] = [
    ['/Spring-Sale', 'spring'],
    ['/Spring-Sale/', 'spring'],
    ['/a/b/c', 'nested'],
    ['/%F0%9F%8E%81', 'gift'],
    ['/abcdefg', 'seven'],
  ];
  for (const [path, where] of places) {
    const answer = await untilOpen(path);
    expect([path, answer.status, answer.location]).toEqual([path, 302, `https://shop.example/${where}`]);
  }
  expect((await askHost(system.redirect_url, HOST, '/spring-sale')).status).toBe(404);
  expect((await askHost(system.redirect_url, 'localhost', '/Spring-Sale')).status).toBe(404);
  await untilSeen('the taps', async () => (await totalsOf(sender, 'links'))['clicks_total'], 5);

  // Again: nothing new. Another account can neither see nor undo it.
  expect(await imported('case=sensitive', lines)).toMatchObject({ added: 0, duplicates: 4 });
  const other = await createSender(system);
  expect((await other.call('GET', `/v2/imports/${run.import_id}`)).status).toBe(404);
  expect((await other.call('POST', `/v2/imports/${run.import_id}/undo`)).status).toBe(404);

  await undone(run.import_id);
  await until(
    async () => (await askHost(system.redirect_url, HOST, '/Spring-Sale')).status === 404,
    HANGS_AFTER_MS,
    () => 'the old link still opens',
  );
});

/** The domain says to every process within a second that it has old codes. */
async function untilOpen(path: string) {
  let answer = await askHost(system.redirect_url, HOST, path);
  await until(
    async () => {
      if (answer.status === 302) return true;
      answer = await askHost(system.redirect_url, HOST, path);
      return answer.status === 302;
    },
    HANGS_AFTER_MS,
    () => `${path} does not open`,
  );
  return answer;
}

it('opens codes in any case where their product tells none', async () => {
  const run = await imported('preset=rebrandly_links', [
    'Slashtag,Domain,Destination',
    `Summer,${HOST},https://shop.example/summer`,
  ]);
  expect(run).toMatchObject({ added: 1, failed: 0 });
  expect((await untilOpen('/SUMMER')).location).toBe('https://shop.example/summer');
  await undone(run.import_id);
});

const CLICKS = [
  'datetime,sub_id,campaign,offer,external_id,ip,user_agent,country,is_bot,sub_id_1',
  `${DAY}1 10:00:00,k1,Autumn,Shoes,c1,198.51.100.1,"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1",DE,0,fb`,
  `${DAY}1 11:00:00,k2,Autumn,Shoes,c1,198.51.100.1,"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1",DE,0,fb`,
  `${DAY}1 09:00:00,k3,Autumn,Shoes,c1,198.51.100.9,curl/8.0,DE,1,`,
  `${DAY}2 09:00:00,k4,Autumn,Hats,c2,198.51.100.2,"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",US,0,fb`,
  `${DAY}2 09:00:00,k4,Autumn,Hats,c2,198.51.100.2,"the same id again",US,0,fb`,
  'never,k5,Autumn,Hats,c2,,,US,0,',
];
const SENDS = [
  'message_id,contact_id,sent_at,campaign_id,offer_id,country',
  `m1,c1,${DAY}1T08:00:00Z,Autumn,Shoes,DE`,
  `m2,c2,${DAY}1T08:00:00Z,Autumn,Hats,US`,
];
const MONEY = [
  'sub_id,conversion_id,sale_datetime,status,revenue,campaign,offer,external_id',
  `k1,v1,${DAY}1 12:00:00,sale,49.90,Autumn,Shoes,c1`,
  `k4,v2,${DAY}3 12:00:00,lead,,Autumn,Hats,c2`,
  `k1,v3,${DAY}4 12:00:00,refund,9.90,Autumn,Shoes,c1`,
];

it('counts history as marked rows, once, and an undo leaves every report as it was', async () => {
  const of = await createSender(system);
  // What was tracked here, in the same account.
  const { body: link } = await of.call('POST', '/v2/links/shorten', { url: 'https://shop.example/' });
  await fetch(`${system.redirect_url}/${link.link_id}`, { redirect: 'manual' });
  // The rollup of times is behind that of links.
  await untilSeen('the tap', async () => (await totalsOf(of, 'hours'))['clicks_total'], 1);
  const before = await lookAtAll(of);

  const runs = [
    await imported('', SENDS, of),
    await imported('', CLICKS, of),
    await imported('currency=eur', MONEY, of),
  ];
  expect(
    runs.map(({ kind, preset, added, duplicates, failed }) => [kind, preset, added, duplicates, failed]),
  ).toEqual([
    ['sends', 'trackly_sends', 2, 0, 0],
    ['clicks', 'keitaro_clicks', 4, 1, 1],
    ['conversions', 'keitaro_conversions', 3, 0, 0],
  ]);
  expect(await totalsOf(of)).toMatchObject({
    ...{ sent: 2, clicks_total: 4, clicks_bot: 1, conversions: 2 },
  });
  const { body } = await of.call('GET', `/v2/reports/campaigns?${RANGE}`);
  const [row] = (body as unknown as { rows: Record<string, unknown>[] }).rows.filter(
    ({ campaign_id }) => campaign_id === 'Autumn',
  );
  expect(row).toMatchObject({ sent: 2, clicks_total: 4, clicks_human: 3, clicks_bot: 1, clicks_unique: 2 });
  expect(JSON.stringify(row)).toContain('40');
  const marked = await system.clickhouse.query({
    query:
      "SELECT countIf(import_id != '') AS marked, uniqExact(click_id) AS ids, sum(is_first) AS first FROM trackly.clicks WHERE account_id = {account_id:String}",
    query_params: { account_id: of.account_id },
    format: 'JSONEachRow',
  });
  expect(await marked.json()).toEqual([expect.objectContaining({ marked: 4, ids: 5, first: 2 })]);
  const counted = await lookAtAll(of);

  // The same again, and a file that overlaps: nothing is counted twice, nor first twice.
  for (const lines of [SENDS, CLICKS, MONEY]) {
    const again = await imported(lines === MONEY ? 'currency=EUR' : '', lines, of);
    expect(again.added).toBe(0);
  }
  expect(await lookAtAll(of)).toEqual(counted);
  const overlap = await imported(
    '',
    [CLICKS[0] as string, CLICKS[2] as string, (CLICKS[1] as string).replace('k1', 'k9')],
    of,
  );
  expect(overlap).toMatchObject({ added: 1, duplicates: 1 });
  expect(await totalsOf(of)).toMatchObject({ clicks_total: 5, clicks_unique: 2 });

  for (const { import_id } of [overlap, ...runs]) await undone(import_id, of);
  expect(await lookAtAll(of)).toEqual(before);
  // And again, under a new import.
  const once_more = await imported('', CLICKS, of);
  expect(once_more.added).toBe(4);
  await undone(once_more.import_id, of);
  expect(await lookAtAll(of)).toEqual(before);
});

it('tells equal rows without an id apart by their number, also of a file that overlaps', async () => {
  const of = await createSender(system);
  const row = `${DAY}1T10:00:00Z,https://gone.example/x,C`;
  const header = 'time,short_url,campaign';
  const run = await imported('kind=clicks', [header, row, row, row], of);
  expect(run.added).toBe(3);
  expect(await totalsOf(of)).toMatchObject({ clicks_total: 3, clicks_unique: 1 });
  expect(await imported('kind=clicks', [header, row, row, row, row], of)).toMatchObject({
    ...{ added: 1, duplicates: 3 },
  });
  expect(await totalsOf(of)).toMatchObject({ clicks_total: 4, clicks_unique: 1 });
});

it('goes on behind the block that was stored when a request broke off, and refuses another file', async () => {
  const of = await createSender(system);
  const header = 'time,click_id,campaign';
  const lines = Array.from({ length: 25_000 }, (_, i) => `${DAY}1T10:00:00Z,r${i},Broken`);
  const half = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode([header, ...lines.slice(0, 21_000)].join('\n')));
    },
  });
  const key = 'broken-off';
  const broken = new AbortController();
  const sent = fetch(`${system.api_url}/v2/imports?kind=clicks`, {
    ...{ method: 'POST', body: half, duplex: 'half', signal: broken.signal },
    headers: { 'x-api-key': of.api_key, 'content-type': 'text/csv', 'idempotency-key': key },
  } as RequestInit).catch(() => {});
  const list = async () => (await of.call('GET', '/v2/imports')).body.imports as unknown as ShownImport[];
  await until(
    async () => ((await list())[0]?.rows ?? 0) >= 20_000,
    HANGS_AFTER_MS,
    () => 'two blocks are not stored',
  );
  broken.abort();
  await sent;
  await untilSeen('the state', async () => (await list())[0]?.state, 'interrupted');

  const other = await post('kind=clicks', [header, ...lines.map((line) => line.replace(',r', ',q'))], {
    of,
    key,
  });
  expect([other.status, other.body.error]).toEqual([400, 'invalid_request']);
  const whole = await post('kind=clicks', [header, ...lines], { of, key });
  expect(whole.status, JSON.stringify(whole.body)).toBe(202);
  expect(await untilState(whole.body.import_id, 'done', of)).toMatchObject({ rows: 25_000, added: 25_000 });
  expect(await totalsOf(of)).toMatchObject({ clicks_total: 25_000 });
});

it('keeps no value of a row that can not be imported', async () => {
  const value = `+49170${crypto.randomUUID()}`;
  const bad = (kind: string, lines: string[]) => imported(`kind=${kind}`, lines);
  const runs = [
    await bad('clicks', [
      'time,sent_at,short_url',
      `${value},,`,
      `${DAY}1,${value},`,
      `${DAY}1,,http://${value}:x`,
      `${DAY}1,,,${value}`,
    ]),
    await bad('conversions', [
      'time,event,revenue,currency',
      `${DAY}1,${value},,`,
      `${DAY}1,sale,${value},`,
      `${DAY}1,sale,1,${value}`,
    ]),
    await bad('links', [
      'short_url,url',
      `${value}/x,https://shop.example/`,
      `${HOST}/x,https://${value}@x/`,
      `${HOST}/y,https://shop.example/{{${value}}}`,
    ]),
  ];
  expect(runs.map(({ rows, failed, errors }) => [rows, failed, errors.length])).toEqual([
    [4, 4, 4],
    [3, 3, 3],
    [3, 3, 3],
  ]);
  expect(JSON.stringify(runs)).not.toContain(value);
  const look = async () => [...(await findInRedis(redis, [value])), ...(await findInTables(system, [value]))];
  await untilSeen(
    'the record in ClickHouse',
    async () => {
      const rows = await system.clickhouse.query({
        query:
          "SELECT count() AS n FROM trackly.records WHERE key LIKE concat('import:', {account_id:String}, ':', {id:String})",
        query_params: { account_id: sender.account_id, id: runs[2]?.import_id },
        format: 'JSONEachRow',
      });
      return Number((await rows.json<{ n: string }>())[0]?.n) > 0;
    },
    true,
  );
  expect(await look()).toEqual([]);
});

it('reads what the report views name', async () => {
  const { body } = await sender.call('GET', '/v2/schema');
  const names = new Set(
    (body as unknown as { views: { columns: { name: string }[] }[] }).views.flatMap(({ columns }) =>
      columns.map(({ name }) => name),
    ),
  );
  const others = ['short_url', 'amount', 'campaign', 'creative', 'offer'];
  const own = PRESETS.filter(({ preset }) => preset.startsWith('trackly_'));
  for (const { columns } of own)
    for (const name of Object.values(columns).flat())
      if (!others.includes(name)) expect([...names]).toContain(name);
});

it('says what to do about files that can not be imported', async () => {
  const bad = async (query: string, lines: string[]) => {
    const { status, body } = await post(query, lines);
    return [status, body.message];
  };
  expect(await bad('', ['a,b', '1,2'])).toEqual([400, expect.stringContaining('kind=')]);
  expect(await bad('kind=clicks', ['a,b', '1,2'])).toEqual([400, expect.stringContaining('time_column=')]);
  expect(await bad('kind=clicks&time_column=c', ['a,b', '1,2'])).toEqual([
    400,
    expect.stringContaining('"c"'),
  ]);
  expect(await bad('kind=clicks', ['time', '01/02/2026'])).toEqual([
    400,
    expect.stringContaining('dates=dmy'),
  ]);
  expect(await bad('kind=clicks', ['time'])).toEqual([400, expect.stringContaining('no rows')]);
  expect(await bad('tz=Nowhere&kind=clicks', ['time', '2026-01-02'])).toEqual([400, expect.any(String)]);
});
