/**
 * Decides first clicks: the earliest human click of a contact on a message, and on an offer within it,
 * with what the latter is paid on a cpc offer. One claim is one key in Redis, set where nobody has it: the
 * own click id means first, so a batch that runs again gets the same answers, payout included. With
 * Redis down it rejects and the batch is tried again.
 */
import type { Click } from '../../src/clicks/click.ts';
import {
  CLAIM_KEEP_S_MIN,
  type ClickPayout,
  claimKeepSeconds,
  claimKeys,
  decodeClaim,
  encodeClaim,
  NO_PAYOUT,
  RELEASED,
} from '../../src/clicks/first-click.ts';
import { defineScript, type RedisClient } from '../../src/platform/redis.ts';
import { type Batch, ONLY_WHILE_OPEN, openBatchKey } from '../../src/platform/stream-log.ts';
import type { Judgement } from '../bot-signals/judge-click.ts';
import { retentionsOf } from '../row-expiry.ts';
import type { WorkerContext } from '../worker-context.ts';

const CLAIMS_PER_CALL = 1_000;

/**
 * KEYS  open batch, then one for each claim
 * ARGV  first id, last id, RELEASED, ttl in s of all, then for each claim its value
 * Result  for each claim who has it now, empty: this value; nothing where the batch was finished meanwhile
 */
const CLAIM = defineScript(`${ONLY_WHILE_OPEN}
local result = {}
for i = 2, #KEYS do
  local there = redis.call('GET', KEYS[i])
  if there and there ~= ARGV[3] then
    result[i - 1] = there
  else
    redis.call('SET', KEYS[i], ARGV[i + 3], 'EX', ARGV[4])
    result[i - 1] = ''
  end
end
return result
`);

/**
 * KEYS  open batch, then one for each claim
 * ARGV  first id, last id, ttl in s of those that are new, then for each claim its value
 * Result  nothing
 */
const MOVE = defineScript(`${ONLY_WHILE_OPEN}
for i = 2, #KEYS do
  redis.call('SET', KEYS[i], ARGV[i + 2], 'KEEPTTL')
  if redis.call('TTL', KEYS[i]) < 0 then redis.call('EXPIRE', KEYS[i], ARGV[3]) end
end
return {}
`);

export interface FirstClick extends ClickPayout {
  is_first: boolean;
  is_first_for_offer: boolean;
}

const NOT_FIRST: FirstClick = { is_first: false, is_first_for_offer: false, ...NO_PAYOUT };

type ClaimContext = Pick<WorkerContext, 'redis' | 'accounts'>;

type Winner = ReturnType<typeof decodeClaim>;

interface Claimant {
  click: Click;
  payout: ClickPayout;
}

/**
 * One answer a click, in order. `clicks` are of one partition, in the order of the log; `payouts` is what
 * each is worth as the first on its offer. Safe to repeat.
 */
export async function claimFirstClicks(
  context: ClaimContext,
  batch: Batch,
  clicks: readonly Click[],
  verdicts: readonly Pick<Judgement, 'verdict'>[],
  payouts: readonly ClickPayout[],
): Promise<FirstClick[]> {
  /** Claim key → the click of this batch that may have it: the earliest human one. */
  const claimants = new Map<string, Claimant>();
  const propose = (key: string, click: Click, payout: ClickPayout): void => {
    const earliest = claimants.get(key);
    if (earliest === undefined || isEarlier(click, earliest.click)) {
      claimants.set(key, { click, payout });
    }
  };
  const keys = clicks.map((click, i) => {
    if (verdicts[i]?.verdict !== 'human') return undefined;
    const claim = claimKeys(click, batch.partition);
    propose(claim.message, click, NO_PAYOUT);
    propose(claim.offer, click, payouts[i] ?? NO_PAYOUT);
    return claim;
  });
  const winners = await claim(context, batch, claimants);
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

/** Of two clicks of one batch; the id decides where both came in the same millisecond. */
export function isEarlier(
  one: Pick<Click, 'clicked_at_ms' | 'click_id'>,
  other: Pick<Click, 'clicked_at_ms' | 'click_id'>,
): boolean {
  return one.clicked_at_ms === other.clicked_at_ms
    ? one.click_id < other.click_id
    : one.clicked_at_ms < other.clicked_at_ms;
}

async function claim(
  { redis, accounts }: ClaimContext,
  batch: Batch,
  claimants: Map<string, Claimant>,
): Promise<Map<string, Winner>> {
  const winners = new Map<string, Winner>();
  const retentions = await retentionsOf(
    accounts,
    Array.from(claimants.values(), ({ click }) => click),
  );
  // Accounts share what they keep, and one call then says it once.
  const by_retention = Map.groupBy(claimants, ([, { click }]) => retentions.get(click.account_id) as number);
  for (const [retention_s, claims] of by_retention) {
    for (let from = 0; from < claims.length; from += CLAIMS_PER_CALL) {
      const part = claims.slice(from, from + CLAIMS_PER_CALL);
      const has = (await CLAIM.run(
        redis,
        [openBatchKey(batch), ...part.map(([key]) => key)],
        [
          batch.first_id,
          batch.last_id,
          RELEASED,
          claimKeepSeconds(retention_s),
          ...part.map(([, { click, payout }]) => encodeClaim(click.click_id, payout)),
        ],
      )) as string[];
      for (const [i, [key, { click, payout }]] of part.entries()) {
        const value = has[i];
        if (value === '') winners.set(key, { click_id: click.click_id, ...payout });
        else if (value !== undefined) winners.set(key, decodeClaim(String(value)));
      }
    }
  }
  return winners;
}

/** Gives claims to whom they belong after clicks were judged again; see encodeClaim. Safe to repeat. */
export async function moveClaims(
  redis: RedisClient,
  batch: Batch,
  claims: readonly [key: string, value: string][],
): Promise<void> {
  for (let from = 0; from < claims.length; from += CLAIMS_PER_CALL) {
    const part = claims.slice(from, from + CLAIMS_PER_CALL);
    await MOVE.run(
      redis,
      [openBatchKey(batch), ...part.map(([key]) => key)],
      [batch.first_id, batch.last_id, CLAIM_KEEP_S_MIN, ...part.map(([, value]) => value)],
    );
  }
}
