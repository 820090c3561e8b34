/** Pages of conversions from a real engine, held against a plain sort of what holds. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../src/clickhouse/migrate.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { type ConversionQuestion, listConversions } from '../../src/reports/list-conversions.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse.ts';

const COUNT = 300;
/** The newest ones were credited, and are no longer. */
const TAKEN_BACK = 120;
const FROM_MS = Date.parse('2025-03-01T00:00:00Z');

let engine: TestClickHouse;

/** Two at a time, so that ids decide too; received in the other order. */
const convertedAt = (n: number): number => FROM_MS + Math.floor(n / 2) * 1_000;
const receivedAt = (n: number): number => FROM_MS + (COUNT - n) * 1_000;
const idOf = (n: number): string => `cnv_${String(n).padStart(4, '0')}`;
const isTakenBack = (n: number): boolean => n >= COUNT - TAKEN_BACK;
const statusOf = (n: number): string => (isTakenBack(n) ? 'unattributed' : 'attributed');

beforeAll(async () => {
  engine = await startClickHouse();
  await migrate(engine.client, createLogger('test', 'silent'));
  const values = Array.from({ length: COUNT }, (_, n) => {
    const line = (sign: 1 | -1, status: string): object => ({
      account_id: 'acc_own',
      transaction: `txn:${n}`,
      conversion_id: idOf(n),
      event: 'sale',
      converted_at: convertedAt(n),
      received_at: receivedAt(n),
      sign,
      status,
      line: status,
      campaign_id: `cam_${n % 3}`,
      conversions: status === 'attributed' ? 1 : 0,
      sales: String(n),
    });
    const booked = line(1, 'attributed');
    return isTakenBack(n) ? [booked, line(-1, 'attributed'), line(1, 'unattributed')] : [booked];
  });
  await engine.client.insert({
    table: 'trackly.conversions',
    values: values.flat(),
    format: 'JSONEachRow',
  });
});

afterAll(() => engine?.stop());

function wanted({ filters, sort }: ConversionQuestion): string[] {
  const key = { converted_at: convertedAt, received_at: receivedAt, revenue: Number, payout: () => 0 }[
    sort.column
  ];
  return Array.from({ length: COUNT }, (_, n) => n)
    .filter((n) => filters.campaign_id === undefined || filters.campaign_id === `cam_${n % 3}`)
    .filter((n) => filters.status === undefined || filters.status === statusOf(n))
    .sort((a, b) => (key(a) - key(b)) * (sort.descending ? -1 : 1) || a - b)
    .map(idOf);
}

it.each([
  [{}, 'converted_at', true],
  [{}, 'received_at', false],
  [{ status: 'attributed' }, 'converted_at', true],
  [{ status: 'attributed' }, 'received_at', true],
  [{ status: 'attributed', campaign_id: 'cam_1' }, 'converted_at', false],
  [{ status: 'unattributed', campaign_id: 'cam_2' }, 'converted_at', true],
  [{ status: 'duplicate' }, 'converted_at', true],
  [{}, 'revenue', true],
] as const)(
  'are sorted and cut into pages without a gap: %o by %s, descending %s',
  async (filters, column, descending) => {
    const question: ConversionQuestion = {
      account_id: 'acc_own',
      range: { from_ms: FROM_MS, to_ms: FROM_MS + 3_600_000, tz: 'UTC' },
      filters,
      sort: { column, descending },
    };
    const all = wanted(question);
    for (const [page, per_page] of [
      [1, 1],
      [1, 7],
      [2, 7],
      [3, 50],
      [4, 50],
      [1, 500],
      [2, 1_000],
    ] as const) {
      const { rows, total_rows } = await listConversions(engine.client, question, page, per_page);
      expect(total_rows).toBe(all.length);
      expect(rows.map(({ conversion_id }) => conversion_id)).toEqual(
        all.slice((page - 1) * per_page, page * per_page),
      );
      expect(rows.map(({ status }) => status)).toEqual(
        rows.map(({ conversion_id }) => statusOf(Number(conversion_id.slice(4)))),
      );
    }
  },
);
