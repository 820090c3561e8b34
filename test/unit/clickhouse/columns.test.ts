import { expect, it } from 'vitest';
import { filled } from '../../../src/clickhouse/column-sql.ts';
import {
  type AnyColumns,
  type Columns,
  defineColumns,
  insertColumns,
  nativeColumns,
  readColumns,
} from '../../../src/clickhouse/columns.ts';
import { CLICK_FIELDS } from '../../../src/clicks/click-fields.ts';
import { REFUSED_FIELDS } from '../../../src/clicks/refused-fields.ts';
import { VERDICT_FIELDS } from '../../../src/clicks/verdict-fields.ts';
import { CONVERSION_FIELDS } from '../../../src/conversions/conversion-fields.ts';
import { EVENT_FIELDS } from '../../../src/messages/event-fields.ts';
import { SEND_FIELDS } from '../../../src/messages/send-fields.ts';
import {
  CLICK_LINE,
  CONVERSION_LINE,
  EVENT_LINE,
  REFUSED_LINE,
  SEND_LINE,
  VERDICT_LINE,
} from '../../support/lines.ts';

/** Texts that can't be the name of their column: one of a few words, an address, a list, JSON. */
const OF_ITS_OWN = new Set([
  'ip',
  'device',
  'ip_storage',
  'address_rule',
  'answered',
  'contact_country',
  'verdict',
  'event',
  'state',
  'channel',
  'status',
  'reason',
  'model',
]);

/** Flags and amounts that are 0 in these lines: click-fields.test.ts looks at the flag, and a test below at the views. */
const ZERO = new Set(['is_gpc', 'view_sales', 'view_refunds']);

const tables: [name: string, columns: AnyColumns, line: unknown][] = [
  ['clicks', CLICK_FIELDS, CLICK_LINE],
  ['verdicts', VERDICT_FIELDS, VERDICT_LINE],
  ['refused_taps', REFUSED_FIELDS, REFUSED_LINE],
  ['conversions', CONVERSION_FIELDS, CONVERSION_LINE],
  ['sends', SEND_FIELDS, SEND_LINE],
  ['message_events', EVENT_FIELDS, EVENT_LINE],
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
    const told = values.filter(([name]) => !ZERO.has(name));
    expect(new Set(told.map(([, value]) => JSON.stringify(value))).size).toBe(told.length);
  },
);

it('counts a view in columns of its own, and in no other', () => {
  const line = { ...CONVERSION_LINE, line: { ...CONVERSION_LINE.line, status: 'view_through' } } as const;
  const values = Object.fromEntries(
    insertColumns(CONVERSION_FIELDS).map(({ name, value }) => [name, value(line)]),
  );
  expect(values).toMatchObject({
    ...{ conversions: 0, sales: '0', refunds: '0' },
    ...{ view_conversions: 1, view_sales: '405', view_refunds: '406' },
  });
});

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
  expect(() => nativeColumns(CONVERSION_FIELDS)).toThrow(/Int8/);
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
  const sql = filled('CREATE TABLE t (\n  {columns:conversions}\n)');
  expect(sql).toContain(
    "  line String COMMENT 'The line, JSON: what identifies it, and the columns from status to payout' CODEC(ZSTD(3)),",
  );
  expect(sql).toContain("sent_at DateTime64(3, 'UTC') DEFAULT credited_at COMMENT");
  expect(filled('{columns:clicks}')).toContain(
    "COMMENT 'Arm of the campaign''s A/B test; empty without one'",
  );
  const view = filled('({columns:report_clicks}) AS SELECT {select:report_clicks}');
  expect(view).toContain("verdict LowCardinality(String) COMMENT 'human or bot, by the current verdict'");
  expect(view).toContain('if(line.change = 0, click.verdict, line.verdict) AS verdict');
  expect(view).toContain('click.ip AS ip');
  expect(view).not.toContain('headers');
});

it.each(['{columns:click}', '{select:clicks}', '{report_view:report_clicks}', '{tapped_with_part:town}'])(
  'refuses the placeholder %s',
  (sql) => {
    expect(() => filled(sql)).toThrow(/stands for nothing/);
  },
);
