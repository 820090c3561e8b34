/**
 * Puts changes on the audit log. Before a change is written, its entry is announced: it stands in the hash of pending
 * entries. After the change and before the answer it is settled: in one step the pending entry goes and the complete
 * one is appended to the log, so it is appended once however often that is repeated.
 *
 *   announce   Redis down, or the log full: rejects, and nothing is changed
 *   settle     the change was written; Redis down: rejects, the entry stays pending
 *   withdraw   the change was refused, nothing was written
 *
 * A process that is killed in between leaves its entry pending; settleLeft appends it with the outcome `unknown`. So no
 * change is without an entry, while an entry of unknown outcome may be of a change that was never written.
 */
import { newEntityId } from '../../catalog/entity-id.ts';
import { append, ENTRIES_MAX } from '../../log/append.ts';
import { inPartitions } from '../../log/in-partitions.ts';
import { entryKeys, partitionTag } from '../../log/keys.ts';
import { allPartitions, partitionShare, partitionsOf } from '../../log/partitions.ts';
import { MOVED, refusal } from '../../log/refusal.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { loadScript } from '../../platform/script.ts';
import { type AuditAction, subjectKindOf } from './actions.ts';
import { AUDIT_LOG, decodeEntry, encodeEntry } from './audit-entry.ts';
import type { AuditEntry } from './audit-fields.ts';
import { difference } from './subjects.ts';

/** Bytes of entries that workers have not taken yet; a worker may have to hold those of a partition as one batch. */
const BYTES_MAX = 128 * 1024 * 1024;
/** Pending entries of a partition: far more than requests that an API can have at work. */
const PENDING_MAX = 10_000;
/** An entry pending for longer belongs to a request that has ended. */
export const PENDING_MS_MAX = 10 * 60_000;

/** Hash: row by audit_id. */
export const pendingKey = (partition: number): string => `audit:pending:${partitionTag(partition)}`;

const ANNOUNCE = loadScript(new URL('./lua/announce.lua', import.meta.url), { ENTRIES_MAX, PENDING_MAX });
const SETTLE = loadScript(new URL('./lua/settle.lua', import.meta.url), { ENTRIES_MAX });

/** Who asked for a change. */
export type Actor = Pick<AuditEntry, 'actor_kind' | 'actor_id' | 'actor_name' | 'address'>;

/** One change. Of `before` and `after` only the fields that subjects.ts lists are kept, where they differ. */
export interface Change {
  action: AuditAction;
  /** '' changes the installation. */
  account_id: string;
  subject_id: string;
  before?: object;
  after?: object;
}

/** The entry of a change that is about to be written. */
export function newEntry(actor: Actor, change: Change, at_ms: number): AuditEntry {
  return { audit_id: newEntityId('adt'), at_ms, ...actor, ...describe(change), outcome: 'unknown' };
}

/** The entry of `pending`, now that it is known what was changed. */
export function completed(pending: AuditEntry, change: Change, outcome: AuditEntry['outcome']): AuditEntry {
  return { ...pending, ...describe(change), outcome };
}

function describe({ action, account_id, subject_id, before = {}, after = {} }: Change) {
  const subject_kind = subjectKindOf(action);
  return { action, account_id, subject_kind, subject_id, ...difference(subject_kind, before, after) };
}

/** Notes the entry of a change before it is written. Safe to repeat. Throws LogFullError. */
export async function announce(redis: RedisClient, entry: AuditEntry): Promise<void> {
  const args = [partitionShare(BYTES_MAX), entry.audit_id, encodeEntry(entry)];
  await inPartitions(redis, [entry], idOf, async (partition) => {
    const noted = Number(await ANNOUNCE.run(redis, keysIn(partition), args));
    if (noted < 0) throw refusal(AUDIT_LOG, partition, noted);
  });
}

/** Appends an announced entry to the log. Safe to repeat. */
export async function settle(redis: RedisClient, entry: AuditEntry): Promise<void> {
  const { audit_id } = entry;
  for (const partition of partitionsOf(audit_id))
    await settleIn(redis, partition, audit_id, encodeEntry(entry));
}

/**
 * Where the entry is pending in this partition. In one that was closed the entry is appended elsewhere first, under a
 * sequence number, so that it is appended once.
 */
async function settleIn(redis: RedisClient, partition: number, audit_id: string, row: string): Promise<void> {
  const settled = Number(await SETTLE.run(redis, keysIn(partition), [audit_id, row]));
  if (settled !== MOVED) return;
  const entry = { partition, producer: audit_id, sequence: 1, rows: 1, payload: row, process: '' };
  await append(redis, AUDIT_LOG, entry, [], { keyOf: () => audit_id });
  await redis.hdel(pendingKey(partition), audit_id);
}

/** Forgets an announced entry, because its change was refused. */
export async function withdraw(redis: RedisClient, { audit_id }: AuditEntry): Promise<void> {
  for (const partition of partitionsOf(audit_id)) await redis.hdel(pendingKey(partition), audit_id);
}

/** Appends the entry of a change that has been made by something other than a request of the API. */
export async function recordAudit(redis: RedisClient, actor: Actor, change: Change): Promise<void> {
  const entry = newEntry(actor, change, Date.now());
  await announce(redis, entry);
  await settle(redis, { ...entry, outcome: 'done' });
}

/** Appends what has been pending for PENDING_MS_MAX, and returns how many that were. Safe to repeat. */
export async function settleLeft(redis: RedisClient, now_ms: number): Promise<number> {
  let left = 0;
  for (const partition of allPartitions()) {
    for (const [audit_id, row] of Object.entries(await redis.hgetall(pendingKey(partition)))) {
      if (now_ms - timeOf(row) < PENDING_MS_MAX) continue;
      await settleIn(redis, partition, audit_id, row);
      left++;
    }
  }
  return left;
}

/** A row that can not be read is old enough: it becomes a dead letter, where an operator sees it. */
function timeOf(row: string): number {
  try {
    return decodeEntry(row).at_ms;
  } catch {
    return 0;
  }
}

/** Entries are spread by their own id: the table sorts them by time. */
const idOf = ({ audit_id }: Pick<AuditEntry, 'audit_id'>): string => audit_id;

const keysIn = (partition: number): string[] => [...entryKeys(AUDIT_LOG, partition), pendingKey(partition)];
