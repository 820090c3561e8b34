import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordOfProcessing, schemaTables } from '../../../src/privacy/record-of-processing.ts';
import { KEY_FAMILIES } from '../../../src/privacy/stored-keys.ts';
import { STORED_TABLES } from '../../../src/privacy/stored-tables.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe('the record of processing', () => {
  const record = recordOfProcessing();
  const sectionOf = (table: string): string => record.split(`\n### ${table}\n`)[1]?.split('\n## ')[0] ?? '';

  it('has every table of the schema, with purpose, source and time, and no other', () => {
    const tables = schemaTables().map(({ table }) => table);
    expect(tables.length).toBeGreaterThanOrEqual(12);
    const created = readdirSync(join(ROOT, 'src/clickhouse/schema')).flatMap((file) => [
      ...readFileSync(join(ROOT, 'src/clickhouse/schema', file), 'utf8').matchAll(
        /CREATE TABLE IF NOT EXISTS trackly\.(\w+)/g,
      ),
    ]);
    expect(tables.toSorted()).toEqual(created.map(([, table]) => table).sort());
    // The table of migrations is made before any file is applied.
    expect(Object.keys(STORED_TABLES).sort()).toEqual([...tables, 'migrations'].sort());
  });

  it('has every column of every table, once', () => {
    for (const { table, columns } of schemaTables()) {
      expect(columns.length, table).toBeGreaterThan(1);
      const own = sectionOf(table).split('\n### ')[0] ?? '';
      for (const { name } of columns) {
        const shown = own.split(`| \`${name}\` |`).length - 1 + (own.match(listed(name))?.length ?? 0);
        expect(shown, `${table}.${name}`).toBe(1);
      }
    }
  });

  it('says what the address of a click tells, and how long it is kept', () => {
    expect(sectionOf('clicks')).toContain('| `ip` | the client address');
    expect(sectionOf('clicks')).toContain('click_retention_days');
  });
});

const listed = (name: string): RegExp =>
  new RegExp(`(?<=^Nothing about a person.*)\`${name}\`(?=[,.])`, 'gm');

/** Texts in the source that look like the start of a key, and are none. */
const NO_KEYS = new Set([
  ...['aside', 'click', 'contact', 'id', 'one', 'txn', 'offer', 'account'], // parts of keys, fields, JSON
  ...['duplicate_of', 'replaced_by', 'voided_by', 'prefetch', 'preview', 'mailto', 'data', 'node'],
  ...['member', 'session'], // announced only
  ...['http', 'https', 'redis', 'rediss', 'mailto', 'blob', 'smtp', 'smtps'],
]);

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/(?:^|\/)(?:app|client)\//.test(file))
    .map((file) => join(folder, file));
}

it('knows the family of every key that the source names', () => {
  const names = new Map<string, string>();
  for (const file of [...sourceFiles(join(ROOT, 'src')), ...sourceFiles(join(ROOT, 'workers'))]) {
    const code = readFileSync(file, 'utf8').replace(/^\s*(?:\*|\/\/|\/\*).*$/gm, '');
    for (const [, name = ''] of code.matchAll(/[`']([a-z][a-z_]*):(?:\$\{|['`])/g)) names.set(name, file);
  }
  expect(names.size).toBeGreaterThan(15);
  const known = (name: string): boolean =>
    KEY_FAMILIES.some(({ keys }) =>
      [`${name}:x`, `${name}:{p0}`, `${name}:{p0}:x`, `${name}:1`].some((key) => keys.test(key)),
    );
  const unknown = [...names].filter(([name]) => !NO_KEYS.has(name) && !known(name));
  expect(
    unknown,
    'say in src/privacy/stored-keys.ts what these keys hold, or here that they are none',
  ).toEqual([]);
});
