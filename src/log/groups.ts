/**
 * Groups: batches of a log that are inserted as one block, because an insert costs ClickHouse about the same whatever its
 * size. Which batches these are is decided once, durably, before anything of them is inserted, and holds for every worker and
 * every try:
 *
 *   1. every batch notes its leader: another batch, or itself
 *   2. the leader notes its group: itself and those that have noted it; from then on nobody joins
 *   3. the group is inserted under the leader's token; its batches are finished one by one, the leader last
 *
 * So as long as the leader is open, a finished batch of its group says that the insert has succeeded. And a batch that is
 * not in the group of its leader, or whose leader is finished, was never inserted with it: it goes alone, under its own
 * token. With Redis down every call rejects; each is safe to repeat.
 */
import type { RedisClient } from '../platform/redis.ts';
import { BATCH_ROWS_MAX, type Batch, finish } from './batches.ts';
import { decide } from './decisions.ts';
import { shardOf } from './partitions.ts';

/** The leader, and the others of its group. */
export type Group = readonly [leader: Batch, ...others: Batch[]];

/** Names of the decisions. */
const LEADER = 'leader';
const GROUP = 'group';

/** Groups to propose: of one log and shard, with the rows of one full batch at most; the others alone. Pure. */
export function groupable(batches: readonly Batch[], mayGroup: (batch: Batch) => boolean): Group[] {
  const groups: [Batch, ...Batch[]][] = [];
  for (const together of Map.groupBy(
    batches,
    ({ log, partition }) => `${log} ${shardOf(partition)}`,
  ).values()) {
    let group: [Batch, ...Batch[]] | undefined;
    let rows = 0;
    for (const batch of together) {
      rows += batch.rows;
      if (group === undefined || rows > BATCH_ROWS_MAX || !mayGroup(batch)) {
        group = [batch];
        groups.push(group);
        rows = batch.rows;
      } else group.push(batch);
    }
  }
  return groups;
}

/**
 * Proposes that these go together. `confirm` tells that what a batch has noted cannot be lost any more; those that it
 * rejects for, that are finished, or that another leader has taken, are left out. Resolves with the batches to queue: all
 * but those that go with a leader among them.
 */
export async function proposeGroup(
  redis: RedisClient,
  proposed: Group,
  confirm: (batch: Batch) => Promise<boolean>,
): Promise<Batch[]> {
  const [leader, ...others] = proposed;
  if (others.length === 0) return [leader];
  if ((await leaderOf(redis, leader, leader))?.token !== leader.token) return [...proposed];
  const joins = await Promise.all(
    others.map(
      async (batch) =>
        (await leaderOf(redis, batch, leader))?.token === leader.token &&
        (await confirm(batch).catch(() => false)),
    ),
  );
  const group = await groupOf(redis, [leader, ...others.filter((_, i) => joins[i])]);
  const grouped = new Set(group?.map(({ token }) => token));
  return proposed.filter((batch) => batch === leader || !grouped.has(batch.token));
}

/** What is to be processed for the job of a batch; undefined: nothing, it is finished, or is processed with its leader. */
export async function groupToProcess(redis: RedisClient, batch: Batch): Promise<Group | undefined> {
  const leader = await leaderOf(redis, batch, batch);
  if (leader === undefined) return undefined;
  const group = await groupOf(redis, [leader]);
  if (leader.token === batch.token) return group;
  return group?.some(({ token }) => token === batch.token) ? undefined : [batch];
}

/**
 * Throws where what the batches have noted is gone: a failover to a replica that was behind has lost it, and they may go
 * with others by now. Call it right before an insert.
 */
export async function assertGrouped(redis: RedisClient, group: Group): Promise<void> {
  const [leader, ...others] = group;
  if (others.length === 0) return;
  const noted = await Promise.all([
    decide(redis, leader, '', GROUP),
    ...group.map((batch) => decide(redis, batch, '', LEADER)),
  ]);
  const wanted = [JSON.stringify(group), ...group.map(() => JSON.stringify(leader))];
  if (noted.some((one, i) => one !== wanted[i])) throw new Error('the group is not what was noted');
}

/** Closes the batches of an inserted group, the leader last. */
export async function finishGroup(redis: RedisClient, [leader, ...others]: Group): Promise<void> {
  await Promise.all(others.map((batch) => finish(redis, batch)));
  await finish(redis, leader);
}

/** The leader that a batch has noted, or notes now; undefined where the batch is finished. */
async function leaderOf(redis: RedisClient, batch: Batch, leader: Batch): Promise<Batch | undefined> {
  const noted = await decide(redis, batch, JSON.stringify(leader), LEADER);
  return noted === undefined ? undefined : (JSON.parse(noted) as Batch);
}

/** The group that its leader has noted, or notes now; undefined where the leader is finished. */
async function groupOf(redis: RedisClient, group: Group): Promise<Group | undefined> {
  const noted = await decide(redis, group[0], JSON.stringify(group), GROUP);
  return noted === undefined ? undefined : (JSON.parse(noted) as unknown as Group);
}
