/** The durable log on a real Redis: each row once, in order. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { append, appendAll, NO_BYTES_MAX } from '../../src/log/append.ts';
import { backlog, backlogBytes } from '../../src/log/backlog.ts';
import {
  BATCH_BYTES_ENOUGH,
  BATCH_ROWS_MAX,
  type Batch,
  FEW_BYTES,
  finish,
  freeze,
  read,
} from '../../src/log/batches.ts';
import { LogFullError } from '../../src/log/refusal.ts';
import { type RedisClient, timeOf } from '../../src/platform/redis.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
let redis: RedisClient;
let run = 0;
let log = '';
let bytes_max = NO_BYTES_MAX;

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
});
beforeEach(() => {
  log = `log${++run}`;
  bytes_max = NO_BYTES_MAX;
});
afterAll(() => server?.stop());

function add(partition: number, producer: string, sequence: number, rows: number, payload: string) {
  return append(redis, log, { partition, producer, sequence, rows, payload, process: '' }, [], { bytes_max });
}

const textsOf = async (batch: Batch): Promise<string[]> => (await read(redis, batch)).map(({ text }) => text);

async function rowsOf(partition: number): Promise<string[]> {
  const rows: string[] = [];
  for (;;) {
    const batch = await freeze(redis, log, partition, Date.now(), 0);
    if (batch === undefined) return rows;
    rows.push(...(await textsOf(batch)));
    await finish(redis, batch);
  }
}

describe('append', () => {
  it('adds an entry once however often its number is sent', async () => {
    for (const sequence of [1, 1, 2, 1, 2]) await add(0, 'p', sequence, 1, `row ${sequence}`);
    expect(await rowsOf(0)).toEqual(['row 1', 'row 2']);
  });

  it('keeps producers and partitions apart', async () => {
    await add(0, 'a', 1, 1, 'a');
    await add(0, 'b', 1, 1, 'b');
    await add(1, 'a', 1, 1, 'c');
    expect([await rowsOf(0), await rowsOf(1)]).toEqual([['a', 'b'], ['c']]);
  });
});

describe('the bound in bytes', () => {
  it('refuses of entries that are added together all of a partition after the first that finds no room', async () => {
    const entries = [60, 60, 1, 1].map((bytes, i) => ({
      entry: {
        partition: i === 3 ? 1 : 0,
        producer: 'p',
        sequence: i + 1,
        rows: 1,
        payload: `${i}`.repeat(bytes),
        process: '',
      },
    }));
    const answers = await appendAll(redis, log, entries, { bytes_max: 400 });
    expect(answers.map((answer) => typeof answer === 'number')).toEqual([true, true, false, true]);
    expect(await rowsOf(0)).toEqual(['0'.repeat(60), '1'.repeat(60)]);
    // Those that are in are not added again.
    await appendAll(redis, log, entries, { bytes_max: 400 });
    expect([await rowsOf(0), await rowsOf(1)]).toEqual([['2'], ['3']]);
  });

  it('refuses what comes after it, and takes it again when a batch was finished', async () => {
    bytes_max = 400;
    await add(0, 'p', 1, 1, 'x'.repeat(60));
    await add(0, 'p', 2, 1, 'x'.repeat(60));
    await expect(add(0, 'p', 3, 1, 'late')).rejects.toThrow(LogFullError);
    expect(await backlogBytes(redis, log, 0)).toBe(120);
    expect(await rowsOf(0)).toHaveLength(2);
    expect(await backlogBytes(redis, log, 0)).toBe(0);
    await add(0, 'p', 3, 1, 'late');
    expect(await rowsOf(0)).toEqual(['late']);
  });
});

describe('a batch', () => {
  it('stays the same range while entries arrive, until it is finished', async () => {
    await add(0, 'p', 1, 2, 'a\nb');
    const batch = await freeze(redis, log, 0, 1, 0);
    await add(0, 'p', 2, 1, 'c');
    expect(await freeze(redis, log, 0, 2, 0)).toEqual(batch);
    if (batch === undefined) throw new Error('no batch');
    expect(await textsOf(batch)).toEqual(['a', 'b']);
    expect(await textsOf(batch)).toEqual(['a', 'b']);
    expect(await finish(redis, batch)).toBe(true);
    expect(await rowsOf(0)).toEqual(['c']);
  });

  it('is finished once, and a late second finish removes nothing', async () => {
    await add(0, 'p', 1, 1, 'a');
    const batch = await freeze(redis, log, 0, 1, 0);
    if (batch === undefined) throw new Error('no batch');
    await finish(redis, batch);
    await add(0, 'p', 2, 1, 'b');
    const next = await freeze(redis, log, 0, 3, 0);
    expect(await finish(redis, batch)).toBe(false);
    expect(await freeze(redis, log, 0, 5, 0)).toEqual(next);
    expect(await textsOf(batch)).toEqual([]);
    expect(await backlog(redis, log, 0)).toBe(1);
  });

  // Moments of partition 0: 0, 500, 1000 …; of partition 1: 250, 750, 1250 …, or with few rows those of partition 0.
  it.each([
    [0, 1, 1_000, 1_500],
    [0, FEW_BYTES, 1_000, 1_500],
    [1, FEW_BYTES, 1_250, 1_750],
    [1, FEW_BYTES, 1_624, 1_750],
    [1, FEW_BYTES, 1_625, 2_250],
    [1, FEW_BYTES - 1, 1_250, 1_500],
    [1, 1, 1_624, 2_000],
  ])('of partition %i, of %i bytes, with the one before begun at %i, is cut at %i', async (...given) => {
    const [partition, bytes, began, next] = given;
    await add(partition, 'p', 1, 1, 'a');
    const batch = await freeze(redis, log, partition, began, 500);
    if (batch === undefined) throw new Error('no batch');
    await finish(redis, batch);
    await add(partition, 'p', 2, 1, 'b'.repeat(bytes));
    expect(await freeze(redis, log, partition, next - 1, 500)).toBeUndefined();
    expect(await freeze(redis, log, partition, next, 500)).toMatchObject({ rows: 1 });
  });

  it('is cut within its interval once a large one waits', async () => {
    await add(0, 'p', 1, 1, 'a');
    const batch = await freeze(redis, log, 0, 1_000, 500);
    if (batch === undefined) throw new Error('no batch');
    const half = 'b'.repeat(BATCH_BYTES_ENOUGH / 2);
    await add(0, 'p', 2, 1, half);
    await finish(redis, batch);
    expect(await freeze(redis, log, 0, 1_001, 500)).toBeUndefined();
    await add(0, 'p', 3, 1, half);
    expect(await freeze(redis, log, 0, 1_002, 500)).toMatchObject({ rows: 2 });
  });

  it('is cut although the clock has jumped back', async () => {
    await add(0, 'p', 1, 1, 'a');
    const batch = await freeze(redis, log, 0, 1_000_000, 500);
    if (batch === undefined) throw new Error('no batch');
    await finish(redis, batch);
    await add(0, 'p', 2, 1, 'b');
    expect(await freeze(redis, log, 0, 10, 500)).toMatchObject({ rows: 1 });
  });

  it("is cut once in its interval by Redis's clock, whatever workers have for clocks", async () => {
    const day_ms = 24 * 3_600_000;
    await add(0, 'p', 1, 1, 'a');
    const batch = await freeze(redis, log, 0, undefined, day_ms);
    if (batch === undefined) throw new Error('no batch');
    expect(Math.abs(batch.frozen_at_ms - (await timeOf(redis)))).toBeLessThan(5_000);
    await finish(redis, batch);
    await add(0, 'p', 2, 1, 'b');
    vi.spyOn(Date, 'now').mockReturnValue(batch.frozen_at_ms + 3 * day_ms);
    expect(await freeze(redis, log, 0, undefined, day_ms)).toBeUndefined();
    vi.restoreAllMocks();
  });

  it('ends at its bound of rows and leaves the rest to the next one', async () => {
    const entry = Array.from({ length: 500 }, (_, i) => `row ${i}`).join('\n');
    for (let sequence = 1; sequence <= 30; sequence++) await add(0, 'p', sequence, 500, entry);
    const batch = await freeze(redis, log, 0, 1, 0);
    if (batch === undefined) throw new Error('no batch');
    expect(batch.rows).toBe(BATCH_ROWS_MAX);
    expect(await read(redis, batch)).toHaveLength(BATCH_ROWS_MAX);
    await finish(redis, batch);
    expect(await rowsOf(0)).toHaveLength(15_000 - BATCH_ROWS_MAX);
  });
});
