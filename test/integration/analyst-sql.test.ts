/** deploy/clickhouse-analyst.sql, as far as it can be checked without a server: its syntax, and that it leaves nothing out. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PUBLIC_TABLES, REPORT_VIEWS } from '../../src/analysts/public-tables.ts';
import { LIMITS } from '../../src/clickhouse/embedded/confined/settings.ts';
import { splitStatements } from '../../src/clickhouse/split-statements.ts';
import { startEngine, type TestEngine } from '../support/reports-api.ts';

let engine: TestEngine;
let statements: string[];

beforeAll(async () => {
  engine = await startEngine();
  const text = await readFile(join(import.meta.dirname, '../../deploy/clickhouse-analyst.sql'), 'utf8');
  // The examples for one analyst stand in its head.
  const examples = text.replace(/^--\s+(CREATE USER|GRANT) /gm, '$1 ');
  statements = splitStatements(examples);
});

afterAll(async () => {
  await engine?.stop();
});

it('is understood by ClickHouse’s own parser, statement by statement', async () => {
  expect(statements.length).toBeGreaterThan(40);
  for (const statement of statements) {
    const result = await engine.client.query({
      query: 'SELECT formatQuerySingleLine({statement:String}) AS text',
      query_params: { statement },
      format: 'JSONEachRow',
    });
    const [row] = await result.json<{ text: string }>();
    expect(row?.text, statement).toMatch(/^(CREATE|GRANT)/);
  }
});

it('grants what is documented, with a policy for every table, and nothing else', () => {
  const named = (pattern: RegExp): string[] =>
    statements.flatMap((one) => pattern.exec(one)?.[1] ?? []).sort();
  expect(named(/^GRANT SELECT ON trackly\.(\w+)/)).toEqual([...PUBLIC_TABLES, ...REPORT_VIEWS].sort());
  expect(named(/^CREATE ROW POLICY OR REPLACE trackly_analyst ON trackly\.(\w+)/)).toEqual(
    [...PUBLIC_TABLES].sort(),
  );
  expect(named(/^CREATE ROW POLICY OR REPLACE trackly_system ON trackly\.(\w+)/)).toEqual(
    [...PUBLIC_TABLES].sort(),
  );
});

it('limits what a statement may use, as the embedded engine does', () => {
  const profile = statements.find((one) => one.startsWith('CREATE SETTINGS PROFILE')) ?? '';
  for (const [name, most] of Object.entries(LIMITS)) {
    if (name !== 'max_threads') expect(profile).toContain(`${name} = ${most} MAX ${most}`);
  }
  expect(profile).toContain('readonly = 2 CONST');
});
