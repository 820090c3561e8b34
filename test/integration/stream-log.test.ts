/** The durable log on a real Redis that is killed and frozen: each row once, in order. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { append, BATCH_ROWS_MAX, backlog, finish, freeze, read } from '../../src/platform/stream-log.ts';
import { ClickLog } from '../../src/redirect/click-log.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
let redis: RedisClient;
let run = 0;
let log = '';

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis(server.target, 'fast');
  await untilReady(redis, 5_000);
});
beforeEach(() => {
  log = `log${++run}`;
});
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});

async function rowsOf(partition: number): Promise<string[]> {
  const rows: string[] = [];
  for (;;) {
    const batch = await freeze(redis, log, partition, Date.now(), 0);
    if (batch === undefined) return rows;
    rows.push(...(await read(redis, batch)));
    await finish(redis, batch, Date.now());
  }
}

describe('append', () => {
  it('adds an entry once however often its number is sent', async () => {
    for (const sequence of [1, 1, 2, 1, 2]) await append(redis, log, 0, 'p', sequence, 1, `row ${sequence}`);
    expect(await rowsOf(0)).toEqual(['row 1', 'row 2']);
  });

  it('keeps producers and partitions apart', async () => {
    await append(redis, log, 0, 'a', 1, 1, 'a');
    await append(redis, log, 0, 'b', 1, 1, 'b');
    await append(redis, log, 1, 'a', 1, 1, 'c');
    expect([await rowsOf(0), await rowsOf(1)]).toEqual([['a', 'b'], ['c']]);
  });
});

describe('a batch', () => {
  it('stays the same range while entries arrive, until it is finished', async () => {
    await append(redis, log, 0, 'p', 1, 2, 'a\nb');
    const batch = await freeze(redis, log, 0, 1, 0);
    await append(redis, log, 0, 'p', 2, 1, 'c');
    expect(await freeze(redis, log, 0, 2, 0)).toEqual(batch);
    if (batch === undefined) throw new Error('no batch');
    expect(await read(redis, batch)).toEqual(['a', 'b']);
    expect(await read(redis, batch)).toEqual(['a', 'b']);
    expect(await finish(redis, batch, 3)).toBe(true);
    expect(await rowsOf(0)).toEqual(['c']);
  });

  it('is finished once, and a late second finish removes nothing', async () => {
    await append(redis, log, 0, 'p', 1, 1, 'a');
    const batch = await freeze(redis, log, 0, 1, 0);
    if (batch === undefined) throw new Error('no batch');
    await finish(redis, batch, 2);
    await append(redis, log, 0, 'p', 2, 1, 'b');
    const next = await freeze(redis, log, 0, 3, 0);
    expect(await finish(redis, batch, 4)).toBe(false);
    expect(await freeze(redis, log, 0, 5, 0)).toEqual(next);
    expect(await read(redis, batch)).toEqual([]);
    expect(await backlog(redis, log, 0)).toBe(1);
  });

  it('is not cut sooner than its interval after the one before', async () => {
    await append(redis, log, 0, 'p', 1, 1, 'a');
    const batch = await freeze(redis, log, 0, 1_000, 500);
    if (batch === undefined) throw new Error('no batch');
    await finish(redis, batch, 1_000);
    await append(redis, log, 0, 'p', 2, 1, 'b');
    expect(await freeze(redis, log, 0, 1_499, 500)).toBeUndefined();
    expect(await freeze(redis, log, 0, 1_500, 500)).toMatchObject({ rows: 1 });
  });

  it('is cut although the clock has jumped back', async () => {
    await append(redis, log, 0, 'p', 1, 1, 'a');
    const batch = await freeze(redis, log, 0, 1_000_000, 500);
    if (batch === undefined) throw new Error('no batch');
    await finish(redis, batch, 1_000_000);
    await append(redis, log, 0, 'p', 2, 1, 'b');
    expect(await freeze(redis, log, 0, 10, 500)).toMatchObject({ rows: 1 });
  });

  it('ends at its bound of rows and leaves the rest to the next one', async () => {
    const entry = Array.from({ length: 500 }, (_, i) => `row ${i}`).join('\n');
    for (let sequence = 1; sequence <= 30; sequence++) await append(redis, log, 0, 'p', sequence, 500, entry);
    const batch = await freeze(redis, log, 0, 1, 0);
    if (batch === undefined) throw new Error('no batch');
    expect(batch.rows).toBe(BATCH_ROWS_MAX);
    expect(await read(redis, batch)).toHaveLength(BATCH_ROWS_MAX);
    await finish(redis, batch, 2);
    // More waits behind a full batch: the next one need not wait for its interval.
    expect(await freeze(redis, log, 0, 3, 500)).toMatchObject({ rows: 15_000 - BATCH_ROWS_MAX });
    expect(await rowsOf(0)).toHaveLength(15_000 - BATCH_ROWS_MAX);
  });
});

describe('the click log', () => {
  it('holds every acknowledged click once, in order, though Redis is frozen and killed on the way', async () => {
    const clickLog = new ClickLog(redis, log, 'producer');
    const sent: string[] = [];
    const logged: string[] = [];
    let left = 0;
    const add = (row: string): void => {
      sent.push(row);
      left++;
      clickLog.add(2, row, (error) => {
        left--;
        if (error === undefined) logged.push(row);
      });
    };
    for (let i = 0; i < 300; i++) add(`before ${i}`);
    await clickLog.drained();
    server.freeze();
    for (let i = 0; i < 300; i++) add(`frozen ${i}`);
    // The entry is on its way to the frozen server when that is killed: its reply is lost.
    await new Promise((done) => setTimeout(done, 50));
    await server.kill();
    for (let i = 0; i < 300; i++) add(`away ${i}`);
    await server.start();
    await clickLog.drained();
    expect(left).toBe(0);
    expect(logged).toEqual(sent);
    await untilReady(redis, 5_000);
    expect(await rowsOf(2)).toEqual(sent);
  });
});
