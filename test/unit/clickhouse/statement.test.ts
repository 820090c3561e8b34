import { expect, it } from 'vitest';
import { computesFirst } from '../../../src/clickhouse/embedded/statement.ts';

it.each([
  'SELECT 1',
  "SELECT a FROM t WHERE a IN (1, 2) AND b NOT IN ('x') AND (a, b) IN ((1, 2)) AND c IN {list:Array(String)} AND d IN -1",
  "SELECT ' IN t (SELECT 1)' -- x IN (SELECT 1)",
  'SELECT a FROM (SELECT a FROM ((SELECT 1 AS a))) AS x INNER JOIN (SELECT 1 AS a) AS y USING (a)',
  'SELECT sum(a) FROM t FINAL WHERE NOT startsWith(key, {x:String}) GROUP BY b HAVING a > 1 LIMIT 1 BY b',
])('has nothing to compute before its rows: %s', (sql) => {
  expect(computesFirst(sql)).toBe(false);
});

it.each([
  'SELECT 1 IN (SELECT 1)',
  'SELECT a FROM t WHERE a in\n( select 1 )',
  'SELECT a FROM t WHERE a NOT IN ((SELECT 1))',
  'SELECT a FROM t WHERE a IN d.t',
  'SELECT a FROM t WHERE a IN `t`',
  'SELECT a FROM t WHERE a IN (t)',
  'SELECT a FROM t WHERE a > (SELECT max(a) FROM t)',
  'SELECT greatest((SELECT 1), 2)',
  'SELECT a FROM t ARRAY JOIN (SELECT [1, 2]) AS b',
  'WITH x AS (SELECT 1) SELECT a FROM t WHERE a IN x',
  'SELECT a FROM (SELECT a FROM t WHERE EXISTS(SELECT 1))',
  'SELECT a FROM t WHERE a IN /* all */ (WITH 1 AS b SELECT b)',
])('has: %s', (sql) => {
  expect(computesFirst(sql)).toBe(true);
});
