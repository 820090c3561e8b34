/**
 * Decides first clicks: the earliest human click of a contact on a message, and on an offer within it,
 * with what the latter is paid on a cpc offer. One claim is one key in Redis, `SET NX GET`: empty or the
 * own click id means first, so a batch that runs again gets the same answers, payout included. With
 * Redis down it rejects and the batch is tried again.
 */
import type { Click } from '../../src/clicks/click.ts';
import {
  type ClickPayout,
  claimKeys,
  decodeClaim,
  encodeClaim,
  NO_PAYOUT,
} from '../../src/clicks/first-click.ts';
import { type Command, type RedisClient, runAll } from '../../src/platform/redis.ts';
import type { Verdict } from '../bot-signals/judge-click.ts';

/** A claim outlives every link that could contest it. */
const CLAIM_TTL_S = 400 * 24 * 3_600;
const CLAIMS_PER_WRITE = 5_000;

export interface FirstClick extends ClickPayout {
  is_first: boolean;
  is_first_for_offer: boolean;
}

const NOT_FIRST: FirstClick = { is_first: false, is_first_for_offer: false, ...NO_PAYOUT };

interface Claimant {
  click: Click;
  payout: ClickPayout;
}

/**
 * One answer a click, in order. `clicks` are of one partition, in the order of the log; `payouts` is what
 * each is worth as the first on its offer. Safe to repeat.
 */
export async function claimFirstClicks(
  redis: RedisClient,
  partition: number,
  clicks: readonly Click[],
  verdicts: readonly Verdict[],
  payouts: readonly ClickPayout[],
): Promise<FirstClick[]> {
  /** Claim key → the click of this batch that may have it: the earliest human one. */
  const claimants = new Map<string, Claimant>();
  const propose = (key: string, click: Click, payout: ClickPayout): void => {
    const earliest = claimants.get(key);
    if (earliest === undefined || click.clicked_at_ms < earliest.click.clicked_at_ms) {
      claimants.set(key, { click, payout });
    }
  };
  const keys = clicks.map((click, i) => {
    if (verdicts[i]?.verdict !== 'human') return undefined;
    const claim = claimKeys(click, partition);
    propose(claim.message, click, NO_PAYOUT);
    propose(claim.offer, click, payouts[i] ?? NO_PAYOUT);
    return claim;
  });
  const winners = await claim(redis, claimants);
  return clicks.map((click, i) => {
    const claimed = keys[i];
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
  claimants: Map<string, Claimant>,
): Promise<Map<string, ReturnType<typeof decodeClaim>>> {
  const winners = new Map<string, ReturnType<typeof decodeClaim>>();
  const claims = [...claimants];
  for (let from = 0; from < claims.length; from += CLAIMS_PER_WRITE) {
    const part = claims.slice(from, from + CLAIMS_PER_WRITE);
    const commands = part.map(
      ([key, { click, payout }]): Command => [
        'SET',
        key,
        encodeClaim(click.click_id, payout),
        'NX',
        'GET',
        'EX',
        CLAIM_TTL_S,
      ],
    );
    const before = await runAll(redis, commands);
    for (const [i, [key, { click, payout }]] of part.entries()) {
      const winner = before[i] as string | null;
      winners.set(key, winner === null ? { click_id: click.click_id, ...payout } : decodeClaim(winner));
    }
  }
  return winners;
}
