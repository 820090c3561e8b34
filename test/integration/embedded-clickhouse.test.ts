/** The embedded server through ClickHouse's own interfaces: an unmodified client, plain requests, strangers. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM_USER } from '../../src/clickhouse/embedded/passwords.ts';
import { runClickHouse, startClickHouse, type TestClickHouse, untilReady } from '../support/clickhouse.ts';
import { testPorts } from '../support/ports.ts';
import { HANGS_AFTER_MS, until } from '../support/until.ts';

let server: TestClickHouse;
let client: ClickHouseClient;

const DEDUPLICATED = {
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  async_insert: 0,
} as const;

beforeAll(async () => {
  server = await startClickHouse();
  client = createClient({ url: server.url, log: { level: ClickHouseLogLevel.OFF } });
  await client.command({ query: 'CREATE DATABASE trackly_d' });
  await client.command({
    query:
      'CREATE TABLE trackly_d.rows (n UInt64, t String) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 10000',
  });
  await client.command({
    query:
      'CREATE TABLE trackly_d.sums (k UInt8, c UInt64) ENGINE = SummingMergeTree ORDER BY k SETTINGS non_replicated_deduplication_window = 10000',
  });
  await client.command({
    query:
      'CREATE MATERIALIZED VIEW trackly_d.to_sums TO trackly_d.sums AS SELECT toUInt8(n % 2) AS k, count() AS c FROM trackly_d.rows GROUP BY k',
  });
});

afterAll(async () => {
  await client?.close();
  await server?.stop();
});

/** A request as the system's user, unless its headers say otherwise. */
function get(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { 'x-clickhouse-user': SYSTEM_USER, 'x-clickhouse-key': server.passwords.system };
  return fetch(`${server.origin}${path}`, { ...init, headers: { ...headers, ...init.headers } });
}

async function ask(query: string): Promise<string> {
  return (await get('/', { method: 'POST', body: query })).text();
}

const empty = (): Promise<unknown> =>
  Promise.all([ask('TRUNCATE TABLE trackly_d.rows'), ask('TRUNCATE TABLE trackly_d.sums')]);
const rows = (): Promise<string> => ask('SELECT count(), sum(n) FROM trackly_d.rows');
const sums = (): Promise<string> => ask('SELECT sum(c) FROM trackly_d.sums');

describe('the unmodified client', () => {
  it('pings, inserts in several formats, and reads with parameters', async () => {
    await empty();
    expect(await client.ping()).toMatchObject({ success: true });
    await client.insert({ table: 'trackly_d.rows', values: [{ n: 1, t: "it's" }], format: 'JSONEachRow' });
    await client.insert({
      table: 'trackly_d.rows',
      values: [[2, 'two']],
      columns: ['n', 't'],
      format: 'JSONCompactEachRow',
    });
    await client.insert({
      table: 'trackly_d.rows',
      values: Readable.from(['3,"three"\n', '4,"four"\n'], { objectMode: false }),
      format: 'CSV',
    });
    const result = await client.query({
      query:
        'SELECT n, t FROM trackly_d.rows WHERE t = {t:String} OR n IN {ns:Array(UInt64)} OR t IN {ts:Array(String)} ORDER BY n',
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
      url: server.url,
      compression: { request: true, response: true },
      database: 'trackly_d',
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
    await expect(client.query({ query: 'SELECT * FROM trackly_d.nothing' })).rejects.toMatchObject({
      code: '60',
      type: 'UNKNOWN_TABLE',
    });
    await expect(client.query({ query: 'SELEC 1' })).rejects.toMatchObject({ code: '62' });
    await expect(
      client.insert({ table: 'trackly_d.rows', values: [{ n: 'x' }], format: 'JSONEachRow' }),
    ).rejects.toThrow();
    await expect(
      client.query({ query: 'SELECT 1', clickhouse_settings: { 'a = 1, b': '1' } as Record<string, string> }),
    ).rejects.toThrow(/setting/i);
  });
});

describe('a plain request', () => {
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

  it('inserts binary rows, gzip too', async () => {
    await empty();
    const row = (n: bigint): Uint8Array<ArrayBuffer> =>
      Uint8Array.from([...new Uint8Array(BigUint64Array.of(n).buffer), 2, 0x41, 0xff]);
    const insert = '/?query=INSERT+INTO+trackly_d.rows+(n,+t)+FORMAT+RowBinary';
    expect((await get(insert, { method: 'POST', body: row(5n) })).status).toBe(200);
    const zipped = await get(insert, {
      method: 'POST',
      body: new Uint8Array(gzipSync(row(6n))),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(zipped.status).toBe(200);
    expect(await rows()).toBe('2\t11\n');
    const back = await (
      await get('/', { method: 'POST', body: 'SELECT t FROM trackly_d.rows LIMIT 1 FORMAT RowBinary' })
    ).arrayBuffer();
    expect([...Buffer.from(back)]).toEqual([2, 0x41, 0xff]);
  });

  it('by GET may read only', async () => {
    const refused = await get('/?query=TRUNCATE+TABLE+trackly_d.rows');
    expect(refused.headers.get('x-clickhouse-exception-code')).toBe('164');
    expect((await get('/nothing')).status).toBe(404);
    expect(await (await get('/ping')).text()).toBe('Ok.\n');
  });

  it('gets gzip when it asks for it', async () => {
    const { request } = await import('node:http');
    const body = await new Promise<Buffer>((resolve) => {
      request(
        `${server.origin}/?query=SELECT+1&enable_http_compression=1`,
        { auth: `${SYSTEM_USER}:${server.passwords.system}`, headers: { 'accept-encoding': 'gzip' } },
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
      table: 'trackly_d.rows',
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
    await server.kill();
    await server.start();
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
    await server.kill();
    await Promise.all(inserting);
    await server.start();
    for (const i of acknowledged) {
      expect(
        await ask(`SELECT count() FROM trackly_d.rows WHERE n >= ${i * 1_000} AND n < ${i * 1_000 + 1_000}`),
      ).toBe('100\n');
    }
    // And every one of them, sent again, is there once.
    await Promise.all(Array.from({ length: 40 }, (_, i) => insert(`k${i}`, batch(i * 1_000))));
    expect(await ask('SELECT count(), uniqExact(n) FROM trackly_d.rows')).toBe('4000\t4000\n');
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

describe('who may come in', () => {
  const PING = 'Ok.\n';
  /** Answers of the HTTP port without a word of who asks, but what `headers` and `search` say. */
  const open = async (
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
  ): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${server.origin}${path}`, { method, headers });
    return { status: response.status, text: await response.text() };
  };
  const basic = (user: string, password: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  });

  it.each([
    ['nobody', '/?query=SELECT+1', {}],
    ['default without a password', '/?query=SELECT+1&user=default', {}],
    [
      'default by its headers',
      '/?query=SELECT+1',
      { 'x-clickhouse-user': 'default', 'x-clickhouse-key': '' },
    ],
    ['default by basic authentication', '/?query=SELECT+1', basic('default', '')],
    ['default in a session of its own', '/?query=SELECT+1&session_id=mine', {}],
    ['the system without a password', '/?query=SELECT+1&user=trackly', {}],
    ['the system with a wrong password', '/?query=SELECT+1', basic('trackly', 'wrong')],
    ['an analyst without a password', '/?query=SELECT+1&user=trackly_analyst', {}],
    ['a user who is not there', '/?query=SELECT+1&user=admin', {}],
    ['who asks for nothing', '/', {}],
    ['who changes a setting', '/?query=SET+max_threads=1', {}],
    ['who reads a file', "/?query=SELECT+file('/etc/hostname')", {}],
    ['who drops a table', '/?query=DROP+TABLE+trackly_d.rows', {}],
    ['the page to play with', '/play', {}],
    ['the page to play with, with a wrong password', '/play', basic('trackly', 'wrong')],
    ['other pages of ClickHouse', '/dashboard', {}],
    ['… binary', '/binary', {}],
    ['… merges', '/merges', {}],
    ['… js', '/js/uplot.js', {}],
    ['… replicas', '/replicas_status', {}],
    ['… metrics', '/metrics', {}],
    ['another host', '//127.0.0.1:1/x', {}],
  ])('is not %s', async (_who, path, headers) => {
    for (const method of ['GET', 'POST']) {
      const { status, text } = await open(path, headers, method);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text).not.toMatch(/^(1|Ok|<)/);
    }
    expect((await open('/ping')).text).toBe(PING);
  });

  it('is not, over the native protocol, who has no password', async () => {
    for (const [user, password] of [
      ['default', ''],
      ['', ''],
      [SYSTEM_USER, ''],
      [SYSTEM_USER, 'wrong'],
    ] as const) {
      expect(await hello(user, password), user).toBe('exception');
    }
    expect(await hello(SYSTEM_USER, server.passwords.system)).toBe('hello');
  });

  it('is not a page of another origin, whatever password the browser knows', async () => {
    const said = (origin: string): Promise<{ status: number; text: string }> =>
      open('/?query=SELECT+1', { ...basic(SYSTEM_USER, server.passwords.system), origin }, 'POST');
    for (const origin of [
      'http://evil.example',
      'null',
      `${server.origin}.evil.example`,
      'http://localhost:1',
    ]) {
      expect((await said(origin)).status, origin).toBe(404);
    }
    expect(await said(server.origin)).toEqual({ status: 200, text: '1\n' });
  });

  it('gets the page to play with for a password, which the browser is asked for', async () => {
    const refused = await fetch(`${server.origin}/play`);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="ClickHouse"',
    ]);
    const { status, text } = await open('/play', basic(SYSTEM_USER, server.passwords.system));
    expect([status, text]).toEqual([200, expect.stringContaining('<html')]);
  });

  it('and whoever hangs up in the middle leaves it running', async () => {
    const { pid } = server.process();
    const { port } = new URL(server.origin);
    const authorization = basic(SYSTEM_USER, server.passwords.system)['authorization'];
    const head = `Host: x\r\nAuthorization: ${authorization}\r\n`;
    for (const sent of [
      'GET /play HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET /dashboard HTTP/1.1\r\nHost: x\r\n\r\n',
      `GET /?query=SELECT+number+FROM+numbers(10000000) HTTP/1.1\r\n${head}\r\n`,
      `POST /?query=INSERT+INTO+trackly_d.rows+FORMAT+TSV HTTP/1.1\r\n${head}Content-Length: 100\r\n\r\n1\t`,
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      'GET',
      '\0\0\0',
    ]) {
      for (let i = 0; i < 5; i++) await resetAfterFirstBytes(Number(port), sent);
    }
    expect(await ask('SELECT 1')).toBe('1\n');
    expect(server.process().pid).toBe(pid);
    expect(server.process().exitCode).toBe(null);
  });

  it('has passwords that nobody else reads: not in files, arguments or logs', async () => {
    const files = await readdir(join(server.data_dir, 'clickhouse'));
    for (const file of [
      'clickhouse.password',
      'clickhouse-analyst.password',
      'clickhouse/access/users.xml',
    ]) {
      expect(((await stat(join(server.data_dir, file))).mode & 0o777).toString(8), file).toBe('600');
    }
    expect(((await stat(join(server.data_dir, 'clickhouse'))).mode & 0o777).toString(8)).toBe('700');
    const { pid } = server.process();
    const [words, environment] = await Promise.all(
      ['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
    );
    const log = files.includes('clickhouse.log')
      ? await readFile(join(server.data_dir, 'clickhouse/clickhouse.log'), 'utf8')
      : '';
    for (const password of Object.values(server.passwords)) {
      expect(password).toMatch(/^[0-9a-f]{48}$/);
      expect(`${words}${environment}${log}`).not.toContain(password);
    }
  });

  it.each([
    "SELECT file('/etc/hostname')",
    "SELECT file('/etc/hostname', NULL)",
    "SELECT * FROM file('/etc/hostname', 'LineAsString')",
    "SELECT * FROM `file`('/etc/hostname','LineAsString')",
    "SELECT * FROM '/etc/hostname'",
    "INSERT INTO FUNCTION file('/tmp/trackly-x', 'TSV', 'x String') VALUES ('x')",
    "SELECT 1 INTO OUTFILE '/tmp/trackly-x'",
    "INSERT INTO trackly_d.rows FROM INFILE '/etc/hostname' FORMAT CSV",
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM remote('127.0.0.1:1', 'system', 'one')",
    "SELECT * FROM executable('id', TSV, 'x String')",
    "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    'CREATE DATABASE elsewhere',
    "CREATE TABLE trackly_d.f (x String) ENGINE = File(TSV, '/tmp/trackly-x')",
    "CREATE TABLE trackly_d.f (x String) ENGINE = URL('http://127.0.0.1:1/', TSV)",
    'CREATE USER somebody',
    "BACKUP DATABASE trackly_d TO File('/tmp/trackly-x')",
  ])('lets not even the system leave its databases: %s', async (sql) => {
    expect(await ask(sql)).toMatch(/^(std::exception\. )?Code: \d+/);
  });
});

describe('a stop', () => {
  it.each(['alone', 'while statements run', 'while others keep connections open'])(
    'takes less than 2 s, %s',
    async (when) => {
      const slow = Array.from({ length: when === 'while statements run' ? 4 : 0 }, () =>
        ask('SELECT max(sipHash64(number)) FROM numbers(1000000000000)').catch(() => 'cut off'),
      );
      const idle = connect(Number(new URL(server.origin).port), '127.0.0.1');
      if (when === 'while others keep connections open') {
        idle.write('GET /ping HTTP/1.1\r\nHost: x\r\n\r\n');
        await new Promise((resolve) => idle.once('data', resolve));
      } else idle.destroy();
      if (slow.length > 0) {
        await until(
          async () => (await ask("SELECT count() FROM system.processes WHERE query LIKE '%sipHash%'")) >= '4',
          HANGS_AFTER_MS,
          () => 'they do not run',
        );
      }
      expect(await server.end()).toBeLessThan(2_000);
      expect(server.process().exitCode).toBe(0);
      await Promise.all(slow);
      idle.destroy();
      await server.start();
      expect(await ask('SELECT 1')).toBe('1\n');
    },
  );
});

describe('what it can not start with is said in one sentence', () => {
  const sentence = (data_dir: string, http: number, tcp: number): Promise<string> =>
    untilReady(runClickHouse(data_dir, http, tcp)).then(
      () => 'it started',
      (error: Error) => error.message,
    );

  it('a folder in use', async () => {
    const [http = 0, tcp = 0] = await testPorts(2);
    expect(await sentence(server.data_dir, http, tcp)).toMatch(
      new RegExp(`^The ClickHouse data in .* is in use by process ${server.process().pid}: .*DATA_DIR.*\\.$`),
    );
  });

  it('a busy port', async () => {
    const [free = 0] = await testPorts(1);
    const busy = Number(new URL(server.origin).port);
    const folder = await mkdtemp(join(tmpdir(), 'trackly-clickhouse-'));
    expect(await sentence(folder, busy, free)).toMatch(new RegExp(`^Port ${busy} .*CLICKHOUSE_PORT.*\\.$`));
    expect(await sentence(folder, free, server.tcp_port)).toMatch(
      new RegExp(`^Port ${server.tcp_port} .*CLICKHOUSE_TCP_PORT.*\\.$`),
    );
    await rm(folder, { recursive: true, force: true });
  });
});

/** What the native protocol answers to a client's hello. */
function hello(user: string, password: string): Promise<'hello' | 'exception' | 'nothing'> {
  const text = (words: string): Buffer => Buffer.concat([Buffer.from([words.length]), Buffer.from(words)]);
  // Packet 0: name, version 1.1, revision 54058 (its varint), database, user, password.
  const packet = [Buffer.from([0]), text('test'), Buffer.from([1, 1, 0xaa, 0xa6, 0x03]), text('')];
  return new Promise((resolve) => {
    const socket = connect(server.tcp_port, '127.0.0.1', () => {
      socket.write(Buffer.concat([...packet, text(user), text(password)]));
    });
    socket.once('data', (bytes) => {
      resolve(bytes[0] === 0 ? 'hello' : bytes[0] === 2 ? 'exception' : 'nothing');
      socket.destroy();
    });
    socket.once('close', () => resolve('nothing'));
    socket.once('error', () => resolve('nothing'));
  });
}

/** Sends, and resets the connection once the first bytes of an answer are there, or after a moment. */
function resetAfterFirstBytes(port: number, sent: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(sent));
    const end = (): void => {
      socket.resetAndDestroy();
      resolve();
    };
    socket.once('data', end);
    socket.once('error', () => resolve());
    setTimeout(end, 100);
  });
}
