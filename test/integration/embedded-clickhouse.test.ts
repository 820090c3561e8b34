/** The embedded engine through ClickHouse's HTTP interface: an unmodified client, and plain requests. */
import { type ChildProcess, fork } from 'node:child_process';
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NODE_ARGUMENTS } from '../../src/supervisor/role-process.ts';
import { testPorts } from '../support/ports.ts';

let folder: string;
let port: number;
let engine: ChildProcess;
let client: ClickHouseClient;

const DEDUPLICATED = {
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  async_insert: 0,
} as const;

async function start(): Promise<void> {
  engine = fork(join(import.meta.dirname, '../support/engine-process.ts'), [folder, String(port)], {
    execArgv: [...NODE_ARGUMENTS],
  });
  await new Promise((resolve, reject) => {
    engine.once('message', resolve);
    engine.once('exit', () => reject(new Error('the engine did not start')));
  });
}

async function kill(): Promise<void> {
  const ended = new Promise((resolve) => engine.once('exit', resolve));
  engine.kill('SIGKILL');
  await ended;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trackly-engine-'));
  [port = 0] = await testPorts(1);
  await start();
  client = createClient({ url: `http://127.0.0.1:${port}`, log: { level: ClickHouseLogLevel.OFF } });
  await client.command({ query: 'CREATE DATABASE d' });
  await client.command({
    query:
      'CREATE TABLE d.rows (n UInt64, t String) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 10000',
  });
  await client.command({
    query:
      'CREATE TABLE d.sums (k UInt8, c UInt64) ENGINE = SummingMergeTree ORDER BY k SETTINGS non_replicated_deduplication_window = 10000',
  });
  await client.command({
    query:
      'CREATE MATERIALIZED VIEW d.to_sums TO d.sums AS SELECT toUInt8(n % 2) AS k, count() AS c FROM d.rows GROUP BY k',
  });
});

afterAll(async () => {
  await client?.close();
  await kill();
  await rm(folder, { recursive: true, force: true });
});

async function ask(query: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: query });
  return response.text();
}

const empty = (): Promise<unknown> =>
  Promise.all([ask('TRUNCATE TABLE d.rows'), ask('TRUNCATE TABLE d.sums')]);
const rows = (): Promise<string> => ask('SELECT count(), sum(n) FROM d.rows');
const sums = (): Promise<string> => ask('SELECT sum(c) FROM d.sums');

describe('the unmodified client', () => {
  it('pings, inserts in several formats, and reads with parameters', async () => {
    await empty();
    expect(await client.ping()).toMatchObject({ success: true });
    await client.insert({ table: 'd.rows', values: [{ n: 1, t: "it's" }], format: 'JSONEachRow' });
    await client.insert({
      table: 'd.rows',
      values: [[2, 'two']],
      columns: ['n', 't'],
      format: 'JSONCompactEachRow',
    });
    await client.insert({
      table: 'd.rows',
      values: Readable.from(['3,"three"\n', '4,"four"\n'], { objectMode: false }),
      format: 'CSV',
    });
    const result = await client.query({
      query:
        'SELECT n, t FROM d.rows WHERE t = {t:String} OR n IN {ns:Array(UInt64)} OR t IN {ts:Array(String)} ORDER BY n',
      query_params: { t: "it's", ns: [3], ts: ["fo'ur", 'four', 'back\\slash'] },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([
      { n: 1, t: "it's" },
      { n: 3, t: 'three' },
      { n: 4, t: 'four' },
    ]);
  });

  it.each(["it's", 'a\tb\nc', 'back\\slash', '', '{}', "\\N' OR 1=1 --", 'ü–😀'])(
    'gets the text %j back as it was',
    async (text) => {
      const result = await client.query({
        query: 'SELECT {t:String} AS t, {list:Array(String)} AS list',
        query_params: { t: text, list: [text, text] },
        format: 'JSONEachRow',
      });
      expect(await result.json()).toEqual([{ t: text, list: [text, text] }]);
    },
  );

  it('gets null, numbers, dates and maps through its parameters', async () => {
    const result = await client.query({
      query:
        'SELECT {n:Nullable(String)} AS n, {i:Int64} AS i, {d:DateTime64(3)} AS d, {m:Map(String, UInt8)} AS m, {b:Bool} AS b',
      query_params: { n: null, i: -5, d: new Date(1_700_000_000_123), m: new Map([['a', 1]]), b: true },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([
      { n: null, i: -5, d: '2023-11-14 22:13:20.123', m: { a: 1 }, b: true },
    ]);
  });

  it('reads JSON whole, with settings, over gzip', async () => {
    const zipped = createClient({
      url: `http://127.0.0.1:${port}`,
      compression: { request: true, response: true },
      database: 'd',
    });
    await zipped.insert({ table: 'rows', values: [{ n: 77, t: 'zip' }], format: 'JSONEachRow' });
    const result = await zipped.query({
      query: "SELECT n, getSetting('max_threads') AS threads FROM rows WHERE n = 77",
      clickhouse_settings: { max_threads: 3 },
      format: 'JSON',
    });
    expect((await result.json()).data).toEqual([{ n: 77, threads: 3 }]);
    const lines = await zipped.query({ query: 'SELECT number FROM numbers(100000)', format: 'JSONEachRow' });
    expect(await lines.json()).toHaveLength(100_000);
    await zipped.close();
    expect(await ask("SELECT getSetting('max_threads') = 3")).toBe('0\n');
  });

  it('is told ClickHouse’s own error code', async () => {
    await expect(client.query({ query: 'SELECT * FROM d.nothing' })).rejects.toMatchObject({
      code: '60',
      type: 'UNKNOWN_TABLE',
    });
    await expect(client.query({ query: 'SELEC 1' })).rejects.toMatchObject({ code: '62' });
    await expect(
      client.insert({ table: 'd.rows', values: [{ n: 'x' }], format: 'JSONEachRow' }),
    ).rejects.toThrow();
    await expect(
      client.query({ query: 'SELECT 1', clickhouse_settings: { 'a = 1, b': '1' } as Record<string, string> }),
    ).rejects.toThrow(/setting/i);
  });
});

describe('a plain request', () => {
  const get = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, init);

  it('is answered in any format, with its type', async () => {
    const text = async (query: string): Promise<string> =>
      (await get('/', { method: 'POST', body: query })).text();
    expect(await text('SELECT 1, 2')).toBe('1\t2\n');
    expect(await text('SELECT 1 AS a FORMAT JSONEachRow')).toBe('{"a":1}\n');
    expect(await text('SELECT 1 AS a FORMAT CSVWithNames')).toBe('"a"\n1\n');
    expect(JSON.parse(await text('SELECT 1 AS a FORMAT JSON')).rows).toBe(1);
    expect(await text('SELECT 1 AS a FORMAT PrettyCompact')).toContain('a');
    const parquet = await (
      await get('/', { method: 'POST', body: 'SELECT 1 AS a FORMAT Parquet' })
    ).arrayBuffer();
    expect(Buffer.from(parquet).subarray(0, 4).toString()).toBe('PAR1');
    const json = await get('/?query=SELECT+1&default_format=JSON');
    expect(json.headers.get('content-type')).toContain('application/json');
    expect(json.headers.get('x-clickhouse-format')).toBe('JSON');
  });

  it('is answered while parts of another one are computed before its first row', async () => {
    // A second for each of three rows, without a processor.
    const slow = 'SELECT number FROM numbers(3) WHERE sleepEachRow(1) = 0 SETTINGS max_block_size = 1';
    for (const [sql, answer] of [
      [`SELECT 1 IN (${slow})`, '1\n'],
      [`SELECT (SELECT count() FROM (${slow}))`, '3\n'],
    ] as const) {
      let ended = false;
      const asked = ask(sql).finally(() => {
        ended = true;
      });
      let pings = 0;
      while (!ended) {
        await (await get('/ping')).text();
        pings++;
      }
      expect(await asked).toBe(answer);
      expect(pings).toBeGreaterThan(10);
    }
  });

  it('has its rows through a file, which is gone afterwards, and is not named in errors', async () => {
    await empty();
    await client.insert({ table: 'd.rows', values: [{ n: 1, t: 'one' }], format: 'JSONEachRow' });
    const body = 'SELECT n, t FROM d.rows WHERE n IN (SELECT n FROM d.rows)';
    for (const [tail, answer] of [
      ['', '1\tone\n'],
      [' -- done', '1\tone\n'],
      [' SETTINGS max_threads = 1;', '1\tone\n'],
      [' FORMAT CSV', '1,"one"\n'],
      [" FORMAT CSV SETTINGS format_csv_delimiter = ';' /* last */", '1;"one"\n'],
    ]) {
      expect(await ask(body + tail)).toBe(answer);
    }
    const mistaken = await ask(`${body} LIMIT x y`);
    expect(mistaken).toContain('(SYNTAX_ERROR)');
    expect(mistaken).not.toContain(folder);
    expect(await ask(`${body} AND throwIf(1)`)).toContain('FUNCTION_THROW_IF');
    expect((await readdir(folder)).filter((name) => name.startsWith('result-'))).toEqual([]);
  });

  it('inserts binary rows, gzip too', async () => {
    await empty();
    const row = (n: bigint): Buffer =>
      Buffer.concat([Buffer.from(BigUint64Array.of(n).buffer), Buffer.from([2, 0x41, 0xff])]);
    const insert = '/?query=INSERT+INTO+d.rows+(n,+t)+FORMAT+RowBinary';
    expect((await get(insert, { method: 'POST', body: row(5n) })).status).toBe(200);
    const zipped = await get(insert, {
      method: 'POST',
      body: gzipSync(row(6n)),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(zipped.status).toBe(200);
    expect(await rows()).toBe('2\t11\n');
    const back = await (
      await get('/', { method: 'POST', body: 'SELECT t FROM d.rows LIMIT 1 FORMAT RowBinary' })
    ).arrayBuffer();
    expect([...Buffer.from(back)]).toEqual([2, 0x41, 0xff]);
  });

  it('removes what an insert that was killed had passed through a file', async () => {
    const body = join(folder, 'insert-8d5e7c4a');
    await writeFile(body, 'a recipient');
    await kill();
    await start();
    await expect(access(body)).rejects.toThrow('ENOENT');
  });

  it('by GET may read only, and an unknown encoding is refused', async () => {
    const refused = await get('/?query=TRUNCATE+TABLE+d.rows');
    expect([refused.status, refused.headers.get('x-clickhouse-exception-code')]).toEqual([403, '164']);
    expect(
      (await get('/', { method: 'POST', body: 'x', headers: { 'content-encoding': 'br' } })).status,
    ).toBe(400);
    expect((await get('/nothing')).status).toBe(404);
    expect(await (await get('/ping')).text()).toBe('Ok.\n');
  });

  it('can not reach the files of this machine', async () => {
    for (const query of [
      "SELECT * FROM file('/etc/passwd', LineAsString)",
      "SELECT 1 INTO OUTFILE '/tmp/x'",
      "INSERT INTO d.rows FROM INFILE '/etc/passwd' FORMAT CSV",
      "SELECT * FROM executable('id', TSV, 'x String')",
    ]) {
      expect((await get('/', { method: 'POST', body: query })).status, query).toBe(403);
    }
    expect((await get('/', { method: 'POST', body: "SELECT 'from infile (file()'" })).status).toBe(200);
  });

  it('gets gzip when it asks for it', async () => {
    const { request } = await import('node:http');
    const body = await new Promise<Buffer>((resolve) => {
      request(
        { port, path: '/?query=SELECT+1&enable_http_compression=1', headers: { 'accept-encoding': 'gzip' } },
        async (response) => resolve(Buffer.concat(await response.toArray())),
      ).end();
    });
    expect(gunzipSync(body).toString()).toBe('1\n');
  });
});

describe('an insert', () => {
  const batch = (from: number, count = 100): unknown[][] =>
    Array.from({ length: count }, (_, i) => [from + i, 'x']);
  const insert = (token: string, values: unknown[][]): Promise<unknown> =>
    client.insert({
      table: 'd.rows',
      columns: ['n', 't'],
      values,
      format: 'JSONCompactEachRow',
      clickhouse_settings: { ...DEDUPLICATED, insert_deduplication_token: token },
    });

  it('with the same token again changes neither the table nor the view’s target, also after a restart', async () => {
    await empty();
    await insert('a', batch(0));
    const before = [await rows(), await sums()];
    expect(before[1]).toBe('100\n');
    await insert('a', batch(0));
    await insert('a', batch(5_000));
    expect([await rows(), await sums()]).toEqual(before);
    await kill();
    await start();
    await insert('a', batch(0));
    expect([await rows(), await sums()]).toEqual(before);
    await insert('b', batch(0));
    expect(await sums()).toBe('200\n');
  });

  it('that was acknowledged is there after kill -9 in the middle of others', async () => {
    await empty();
    const acknowledged: number[] = [];
    const inserting = Array.from({ length: 40 }, (_, i) =>
      insert(`k${i}`, batch(i * 1_000)).then(
        () => acknowledged.push(i),
        () => {},
      ),
    );
    await Promise.race(inserting);
    await kill();
    await Promise.all(inserting);
    await start();
    for (const i of acknowledged) {
      expect(
        await ask(`SELECT count() FROM d.rows WHERE n >= ${i * 1_000} AND n < ${i * 1_000 + 1_000}`),
      ).toBe('100\n');
    }
    // And every one of them, sent again, is there once.
    await Promise.all(Array.from({ length: 40 }, (_, i) => insert(`k${i}`, batch(i * 1_000))));
    expect(await ask('SELECT count(), uniqExact(n) FROM d.rows')).toBe('4000\t4000\n');
    expect(await sums()).toBe('4000\n');
  });

  it('does not wait for slow queries', async () => {
    let slow_done = false;
    const slow = Promise.all(
      Array.from({ length: 2 }, () => ask('SELECT max(sipHash64(number)) FROM numbers(200000000)')),
    ).then(() => {
      slow_done = true;
    });
    await insert('quick', batch(900_000));
    expect(slow_done).toBe(false);
    await slow;
  });
});

it('says what to do where another process holds the folder', async () => {
  const other = fork(join(import.meta.dirname, '../support/engine-process.ts'), [folder, '0'], {
    execArgv: [...NODE_ARGUMENTS],
    silent: true,
  });
  let said = '';
  other.stderr?.on('data', (text) => {
    said += text;
  });
  await new Promise((resolve) => other.once('exit', resolve));
  expect(said).toContain('in use by another process');
});
