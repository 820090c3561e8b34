/** Every column of clicks, verdicts, conversions and sends holds its own value, in whatever order they are defined. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type AnyColumns,
  type Columns,
  insertColumns,
  nativeColumns,
  omitColumns,
  readColumns,
  STORED_SETTINGS,
} from '../../src/clickhouse/columns.ts';
import { migrate } from '../../src/clickhouse/migrate.ts';
import { CLICK_FIELDS } from '../../src/clicks/click-fields.ts';
import { REFUSED_FIELDS } from '../../src/clicks/refused-fields.ts';
import { VERDICT_FIELDS } from '../../src/clicks/verdict-fields.ts';
import { CONVERSION_FIELDS } from '../../src/conversions/conversion-fields.ts';
import { EVENT_FIELDS } from '../../src/messages/event-fields.ts';
import { SEND_FIELDS } from '../../src/messages/send-fields.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { insertOnce } from '../../workers/batch/insert-rows.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse.ts';
import {
  CLICK_LINE,
  CONVERSION_LINE,
  EVENT_LINE,
  REFUSED_LINE,
  SEND_LINE,
  VERDICT_LINE,
} from '../support/lines.ts';

let engine: TestClickHouse;

beforeAll(async () => {
  engine = await startClickHouse();
  await migrate(engine.client, createLogger('test', 'silent'));
});
afterAll(() => engine?.stop());

const tables: [table: string, columns: AnyColumns, line: unknown][] = [
  ['clicks', CLICK_FIELDS, CLICK_LINE],
  ['verdicts', VERDICT_FIELDS, VERDICT_LINE],
  ['refused_taps', REFUSED_FIELDS, REFUSED_LINE],
  ['conversions', CONVERSION_FIELDS, CONVERSION_LINE],
  ['sends', SEND_FIELDS, SEND_LINE],
  ['message_events', EVENT_FIELDS, EVENT_LINE],
];

/** How the value of a column is read back. */
function stored(name: string, type: string): string {
  if (type.startsWith('DateTime64')) return `${name}_ms`;
  return type.startsWith('DateTime') ? `${name}_s` : name;
}

const asRead = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/^::ffff:/, '') : value;

it.each(tables)('%s', async (table, columns, line) => {
  const defined = Object.entries(columns);
  const orders = [defined, defined.toReversed(), [...defined.slice(7), ...defined.slice(0, 7)]];
  for (const [i, order] of orders.entries()) {
    const some = Object.fromEntries(order) as Columns<unknown>;
    const insert = table === 'clicks' ? nativeColumns(some) : insertColumns(some);
    await insertOnce({ clickhouse: engine.client }, `rows-${table}-${i}`, {
      table: `trackly.${table}`,
      columns: insert,
      rows: [line],
    });
  }
  const filled = defined.filter(([, { value }]) => value === undefined).map(([name]) => name);
  const result = await engine.client.query({
    query: `SELECT ${readColumns(omitColumns(columns, filled))} FROM trackly.${table}`,
    format: 'JSONEachRow',
    clickhouse_settings: STORED_SETTINGS,
  });
  const wanted = Object.fromEntries(
    insertColumns(columns as Columns<unknown>).map(({ name, value }) => [
      stored(name, columns[name]?.type ?? ''),
      asRead(value(line)),
    ]),
  );
  expect(await result.json()).toEqual(orders.map(() => wanted));
});
