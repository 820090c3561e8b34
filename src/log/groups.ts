/**
 * Groups: batches of a log that are inserted as one block, because an insert costs ClickHouse about the same whatever its
 * size. Which batches these are is decided once, durably, before anything of them is inserted, and holds for every worker and
 * every try:
 *
 *   1. every batch notes its leader: another batch, or itself
 *   2. the leader notes its group: itself and those that have noted it; from then on nobody joins
 *   3. the group is inserted under the leader's token; its batches are finished one by one, the leader last
 *
 * So as long as the leader is open, the group is what it noted; once it is finished, all of it is inserted. A batch that is
 * not in the group of its leader was never inserted with it: it goes alone, under its own token. A failover of Redis may lose
 * what was noted last, so an insert asks for the notes again (stillGrouped). With Redis down every call rejects; each is
 * safe to repeat.
 */
import type { RedisClient } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { BATCH_ROWS_MAX, type Batch } from './batches.ts';
import { decide, replaceDecision } from './decisions.ts';
import { decisionKey, openBatchKey } from './keys.ts';
import { shardOf } from './partitions.ts';
import type { ReplicaBarrier } from './replica-barrier.ts';

/** Batches that go into one insert, under the token of the first: the leader. */
export type Group = readonly [leader: Batch, ...others: Batch[]];

/** What an open batch has noted; '' for nothing. */
interface Notes {
  leader: string;
  group: string;
}

/** Batches of a group: while no replica answers, an insert waits for each of them in turn (replica-barrier.ts). */
const GROUP_BATCHES_MAX = 8;
/** Names of the decisions. */
const LEADER = 'leader';
const GROUP = 'group';

const CONFIRM_OPEN = loadScript(new URL('./lua/confirm-open.lua', import.meta.url));

/** A failover has lost what was noted, or another worker goes on: the job is tried again. */
export class GroupChangedError extends Error {
  readonly code = 'group_changed';
  constructor() {
    super('the batches are not grouped as they were when this began');
  }
}

/** Groups to propose: of one log and shard, with the rows of one full batch at most; the others alone. Pure. */
export function groupable(batches: readonly Batch[], mayGroup: (batch: Batch) => boolean): Group[] {
  const groups: [Batch, ...Batch[]][] = [];
  const placeOf = ({ log, partition }: Batch): string => `${log} ${shardOf(partition)}`;
  for (const together of Map.groupBy(batches, placeOf).values()) {
    let group: [Batch, ...Batch[]] | undefined;
    let rows = 0;
    for (const batch of together) {
      rows += batch.rows;
      const has_room = group !== undefined && group.length < GROUP_BATCHES_MAX && rows <= BATCH_ROWS_MAX;
      if (has_room && mayGroup(batch)) group?.push(batch);
      else {
        group = [batch];
        rows = batch.rows;
        groups.push(group);
      }
    }
  }
  return groups;
}

/**
 * Proposes that these go together. Those that are finished, or that another leader has taken, are left out. Resolves with
 * the batches to queue: all but those that go with a leader among them.
 */
export async function proposeGroup(redis: RedisClient, proposed: Group): Promise<Batch[]> {
  const [leader, ...others] = proposed;
  if (others.length === 0) return [leader];
  if ((await leaderOf(redis, leader, leader))?.token !== leader.token) return [...proposed];
  const noted = await Promise.all(others.map((batch) => leaderOf(redis, batch, leader)));
  const joined = others.filter((_, i) => noted[i]?.token === leader.token);
  const group = await groupOf(redis, leader, joined);
  const grouped = new Set(group?.map(({ token }) => token));
  return proposed.filter((batch) => batch === leader || !grouped.has(batch.token));
}

/**
 * What is to be processed for the job of a batch; undefined: nothing, it is finished, or is processed with its leader.
 * `left`: its leader goes without it. The batch is nearly always still to be inserted: goAlone. Only where a failover has
 * lost that it was finished with its leader is it inserted already.
 */
export async function groupToProcess(redis: RedisClient, batch: Batch): Promise<Group | 'left' | undefined> {
  const leader = await leaderOf(redis, batch, batch);
  if (leader === undefined) return undefined;
  const group = await groupOf(redis, leader, []);
  if (leader.token === batch.token) return group;
  return group?.some(({ token }) => token === batch.token) ? undefined : 'left';
}

/** The batch is its own leader from now on, so that no group takes it in any more. Undefined where it is finished. */
export async function goAlone(redis: RedisClient, batch: Batch): Promise<Group | undefined> {
  const leader = await leaderOf(redis, batch, batch);
  if (leader === undefined) return undefined;
  const replaced = await replaceDecision(
    redis,
    batch,
    [JSON.stringify(leader), JSON.stringify(batch)],
    LEADER,
  );
  if (!replaced) throw new GroupChangedError();
  return groupOf(redis, batch, []);
}

/**
 * What an open batch has noted; undefined where it is finished. With a barrier (replica-barrier.ts) a replica then has
 * it, with all that was decided and claimed for the batch: throws NotReplicatedError where it has to wait for that.
 */
export async function confirmOpen(
  { redis, barrier }: { redis: RedisClient; barrier?: ReplicaBarrier | undefined },
  batch: Batch,
): Promise<Notes | undefined> {
  const keys = [openBatchKey(batch), decisionKey(batch.log, batch.partition)];
  const args = [batch.first_id, batch.last_id, batch.token, LEADER, GROUP];
  const noted =
    barrier === undefined
      ? await CONFIRM_OPEN.run(redis, keys, args)
      : await barrier.run(batch.partition, CONFIRM_OPEN, keys, args);
  if (!Array.isArray(noted)) return undefined;
  const [leader = '', group = ''] = noted.map(String);
  return { leader, group };
}

/**
 * Asks right before an insert what of a group may be inserted: without those that are finished, or that go with others by
 * now; undefined where all are finished. These leave the group first: whoever of them is open could join it again, and would
 * be taken for inserted. Throws NotReplicatedError, and GroupChangedError.
 */
export async function stillGrouped(
  context: { redis: RedisClient; barrier?: ReplicaBarrier | undefined },
  group: Group,
): Promise<Group | undefined> {
  const notes = await Promise.all(group.map((batch) => confirmOpen(context, batch)));
  if (notes.every((one) => one === undefined)) return undefined;
  const still = group.filter((_, i) => tokenIn(notes[i]?.leader) === group[0].token);
  const [leader, ...others] = still;
  const noted = notes[0]?.group ?? '';
  // A leader is finished after the others, and goes with what it noted; otherwise something was lost.
  if (leader !== group[0] || tokensIn(noted) !== tokensOf(group)) throw new GroupChangedError();
  if (still.length === group.length) return group;
  const replaced = await replaceDecision(context.redis, leader, [noted, JSON.stringify(still)], GROUP);
  if (!replaced) throw new GroupChangedError();
  return stillGrouped(context, [leader, ...others]);
}

/** The leader that a batch has noted, or notes now; undefined where the batch is finished. */
async function leaderOf(redis: RedisClient, batch: Batch, leader: Batch): Promise<Batch | undefined> {
  const noted = await decide(redis, batch, JSON.stringify(leader), LEADER);
  return noted === undefined ? undefined : (JSON.parse(noted) as Batch);
}

/** The group that its leader has noted, or notes now; undefined where the leader is finished. */
async function groupOf(
  redis: RedisClient,
  leader: Batch,
  others: readonly Batch[],
): Promise<Group | undefined> {
  const noted = await decide(redis, leader, JSON.stringify([leader, ...others]), GROUP);
  return noted === undefined ? undefined : (JSON.parse(noted) as unknown as Group);
}

const tokensOf = (batches: readonly Batch[]): string => batches.map(({ token }) => token).join();
const tokensIn = (noted: string): string => (noted === '' ? '' : tokensOf(JSON.parse(noted) as Batch[]));
const tokenIn = (noted = ''): string => (noted === '' ? '' : (JSON.parse(noted) as Batch).token);
