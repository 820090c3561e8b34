import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FILTER_IN_VIEW, readFiltered } from '../../../src/analysts/access.ts';
import { REPORT_VIEWS } from '../../../src/analysts/report-views.ts';
import { aside, onNode } from '../../../src/clickhouse/cluster-ddl.ts';
import { filled } from '../../../src/clickhouse/column-sql.ts';
import { CLUSTER_GRANTS, REPLICATED_GRANTS } from '../../../src/clickhouse/grants.ts';
import { reportViewStatements } from '../../../src/clickhouse/report-view-statements.ts';
import { splitStatements } from '../../../src/clickhouse/split-statements.ts';
import { readDocument } from '../../support/documents.ts';

const SCHEMA = join(import.meta.dirname, '../../../src/clickhouse/schema');
const STATEMENTS = readdirSync(SCHEMA)
  .toSorted()
  .flatMap((file) => splitStatements(filled(readFileSync(join(SCHEMA, file), 'utf8'))));
const PLAIN = { cluster: 'links', replicated: false };
const REPLICATED = { cluster: 'links', replicated: true };
const TABLE = `CREATE TABLE IF NOT EXISTS trackly.things (
  id String COMMENT 'Its id, as in trackly: an id'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Things, each once.'`;

it('divides every statement of the schema', () => {
  for (const statement of STATEMENTS) {
    const divided = onNode(statement, PLAIN);
    const makes = /^CREATE (TABLE|MATERIALIZED VIEW|VIEW)/.exec(statement)?.[1];
    expect(divided).toHaveLength(makes === 'TABLE' ? 2 : 1);
    if (makes !== 'VIEW') expect(divided[0]).not.toMatch(/\btrackly\.\w/);
    if (makes === 'VIEW') {
      expect(divided[0]?.replaceAll('GLOBAL ', '')).toBe(statement);
      expect(divided[0]).not.toMatch(/(?<!ARRAY |GLOBAL LEFT ANY )JOIN|(?<!GLOBAL) IN \(\s*SELECT/);
    }
  }
});

it('stores a table in the shard, and reads it over all of them', () => {
  const [stored, read] = onNode(TABLE, PLAIN);
  expect(stored).toBe(TABLE.replace('trackly.things', 'trackly_shard.things'));
  expect(read).toBe(
    "CREATE TABLE IF NOT EXISTS trackly.things AS trackly_shard.things\nENGINE = Distributed('links', 'trackly_shard', 'things')\nCOMMENT 'Things, each once.'",
  );
});

it('replicates by the usual macros, and remembers tokens in Keeper', () => {
  const [stored] = onNode(TABLE, REPLICATED);
  expect(stored).toContain(
    "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/trackly_shard/things', '{replica}', version)",
  );
  expect(stored).toContain('SETTINGS replicated_deduplication_window = 10000');
  for (const statement of STATEMENTS.filter((one) => one.startsWith('CREATE TABLE'))) {
    const [made = ''] = onNode(statement, REPLICATED);
    expect(made).toMatch(/^ENGINE = Replicated\w*MergeTree\('/m);
    expect(made).not.toContain('non_replicated');
  }
  expect(
    onNode(
      'CREATE TABLE IF NOT EXISTS trackly.migrations (\n  n UInt8\n)\nENGINE = MergeTree\nORDER BY n',
      REPLICATED,
    )[0],
  ).toContain('ENGINE = MergeTree\n');
});

it('makes a table beside it that shares nothing with replicas', () => {
  const made =
    "CREATE TABLE trackly_shard.things (`id` String) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/trackly_shard/things', '{replica}', version) ORDER BY id SETTINGS replicated_deduplication_window = 10000";
  expect(aside(made, 'trackly_backup')).toBe(
    'CREATE TABLE trackly_backup.things (`id` String) ENGINE = ReplacingMergeTree(version) ORDER BY id SETTINGS non_replicated_deduplication_window = 10000',
  );
  const plain =
    'CREATE TABLE trackly.things (`id` String) ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 10000';
  expect(aside(plain, 'trackly_backup')).toBe(plain.replace('trackly.', 'trackly_backup.'));
  expect(aside(made.replace(', version', '').replace('Replacing', ''), 'b')).toContain(
    'ENGINE = MergeTree ORDER',
  );
});

it.each([
  ['ALTER TABLE trackly.clicks ADD COLUMN IF NOT EXISTS n UInt8', ['trackly_shard.clicks', 'trackly.clicks']],
  ['ALTER TABLE trackly.clicks MODIFY SETTING merge_selector_base = 5', ['trackly_shard.clicks']],
  ['ALTER TABLE trackly.clicks ADD INDEX IF NOT EXISTS i n TYPE minmax', ['trackly_shard.clicks']],
  ['DROP VIEW IF EXISTS trackly.report_days', ['trackly.report_days', 'trackly_shard.report_days']],
])('knows where a later migration runs: %s', (statement, on) => {
  expect(onNode(statement, PLAIN)).toEqual(on.map((name) => statement.replace(/trackly\.\w+/, name)));
});

it('refuses a statement that it can not divide', () => {
  expect(() => onNode('RENAME TABLE trackly.a TO trackly.b', PLAIN)).toThrow(/not known what a cluster runs/);
});

it('lists the rights that it needs', () => {
  const file = readDocument('deploy/clickhouse-cluster-user.sql');
  const granted = [...file.matchAll(/^GRANT (.+) TO trackly;$/gm)].map(([, grant]) => grant);
  expect(granted).toEqual([...CLUSTER_GRANTS, ...REPLICATED_GRANTS]);
});

it('filters every table with rows of accounts within the views of analysts', () => {
  const statements = reportViewStatements(PLAIN);
  expect([...statements.keys()].toSorted()).toEqual([...REPORT_VIEWS].toSorted());
  for (const statement of statements.values()) {
    const made = readFiltered(statement);
    expect(made).toMatch(/^CREATE OR REPLACE VIEW trackly\.report_/);
    expect(made.match(/\nDEFINER = trackly_reader SQL SECURITY DEFINER\nAS SELECT/g)).toHaveLength(1);
    const read = [...made.matchAll(/FROM trackly\.(\w+)( FINAL)?(.{0,200})/g)];
    expect(read.length).toBeGreaterThan(0);
    for (const [, table = '', , then = ''] of read) {
      if (table !== 'networks') expect(then.trim().startsWith(`WHERE ${FILTER_IN_VIEW}`), table).toBe(true);
    }
  }
});
