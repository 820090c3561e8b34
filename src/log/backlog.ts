/**
 * How much waits in a partition of a log, and since when: for metrics, for bounds, and to wait until rows are
 * processed. Only reads. With Redis down every call rejects.
 */
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { bytesKey, streamKey } from './keys.ts';
import { CLOSED } from './layouts.ts';
import { allPartitions } from './partitions.ts';

const LENGTHS = loadScript(new URL('./lua/lengths.lua', import.meta.url));

type Entries = [id: string, fields: string[]][];

/** Entries that wait in a partition, including those of the open batch. */
export async function backlog(redis: RedisClient, log: string, partition: number): Promise<number> {
  return redis.xlen(streamKey(log, partition));
}

/** Bytes of payload that wait in a partition; 0 for one that was closed, whose bytes are not counted. */
export async function backlogBytes(redis: RedisClient, log: string, partition: number): Promise<number> {
  return bytesIn(await redis.get(bytesKey(log, partition)));
}

const bytesIn = (held: unknown): number => (held === null || held === CLOSED ? 0 : Number(held));

/** The same of every partition of a log, in order. */
export async function backlogOf(
  redis: RedisClient,
  log: string,
): Promise<{ entries: number[]; bytes: number[] }> {
  const partitions = allPartitions();
  const [entries, held] = await Promise.all([
    lengthsOf(
      redis,
      partitions.map((partition) => ({ log, partition })),
    ),
    runAll(
      redis,
      partitions.map((partition): Command => ['GET', bytesKey(log, partition)]),
    ),
  ]);
  return { entries, bytes: held.map(bytesIn) };
}

/** Entries that wait in each of these, in order: one call for all logs of a partition, at one time. */
export async function lengthsOf(
  redis: RedisClient,
  places: readonly { log: string; partition: number }[],
): Promise<number[]> {
  const groups = [...Map.groupBy(places, ({ partition }) => partition)].map(([partition, of]) =>
    of.map(({ log }) => streamKey(log, partition)),
  );
  const found = await Promise.all(groups.map((keys) => LENGTHS.run(redis, keys, []) as Promise<number[]>));
  const lengths = new Map(groups.flatMap((keys, i) => keys.map((key, n) => [key, found[i]?.[n] ?? 0])));
  return places.map(({ log, partition }) => lengths.get(streamKey(log, partition)) ?? 0);
}

const timeOfId = (id: string): number => Number(id.slice(0, id.indexOf('-')));

/** When the oldest waiting entry of a log was logged, in ms; undefined if none waits. */
export async function oldestWaiting(redis: RedisClient, log: string): Promise<number | undefined> {
  const oldest = (await runAll(
    redis,
    allPartitions().map((partition): Command => ['XRANGE', streamKey(log, partition), '-', '+', 'COUNT', 1]),
  )) as Entries[];
  const times = oldest.flatMap(([first]) => (first === undefined ? [] : [timeOfId(first[0])]));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The newest entry in a partition of a log; see notPassed. */
export type Position = [log: string, partition: number, id: string];

/** Of the partitions of a log that hold entries. */
export async function positionsIn(redis: RedisClient, log: string): Promise<Position[]> {
  const partitions = allPartitions();
  const newest = (await runAll(
    redis,
    partitions.map((partition): Command => ['XREVRANGE', streamKey(log, partition), '+', '-', 'COUNT', 1]),
  )) as Entries[];
  return partitions.flatMap((partition, i): Position[] => {
    const id = newest[i]?.[0]?.[0];
    return id === undefined ? [] : [[log, partition, id]];
  });
}

/** Those of which not everything up to the position was processed, that is, has left the stream. */
export async function notPassed(redis: RedisClient, positions: readonly Position[]): Promise<Position[]> {
  const left = (await runAll(
    redis,
    positions.map(
      ([log, partition, id]): Command => ['XRANGE', streamKey(log, partition), '-', id, 'COUNT', 1],
    ),
  )) as Entries[];
  return positions.filter((_, i) => (left[i]?.length ?? 0) > 0);
}
