/**
 * Claims of first clicks in Redis, as the steps that claim and that rejudge share them: who is earlier, and where a claim
 * is stored. With Redis down a write rejects and the batch is retried.
 */
import type { Click } from '../../src/clicks/click.ts';
import {
  CLAIM_KEEP_S_MIN,
  type ClaimSubject,
  claimEnd,
  claimPlace,
  claimPlacesBesides,
  END_DIGITS,
} from '../../src/clicks/first-click.ts';
import type { Batch } from '../../src/log/batches.ts';
import { openBatchKey } from '../../src/log/keys.ts';
import { isCurrent, knownLayouts } from '../../src/log/partitions.ts';
import { type Command, type RedisClient, runAll } from '../../src/platform/redis.ts';
import { loadScript } from '../../src/platform/script.ts';

/** Claims in one call of a script: a few milliseconds of Redis's time. */
export const CLAIMS_PER_CALL = 1_000;

const MOVE = loadScript(new URL('./lua/move-claims.lua', import.meta.url), { END_DIGITS });

/** Compares two clicks of one batch; the click id decides between clicks of the same millisecond. */
export function isEarlier(
  one: Pick<Click, 'clicked_at_ms' | 'click_id'>,
  other: Pick<Click, 'clicked_at_ms' | 'click_id'>,
): boolean {
  return one.clicked_at_ms === other.clicked_at_ms
    ? one.click_id < other.click_id
    : one.clicked_at_ms < other.clicked_at_ms;
}

/** A claim on the clicks of `link`, and the value that it is to get. */
export interface Placing {
  claim: string;
  link: ClaimSubject;
  value: string;
}

/** Sets claims to the values that a rejudgement has decided; see encodeClaim. Safe to repeat. */
export async function moveClaims(
  redis: RedisClient,
  batch: Batch,
  claims: readonly Placing[],
): Promise<void> {
  for (let from = 0; from < claims.length; from += CLAIMS_PER_CALL) {
    const part = claims.slice(from, from + CLAIMS_PER_CALL);
    const { buckets, values } = await placeClaims(redis, part, batch.partition);
    await MOVE.run(
      redis,
      [openBatchKey(batch), ...buckets],
      [batch.first_id, batch.last_id, claimEnd(CLAIM_KEEP_S_MIN), ...values],
    );
  }
}

/**
 * The buckets of the claims, and for each its field, its value, and what another layout of partitions has of it, ''
 * for nothing: that counts where the bucket has none.
 */
export async function placeClaims(
  redis: RedisClient,
  claims: readonly Placing[],
  partition: number,
): Promise<{ buckets: string[]; values: string[] }> {
  const buckets: string[] = [];
  const values: string[] = [];
  const before = await claimsBesides(redis, claims, partition);
  for (const [i, { claim, value }] of claims.entries()) {
    const [bucket, field] = claimPlace(claim, partition);
    buckets.push(bucket);
    values.push(field, value, before[i] ?? '');
  }
  return { buckets, values };
}

/** For each claim what another layout has of it, '' for nothing; an empty list where there is no other. */
async function claimsBesides(
  redis: RedisClient,
  claims: readonly Placing[],
  partition: number,
): Promise<string[]> {
  // As in nearly every installation.
  if (knownLayouts().layouts.length === 1 && isCurrent(partition)) return [];
  const places = claims.map(({ claim, link }) => claimPlacesBesides(claim, link, partition));
  const stored = await runAll(
    redis,
    places.flat().map((place): Command => ['HGET', ...place]),
  );
  let at = 0;
  return places.map(({ length }) => {
    const of = stored.slice(at, at + length);
    at += length;
    return String(of.find((value) => value !== null) ?? '');
  });
}
