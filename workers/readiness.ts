/**
 * What a worker can and can't do now, and the pause in which it inserts nothing: while a disk of ClickHouse has less left
 * than half of its reserve, rows wait in the logs, so that what is left is there for the log's own file.
 */
import { type Readiness, readinessOf, troubleOf, troubleOfParts } from '../src/platform/readiness.ts';
import type { ServerWatch } from '../src/platform/server-watch.ts';
import { sleep } from '../src/platform/sleep.ts';

const LOOK_AGAIN_MS = 1_000;

export interface WorkerWatches {
  redis: ServerWatch;
  clickhouse: ServerWatch;
  room: ServerWatch;
  clock: ServerWatch;
}

/** `nodes_away`: undefined where ClickHouse is one server. */
export function workerReadiness(
  watches: WorkerWatches,
  records_lost: boolean,
  nodes_away: readonly string[] | undefined,
): Readiness {
  const { redis, clickhouse, room, clock } = watches;
  const lost = { why: 'Redis has lost its data', do: 'run npm run restore' };
  return readinessOf([
    {
      what: 'move clicks, messages and conversions to the reports',
      needed: true,
      trouble: troubleOf(redis.fault ?? clickhouse.fault ?? room.fault) ?? (records_lost ? lost : undefined),
    },
    ...(nodes_away === undefined
      ? []
      : [{ what: 'reach every node of ClickHouse', needed: false, trouble: troubleOfParts(nodes_away) }]),
    { what: 'tell the right time', needed: false, trouble: troubleOf(clock.fault) },
  ]);
}

/** Resolves when there is room for inserts. Rejects when the worker stops. */
export async function untilRoom(room: Pick<ServerWatch, 'fault'>, stopping: () => boolean): Promise<void> {
  while (room.fault !== undefined) {
    if (stopping()) throw new Error('this worker stops');
    await sleep(LOOK_AGAIN_MS);
  }
}
