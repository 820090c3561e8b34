/**
 * Decides first clicks: the earliest human click of a contact on a message, and on an offer within it.
 * One claim is one key in Redis, `SET NX GET`: empty or the own click id means first, so a batch that
 * runs again gets the same answers. With Redis down it rejects and the batch is tried again.
 */
import type { Click } from '../../src/clicks/click.ts';
import { type Command, type RedisClient, runAll } from '../../src/platform/redis.ts';
import { partitionTag } from '../../src/platform/stream-log.ts';
import type { Verdict } from '../bot-signals/judge-click.ts';

/** A claim outlives every link that could contest it. */
const CLAIM_TTL_S = 400 * 24 * 3_600;
const CLAIMS_PER_WRITE = 5_000;

export interface FirstClick {
  is_first: boolean;
  is_first_for_offer: boolean;
}

/** What a click is first of. A link without a message stands for itself. */
export function claimKeys(click: Click, partition: number): { message: string; offer: string } {
  const subject = click.message_id === '' ? `link:${click.link_id}` : click.message_id;
  const message = `first:${partitionTag(partition)}:${JSON.stringify([click.account_id, subject, click.contact_id]).slice(1, -1)}`;
  return { message, offer: `${message},${JSON.stringify(click.offer_id)}` };
}

/** One answer a click, in order. `clicks` are of one partition, in the order of the log; safe to repeat. */
export async function claimFirstClicks(
  redis: RedisClient,
  partition: number,
  clicks: readonly Click[],
  verdicts: readonly Verdict[],
): Promise<FirstClick[]> {
  /** Claim key → the click of this batch that may have it: the earliest human one. */
  const claimants = new Map<string, Click>();
  const keys = clicks.map((click, i) => {
    if (verdicts[i]?.verdict !== 'human') return undefined;
    const claim = claimKeys(click, partition);
    for (const key of [claim.message, claim.offer]) {
      const earliest = claimants.get(key);
      if (earliest === undefined || click.clicked_at_ms < earliest.clicked_at_ms) claimants.set(key, click);
    }
    return claim;
  });
  const winners = await claim(redis, claimants);
  return clicks.map((click, i) => {
    const claimed = keys[i];
    if (claimed === undefined) return { is_first: false, is_first_for_offer: false };
    return {
      is_first: winners.get(claimed.message) === click.click_id,
      is_first_for_offer: winners.get(claimed.offer) === click.click_id,
    };
  });
}

async function claim(redis: RedisClient, claimants: Map<string, Click>): Promise<Map<string, string>> {
  const winners = new Map<string, string>();
  const claims = [...claimants];
  for (let from = 0; from < claims.length; from += CLAIMS_PER_WRITE) {
    const part = claims.slice(from, from + CLAIMS_PER_WRITE);
    const commands = part.map(
      ([key, click]): Command => ['SET', key, click.click_id, 'NX', 'GET', 'EX', CLAIM_TTL_S],
    );
    const before = await runAll(redis, commands);
    for (const [i, [key, click]] of part.entries()) {
      winners.set(key, (before[i] as string | null) ?? click.click_id);
    }
  }
  return winners;
}
