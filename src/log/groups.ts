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
import { decide } from './decisions.ts';
import { decisionKey, openBatchKey } from './keys.ts';
import { shardOf } from './partitions.ts';
import type { ReplicaBarrier } from './replica-barrier.ts';

/** Batches that go into one insert, under the token of the first. */
export interface Group {
  /** What each of them has noted: the first of them, or for a batch that goes alone the leader that did not take it. */
  leader: Batch;
  batches: readonly [Batch, ...Batch[]];
}

/** What an open batch has noted; '' for nothing. */
export interface Notes {
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
export function groupable(
  batches: readonly Batch[],
  mayGroup: (batch: Batch) => boolean,
): [Batch, ...Batch[]][] {
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
export async function proposeGroup(
  redis: RedisClient,
  proposed: readonly [Batch, ...Batch[]],
): Promise<Batch[]> {
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
 * `left`: its leader is finished. Nearly always that went without it; but where a failover has lost that the batch was
 * finished, it is inserted already.
 */
export async function groupToProcess(
  redis: RedisClient,
  batch: Batch,
): Promise<(Group & { left: boolean }) | undefined> {
  const leader = await leaderOf(redis, batch, batch);
  if (leader === undefined) return undefined;
  const group = await groupOf(redis, leader, []);
  if (leader.token === batch.token) return group && { leader, batches: group, left: false };
  if (group?.some(({ token }) => token === batch.token)) return undefined;
  return { leader, batches: [batch], left: group === undefined };
}

/**
 * What an open batch has noted; undefined where it is finished. With a barrier (CLICK_ACK=replicated) a replica then has
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
 * The batches of a group that may be inserted, by what confirmOpen says of each of them right before: without those that are
 * finished, or that go with others by now; none where all are finished. Throws GroupChangedError. Pure.
 */
export function stillGrouped({ leader, batches }: Group, notes: readonly (Notes | undefined)[]): Batch[] {
  if (notes.every((one) => one === undefined)) return [];
  const [first] = notes;
  // Finished before the others, or not of this group any more: something was lost.
  if (first === undefined || tokenIn(first.leader) !== leader.token) throw new GroupChangedError();
  const is_leader = leader.token === batches[0].token;
  if (is_leader && tokensIn(first.group) !== batches.map(({ token }) => token).join())
    throw new GroupChangedError();
  return batches.filter((_, i) => tokenIn(notes[i]?.leader ?? '') === leader.token);
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
): Promise<Group['batches'] | undefined> {
  const noted = await decide(redis, leader, JSON.stringify([leader, ...others]), GROUP);
  return noted === undefined ? undefined : (JSON.parse(noted) as unknown as Group['batches']);
}

const tokenIn = (noted: string): string => (noted === '' ? '' : (JSON.parse(noted) as Batch).token);
const tokensIn = (noted: string): string =>
  noted === '' ? '' : (JSON.parse(noted) as Batch[]).map(({ token }) => token).join();
