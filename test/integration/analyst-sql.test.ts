/** The SQL of `npm run -s analyst-sql`, as far as it can be checked without a server: its syntax, and what it names. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  ANALYST_READS,
  ANALYST_USER,
  FILTERED_READS,
  LIMITS,
  READER_READS,
  READER_USER,
} from '../../src/analysts/access.ts';
import { REPORT_VIEWS } from '../../src/analysts/report-views.ts';
import { analystSql } from '../../src/analysts/server-sql.ts';
import { splitStatements } from '../../src/clickhouse/split-statements.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse.ts';

const PASSWORD = 'a password of the test';
const statements = splitStatements(analystSql(PASSWORD));
let server: TestClickHouse;

beforeAll(async () => {
  server = await startClickHouse();
});

afterAll(async () => {
  await server?.stop();
});

it('is understood by ClickHouse’s own parser, statement by statement', async () => {
  expect(statements.length).toBeGreaterThan(40);
  for (const statement of statements) {
    const result = await server.client.query({
      query: 'SELECT formatQuerySingleLine({statement:String}) AS text',
      query_params: { statement },
      format: 'JSONEachRow',
    });
    const [row] = await result.json<{ text: string }>();
    expect(row?.text, statement).toMatch(/^(CREATE|GRANT|ALTER)/);
  }
});

it('grants views to analysts and tables to the reader, with a row policy for each with accounts, and nothing else', () => {
  const granted = (user: string): string[] =>
    statements.flatMap((one) => new RegExp(`^GRANT SELECT ON (\\S+) TO ${user}$`).exec(one)?.[1] ?? []);
  expect(granted(ANALYST_USER)).toEqual(ANALYST_READS);
  expect(granted(READER_USER)).toEqual(READER_READS);
  expect(statements.filter((one) => one.startsWith('GRANT'))).toHaveLength(
    ANALYST_READS.length + READER_READS.length,
  );
  const policies = statements.filter((one) => one.startsWith(`CREATE ROW POLICY OR REPLACE ${READER_USER}`));
  expect(policies.map((one) => / ON (\S+) USING /.exec(one)?.[1])).toEqual(FILTERED_READS);
  expect(statements.filter((one) => one.includes(`DEFINER = ${READER_USER}`))).toHaveLength(
    REPORT_VIEWS.length,
  );
});

it('limits what a statement may use, and holds the password’s hash only', () => {
  const text = statements.join('\n');
  for (const [name, most] of Object.entries(LIMITS))
    expect(text).toContain(`${name} = ${most} MIN 1 MAX ${most}`);
  expect(text).toContain('readonly = 1');
  expect(text).not.toContain(PASSWORD);
  expect(text).toContain(createHash('sha256').update(PASSWORD).digest('hex'));
});
