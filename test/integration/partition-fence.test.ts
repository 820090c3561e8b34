/**
 * The fence of a change of partitions on a real Redis: every row once, those of a key in order, while many producers
 * append that know the layouts late, repeat what they sent, and keep entries aside as a spool does.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AppendBounds, type Appending, addRows, appendAll, type Entry } from '../../src/log/append.ts';
import { backlogOf } from '../../src/log/backlog.ts';
import { finish, freeze, read } from '../../src/log/batches.ts';
import { keepDeadLetters, listDeadLetters, replayDeadLetter } from '../../src/log/dead-letters.ts';
import { bytesKey } from '../../src/log/keys.ts';
import {
  beginLayout,
  CLOSED,
  completeLayout,
  LayoutError,
  noteDrained,
  refreshLayouts,
  repairMarks,
} from '../../src/log/layouts.ts';
import {
  currentLayout,
  currentPartitions,
  FIRST_LAYOUTS,
  knownLayouts,
  type Layout,
  partitionOf,
  partitionsIn,
  useLayouts,
} from '../../src/log/partitions.ts';
import { MovedError } from '../../src/log/refusal.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const PRODUCERS = 12;
const ENTRIES = 150;
const KEYS = 40;
const LOG = 'fenced';
const LOGS = [LOG, 'other'];
const keyOf = (row: string): string => row.split(' ')[0] as string;
const BOUNDS: AppendBounds = { keyOf };

let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
});
beforeEach(async () => {
  await redis.flushall();
  useLayouts(FIRST_LAYOUTS);
});
afterAll(async () => {
  useLayouts(FIRST_LAYOUTS);
  await server?.stop();
});

const rest = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** A process that appends rows `<key> <producer> <n>`; it learns of a new layout late, and never forgets one. */
async function produce(id: number): Promise<void> {
  let layout: Layout = currentLayout();
  const sequences = new Map<number, number>();
  let aside: Appending[] = [];
  for (let n = 0; n < ENTRIES; n++) {
    if (Math.random() < 0.3) layout = currentLayout();
    const key = `k${Math.floor(Math.random() * KEYS)}`;
    const partition = partitionOf(key, layout);
    // An entry holds rows of several keys of its partition.
    const keys = [key, ...Array.from({ length: KEYS }, (_, i) => `k${i}`)].filter(
      (one, i) => partitionOf(one, layout) === partition && (i === 0 || (Math.random() < 0.2 && one !== key)),
    );
    const sequence = (sequences.get(partition) ?? 0) + 1;
    sequences.set(partition, sequence);
    const payload = keys.map((one) => `${one} ${id} ${n}`).join('\n');
    const entry: Entry = {
      ...{ partition, producer: `p${id}`, sequence, rows: keys.length, payload, process: '' },
    };
    aside.push({ entry });
    // What is kept aside stays in order, and is sent together.
    if (aside.length > 1 ? Math.random() < 0.8 : Math.random() < 0.2) continue;
    await send(aside);
    // A reply was lost.
    if (Math.random() < 0.3) await send(aside);
    aside = [];
  }
  await send(aside);
}

async function send(appending: readonly Appending[]): Promise<void> {
  for (let left = appending; left.length > 0; ) {
    const answers = await appendAll(redis, LOG, left, BOUNDS);
    left = left.filter((_, i) => typeof answers[i] !== 'number');
    for (const answer of answers) if (answer instanceof Error) expect(answer).toBeInstanceOf(MovedError);
    if (left.length > 0) await rest(2);
  }
}

/** Rows in the order in which a worker takes them: of each layout once the layouts before it are empty. */
async function take(taken: string[], over: () => boolean): Promise<void> {
  for (;;) {
    const ends = over();
    let found = 0;
    for (const layout of knownLayouts().layouts) {
      if (found === 0) found = await takeFrom(layout, taken);
    }
    if (found === 0 && ends) return;
    await rest(1);
  }
}

async function takeFrom(layout: Layout, taken: string[]): Promise<number> {
  let batches = 0;
  for (const partition of partitionsIn(layout)) {
    const batch = await freeze(redis, LOG, partition, Date.now(), 0);
    if (batch === undefined) continue;
    batches++;
    taken.push(...(await read(redis, batch)).map(({ text }) => text));
    await finish(redis, batch);
  }
  return batches;
}

/** A change whose process is killed after it closed half of the partitions, and completed later. */
async function changeSlowly(count: number): Promise<void> {
  await beginLayout(redis, { count, shards: 1 });
  const partitions = currentPartitions();
  for (const partition of partitions.slice(0, Math.ceil(partitions.length / 2)))
    await redis.set(bytesKey(LOG, partition), CLOSED);
  await rest(50);
  // Several workers complete it at once.
  await Promise.all([completeLayout(redis, LOGS), completeLayout(redis, LOGS), completeLayout(redis, LOGS)]);
}

describe('a change of the layout', () => {
  it('loses and doubles no row, and keeps the rows of a key in order', async () => {
    const taken: string[] = [];
    let over = false;
    const taking = take(taken, () => over);
    const producing = Promise.all(Array.from({ length: PRODUCERS }, (_, id) => produce(id)));
    await rest(40);
    await changeSlowly(7);
    await rest(40);
    await changeSlowly(3);
    await producing;
    over = true;
    await taking;
    expect(new Set(taken).size).toBe(taken.length);
    for (let id = 0; id < PRODUCERS; id++) {
      const own = taken.filter((row) => row.split(' ')[1] === `${id}`);
      expect(new Set(own.map((row) => row.split(' ')[2])).size).toBe(ENTRIES);
      for (const [, rows] of Map.groupBy(own, keyOf)) {
        const numbers = rows.map((row) => Number(row.split(' ')[2]));
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }
    }
    expect(currentLayout()).toEqual({ first: 11, count: 3, shards: 1 });
    const drained = async () => (await refreshLayouts(redis)).layouts.map((one) => one.drained_at_ms);
    await noteDrained(redis, LOGS, 1);
    expect(await drained()).toEqual([1, 1, undefined]);
    // A Redis that had lost the layouts took rows in the first partitions.
    await redis.xadd(`${LOG}:{p2}`, '*', 'n', '1', 'd', 'k1 late 1', 'p', '');
    await noteDrained(redis, LOGS, 2);
    expect(await drained()).toEqual([1, 1, undefined]);
    await noteDrained(redis, LOGS, 3, true);
    expect(await drained()).toEqual([undefined, 1, undefined]);
  });

  it('takes an entry once that waited in a spool through two changes, wherever its parts were before', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `k${i} 0 ${i}`);
    const entry = {
      partition: 1,
      producer: 'old',
      sequence: 3,
      rows: 30,
      payload: rows.join('\n'),
      process: '',
    };
    await changeSlowly(5);
    // Only a part was sent before the second change: its process was killed then.
    const after: string[] = [];
    const [first] = currentPartitions();
    const part = rows.filter((row) => partitionOf(keyOf(row)) === first);
    await appendAll(redis, LOG, [
      {
        entry: {
          ...entry,
          partition: first as number,
          producer: 'old/1',
          rows: part.length,
          payload: part.join('\n'),
        },
      },
    ]);
    await changeSlowly(8);
    for (let tries = 0; tries < 3; tries++) await send([{ entry }]);
    await take(after, () => true);
    expect(after.toSorted()).toEqual(rows.toSorted());
  });

  it('takes what was added before the partition was closed only once, and counts its notes', async () => {
    const entry = { partition: 2, producer: 'p', sequence: 1, rows: 1, payload: 'k1 0 0', process: 'a' };
    const notes = (one: Entry) => [{ minute: 0, stage: 'answered', rows: one.rows }];
    await appendAll(redis, LOG, [{ entry, notes }], BOUNDS);
    await changeSlowly(64);
    expect(await appendAll(redis, LOG, [{ entry, notes }], BOUNDS)).toEqual([0]);
    const [minute] = await appendAll(
      redis,
      LOG,
      [{ entry: { ...entry, sequence: 2, payload: 'k2 0 1' }, notes }],
      BOUNDS,
    );
    expect(minute).toBeGreaterThan(0);
    const counts = await redis.hgetall(`${LOG}:counts:{p${partitionOf('k2')}}`);
    expect(counts).toEqual({ [`${minute} a logged`]: '1', [`${minute} a answered`]: '1' });
  });

  it('sends nothing of a closed partition after an entry that found no room', async () => {
    await changeSlowly(2);
    const [one, other] = currentPartitions().map(
      (partition) =>
        Array.from({ length: 20 }, (_, i) => `k${i}`).find((key) => partitionOf(key) === partition) ?? '',
    ) as [string, string];
    await redis.set(bytesKey(LOG, partitionOf(one)), '1000');
    const entries = [one, other].map((payload, i) => ({
      entry: { partition: 0, producer: 'p', sequence: i + 1, rows: 1, payload, process: '' },
    }));
    const bounds = { ...BOUNDS, bytes_max: 2_000 };
    expect(await appendAll(redis, LOG, entries, bounds)).toEqual([expect.any(Error), expect.any(Error)]);
    await redis.set(bytesKey(LOG, partitionOf(one)), '0');
    expect(await appendAll(redis, LOG, entries, bounds)).toEqual([expect.any(Number), expect.any(Number)]);
    const taken: string[] = [];
    await take(taken, () => true);
    expect(taken.toSorted()).toEqual([one, other].toSorted());
  });

  it('waits for a change that is going on, and refuses a second one', async () => {
    await beginLayout(redis, { count: 9, shards: 1 });
    await expect(beginLayout(redis, { count: 10, shards: 1 })).rejects.toThrow(LayoutError);
    for (const partition of [0, 1, 2, 3]) await redis.set(bytesKey(LOG, partition), CLOSED);
    const adding = addRows(redis, LOG, [['k', 'k 0 0']], 1_000_000);
    await rest(100);
    await completeLayout(redis, LOGS);
    await adding;
    expect((await backlogOf(redis, LOG)).entries.reduce((a, b) => a + b)).toBe(1);
    await expect(beginLayout(redis, { count: 9, shards: 1 })).rejects.toThrow('already');
    await expect(beginLayout(redis, { count: 1_025, shards: 1 })).rejects.toThrow('1024');
  });

  it('refuses rows of partitions that a Redis without its data does not know, until a worker repairs the marks', async () => {
    await changeSlowly(6);
    await redis.del(...currentPartitions().map((partition) => bytesKey(LOG, partition)));
    const entry = { partition: 5, producer: 'p', sequence: 1, rows: 1, payload: 'k', process: '' };
    expect(await appendAll(redis, LOG, [{ entry }], BOUNDS)).toEqual([expect.any(MovedError)]);
    await redis.set(bytesKey(LOG, 0), '0');
    await repairMarks(redis, LOGS);
    expect(await appendAll(redis, LOG, [{ entry }], BOUNDS)).toEqual([expect.any(Number)]);
    expect(await redis.get(bytesKey(LOG, 0))).toBe(CLOSED);
  });

  it('puts a dead letter of a closed partition back once', async () => {
    await addRows(redis, LOG, [['k1', 'k1 0 0']], 1_000_000);
    const batch = await freeze(redis, LOG, partitionOf('k1'), 1, 0);
    if (batch === undefined) throw new Error('no batch');
    const [row] = await read(redis, batch);
    if (row === undefined) throw new Error('no row');
    await keepDeadLetters(redis, batch, [{ index: 0, row, reason: 'test' }]);
    await finish(redis, batch);
    await changeSlowly(64);
    const { items } = await listDeadLetters(redis, 1, 10);
    const id = items[0]?.dead_letter_id ?? '';
    expect(await replayDeadLetter(redis, id, (_log, text) => keyOf(text))).toBe(true);
    expect(await replayDeadLetter(redis, id, (_log, text) => keyOf(text))).toBe(false);
    const again = await freeze(redis, LOG, partitionOf('k1'), 1, 0);
    expect(again).toMatchObject({ rows: 1 });
  });
});
