/** The read-only port: whoever asks sees the rows of their own account, and can do nothing else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE, PUBLIC_TABLES, REPORT_VIEWS, ROW_RULES } from '../../src/analysts/public-tables.ts';
import { addApiKey } from '../../src/catalog/catalog-store.ts';
import { newApiKey } from '../../src/platform/random.ts';
import { type Analysts, FOREIGN, OTHER, OWN, startAnalysts } from '../support/analysts.ts';

let analysts: Analysts;
const NAMES = [...PUBLIC_TABLES, ...REPORT_VIEWS];

beforeAll(async () => {
  analysts = await startAnalysts();
});

afterAll(async () => {
  await analysts?.stop();
});

/** Rows as lines of a successful answer; fails on a leak. */
async function rows(sql: string, search: Record<string, string> = {}): Promise<string[]> {
  const { status, text } = await analysts.ask(sql, search);
  expect(text, sql).not.toContain(FOREIGN);
  expect(status, `${sql}: ${text}`).toBe(200);
  return text.trimEnd().split('\n');
}

it('knows every table and view of the database', async () => {
  const result = await analysts.clickhouse.query({
    query: `SELECT name FROM system.tables WHERE database = '${DATABASE}' ORDER BY name`,
    format: 'JSONEachRow',
  });
  const there = (await result.json<{ name: string }>()).map(({ name }) => name);
  expect(there).toEqual([...ROW_RULES.own, ...ROW_RULES.views, ...ROW_RULES.hidden].sort());
});

describe('who asks', () => {
  const ask = async (headers: Record<string, string>, search = ''): Promise<number> =>
    (await fetch(`${analysts.url}/?query=SELECT+1${search}`, { headers })).status;
  const basic = (user: string, password: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  });

  it('says so by headers, by basic authentication or in the address', async () => {
    const { own } = analysts.keys;
    expect(await ask({ 'x-clickhouse-user': OWN, 'x-clickhouse-key': own })).toBe(200);
    expect(await ask(basic(OWN, own))).toBe(200);
    expect(await ask({}, `&user=${OWN}&password=${own}`)).toBe(200);
    expect(await ask(basic('default', own))).toBe(200);
  });

  it('is refused without a key, with a wrong one, another account’s, or one that has ended', async () => {
    const { own, other } = analysts.keys;
    expect(await ask({})).toBe(401);
    expect(await ask(basic(OWN, 'trk_wrong'))).toBe(403);
    expect(await ask(basic(OWN, other))).toBe(403);
    expect(await ask(basic(OTHER, own))).toBe(403);
    expect(await ask(basic('default', 'trk_wrong'))).toBe(403);
    expect(await ask(basic('', ''))).toBe(403);
    const ended = newApiKey();
    await addApiKey(analysts.redis, OWN, ended);
    expect(await ask(basic(OWN, ended))).toBe(200);
    await addApiKey(analysts.redis, OWN, own, true);
    expect(await ask(basic(OWN, ended))).toBe(403);
    expect(await ask(basic(OWN, own))).toBe(200);
  });

  it('needs no key for a ping', async () => {
    expect(await (await fetch(`${analysts.url}/ping`)).text()).toBe('Ok.\n');
  });
});

describe('rows', () => {
  it.each(NAMES)('of %s are the own ones, however they are asked for', async (name) => {
    const mine = Number((await rows(`SELECT count() FROM trackly.${name}`))[0]);
    expect(mine).toBeGreaterThan(0);
    const all = await analysts.clickhouse.query({
      query: `SELECT countIf(account_id = '${OWN}'), countIf(account_id = '${OTHER}') FROM trackly.${name}`,
      format: 'JSONCompactEachRow',
    });
    const [[own, other] = []] = await all.json<[string, string]>();
    expect(mine).toBe(Number(own));
    expect(Number(other)).toBeGreaterThan(0);

    await rows(`SELECT * FROM trackly.${name} FORMAT JSONEachRow`);
    expect(await rows(`SELECT DISTINCT account_id FROM ${name}`)).toEqual([OWN]);
    const asked = [
      [`SELECT count() FROM trackly.${name} WHERE account_id = '${OTHER}'`, 0],
      [
        `SELECT count() FROM trackly.${name} AS a JOIN trackly.${name} AS b ON a.account_id != b.account_id`,
        0,
      ],
      [
        `SELECT countIf(account_id != '${OWN}') FROM (SELECT * FROM trackly.${name} UNION ALL SELECT * FROM ${name})`,
        0,
      ],
      [`WITH x AS (SELECT * FROM trackly.${name}) SELECT count() FROM x WHERE account_id != '${OWN}'`, 0],
      [`SELECT '${OTHER}' IN (SELECT account_id FROM trackly.${name})`, 0],
      [`SELECT EXISTS (SELECT 1 FROM trackly.${name} WHERE account_id != '${OWN}')`, 0],
      [`SELECT (SELECT max(account_id != '${OWN}') FROM trackly.${name})`, 0],
      [`SELECT count() FROM view(SELECT * FROM trackly.${name} WHERE account_id != '${OWN}')`, 0],
      // Conditions that would say of a foreign row that it is there.
      [`SELECT count() FROM trackly.${name} WHERE throwIf(account_id != '${OWN}') = 0`, mine],
      [
        `SELECT count() FROM trackly.${name} WHERE 1 / (account_id = '${OWN}') = 1 AND intDiv(1, account_id = '${OWN}') = 1`,
        mine,
      ],
      [
        `SELECT count() FROM (SELECT throwIf(account_id != '${OWN}') AS t, * FROM trackly.${name}) WHERE t = 0`,
        mine,
      ],
      [
        `SELECT count() FROM numbers(1) AS n JOIN trackly.${name} AS x ON n.number = throwIf(x.account_id != '${OWN}')`,
        mine,
      ],
      [
        `SELECT sum(n) FROM (SELECT account_id, count() AS n FROM trackly.${name} GROUP BY account_id HAVING throwIf(account_id != '${OWN}') = 0)`,
        mine,
      ],
    ] as const;
    await Promise.all(
      asked.map(async ([sql, answer]) => expect(await rows(sql), sql).toEqual([String(answer)])),
    );
    if ((PUBLIC_TABLES as readonly string[]).includes(name)) {
      const prewhere = `SELECT count() FROM trackly.${name} PREWHERE throwIf(account_id != '${OWN}') = 0`;
      expect(await rows(prewhere)).toEqual([String(mine)]);
      // Over the views, whose own ARRAY JOIN is in its way, ClickHouse has an error of its own.
      const joined = `SELECT count() FROM trackly.${name} ARRAY JOIN [1, 2] AS n WHERE account_id != '${OWN}'`;
      expect(await rows(joined)).toEqual(['0']);
    }
  });

  it('of others do not show in the words of an error', async () => {
    const asked = NAMES.flatMap((name) => [
      `SELECT count() FROM trackly.${name} WHERE toUInt64(account_id) >= 0`,
      `SELECT max(toDate(account_id)) FROM trackly.${name} WHERE account_id != '${OWN}'`,
      `SELECT toUUID(account_id) FROM trackly.${name} ORDER BY account_id`,
    ]);
    const told = await Promise.all(asked.map((sql) => analysts.ask(sql)));
    for (const [i, { text }] of told.entries()) expect(text, asked[i]).not.toContain(FOREIGN);
    expect(told.filter(({ text }) => text.includes(OWN)).length).toBeGreaterThan(NAMES.length);
  });

  it('of the catalog are those of the documented tables', async () => {
    expect(await rows('SHOW DATABASES')).toEqual([DATABASE]);
    expect(await rows('SHOW TABLES FROM trackly')).toEqual([...NAMES].sort());
    expect(await rows('SELECT name FROM system.tables ORDER BY name')).toEqual([...NAMES].sort());
    expect(await rows('SELECT DISTINCT table FROM system.columns ORDER BY table')).toEqual([...NAMES].sort());
    expect((await rows('SELECT table_name FROM information_schema.tables')).sort()).toEqual(
      [...NAMES].sort(),
    );
    expect(await rows('SELECT count() FROM system.tables')).toEqual([String(NAMES.length)]);
    // With sizes and paths left blank, also for who asks for everything.
    expect(await rows('SELECT max(total_rows), max(total_bytes), max(parts) FROM system.tables')).toEqual([
      '\\N\t\\N\t\\N',
    ]);
    expect(await rows('SELECT sum(data_compressed_bytes), sum(marks_bytes) FROM system.columns')).toEqual([
      '0\t0',
    ]);
    expect(
      (await rows('SELECT name AS table_name, * FROM system.tables FORMAT JSONEachRow')).join(),
    ).not.toContain('/store/');
    expect(await rows(`SELECT name FROM system.settings WHERE name ILIKE '%cache_tag%'`)).toEqual(['']);
  });
});

describe('a statement', () => {
  const reads: string[] = [
    'SELECT 1 /* settings x = 1 */',
    `SELECT 'SETTINGS max_threads = 9', "account_id" FROM clicks LIMIT 1`,
    'SELECT account_id AS settings FROM clicks WHERE settings = account_id LIMIT 1',
    'DESCRIBE TABLE report_campaigns',
    'DESCRIBE (SELECT 1)',
    'SHOW CREATE TABLE trackly.clicks',
    'SHOW COLUMNS FROM trackly.clicks',
    'EXISTS TABLE trackly.clicks',
    'EXPLAIN SELECT count() FROM clicks',
    'EXPLAIN SYNTAX SELECT * FROM report_offers',
    'SELECT version(), timezone(), currentUser(), displayName()',
    `SELECT format('{}-{}', 'a', 'b'), formatDateTime(now(), '%Y')`,
    `SELECT * FROM values('a UInt8', 1, 2)`,
    'WITH 1 AS one SELECT sum(number + one) FROM numbers(10)',
    'SELECT clicks.link_id, trackly.clicks.ip FROM trackly.clicks LIMIT 1',
    'SELECT count() FROM rollup_links FINAL',
    '(SELECT 1) UNION ALL (SELECT 2)',
  ];
  it.each(reads)('is answered: %s', async (sql) => {
    await rows(sql);
  });

  const refused: string[] = [
    // What changes anything.
    'INSERT INTO trackly.clicks (account_id) VALUES (1)',
    'CREATE TABLE trackly.x (a UInt8) ENGINE = Memory',
    'CREATE TEMPORARY TABLE x (a UInt8)',
    'CREATE VIEW trackly.v AS SELECT 1',
    'DROP TABLE trackly.clicks',
    'TRUNCATE TABLE trackly.clicks',
    'ALTER TABLE trackly.clicks DELETE WHERE 1',
    'DELETE FROM trackly.clicks WHERE 1',
    'OPTIMIZE TABLE trackly.clicks',
    'SYSTEM SHUTDOWN',
    'KILL QUERY WHERE 1',
    'GRANT SELECT ON *.* TO default',
    'CREATE USER x',
    'EXECUTE AS x SELECT 1',
    'BACKUP DATABASE trackly TO Disk(1, 2)',
    // What would lift limits or policies.
    'SET max_execution_time = 0',
    'SET readonly = 0',
    'USE system',
    'SELECT 1 SETTINGS max_execution_time = 0',
    'SELECT * FROM (SELECT * FROM trackly.clicks SETTINGS max_threads = 8)',
    `SELECT * FROM (SELECT * FROM trackly.clicks settings/**/"query_cache_tag"='')`,
    `WITH x AS (SELECT * FROM trackly.clicks SETTINGS additional_table_filters = {}) SELECT * FROM x`,
    'SELECT * FROM trackly.clicks UNION ALL (SELECT * FROM trackly.clicks SETTINGS max_threads = 1)',
    `SELECT * FROM url('http://127.0.0.1:1', 'CSV', SETTINGS max_threads = 1)`,
    `SELECT getSetting('query_cache_tag')`,
    `SELECT getSetting('query_cache_' || 'tag')`,
    'EXPLAIN ESTIMATE SELECT * FROM trackly.clicks',
    'EXPLAIN indexes = 1 SELECT * FROM trackly.clicks',
    // Files, networks, programs, text that would be run.
    `SELECT file('/etc/passwd')`,
    `SELECT * APPLY(file) FROM (SELECT '/etc/passwd' AS p)`,
    `SELECT * APPLY file FROM (SELECT '/etc/passwd' AS p)`,
    'SELECT `file`($x$/etc/passwd$x$)',
    `SELECT fi/**/le('/etc/passwd')`,
    `SELECT * FROM file('/etc/passwd', LineAsString)`,
    `SELECT 1 INTO OUTFILE '/tmp/x'`,
    `SELECT * FROM url('http://127.0.0.1:1/', LineAsString)`,
    `SELECT * FROM s3('http://127.0.0.1:1/a/b')`,
    `SELECT * FROM remote('127.0.0.1', trackly.clicks)`,
    `SELECT * FROM cluster('default', trackly.clicks)`,
    `SELECT * FROM executable('id', TSV, 'x String')`,
    `SELECT * FROM sqlite('/tmp/x', 'y')`,
    `SELECT * FROM eval('SELECT 1')`,
    `SELECT * FROM merge('trackly', 'clicks')`,
    `SELECT * FROM merge('trackly', 'records')`,
    `SELECT * FROM mergeTreeIndex('trackly', 'clicks')`,
    `SELECT * FROM mergeTreeProjection('trackly', 'clicks', 'x')`,
    `SELECT * FROM loop('trackly', 'clicks')`,
    `SELECT * FROM dictionary('x')`,
    `SELECT * FROM viewExplain('EXPLAIN', '', (SELECT 1))`,
    `SELECT dictGet('x', 'y', 1)`,
    `SELECT joinGet('trackly.records', 'value', 'x')`,
    `SELECT aiGenerate('x')`,
    `SELECT hasColumnInTable('trackly', 'records', 'key')`,
    'SELECT sleep(3)',
    // Other tables.
    ...ROW_RULES.hidden.map((name) => `SELECT * FROM trackly.${name}`),
    ...ROW_RULES.hidden.map((name) => `SELECT * FROM ${name}`),
    'SELECT * FROM `trackly`.`records`',
    'SELECT 1 FROM numbers(1), trackly.records',
    `SELECT 'x' IN trackly.records`,
    'DESCRIBE TABLE trackly.records',
    'SHOW CREATE TABLE trackly.records',
    'SELECT * FROM system.processes',
    `SELECT 'x' IN (system.processes)`,
    'SELECT * FROM system.parts',
    'SELECT * FROM system.query_log',
    'SELECT * FROM confined_catalog.tables',
    'SELECT * FROM information_schema.tables',
    'SELECT table_rows FROM information_schema.tables',
    'SHOW PROCESSLIST',
    'SHOW GRANTS',
    'SHOW USERS',
    // Two at once, or none.
    'SELECT 1; DROP TABLE trackly.clicks',
    'SELECT',
    'nonsense',
  ];
  it.each(refused)('is refused: %s', async (sql) => {
    const { status, text } = await analysts.ask(sql);
    expect([400, 403], `${sql}: ${status} ${text}`).toContain(status);
    expect(text).not.toContain(FOREIGN);
    expect(text).toMatch(/Code: \d+\. DB::Exception: /);
  });

  it('can not name a table by a parameter', async () => {
    const { status } = await analysts.ask('SELECT * FROM {t:Identifier}', { param_t: 'records' });
    expect(status).toBe(403);
    expect(await rows('SELECT {t:String}', { param_t: "rec'ords\\" })).toEqual(["rec\\'ords\\\\"]);
  });

  it('can not leave its database', async () => {
    expect(await rows('SELECT currentDatabase()', { database: 'system' })).toEqual([DATABASE]);
  });
});

describe('settings beside a statement', () => {
  const value = async (name: string, search: Record<string, string>): Promise<string | undefined> =>
    (await rows(`SELECT value FROM system.settings WHERE name = '${name}'`, search))[0];

  it('may ask for less than a limit, not for more', async () => {
    expect(await value('max_execution_time', {})).toBe('30');
    expect(await value('max_execution_time', { max_execution_time: '5' })).toBe('5');
    expect(await value('max_execution_time', { max_execution_time: '5000' })).toBe('30');
    expect(await value('max_memory_usage', { max_memory_usage: '0' })).toBe(String(1024 ** 3));
    expect(await value('readonly', { readonly: '0' })).toBe('1');
  });

  it('may shape the answer', async () => {
    expect(await rows('SELECT toDateTime(0)', { session_timezone: 'Asia/Tokyo' })).toEqual([
      '1970-01-01 09:00:00',
    ]);
  });

  it.each([
    'query_cache_tag',
    'additional_table_filters',
    'enable_analyzer',
    'use_query_cache',
    'dialect',
    'profile',
    'allow_experimental_eval_table_function',
    'format_schema',
  ])('do not include %s', async (name) => {
    expect((await analysts.ask('SELECT 1', { [name]: '1' })).status).toBeGreaterThanOrEqual(400);
  });

  it('can not choose another account', async () => {
    expect(await rows('SELECT DISTINCT account_id FROM clicks', { confined_to: OTHER })).toEqual([OWN]);
  });
});

describe('limits', () => {
  it('end a statement that takes too long, too much memory, or answers too much', async () => {
    const forever = 'SELECT max(sipHash64(number)) FROM numbers(1000000000000)';
    expect((await analysts.ask(forever, { max_execution_time: '0.2' })).text).toContain('TIMEOUT_EXCEEDED');
    const large = 'SELECT length(groupArray(number)) FROM numbers(1000000000)';
    expect((await analysts.ask(large, { max_memory_usage: '50000000' })).text).toContain(
      'MEMORY_LIMIT_EXCEEDED',
    );
    const long = 'SELECT number FROM numbers(1000001) FORMAT JSON';
    expect((await analysts.ask(long)).text).toContain('TOO_MANY_ROWS_OR_BYTES');
    expect((await analysts.ask(`SELECT '${'x'.repeat(1_100_000)}'`)).status).toBe(413);
  });

  it('bound how many statements of an account run at once', async () => {
    const slow = 'SELECT max(sipHash64(number)) FROM numbers(1000000000000)';
    const told = await Promise.all(
      Array.from({ length: 64 }, () => analysts.ask(slow, { max_execution_time: '0.1' })),
    );
    expect(new Set(told.map(({ headers }) => headers.get('x-clickhouse-exception-code')))).toEqual(
      new Set(['159', '202']),
    );
    await rows('SELECT 1');
  });
});

it('leaves the system’s own sessions as they were', async () => {
  const answer = await fetch(analysts.engine_url, {
    method: 'POST',
    body: 'SELECT uniqExact(account_id) FROM trackly.clicks',
  });
  expect(await answer.text()).toBe('2\n');
  for (const [search, sql] of [
    ['query_cache_tag=x&', 'SELECT 1'],
    ['', "SET query_cache_tag = ''"],
  ]) {
    const refused = await fetch(`${analysts.engine_url}/?${search}`, { method: 'POST', body: sql ?? '' });
    expect(refused.status).toBeGreaterThanOrEqual(400);
  }
});
