/** The read-only port: whoever asks sees the rows of their own account, and can do nothing else. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addKey, changeKey, revokeKey } from '../../src/access/key-store.ts';
import { SCOPES } from '../../src/access/scopes.ts';
import { ACCOUNT_HEADER, ANALYST_USER, CHANGEABLE, READER_USER } from '../../src/analysts/access.ts';
import { DATABASE, RANGE_VIEWS, REPORT_VIEWS, TABLES_BEHIND } from '../../src/analysts/report-views.ts';
import { updateAccount } from '../../src/catalog/catalog-store.ts';
import {
  type Analysts,
  addAccount,
  calledView,
  FOREIGN,
  OTHER,
  OWN,
  startAnalysts,
} from '../support/analysts.ts';
import { itIfLong } from '../support/long.ts';
import { untilSeen } from '../support/until.ts';

let analysts: Analysts;
/** Of the views over ranges, which are written by the same code, one of each rollup. */
const NAMES = REPORT_VIEWS.filter(
  (view) => calledView(view) === view || ['report_creatives_in', 'report_links_in'].includes(view),
);

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

it('lets nobody read what is not documented', async () => {
  const result = await analysts.clickhouse.query({
    query: `SELECT name FROM system.tables WHERE database = '${DATABASE}'`,
    format: 'JSONEachRow',
  });
  const hidden = (await result.json<{ name: string }>())
    .map(({ name }) => name)
    .filter((name) => !(REPORT_VIEWS as readonly string[]).includes(name));
  expect(hidden).toEqual(
    expect.arrayContaining([...TABLES_BEHIND, 'records', 'ledger', 'migrations', 'clicks_to_links']),
  );
  for (const name of hidden) {
    for (const sql of [
      `SELECT * FROM trackly.${name}`,
      `SELECT count() FROM ${name}`,
      `SELECT 'x' IN trackly.${name}`,
      `DESCRIBE TABLE trackly.${name}`,
      `SHOW CREATE TABLE trackly.${name}`,
      `SELECT 1 FROM numbers(1) AS n, ${name} AS x`,
    ]) {
      const { text, headers } = await analysts.ask(sql);
      expect([headers.get('x-clickhouse-exception-code'), text], sql).toEqual([
        '497',
        expect.stringContaining('(ACCESS_DENIED)'),
      ]);
    }
  }
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
    const wanted = { name: 'another', scopes: SCOPES, expires_at: null };
    const { api_key: ended, key_id } = await addKey(analysts.redis, OWN, wanted);
    expect(await ask(basic(OWN, ended))).toBe(200);
    await changeKey(analysts.redis, OWN, key_id, { scopes: ['send'] });
    expect(await ask(basic(OWN, ended))).toBe(403);
    await changeKey(analysts.redis, OWN, key_id, { scopes: ['read'] });
    expect(await ask(basic(OWN, ended))).toBe(200);
    await revokeKey(analysts.redis, OWN, key_id);
    expect(await ask(basic(OWN, ended))).toBe(403);
    expect(await ask(basic(OWN, own))).toBe(200);
  });

  it('is refused to a suspended account, which is told why', async () => {
    const suspended = await addAccount(analysts.redis, 'acc_suspended');
    await updateAccount(analysts.redis, 'acc_suspended', () => ({
      status: 'suspended',
      suspension: { reason: 'phishing', at: '' },
    }));
    const answer = await fetch(`${analysts.url}/?query=SELECT+1`, {
      headers: basic('acc_suspended', suspended),
    });
    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringMatching(/^Code: 516\..*suspended this account \(phishing\)/),
    ]);
  });

  it('needs no key for a ping', async () => {
    expect(await (await fetch(`${analysts.url}/ping`)).text()).toBe('Ok.\n');
  });
});

describe('rows', () => {
  it.each(NAMES)('of %s are the own ones, however they are asked for', async (view) => {
    const name = calledView(view);
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
  });

  it('of every view over a range are the own ones, and its parameters are needed', async () => {
    for (const view of RANGE_VIEWS) {
      expect(await rows(`SELECT DISTINCT account_id FROM ${calledView(view)}`), view).toEqual([OWN]);
    }
    for (const [sql, said] of [
      ["SELECT sent FROM report_days_in(from='2026-01-01', tz='UTC', range_by='sent')", 'Substitution `to`'],
      [
        "SELECT sent FROM report_days_in(from='2026-01-01', to='2026-02-01', tz='UTC', range_by='x')",
        "Unknown element 'x' for enum",
      ],
    ] as const) {
      expect((await analysts.ask(sql)).text).toContain(said);
    }
  });

  it('of others do not show in the words of an error', async () => {
    for (const name of NAMES.map(calledView)) {
      // Not all at once: the statements of an account that may run and wait are limited.
      const told = await Promise.all(
        [
          `SELECT count() FROM trackly.${name} WHERE toUInt64(account_id) >= 0`,
          `SELECT toUUID(account_id) FROM trackly.${name} ORDER BY account_id`,
          `SELECT max(toDate(account_id)) FROM trackly.${name} WHERE account_id != '${OWN}'`,
        ].map((sql) => analysts.ask(sql)),
      );
      for (const { text } of told) expect(text, name).not.toContain(FOREIGN);
      expect(
        told.map(({ text }) => text.includes(OWN)),
        name,
      ).toEqual([true, true, false]);
    }
  });

  it('of the catalog are those of the report views, which have no size', async () => {
    const views = [...REPORT_VIEWS].sort();
    // ClickHouse knows the columns of a view with parameters only when it is called.
    const described = views.filter((view) => calledView(view) === view);
    expect(await rows('SHOW DATABASES')).toContain(DATABASE);
    expect(await rows('SHOW TABLES FROM trackly')).toEqual(views);
    expect(await rows("SELECT name FROM system.tables WHERE database = 'trackly' ORDER BY name")).toEqual(
      views,
    );
    expect(
      await rows("SELECT DISTINCT table FROM system.columns WHERE database = 'trackly' ORDER BY table"),
    ).toEqual(described);
    expect(
      (
        await rows(
          "SELECT DISTINCT table_name FROM INFORMATION_SCHEMA.COLUMNS WHERE table_schema = 'trackly'",
        )
      ).sort(),
    ).toEqual(described);
    // Of tables they would count the rows of all accounts.
    expect(await rows('SELECT max(total_rows), max(total_bytes), max(parts) FROM system.tables')).toEqual([
      '\\N\t\\N\t\\N',
    ]);
    expect(await rows('SELECT sum(data_compressed_bytes), sum(marks_bytes) FROM system.columns')).toEqual([
      '0\t0',
    ]);
    expect(
      (await rows('SELECT name AS table_name, * FROM system.tables FORMAT JSONEachRow')).join(),
    ).not.toContain('/store/');
  });

  it.each([
    'EXPLAIN ESTIMATE SELECT * FROM trackly.report_clicks',
    'EXPLAIN indexes = 1 SELECT * FROM trackly.report_clicks',
    'EXPLAIN actions = 1 SELECT * FROM trackly.report_clicks',
    "SELECT * FROM merge('trackly', 'report_clicks')",
    "SELECT count() FROM merge('trackly', '.*')",
    // A subquery's own settings are not checked by ClickHouse.
    'SELECT * FROM (SELECT * FROM report_clicks SETTINGS readonly = 0, max_threads = 8)',
    'SELECT * FROM (SELECT * FROM report_clicks SETTINGS optimize_move_to_prewhere = 0, enable_multiple_prewhere_read_steps = 0)',
    'SELECT * FROM (SELECT * FROM report_clicks SETTINGS apply_row_policy_after_final = 1, optimize_use_projections = 0)',
    "SELECT * FROM (SELECT * FROM eval('SELECT * FROM trackly.report_clicks') SETTINGS allow_experimental_eval_table_function = 1)",
    'SELECT * FROM (SELECT * FROM report_clicks SETTINGS max_parallel_replicas = 3, enable_parallel_replicas = 1)',
    "SELECT * FROM (SELECT * FROM report_clicks SETTINGS additional_table_filters = {'trackly.report_clicks': '1'})",
  ])('are the own ones in %s', async (sql) => {
    const { text } = await analysts.ask(sql);
    expect(text).not.toContain(FOREIGN);
  });

  it('never come from what another account has asked before', async () => {
    const sql =
      "SELECT * FROM (SELECT DISTINCT account_id FROM report_clicks SETTINGS use_query_cache = 1, query_cache_for_subqueries = 1, query_cache_nondeterministic_function_handling = 'save', query_cache_system_table_handling = 'save', query_cache_max_entries = 100, query_cache_max_size_in_bytes = 1000000, use_query_condition_cache = 1)";
    const as = async (user: string, password: string): Promise<string> => {
      const search = new URLSearchParams({ user, password, query: sql });
      return (await (await fetch(`${analysts.url}/?${search}`)).text()).trim();
    };
    for (let i = 0; i < 3; i++) {
      expect(await as(OTHER, analysts.keys.other)).toBe(OTHER);
      expect(await as(OWN, analysts.keys.own)).toBe(OWN);
    }
  });
});

describe('a statement', () => {
  const reads: string[] = [
    'SELECT 1 /* settings x = 1 */',
    `SELECT 'SETTINGS max_threads = 9', "account_id" FROM report_clicks LIMIT 1`,
    'SELECT account_id AS settings FROM report_clicks WHERE settings = account_id LIMIT 1',
    'DESCRIBE TABLE report_campaigns',
    'DESCRIBE (SELECT 1)',
    'SHOW CREATE TABLE trackly.report_clicks',
    'SHOW COLUMNS FROM trackly.report_clicks',
    'EXISTS TABLE trackly.report_clicks',
    'EXPLAIN SELECT count() FROM report_clicks',
    'EXPLAIN SYNTAX SELECT * FROM report_offers',
    'SELECT version(), timezone(), currentUser(), displayName()',
    `SELECT format('{}-{}', 'a', 'b'), formatDateTime(now(), '%Y')`,
    `SELECT * FROM values('a UInt8', 1, 2)`,
    'WITH 1 AS one SELECT sum(number + one) FROM numbers(10)',
    'SELECT report_clicks.link_id, trackly.report_clicks.ip FROM trackly.report_clicks LIMIT 1',
    'SELECT count() FROM report_quarter_hours',
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
    'SET max_threads = 3',
    'SELECT 1 SETTINGS max_threads = 3',
    `SELECT * FROM report_clicks FORMAT Protobuf SETTINGS output_format_schema = '/tmp/trackly-x'`,
    `SELECT * FROM report_clicks FORMAT Protobuf SETTINGS format_schema = '/etc/passwd:x'`,
    `SELECT * FROM report_clicks FORMAT Template SETTINGS format_template_row = '/etc/passwd'`,
    `SELECT * FROM report_clicks FORMAT AvroConfluent SETTINGS format_avro_schema_registry_url = 'http://127.0.0.1:1/'`,
    `SELECT * FROM report_clicks INTO OUTFILE '/tmp/trackly-x' FORMAT TSV`,
    `SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')`,
    `SELECT * FROM postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')`,
    `SELECT * FROM mongodb('127.0.0.1:1', 'a', 'b', 'c', 'd', 'x String')`,
    `SELECT * FROM redis('127.0.0.1:1', 'k', 'k String, v String')`,
    `SELECT * FROM jdbc('x', 'y', 'z')`,
    `SELECT * FROM s3('https://bucket.s3.amazonaws.com/a', 'CSV')`,
    `SELECT * FROM azureBlobStorage('x', 'y', 'z')`,
    `SELECT * FROM hdfs('hdfs://127.0.0.1:1/x', 'TSV', 'x String')`,
    `SELECT * FROM iceberg('http://127.0.0.1:1/bucket/x')`,
    `SELECT * FROM deltaLake('http://127.0.0.1:1/bucket/x')`,
    `SELECT * FROM remoteSecure('127.0.0.1:1', 'system', 'one')`,
    `SELECT * FROM fileCluster('default', '/etc/passwd', 'LineAsString')`,
    `SELECT * FROM urlCluster('default', 'http://127.0.0.1:1/', 'LineAsString')`,
    `SELECT * FROM merge('system', 'parts')`,
    `SELECT * FROM merge('system', 'query_log')`,
    `SELECT * FROM input('x String')`,
    `SELECT file('/etc/passwd', NULL)`,
    `SELECT file('/etc/passwd', 'nothing')`,
    'SELECT * FROM system.users',
    'SELECT * FROM system.grants',
    'SELECT * FROM system.row_policies',
    'SELECT * FROM system.server_settings',
    'SELECT * FROM system.disks',
    'SELECT * FROM system.metrics',
    'SELECT * FROM system.events',
    'SELECT * FROM system.errors',
    'SELECT * FROM system.merges',
    'SELECT * FROM system.mutations',
    'SELECT * FROM system.parts_columns',
    'SELECT * FROM system.detached_parts',
    'SELECT * FROM system.stack_trace',
    'SELECT * FROM system.query_cache',
    'SELECT * FROM system.dictionaries',
    'SELECT * FROM system.named_collections',
    'SELECT * FROM system.clusters',
    'SELECT * FROM system.user_processes',
    'SELECT 1 SETTINGS max_execution_time = 0',
    `SELECT * FROM url('http://127.0.0.1:1', 'CSV', SETTINGS max_threads = 1)`,
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
    `SELECT * FROM merge('trackly', 'records')`,
    `SELECT * FROM mergeTreeProjection('trackly', 'clicks', 'x')`,
    `SELECT * FROM loop('trackly', 'clicks')`,
    `SELECT * FROM mergeTreeIndex('trackly', 'clicks')`,
    `SELECT * FROM mergeTreeAnalyzeIndexes('trackly', 'clicks')`,
    `SELECT * FROM mergeTreeTextIndex('trackly', 'clicks', 'x')`,
    `SELECT * FROM merge('trackly', '^clicks$')`,
    `SELECT * FROM trackly.clicks`,
    `SELECT * FROM (SELECT * FROM eval('SELECT * FROM trackly.clicks') SETTINGS allow_experimental_eval_table_function = 1)`,
    `SELECT * FROM dictionary('x')`,
    `SELECT * FROM viewExplain('EXPLAIN', '', (SELECT 1))`,
    `SELECT dictGet('x', 'y', 1)`,
    `SELECT joinGet('trackly.records', 'value', 'x')`,
    `SELECT aiGenerate('x')`,
    `SELECT hasColumnInTable('trackly', 'records', 'key')`,
    // Other tables.
    'SELECT * FROM `trackly`.`records`',
    'SELECT 1 FROM numbers(1), trackly.records',
    `SELECT 'x' IN trackly.records`,
    'DESCRIBE TABLE trackly.records',
    'SHOW CREATE TABLE trackly.records',
    'SELECT * FROM system.processes',
    `SELECT 'x' IN (system.processes)`,
    'SELECT * FROM system.parts',
    'SELECT * FROM system.query_log',
    'SELECT * FROM information_schema.tables',
    'SELECT table_rows FROM information_schema.tables',
    'SHOW PROCESSLIST',
    'SHOW USERS',
    // Two at once, or none.
    'SELECT 1; DROP TABLE trackly.clicks',
    'SELECT',
    'nonsense',
  ];
  it.each(refused)('is refused: %s', async (sql) => {
    const { status, text } = await analysts.ask(sql);
    expect(status, `${sql}: ${status} ${text}`).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain(FOREIGN);
    expect(text).toMatch(/Code: \d+[.,] /);
  });

  it('reads no hidden table that a parameter names', async () => {
    const { headers } = await analysts.ask('SELECT * FROM {t:Identifier}', { param_t: 'records' });
    expect(headers.get('x-clickhouse-exception-code')).toBe('497');
    expect(await rows('SELECT {t:String}', { param_t: "rec'ords" })).toEqual(["rec\\'ords"]);
  });

  it('can not leave its database', async () => {
    const { status, text } = await analysts.ask('SELECT * FROM parts', { database: 'system' });
    expect([status >= 400, text]).toEqual([true, expect.stringContaining('DB::Exception')]);
  });
});

describe('settings beside a statement', () => {
  const value = async (name: string, search: Record<string, string>): Promise<string | undefined> =>
    (await rows(`SELECT value FROM system.settings WHERE name = '${name}'`, search))[0];

  it('may ask for less than a limit, not for more', async () => {
    expect(await value('max_execution_time', {})).toBe('30');
    expect(await value('max_execution_time', { max_execution_time: '5' })).toBe('5');
    for (const [name, most] of [
      ['max_execution_time', '31'],
      ['max_memory_usage', String(1024 ** 3 + 1)],
      ['max_result_rows', '1000001'],
      ['max_threads', '3'],
      ['readonly', '0'],
    ] as const) {
      const { text } = await analysts.ask('SELECT 1', { [name]: most });
      expect(text, name).toMatch(/SETTING_CONSTRAINT_VIOLATION|READONLY/);
    }
  });

  it('may shape the answer', async () => {
    expect(await rows('SELECT toDateTime(0)', { session_timezone: 'Asia/Tokyo' })).toEqual([
      '1970-01-01 09:00:00',
    ]);
    expect(await rows("SELECT toDateTime(0) SETTINGS session_timezone = 'Asia/Tokyo'")).toEqual([
      '1970-01-01 09:00:00',
    ]);
    // Each is one that ClickHouse has.
    const there = await rows('SELECT name FROM system.settings WHERE readonly = 0');
    expect(CHANGEABLE.filter((name) => !there.includes(name))).toEqual([]);
  });

  it.each([
    'additional_table_filters',
    'enable_analyzer',
    'use_query_cache',
    'profile',
    'allow_experimental_eval_table_function',
    'allow_get_client_http_header',
    'format_schema',
    'format_schema_source',
    'format_template_resultset',
    'format_template_row',
    'format_avro_schema_registry_url',
    'output_format_schema',
    'output_format_avro_confluent_subject',
    'http_response_headers',
    'add_http_cors_header',
    'max_memory_usage_for_user',
    'max_concurrent_queries_for_user',
    'replace_running_query',
    'implicit_select',
    'log_queries',
    'no_such_setting',
  ])('do not include %s, beside a statement or inside it', async (name) => {
    const refusal = /READONLY|UNKNOWN_SETTING|SETTING_CONSTRAINT_VIOLATION|THERE_IS_NO_PROFILE/;
    const now = (await analysts.ask(`SELECT value FROM system.settings WHERE name = '${name}'`)).text.trim();
    // Maps have to be maps to be read at all.
    const other = now.startsWith('{') ? "{'a': 'b'}" : now === '1' ? '0' : '1';
    const beside = await analysts.ask('SELECT 1', { [name]: other });
    expect([beside.status >= 400, beside.text]).toEqual([true, expect.stringMatching(refusal)]);
    const inside = await analysts.ask(
      `SELECT 1 SETTINGS ${name} = ${other.startsWith('{') ? other : `'${other}'`}`,
    );
    expect([inside.status >= 400, inside.text]).toEqual([true, expect.stringMatching(refusal)]);
  });
});

describe('the account', () => {
  const distinct = 'SELECT DISTINCT account_id FROM report_clicks';
  const headers = (): Record<string, string> => ({
    'x-clickhouse-user': OWN,
    'x-clickhouse-key': analysts.keys.own,
  });
  const post = async (
    path: string,
    given: [string, string][],
    body = distinct,
  ): Promise<{ status: number; text: string }> => {
    const { hostname, port } = new URL(analysts.url);
    return new Promise((resolve, reject) => {
      const call = request({ hostname, port, path, method: 'POST' }, async (response) =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(await response.toArray()).toString(),
        }),
      );
      for (const [name, value] of Object.entries(headers())) call.setHeader(name, value);
      for (const [name, value] of given) call.appendHeader(name, value);
      call.once('error', reject).end(body);
    });
  };

  it.each([
    [[[ACCOUNT_HEADER, OTHER]]],
    [
      [
        [ACCOUNT_HEADER.toLowerCase(), OTHER],
        [ACCOUNT_HEADER.toUpperCase(), OTHER],
      ],
    ],
    [
      [
        ['x-clickhouse-quota', OTHER],
        ['forwarded', 'for=1'],
        ['x-forwarded-for', '1.2.3.4'],
      ],
    ],
    [[['connection', ACCOUNT_HEADER]]],
    [
      [
        ['transfer-encoding', 'chunked'],
        [ACCOUNT_HEADER, OTHER],
      ],
    ],
  ] as [string, string][][][])('is the key’s, whatever headers say: %j', async (given) => {
    const { text } = await post('/', given);
    expect(text.trim()).toBe(OWN);
  });

  it('is the key’s, whatever the address says', async () => {
    for (const search of [
      `${ACCOUNT_HEADER}=${OTHER}`,
      `user=${ANALYST_USER}&password=x`,
      `user=trackly&password=${analysts.engine.passwords.system}`,
      `role=trackly&quota_key=${OTHER}`,
      'session_id=shared&session_check=0',
    ]) {
      const { status, text } = await post(`/?${search}`, []);
      expect(text, search).not.toContain(FOREIGN);
      if (status === 200) expect(text.trim(), search).toBe(OWN);
      else expect(text, search).toContain('UNKNOWN_SETTING');
    }
  });

  it('has sessions of nobody else: what one account leaves in a session, another one does not find', async () => {
    const [mine, theirs] = [
      { user: OWN, password: analysts.keys.own },
      { user: OTHER, password: analysts.keys.other },
    ];
    const said = await Promise.all(
      [mine, theirs].map(async (who) => {
        const search = new URLSearchParams({ ...who, session_id: 'same', query: distinct });
        return (await fetch(`${analysts.url}/?${search}`)).text();
      }),
    );
    expect(said.map((text) => text.trim())).toEqual([OWN, OTHER]);
  });

  it.each([
    `getClientHTTPHeader('authorization')`,
    `getClientHTTPHeader('Authorization')`,
    `getClientHTTPHeader('X-ClickHouse-Key')`,
    `getClientHTTPHeader('x-clickhouse-user')`,
  ])('and the password behind it can not be read: %s', async (call) => {
    const { text } = await analysts.ask(`SELECT ${call}`);
    expect(text).not.toContain(analysts.engine.passwords.analyst);
    expect(text.trim() === '' || text.includes('DB::Exception')).toBe(true);
  });

  it.each([
    '//127.0.0.1:9999/x',
    'http://127.0.0.1:9999/',
    'https://example.com/',
    '/\\127.0.0.1/',
    '/@127.0.0.1:9999/',
    '/play',
    '/dashboard',
    '/?/../play',
    '/./',
    '/%2e%2e/',
    '*',
  ])('has no other path and no other host: %s', async (path) => {
    const { status, text } = await post(path, []);
    if (path.startsWith('/?')) expect(text).toContain('UNKNOWN_SETTING');
    else expect(status).toBe(404);
  });

  it('has no other methods', async () => {
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'HEAD']) {
      expect((await fetch(analysts.url, { method, headers: headers() })).status, method).toBe(405);
    }
  });

  it('is none over ClickHouse’s own ports: there are no rows, and nobody is the reader', async () => {
    const { origin, passwords } = analysts.engine;
    const ask = async (given: Record<string, string>): Promise<string> => {
      const response = await fetch(origin, {
        method: 'POST',
        body: 'SELECT count() FROM trackly.report_clicks',
        headers: { 'x-clickhouse-user': ANALYST_USER, 'x-clickhouse-key': passwords.analyst, ...given },
      });
      return (await response.text()).trim();
    };
    expect(await ask({})).toBe('0');
    expect(await ask({ [ACCOUNT_HEADER]: '' })).toBe('0');
    expect(Number(await ask({ [ACCOUNT_HEADER]: OWN }))).toBeGreaterThan(0);
    const reader = { 'x-clickhouse-user': READER_USER, 'x-clickhouse-key': '' };
    expect(await ask(reader)).toContain('AUTHENTICATION_FAILED');
  });
});

describe('limits', () => {
  /** Takes its turn and none of the processor. */
  const SLOW =
    'SELECT sum(sleepEachRow(0.02)) FROM (SELECT number FROM numbers(1000000) SETTINGS max_block_size = 5)';

  it('end a statement that takes too long, too much memory, or answers too much', async () => {
    const forever = 'SELECT max(sipHash64(number)) FROM numbers(1000000000000)';
    expect((await analysts.ask(forever, { max_execution_time: '1' })).text).toContain('TIMEOUT_EXCEEDED');
    const large = 'SELECT length(groupArray(number)) FROM numbers(1000000000)';
    expect((await analysts.ask(large, { max_memory_usage: '50000000' })).text).toContain(
      'MEMORY_LIMIT_EXCEEDED',
    );
    const long = 'SELECT number FROM numbers(1000001) FORMAT JSON';
    // Too late for a status: the transfer is broken off, or the error stands at its end.
    const told = await analysts.ask(long).catch((error: Error) => error.message);
    expect(typeof told === 'string' ? told : told.text).toMatch(/terminated|TOO_MANY_ROWS_OR_BYTES/);
    const inside =
      "SELECT length(x) FROM (SELECT groupArray(repeat('x', 10000)) AS x FROM numbers(300000) SETTINGS max_memory_usage = 0)";
    expect((await analysts.ask(inside)).text).toContain('MEMORY_LIMIT_EXCEEDED');
    const lasting = `SELECT * FROM (${forever} SETTINGS max_execution_time = 0)`;
    expect((await analysts.ask(lasting, { max_execution_time: '1' })).text).toContain('TIMEOUT_EXCEEDED');
    expect((await analysts.ask(`SELECT '${'x'.repeat(1_100_000)}'`)).status).toBe(413);
  });

  it('let a statement that groups more than its memory holds use the disk', async () => {
    const groups =
      "SELECT count() FROM (SELECT concat(toString(number), repeat('x', 100)) AS id FROM numbers(9000000) GROUP BY id)";
    expect(await rows(groups)).toEqual(['9000000']);
  });

  // That statements wait for each other is in every run.
  itIfLong('bound how many statements of an account run or wait', async () => {
    const told = await Promise.all(
      Array.from({ length: 64 }, () => analysts.ask(SLOW, { max_execution_time: '1' })),
    );
    expect(new Set(told.map(({ headers }) => headers.get('x-clickhouse-exception-code')))).toEqual(
      new Set(['159', '202']),
    );
    await rows('SELECT 1');
  });

  it('let statements of one account wait for each other, and for nobody else’s', async () => {
    const slow = Array.from({ length: 8 }, () => analysts.ask(SLOW, { max_execution_time: '4' }));
    const started = performance.now();
    const other = new URLSearchParams({ user: OTHER, password: analysts.keys.other, query: 'SELECT 1' });
    expect(await (await fetch(`${analysts.url}/?${other}`)).text()).toBe('1\n');
    const other_ms = performance.now() - started;
    await rows('SELECT 1');
    const own_ms = performance.now() - started;
    // Two full turns of three before it, and two more statements.
    expect(own_ms).toBeGreaterThan(7_000);
    expect(other_ms).toBeLessThan(own_ms / 2);
    await Promise.all(slow);
  });

  const running = async (): Promise<number> => {
    const result = await analysts.clickhouse.query({
      query: `SELECT count() AS running FROM system.processes WHERE user = '${ANALYST_USER}'`,
      format: 'JSONEachRow',
    });
    return Number((await result.json<{ running: string }>())[0]?.running);
  };

  it('let two accounts never take all turns, so that a third one is answered at once', async () => {
    const gone = new AbortController();
    const ask = async (
      user: string,
      password: string,
      body: string,
      signal?: AbortSignal,
    ): Promise<string> => {
      const headers = { 'x-clickhouse-user': user, 'x-clickhouse-key': password };
      const response = await fetch(analysts.url, {
        method: 'POST',
        body,
        headers,
        ...(signal && { signal }),
      });
      return response.text();
    };
    const { own, other } = analysts.keys;
    const slow = [own, other].flatMap((key) =>
      Array.from({ length: 6 }, () => ask('default', key, SLOW, gone.signal).catch(() => undefined)),
    );
    await untilSeen('statements that run', running, 5);
    const third = await addAccount(analysts.redis, 'acc_third');
    expect(await ask('acc_third', third, 'SELECT 1')).toBe('1\n');
    expect(await running()).toBe(5);
    gone.abort();
    await Promise.all(slow);
    await untilSeen('statements that run on', running, 0);
  });

  it('end a statement whose reader went away, and give its turn to the next', async () => {
    const gone = new AbortController();
    const slow = Array.from({ length: 6 }, () =>
      fetch(analysts.url, {
        method: 'POST',
        body: SLOW,
        headers: { 'x-clickhouse-user': OWN, 'x-clickhouse-key': analysts.keys.own },
        signal: gone.signal,
      }).catch(() => undefined),
    );
    await untilSeen('statements that run', running, 3);
    gone.abort();
    await Promise.all(slow);
    await untilSeen('statements that run on', running, 0);
    await rows('SELECT 1');
  });
});
