/** What goes into ClickHouse as Native is what JSON would have put there. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { SentType } from '../../src/clickhouse/columns.ts';
import { insertOnce } from '../../workers/batch/insert-rows.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse.ts';

const COLUMNS: Record<string, SentType> = {
  text: 'String',
  repeated: 'LowCardinality(String)',
  small: 'UInt8',
  middle: 'UInt16',
  large: 'UInt32',
  signed: 'Int32',
  second: "DateTime('UTC')",
  moment: "DateTime64(3, 'UTC')",
  share: 'Float64',
  list: 'Array(LowCardinality(String))',
  ids: 'Array(String)',
  map: 'Map(LowCardinality(String), String)',
  address: 'String',
  amount: 'String',
};
const ADDRESS_AT = Object.keys(COLUMNS).indexOf('address');
const STORED: Record<string, string> = { address: 'IPv6', amount: 'Decimal(38, 6)' };

let engine: TestClickHouse;

beforeAll(async () => {
  engine = await startClickHouse();
  const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${STORED[name] ?? type}`);
  await engine.client.command({ query: 'CREATE DATABASE trackly_rows' });
  for (const table of ['trackly_rows.as_json', 'trackly_rows.as_native']) {
    await engine.client.command({
      query: `CREATE TABLE ${table} (row UInt32, ${columns.join(', ')}) ENGINE = MergeTree ORDER BY row
        SETTINGS non_replicated_deduplication_window = 100`,
    });
  }
});
afterAll(() => engine?.stop());

beforeEach(async () => {
  for (const table of ['trackly_rows.as_json', 'trackly_rows.as_native']) {
    await engine.client.command({ query: `TRUNCATE TABLE ${table}` });
  }
});

const insert = (table: string, token: string, rows: unknown[][]): Promise<void> => {
  const numbered = rows.map((row, i) => [i, ...row]);
  const columns = Object.entries({ row: 'UInt32' as const, ...COLUMNS }).map(([name, sent], i) => ({
    name,
    value: (row: unknown[]) => row[i],
    ...(table === 'trackly_rows.as_json' ? {} : { sent }),
  }));
  return insertOnce({ clickhouse: engine.client }, token, { table, columns, rows: numbered });
};

async function read(table: string): Promise<unknown[]> {
  const result = await engine.client.query({
    query: `SELECT * EXCEPT row FROM ${table} ORDER BY row`,
    format: 'JSONCompactEachRow',
  });
  return result.json();
}

const someRow = (): unknown[] => fc.sample(row, { numRuns: 1, seed: 5 })[0] as unknown[];
const whole = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max, 0));
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }).map((one) => one.toWellFormed()),
  fc.string({ minLength: 120, maxLength: 300 }),
  fc.constantFrom('', 'a', 'é'.repeat(42), '€'.repeat(42), '€'.repeat(43), 'x'.repeat(16_384)),
);
const word = fc.constantFrom('', 'GET', 'HEAD', 'ü', 'timing:seconds', 'network:hosting');
const row = fc.tuple(
  text,
  fc.oneof(word, text),
  whole(0, 255),
  whole(0, 65_535),
  whole(0, 2 ** 32 - 1),
  whole(-(2 ** 31), 2 ** 31 - 1),
  whole(0, 2 ** 33),
  whole(0, Date.UTC(2200, 0, 1)),
  fc.constantFrom(0, 1, 0.5, 0.1, -1e300),
  fc.array(word, { maxLength: 4 }),
  fc.array(fc.oneof(word, text), { maxLength: 4 }),
  fc.dictionary(fc.constantFrom('accept', 'via', 'x-moz', 'é'), text),
  fc.oneof(
    fc.ipV6(),
    fc.ipV4().map((address) => `::ffff:${address}`),
  ),
  fc.constantFrom('0', '12.50', '-0.000001', '99999999999999999999999999999999.999999'),
);

it('whatever the values are', async () => {
  const rows = fc.sample(row, { numRuns: 2_000, seed: 11 });
  await insert('trackly_rows.as_json', 'batch', rows);
  await insert('trackly_rows.as_native', 'batch', rows);
  const stored = await read('trackly_rows.as_native');
  expect(stored).toEqual(await read('trackly_rows.as_json'));
  expect(stored.map((one) => (one as unknown[])[0])).toEqual(rows.map(([first]) => first));
});

it.each([255, 256, 65_535, 65_536, 70_000])('with %i texts in a column of repeated ones', async (count) => {
  const base = someRow();
  const rows = Array.from({ length: count }, (_, i) => base.with(1, `text ${i % count}`));
  await insert('trackly_rows.as_native', 'batch', rows);
  expect((await read('trackly_rows.as_native')).map((one) => (one as unknown[])[1])).toEqual(
    rows.map((one) => one[1]),
  );
});

it('once for each token, and nothing for no rows', async () => {
  const rows = fc.sample(row, { numRuns: 3, seed: 3 });
  await insert('trackly_rows.as_native', 'batch', rows);
  await insert('trackly_rows.as_native', 'batch', rows);
  await insert('trackly_rows.as_native', 'next', []);
  expect(await read('trackly_rows.as_native')).toHaveLength(3);
});

it('with a mark in the place of half a character, where a text was cut', async () => {
  const base = someRow();
  await insert('trackly_rows.as_native', 'batch', [
    base.with(0, '😀'.slice(0, 1)),
    base.with(0, `${'a'.repeat(511)}\ud83d`),
  ]);
  const texts = (await read('trackly_rows.as_native')).map((one) => (one as unknown[])[0]);
  expect(texts).toEqual(['\ufffd', `${'a'.repeat(511)}\ufffd`]);
});

it('refuses an address that is none, as JSON does', async () => {
  const base = someRow();
  for (const address of ['fe80::1%eth0', 'nowhere', '']) {
    await expect(insert('trackly_rows.as_native', 'batch', [base.with(ADDRESS_AT, address)])).rejects.toThrow(
      /IPv6/,
    );
  }
  expect(await read('trackly_rows.as_native')).toEqual([]);
});
