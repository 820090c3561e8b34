/**
 * Decisions about an open batch that depend on more than its rows. They are stored durably before the first insert, so
 * that every worker that processes the batch again inserts the same rows. They are removed when the batch is finished.
 * With Redis down every call rejects; each is safe to repeat.
 */
import type { RedisClient } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import type { Batch } from './batches.ts';
import { decisionKey, openBatchKey } from './keys.ts';

const DECIDE = loadScript(new URL('./lua/decide.lua', import.meta.url));
const REPLACE = loadScript(new URL('./lua/replace-decision.lua', import.meta.url));
const SET_ASIDE = loadScript(new URL('./lua/set-aside.lua', import.meta.url));

/**
 * Stores `decision` for an open batch unless it has one: the first decision holds for every worker, now or after a
 * crash. Without `decision` it only reads. Resolves with the decision that holds, or undefined if there is none or the
 * batch is finished. A batch with several decisions gives each its own `name`.
 */
export async function decide(
  redis: RedisClient,
  batch: Batch,
  decision = '',
  name = '',
): Promise<string | undefined> {
  const decided = await DECIDE.run(
    redis,
    [openBatchKey(batch), decisionKey(batch.log, batch.partition)],
    [batch.first_id, batch.last_id, batch.token, decision, name],
  );
  return typeof decided === 'string' ? decided : undefined;
}

/** Replaces a decision by another one; false where the batch has not `decided`, or is not open. */
export async function replaceDecision(
  redis: RedisClient,
  batch: Batch,
  [decided, decision]: readonly [decided: string, decision: string],
  name: string,
): Promise<boolean> {
  const replaced = await REPLACE.run(
    redis,
    [openBatchKey(batch), decisionKey(batch.log, batch.partition)],
    [batch.first_id, batch.last_id, batch.token, name, decided, decision],
  );
  return replaced === 1;
}

/** Marks the row at `index` as set aside until the batch is finished. */
export async function setAside(redis: RedisClient, batch: Batch, index: number): Promise<void> {
  await SET_ASIDE.run(
    redis,
    [openBatchKey(batch), decisionKey(batch.log, batch.partition)],
    [batch.first_id, batch.last_id, index],
  );
}

/** Indexes of the rows of a batch that were set aside. */
export async function asideOf(redis: RedisClient, batch: Batch): Promise<number[]> {
  const prefix = `aside:${batch.first_id}:`;
  const fields = await redis.hkeys(decisionKey(batch.log, batch.partition));
  return fields
    .filter((field) => field.startsWith(prefix))
    .map((field) => Number(field.slice(prefix.length)));
}
