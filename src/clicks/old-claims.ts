/**
 * First clicks as a version before stored them: a key for each claim, with an end of its own. They become fields of
 * buckets when a worker starts, before it counts. Workers of that version know nothing of buckets: none may count
 * meanwhile (see the runbook).
 */
import { type Command, defineScript, type RedisClient, runAll, scanKeys } from '../platform/redis.ts';
import { claimEnd, claimPlace } from './first-click.ts';

/** How claims are stored. With another value, or none, there may be old ones. */
const FORM_KEY = 'claims:form';
const FORM = 'buckets';

/**
 * KEYS  for each claim its old key, its bucket
 * ARGV  for each claim its field, its end
 */
const MOVE = defineScript(`
for i = 1, #KEYS, 2 do
  local value = redis.call('GET', KEYS[i])
  if value then
    redis.call('HSETNX', KEYS[i + 1], ARGV[i], ARGV[i + 1] .. value)
    redis.call('DEL', KEYS[i])
  end
end
`);

/** A bucket's key goes on with its number instead. */
const OLD_KEYS = 'first:{p?}:"*';
const OLD_KEY = /^first:\{p(\d+)\}:(?=")/;

const partitionIn = (key: string): number => Number(OLD_KEY.exec(key)?.[1]);

/** The claim that an old key, or a claim itself, names. */
export const claimOf = (key: string): string => key.replace(OLD_KEY, '');

/** Resolves when no claim has a key of its own any more, with the number of those that had. Safe to repeat. */
export async function moveOldClaims(redis: RedisClient): Promise<number> {
  if ((await redis.get(FORM_KEY)) === FORM) return 0;
  let moved = 0;
  for await (const found of scanKeys(redis, OLD_KEYS)) {
    for (const [partition, keys] of Map.groupBy(found, partitionIn)) {
      const ttls = await runAll(
        redis,
        keys.map((key): Command => ['TTL', key]),
      );
      const places = keys.map((key) => claimPlace(claimOf(key), partition));
      await MOVE.run(
        redis,
        keys.flatMap((key, i) => [key, places[i]?.[0] as string]),
        keys.flatMap((_, i) => [places[i]?.[1] as string, claimEnd(Math.max(0, Number(ttls[i])))]),
      );
      moved += keys.length;
    }
  }
  await redis.set(FORM_KEY, FORM);
  return moved;
}
