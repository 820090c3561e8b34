/**
 * What was decided for an open batch, where that depends on more than its rows: kept durably before the first insert,
 * so that a batch that is processed again, by anyone, inserts the same. It goes when the batch is finished. With Redis
 * down every call rejects; each is safe to repeat.
 */
import type { RedisClient } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import type { Batch } from './batches.ts';
import { decisionKey, openBatchKey } from './keys.ts';

const DECIDE = loadScript(new URL('./lua/decide.lua', import.meta.url));
const SET_ASIDE = loadScript(new URL('./lua/set-aside.lua', import.meta.url));

/**
 * Keeps `decision` for an open batch; whoever was first decides for all who work on the batch, now or after a crash.
 * Without `decision` it only asks. Resolves with what holds, or undefined where nothing is decided or the batch was
 * finished. A batch that decides several things names all but one of them.
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

/** Remembers until the batch is finished that its row at `index` is not to be processed. */
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
