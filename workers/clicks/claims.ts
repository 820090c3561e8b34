/**
 * Claims of first clicks in Redis, as the steps that claim and that rejudge share them: who is earlier, and how
 * they move. With Redis down a write rejects and the batch is retried.
 */
import { CLAIM_FORM, CLAIMS_PER_CALL, readElsewhere } from '../../src/clicks/claim-store.ts';
import type { Click } from '../../src/clicks/click.ts';
import {
  ALONE,
  CLAIM_KEEP_S_MIN,
  type ClaimOn,
  type ClaimSubject,
  claimEnd,
  claimingSubject,
  claimPlace,
  creditedSubject,
  offerDigits,
} from '../../src/clicks/first-click.ts';
import type { Batch } from '../../src/log/batches.ts';
import { openBatchKey } from '../../src/log/keys.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { loadScript } from '../../src/platform/script.ts';

const MOVE = loadScript(new URL('./lua/move-claims.lua', import.meta.url), CLAIM_FORM);

/** Compares two clicks of one batch; the click id decides between clicks of the same millisecond. */
export function isEarlier(
  one: Pick<Click, 'clicked_at_ms' | 'click_id'>,
  other: Pick<Click, 'clicked_at_ms' | 'click_id'>,
): boolean {
  return one.clicked_at_ms === other.clicked_at_ms
    ? one.click_id < other.click_id
    : one.clicked_at_ms < other.clicked_at_ms;
}

/** Which claim of a click on `link` moves, and to whom: see encodeClaim, and RELEASED. */
export interface ClaimMove {
  on: ClaimOn;
  link: ClaimSubject;
  visitor: string;
  claim: string;
}

/**
 * Sets claims to the claimants that a rejudgement has decided. Those of one click on its message and its offer take one
 * field if the message's is moved first. Safe to repeat.
 */
export async function moveClaims(
  redis: RedisClient,
  batch: Batch,
  moves: readonly ClaimMove[],
): Promise<void> {
  for (let from = 0; from < moves.length; from += CLAIMS_PER_CALL) {
    const part = moves
      .slice(from, from + CLAIMS_PER_CALL)
      .map((move) => ({ ...move, subject: subjectOf(move) }));
    const elsewhere = await readElsewhere(redis, part, batch.partition);
    const buckets: string[] = [];
    const values: string[] = [];
    for (const [i, { on, link, subject, claim }] of part.entries()) {
      const [bucket, field] = claimPlace(subject, batch.partition);
      const other = elsewhere[i];
      buckets.push(bucket);
      if (on === 'message') values.push(field, ALONE + claim, other?.message ?? '');
      else values.push(field, offerDigits(link.offer_id) + claim, other?.offer ?? '');
    }
    await MOVE.run(
      redis,
      [openBatchKey(batch), ...buckets],
      [batch.first_id, batch.last_id, claimEnd(CLAIM_KEEP_S_MIN), ...values],
    );
  }
}

const subjectOf = ({ on, link, visitor }: ClaimMove): string =>
  on === 'credit' ? creditedSubject(link) : claimingSubject(link, visitor);
