/**
 * `trackly partitions [N]`: how the logs are divided, or divides them into N from now on, while rows arrive. If it is
 * interrupted, a worker completes the change; run again, it says so.
 */
import { shardCount } from '../clickhouse/shards.ts';
import { readConfig } from '../config.ts';
import { lengthsOf } from '../log/backlog.ts';
import { beginLayout, completeLayout, LayoutError, refreshLayouts, SEEN_BY_ALL_MS } from '../log/layouts.ts';
import { type Layout, PARTITIONS_MAX, partitionsIn } from '../log/partitions.ts';
import type { RedisClient } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { LOGS } from '../records/backup/redis-keys.ts';
import { assertComplete } from '../records/completeness.ts';
import { useInstallation } from './connect-installation.ts';
import { readArguments, UsageError } from './errors.ts';

export async function partitions(args: string[]): Promise<void> {
  const [asked] = readArguments(args, {}, 1).positionals;
  const count = asked === undefined ? undefined : countOf(asked);
  await useInstallation(readConfig(), { may_be_new: false }, async ({ redis, clickhouse }) => {
    if (count !== undefined) await change(redis, { count, shards: shardCount(clickhouse) });
    await list(redis);
  });
}

function countOf(text: string): number {
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > PARTITIONS_MAX)
    throw new UsageError(`give the number of partitions, from 1 to ${PARTITIONS_MAX}`);
  return count;
}

async function change(redis: RedisClient, wanted: Pick<Layout, 'count' | 'shards'>): Promise<void> {
  // Without the records the layouts may be missing too.
  await assertComplete(redis);
  const { opening } = await refreshLayouts(redis);
  if (opening === undefined) await beginLayout(redis, wanted);
  else if (opening.count !== wanted.count)
    throw new LayoutError(
      `a change to ${opening.count} partitions is going on, which a worker completes: try again in some seconds`,
    );
  await sleep(SEEN_BY_ALL_MS);
  await completeLayout(redis, LOGS);
}

async function list(redis: RedisClient): Promise<void> {
  const { layouts } = await refreshLayouts(redis);
  for (const layout of layouts) {
    const lengths = await lengthsOf(
      redis,
      LOGS.flatMap((log) => partitionsIn(layout).map((partition) => ({ log, partition }))),
    );
    const entries = lengths.reduce((sum, length) => sum + length, 0);
    console.log(`${nameOf(layout)}: ${stateOf(layout, layout === layouts.at(-1), entries)}`);
  }
}

const nameOf = ({ first, count, shards }: Layout): string =>
  `${count} ${count === 1 ? 'partition' : 'partitions'} from p${first}${shards === 1 ? '' : ` over ${shards} shards`}`;

function stateOf({ drained_at_ms }: Layout, is_last: boolean, entries: number): string {
  const waiting = `${entries} ${entries === 1 ? 'entry waits' : 'entries wait'}`;
  if (is_last) return `take rows; ${waiting}`;
  if (drained_at_ms === undefined) return `being emptied; ${waiting}`;
  return `empty since ${new Date(drained_at_ms).toISOString()}; what was stored under them is found until it expires`;
}
