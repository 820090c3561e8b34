/**
 * Decides first clicks: the earliest human click of a contact on a message, and on an offer within the message (of a
 * visitor, for a link without a contact); the latter with its payout on a cpc offer. A claim in Redis is set only if it
 * is free, and holds the winner's click id. A click that finds its own id is first, so a batch that runs again gets the
 * same answers and payouts. With Redis down it rejects and the batch is retried.
 */

import type { Verdict } from '../../src/bots/judge-click.ts';
import { type Click, wasTurnedAway } from '../../src/clicks/click.ts';
import {
  type Claim,
  type ClickPayout,
  claimEnd,
  claimKeepSeconds,
  claimsOf,
  decodeClaim,
  END_DIGITS,
  encodeClaim,
  NO_PAYOUT,
  NOT_FIRST,
  RELEASED,
} from '../../src/clicks/first-click.ts';
import type { Batch } from '../../src/log/batches.ts';
import { openBatchKey } from '../../src/log/keys.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { loadScript } from '../../src/platform/script.ts';
import type { Keepings } from '../batch/keeping.ts';
import { CLAIMS_PER_CALL, isEarlier, placeClaims } from './claims.ts';

const CLAIM = loadScript(new URL('./lua/claim-first-clicks.lua', import.meta.url), { END_DIGITS });

export interface FirstClick extends ClickPayout {
  is_first: boolean;
  is_first_for_offer: boolean;
}

interface Claimant {
  click: Click;
  payout: ClickPayout;
}

export interface Claiming {
  /** Clicks of one partition, in the order of the log. */
  clicks: readonly Click[];
  /** One for each click, in the same order; see tell-visitors.ts. */
  visitors: readonly string[];
  /** One for each click, in the same order. */
  verdicts: readonly Pick<Verdict, 'verdict'>[];
  /** The payout of each click if it is the first on its offer; in the same order. */
  payouts: readonly ClickPayout[];
  keepings: Keepings;
}

/** One result for each click, in order. Safe to repeat. */
export async function claimFirstClicks(
  redis: RedisClient,
  batch: Batch,
  { clicks, visitors, verdicts, payouts, keepings }: Claiming,
): Promise<FirstClick[]> {
  /** Claim → its claimant in this batch: the earliest human click. */
  const claimants = new Map<string, Claimant>();
  const propose = (claim: string, click: Click, payout: ClickPayout): void => {
    const earliest = claimants.get(claim);
    if (earliest === undefined || isEarlier(click, earliest.click)) {
      claimants.set(claim, { click, payout });
    }
  };
  const claims = clicks.map((click, i) => {
    if (verdicts[i]?.verdict !== 'human') return undefined;
    const own = claimsOf(click, visitors[i] ?? '');
    propose(own.message, click, NO_PAYOUT);
    if (wasTurnedAway(click)) return own;
    propose(own.offer, click, payouts[i] ?? NO_PAYOUT);
    if (own.credit !== own.offer) propose(own.credit, click, NO_PAYOUT);
    return own;
  });
  const winners = await claim(redis, batch, claimants, keepings);
  return clicks.map((click, i) => {
    const claimed = claims[i];
    if (claimed === undefined) return NOT_FIRST;
    const onOffer = winners.get(claimed.offer);
    const is_first_for_offer = onOffer?.click_id === click.click_id;
    return {
      is_first: winners.get(claimed.message)?.click_id === click.click_id,
      is_first_for_offer,
      payout: is_first_for_offer ? onOffer.payout : NO_PAYOUT.payout,
      currency: is_first_for_offer ? onOffer.currency : NO_PAYOUT.currency,
    };
  });
}

async function claim(
  redis: RedisClient,
  batch: Batch,
  claimants: Map<string, Claimant>,
  keepings: Keepings,
): Promise<Map<string, Claim>> {
  const winners = new Map<string, Claim>();
  const ends = new Map(
    Array.from(keepings, ([account_id, { sends_s }]) => [account_id, claimEnd(claimKeepSeconds(sends_s))]),
  );
  const claims = [...claimants];
  for (let from = 0; from < claims.length; from += CLAIMS_PER_CALL) {
    const part = claims.slice(from, from + CLAIMS_PER_CALL);
    const { buckets, values } = await placeClaims(
      redis,
      part.map(([claim, { click, payout }]) => ({
        claim,
        link: click,
        value: (ends.get(click.account_id) as string) + encodeClaim(click.click_id, payout),
      })),
      batch.partition,
    );
    const has = (await CLAIM.run(
      redis,
      [openBatchKey(batch), ...buckets],
      [batch.first_id, batch.last_id, RELEASED, ...values],
    )) as string[];
    for (const [i, [claim, { click, payout }]] of part.entries()) {
      const value = has[i];
      if (value === '') winners.set(claim, { click_id: click.click_id, ...payout });
      else if (value !== undefined) winners.set(claim, decodeClaim(String(value)));
    }
  }
  return winners;
}
