/**
 * What analysts' tools say to the read-only port, as their drivers say it, and whether they understand the answer:
 * curl, @clickhouse/client, Grafana's plug-in (clickhouse-go over HTTP), DBeaver (the Java driver).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORT_VIEWS } from '../../src/analysts/report-views.ts';
import { type Analysts, calledView, FOREIGN, OWN, startAnalysts } from '../support/analysts.ts';
import { readCompressed, readNative } from '../support/clickhouse-formats.ts';

/** As clickhouse-go names its protocol. */
const REVISION = 54_460;

let analysts: Analysts;

beforeAll(async () => {
  analysts = await startAnalysts();
});

afterAll(async () => {
  await analysts?.stop();
});

interface Raw {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
}

/** Without what fetch would do to the answer by itself. */
async function post(
  search: Record<string, string>,
  headers: Record<string, string>,
  sql: string,
): Promise<Raw> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request(
      `${analysts.url}/?${new URLSearchParams(search)}`,
      { method: 'POST', headers },
      async (response) =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(await response.toArray()),
        }),
    )
      .once('error', reject)
      .end(sql);
  });
}

describe('curl and @clickhouse/client', () => {
  it('read with a user and a password', async () => {
    const client = createClient({
      url: analysts.url,
      username: OWN,
      password: analysts.keys.own,
      log: { level: ClickHouseLogLevel.OFF },
    });
    expect(await client.ping()).toMatchObject({ success: true });
    const result = await client.query({
      query: 'SELECT DISTINCT account_id FROM report_clicks WHERE account_id = {id:String}',
      query_params: { id: OWN },
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1, max_execution_time: 10 },
    });
    expect(await result.json()).toEqual([{ account_id: OWN }]);
    await expect(client.query({ query: 'SELECT * FROM trackly.records' })).rejects.toMatchObject({
      code: '497',
      type: 'ACCESS_DENIED',
    });
    await expect(client.command({ query: 'TRUNCATE TABLE clicks' })).rejects.toMatchObject({ code: '497' });
    await client.close();
  });

  it('are told the kind of the answer, and the code of an error', async () => {
    const { headers } = await analysts.ask('SELECT 1 FORMAT JSON');
    expect(headers.get('content-type')).toContain('application/json');
    expect(headers.get('x-clickhouse-format')).toBe('JSON');
    expect((await analysts.ask('SELEC 1')).headers.get('x-clickhouse-exception-code')).toBe('62');
  });
});

describe('Grafana', () => {
  /** A query of the plug-in: Native, gzip, basic authentication, whatever its settings. */
  async function ask(sql: string, settings: Record<string, string> = {}): Promise<Record<string, unknown[]>> {
    const search = {
      database: 'trackly',
      default_format: 'Native',
      client_protocol_version: String(REVISION),
      enable_http_compression: '1',
      max_execution_time: '30',
      ...settings,
    };
    const authorization = `Basic ${Buffer.from(`${OWN}:${analysts.keys.own}`).toString('base64')}`;
    const { status, headers, body } = await post(search, { authorization, 'accept-encoding': 'gzip' }, sql);
    const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    expect(status, `${sql}: ${bytes}`).toBe(200);
    return readNative(bytes, REVISION);
  }

  it('says hello and is understood', async () => {
    const hello = await ask('SELECT displayName(), version(), revision(), timezone()');
    expect(hello['version()']).toEqual([expect.stringMatching(/^26\./)]);
    expect(hello['revision()']?.[0]).toBeGreaterThan(REVISION);
    expect(await ask('SELECT 1')).toEqual({ 1: [1] });
  });

  it('lists databases, tables and columns', async () => {
    expect((await ask('SHOW DATABASES'))['name']).toContain('trackly');
    const tables = (await ask('SHOW TABLES FROM trackly'))['name'];
    expect(tables?.toSorted()).toEqual([...REPORT_VIEWS].sort());
    expect((await ask('DESC TABLE "trackly"."report_hours"'))['name']).toContain('clicks_unique');
    const columns = await ask(
      "SELECT name, type FROM system.columns WHERE database = 'trackly' AND table = 'report_clicks'",
    );
    expect(columns['name']).toContain('verdict');
  });

  it('gets every type that the tables have', async () => {
    for (const name of [...REPORT_VIEWS]) {
      const columns = await ask(`SELECT * FROM trackly.${calledView(name)} LIMIT 3`);
      expect(columns['account_id']?.[0]).toBe(OWN);
    }
    expect((await ask("SELECT map('accept', '*/*') AS headers"))['headers']).toEqual([{ accept: '*/*' }]);
    expect(await ask("SELECT [['a'], []] AS n, CAST(NULL, 'Nullable(UInt32)') AS z, ['x'] AS s")).toEqual({
      n: [[['a'], []]],
      z: [null],
      s: [['x']],
    });
    // The front has to find the end of each of these; the last column shows that it did.
    expect(
      (
        await ask(
          "SELECT toFixedString('ab', 2)::String AS f, CAST([], 'Array(LowCardinality(String))') AS e, toDecimal64(1, 2)::Float64 AS d, 'end' AS last",
        )
      )['last'],
    ).toEqual(['end']);
  });

  it('keeps to its row limit', async () => {
    expect((await ask('SELECT number FROM numbers(100)', { limit: '7' }))['number']).toHaveLength(7);
  });

  const dashboard: {
    panels: { id: number; title: string; targets: { rawSql: string }[] }[];
    templating: { list: { name: string; query: string }[] };
  } = JSON.parse(readFileSync(join(import.meta.dirname, '../../deploy/grafana-dashboard.json'), 'utf8'));
  /** Macros and variables as the plug-in writes them, for one campaign or for all. */
  function expanded(sql: string, campaign: string | undefined): string {
    const [from, to] = [Date.parse('2026-10-20T00:00:00Z'), Date.parse('2026-10-31T00:00:00Z')].map(
      (time) => `toDateTime(${time / 1_000})`,
    );
    return (
      sql
        .replace(/\$__timeFilter\((\w+)\)/g, `$1 >= ${from} AND $1 <= ${to}`)
        .replace(/\$__timeInterval\((\w+)\)/g, 'toStartOfInterval(toDateTime($1), INTERVAL 3600 second)')
        .replace(/\$__conditionalAll\((.*?\)), \$campaign\)/g, campaign === undefined ? '1=1' : '$1')
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own form
        .replaceAll('${campaign:singlequote}', `'${campaign}'`)
    );
  }

  it('has a dashboard in order', () => {
    const ids = dashboard.panels.map((panel) => panel.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(dashboard.templating.list.map((one) => one.name)).toEqual(['datasource', 'campaign']);
    const titles = dashboard.panels.map((panel) => panel.title);
    for (const title of ['Sent', 'Unique clicks', 'Click rate', 'Bots', 'Conversions', 'Revenue']) {
      expect(titles).toContain(title);
    }
  });

  it.each(dashboard.panels.map((panel) => panel.title))('shows the panel %s', async (title) => {
    const panel = dashboard.panels.find((one) => one.title === title);
    const [campaign] = (await ask(dashboard.templating.list[1]?.query ?? ''))['campaign_id'] as string[];
    for (const chosen of [undefined, campaign]) {
      for (const { rawSql } of panel?.targets ?? []) {
        const sql = expanded(rawSql, chosen);
        expect(sql).not.toMatch(/\$/);
        const columns = await ask(sql);
        const [first] = Object.values(columns);
        if (chosen === undefined) expect(first?.length, title).toBeGreaterThan(0);
        expect(JSON.stringify(columns)).not.toContain(FOREIGN);
      }
    }
  });

  it('counts what is there', async () => {
    const value = async (title: string): Promise<unknown> => {
      const panel = dashboard.panels.find((one) => one.title === title);
      return Object.values(await ask(expanded(panel?.targets[0]?.rawSql ?? '', undefined))).at(-1)?.[0];
    };
    const { sends, clicks } = analysts.own;
    const firsts = clicks.filter((click) => click.is_first).length;
    expect(await value('Sent')).toBe(sends.length);
    expect(await value('Unique clicks')).toBe(firsts);
    expect(await value('Click rate')).toBeCloseTo(firsts / sends.length, 10);
    expect(await value('Bots')).toBeCloseTo(
      clicks.filter((click) => click.verdict === 'bot').length / clicks.length,
      10,
    );
    expect(await value('Conversions')).toBe(1);
    expect(await value('Revenue')).toBe(40);
  });
});

describe('DBeaver', () => {
  /** A query of the Java driver: RowBinaryWithNamesAndTypes in compressed blocks. */
  async function ask(
    sql: string,
    search: Record<string, string> = {},
  ): Promise<{ names: string[]; text: string }> {
    const headers = {
      'x-clickhouse-user': 'default',
      'x-clickhouse-key': analysts.keys.own,
      'x-clickhouse-database': 'trackly',
      'x-clickhouse-format': 'RowBinaryWithNamesAndTypes',
    };
    const {
      status,
      headers: told,
      body,
    } = await post({ compress: '1', session_id: 'sess_1', ...search }, headers, sql);
    expect(status, `${sql}: ${body}`).toBe(200);
    expect(told['x-clickhouse-timezone']).toBe('UTC');
    const bytes = readCompressed(body);
    const names: string[] = [];
    let at = 1;
    for (let i = 0; i < (bytes[0] ?? 0); i++) {
      const length = bytes[at] ?? 0;
      names.push(bytes.toString('utf8', at + 1, at + 1 + length));
      at += 1 + length;
    }
    return { names, text: bytes.toString('utf8') };
  }

  it('says hello and is understood', async () => {
    const { names, text } = await ask(
      'SELECT currentUser() AS user, timezone() AS timezone, version() AS version LIMIT 1',
    );
    expect(names).toEqual(['user', 'timezone', 'version']);
    expect(text).toContain('26.');
    expect((await ask('SELECT VERSION()')).text).toContain('26.');
  });

  it('reads the catalog, everything of it, and nothing that is not for it', async () => {
    expect((await ask('SHOW DATABASES')).text).toContain('trackly');
    const sql =
      "SELECT name AS TABLE_NAME, engine AS TABLE_TYPE, database AS TABLE_SCHEM, comment AS REMARKS, * FROM system.tables\nWHERE database = 'trackly'";
    const { text } = await ask(sql);
    expect([...REPORT_VIEWS].filter((name) => !text.includes(name))).toEqual([]);
    expect(text.includes('trackly.records')).toBe(false);
    const joined = await ask(
      "SELECT t.name AS TABLE_NAME, d.engine AS E FROM system.tables t JOIN system.databases d ON system.tables.database = system.databases.name WHERE t.database LIKE '%' AND t.name LIKE 'report%' AND t.is_temporary = 0",
    );
    expect(joined.text).toContain('report_hours');
    const columns = await ask(
      "SELECT name AS COLUMN_NAME, system.columns.comment AS REMARKS, toInt32(system.columns.position) AS ORDINAL_POSITION, character_octet_length::Nullable(Int32) AS C, position(upper(type), 'NULLABLE') >= 1 ? 'YES' : 'NO' AS IS_NULLABLE FROM system.columns WHERE database LIKE 'trackly' AND table LIKE 'report_clicks'",
    );
    expect(columns.text).toContain('bot_reasons');
    expect((await ask('SELECT name FROM system.table_engines')).text).toContain('MergeTree');
    expect((await ask('SHOW CREATE TABLE trackly.report_campaigns')).text).toContain('CREATE VIEW');
  });

  it('reads rows, many of them too, and as few as it asks for', async () => {
    expect((await ask('SELECT * FROM trackly.report_clicks LIMIT 0, 200')).text).toContain(OWN);
    expect((await ask('SELECT number FROM numbers(50000)')).text.length).toBeGreaterThan(100_000);
    const few = await ask('SELECT number FROM numbers(1000)', {
      max_result_rows: '10',
      result_overflow_mode: 'break',
      max_block_size: '10',
    });
    expect(Buffer.byteLength(few.text)).toBeLessThan(1_000);
  });
});
