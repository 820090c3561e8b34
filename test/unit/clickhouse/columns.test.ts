import { expect, it } from 'vitest';
import { withColumns } from '../../../src/clickhouse/column-sql.ts';
import {
  type AnyColumns,
  type Columns,
  defineColumns,
  insertColumns,
  nativeColumns,
  readColumns,
} from '../../../src/clickhouse/columns.ts';
import { CLICK_FIELDS } from '../../../src/clicks/click-fields.ts';
import { VERDICT_FIELDS } from '../../../src/clicks/verdict-fields.ts';
import { CONVERSION_FIELDS } from '../../../src/conversions/conversion-fields.ts';
import { SEND_FIELDS } from '../../../src/messages/send-fields.ts';
import { CLICK_LINE, CONVERSION_LINE, SEND_LINE, VERDICT_LINE } from '../../support/lines.ts';

/** Texts that can't be the name of their column: one of a few words, an address, a list, JSON. */
const OF_ITS_OWN = new Set([
  'ip',
  'ip_storage',
  'address_rule',
  'answered',
  'contact_country',
  'verdict',
  'event',
  'channel',
  'status',
  'reason',
]);

const tables: [name: string, columns: AnyColumns, line: unknown][] = [
  ['clicks', CLICK_FIELDS, CLICK_LINE],
  ['verdicts', VERDICT_FIELDS, VERDICT_LINE],
  ['conversions', CONVERSION_FIELDS, CONVERSION_LINE],
  ['sends', SEND_FIELDS, SEND_LINE],
];

it.each(tables)(
  'gives each column of %s the value of its own name, and no two the same',
  (_, columns, line) => {
    const values = insertColumns(columns as Columns<unknown>).map(
      ({ name, value }) => [name, value(line)] as const,
    );
    for (const [name, value] of values) {
      if (typeof value === 'string' && !/^\d+$/.test(value) && !OF_ITS_OWN.has(name))
        expect(value).toBe(name);
      if (Array.isArray(value)) expect(value).toEqual([name]);
    }
    // A third flag has no value of its own; click-fields.test.ts looks at it.
    const told = values.filter(([name]) => name !== 'is_gpc');
    expect(new Set(told.map(([, value]) => JSON.stringify(value))).size).toBe(told.length);
  },
);

it.each(tables)('names every column of %s that ClickHouse does not fill', (_, columns) => {
  const inserted = insertColumns(columns as Columns<unknown>).map(({ name }) => name);
  const filled = Object.entries(columns).flatMap(([name, column]) =>
    column.default === undefined ? [] : [name],
  );
  expect(Object.keys(columns).filter((name) => !inserted.includes(name) && !filled.includes(name))).toEqual(
    [],
  );
});

it('sends what ClickHouse must read itself as text', () => {
  const sent = Object.fromEntries(nativeColumns(CLICK_FIELDS).map((column) => [column.name, column.sent]));
  expect(sent).toMatchObject({
    ip: 'String',
    payout: 'String',
    batch: 'LowCardinality(String)',
    asn: 'UInt32',
  });
  expect(() => nativeColumns(SEND_FIELDS)).toThrow(/Array\(String\)/);
});

const columns: AnyColumns = defineColumns<{ at_ms: number }>()({
  at: {
    personal: 'none',
    type: "DateTime64(3, 'UTC')",
    meaning: "The account's time",
    value: ({ at_ms }) => at_ms,
  },
  facts: { personal: 'none', type: 'String', meaning: 'JSON', default: "''", codec: 'ZSTD(3)' },
  ends_at: { personal: 'none', type: "DateTime('UTC')", meaning: 'End' },
  amount: { personal: 'none', type: 'Decimal(38, 6)', meaning: 'Amount' },
});

it('reads back what was inserted, times by their unit', () => {
  expect(readColumns(columns)).toBe(
    'toUnixTimestamp64Milli(at) AS at_ms, facts, toUnixTimestamp(ends_at) AS ends_at_s, toString(amount) AS amount',
  );
});

it('writes the columns of tables and views into the files of the schema', () => {
  const sql = withColumns('CREATE TABLE t (\n  {columns:conversions}\n)');
  expect(sql).toContain(
    "  line String COMMENT 'The line, JSON: what identifies it, and the columns from status to payout' CODEC(ZSTD(3)),",
  );
  expect(sql).toContain("sent_at DateTime64(3, 'UTC') DEFAULT if(click_id = '',");
  expect(withColumns('{columns:clicks}')).toContain(
    "COMMENT 'Arm of the campaign''s A/B test; empty without one'",
  );
  const view = withColumns('({columns:report_clicks}) AS SELECT {select:report_clicks}');
  expect(view).toContain("verdict LowCardinality(String) COMMENT 'human or bot, by the current verdict'");
  expect(view).toContain('if(line.change = 0, click.verdict, line.verdict) AS verdict');
  expect(view).toContain('click.ip AS ip');
  expect(view).not.toContain('headers');
});

it.each(['{columns:click}', '{select:clicks}'])('refuses the placeholder %s', (sql) => {
  expect(() => withColumns(sql)).toThrow(/stands for nothing/);
});
