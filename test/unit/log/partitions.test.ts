/** The arithmetic of layouts: where a key is, was and will be, and how an entry is divided when its partition is closed. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  allPartitions,
  currentPartitions,
  FIRST_LAYOUTS,
  keyHash,
  type Layout,
  layoutAfter,
  layoutOf,
  partitionOf,
  partitionOfHash,
  partitionShare,
  partitionsBefore,
  partitionsOf,
  shardOf,
  useLayouts,
} from '../../../src/log/partitions.ts';
import { splitEntry } from '../../../src/log/split-entry.ts';
import { intervalOf } from '../../../workers/cut-batches.ts';

const FIRST: Layout = { first: 0, count: 4, shards: 1 };
const SECOND: Layout = { first: 4, count: 64, shards: 2 };
const THIRD: Layout = { first: 68, count: 3, shards: 1 };
const KEYS = Array.from({ length: 500 }, (_, i) => `acc_${i % 7}:message-${i}`);

afterEach(() => useLayouts(FIRST_LAYOUTS));

describe('a key', () => {
  it('has four partitions to be in until the installation says otherwise', () => {
    expect(currentPartitions()).toEqual([0, 1, 2, 3]);
    expect(new Set(KEYS.map((key) => partitionOf(key)))).toEqual(new Set([0, 1, 2, 3]));
    expect(partitionsOf('any')).toHaveLength(1);
  });

  it('is found under the last layout first, then under the ones before, newest first', () => {
    useLayouts({ layouts: [FIRST, SECOND, THIRD] });
    for (const key of KEYS) {
      const [third, second, first] = partitionsOf(key) as number[];
      expect([third, second, first].map((partition) => layoutOf(partition as number))).toEqual([
        THIRD,
        SECOND,
        FIRST,
      ]);
      expect(first).toBe(partitionOf(key, FIRST));
      expect(third).toBe(partitionOfHash(keyHash(key)));
      expect(partitionsBefore(key, second)).toEqual([first]);
      expect(partitionsBefore(key, first)).toEqual([]);
    }
  });

  it('is looked for where it is about to be, and not written there yet', () => {
    useLayouts({ layouts: [FIRST], opening: SECOND });
    const [present, next] = partitionsOf('any');
    expect(layoutOf(present)).toEqual(FIRST);
    expect(next).toBe(partitionOf('any', SECOND));
  });

  it('is spread evenly', () => {
    useLayouts({ layouts: [SECOND] });
    const counts = Map.groupBy(
      Array.from({ length: 64_000 }, (_, i) => `acc_1:msg_${i}`),
      (key) => partitionOf(key),
    );
    expect(counts.size).toBe(64);
    for (const [, keys] of counts) expect(keys.length).toBeGreaterThan(700);
  });
});

describe('a partition', () => {
  it('belongs to a shard of its layout, and to the layout after it once it is closed', () => {
    useLayouts({ layouts: [FIRST, SECOND, THIRD] });
    expect(allPartitions()).toHaveLength(71);
    expect([0, 3, 4, 5, 6, 68].map(shardOf)).toEqual([0, 0, 0, 1, 0, 0]);
    expect([0, 4, 68].map(layoutAfter)).toEqual([SECOND, THIRD, undefined]);
    expect(partitionShare(300)).toBe(100);
  });

  it('that was forgotten is followed by those that take rows', () => {
    useLayouts({ layouts: [THIRD] });
    expect(layoutOf(1)).toBeUndefined();
    expect(layoutAfter(1)).toEqual(THIRD);
  });

  it.each([
    [{ count: 4, shards: 1 }, 1_000],
    [{ count: 8, shards: 1 }, 1_000],
    [{ count: 64, shards: 1 }, 4_000],
    [{ count: 64, shards: 2 }, 2_000],
    [{ count: 1_024, shards: 1 }, 8_000],
    [{ count: 1_024, shards: 64 }, 1_000],
  ])('of %o is inserted every %i ms', (layout, interval_ms) => {
    expect(intervalOf(layout)).toBe(interval_ms);
  });
});

describe('an entry of a closed partition', () => {
  const entry = {
    partition: 2,
    producer: 'p',
    sequence: 7,
    rows: KEYS.length,
    payload: KEYS.join('\n'),
    process: 'redirect-1',
  };

  it('is divided by its rows’ keys, in order, under a producer that names the partition', () => {
    const parts = splitEntry(entry, SECOND, (row) => row);
    expect(parts.flatMap(({ payload }) => payload.split('\n')).toSorted()).toEqual(KEYS.toSorted());
    for (const part of parts) {
      const rows = part.payload.split('\n');
      expect(rows).toEqual(KEYS.filter((key) => partitionOf(key, SECOND) === part.partition));
      expect(part).toMatchObject({
        ...{ producer: 'p/2', sequence: 7, process: 'redirect-1', rows: rows.length },
      });
    }
    expect(splitEntry(entry, SECOND, (row) => row)).toEqual(parts);
  });

  it('keeps a row that can not be read, which becomes a dead letter elsewhere', () => {
    const parts = splitEntry({ ...entry, rows: 2, payload: 'a\nb' }, THIRD, () => {
      throw new Error('damaged');
    });
    expect(parts.flatMap(({ payload }) => payload.split('\n')).toSorted()).toEqual(['a', 'b']);
  });
});
