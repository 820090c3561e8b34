/**
 * Decides first clicks: the earliest human click of a contact on a message, and on an offer within the message (of a
 * visitor, for a link without a contact); the latter with its payout on a cpc offer. A claim in Redis is set only if it
 * is free, and holds the winner's click id. A click that finds its own id is first, so a batch that runs again gets the
 * same answers and payouts. With Redis down it rejects and the batch is retried.
 */

import type { Verdict } from '../../src/bots/judge-click.ts';
import { argumentsOf, CLAIM_FORM, CLAIMS_PER_CALL, type Taking } from '../../src/clicks/claim-store.ts';
import { type Click, wasTurnedAway } from '../../src/clicks/click.ts';
import {
  type ClickPayout,
  claimEnd,
  claimingSubject,
  claimKeepSeconds,
  creditedSubject,
  decodeClaim,
  NO_PAYOUT,
  NOT_FIRST,
} from '../../src/clicks/first-click.ts';
import type { Batch } from '../../src/log/batches.ts';
import { openBatchKey } from '../../src/log/keys.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { loadScript } from '../../src/platform/script.ts';
import type { Keepings } from '../batch/keeping.ts';
import { isEarlier } from './claims.ts';

const CLAIM = loadScript(new URL('./lua/claim-first-clicks.lua', import.meta.url), CLAIM_FORM);

export interface FirstClick extends ClickPayout {
  is_first: boolean;
  is_first_for_offer: boolean;
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

/** Of one subject, the earliest human clicks of a batch, and who has the claims after it. */
interface Contest {
  subject: string;
  /** The earliest of all; undefined where the message's claim is not asked for. */
  earliest: Click | undefined;
  /** Of most subjects one. */
  offers: OfferContest[];
  /** Click id. */
  first: string;
}

interface OfferContest {
  offer_id: string;
  earliest: Click;
  payout: ClickPayout;
  first: string;
}

/** One result for each click, in order. Safe to repeat. */
export async function claimFirstClicks(
  redis: RedisClient,
  batch: Batch,
  { clicks, visitors, verdicts, payouts, keepings }: Claiming,
): Promise<FirstClick[]> {
  const contests = new Map<string, Contest>();
  /** Of all visitors of links without a contact, whose first click conversions are credited to. */
  const credits = new Map<string, Contest>();
  const contestOf = clicks.map((click, i) => {
    if (verdicts[i]?.verdict !== 'human') return undefined;
    const contest = contestIn(contests, claimingSubject(click, visitors[i] ?? ''));
    if (contest.earliest === undefined || isEarlier(click, contest.earliest)) contest.earliest = click;
    if (wasTurnedAway(click)) return contest;
    enter(contest, click, payouts[i] ?? NO_PAYOUT);
    if (click.contact_id === '') enter(contestIn(credits, creditedSubject(click)), click, NO_PAYOUT);
    return contest;
  });
  await claim(redis, batch, [...contests.values(), ...credits.values()], keepings);
  return clicks.map(({ click_id, offer_id }, i) => {
    const contest = contestOf[i];
    if (contest === undefined) return NOT_FIRST;
    const on_offer = contest.offers.find((one) => one.offer_id === offer_id);
    const is_first_for_offer = on_offer?.first === click_id;
    return {
      is_first: contest.first === click_id,
      is_first_for_offer,
      payout: is_first_for_offer ? on_offer.payout.payout : NO_PAYOUT.payout,
      currency: is_first_for_offer ? on_offer.payout.currency : NO_PAYOUT.currency,
    };
  });
}

function contestIn(contests: Map<string, Contest>, subject: string): Contest {
  let contest = contests.get(subject);
  if (contest === undefined) {
    contest = { subject, earliest: undefined, offers: [], first: '' };
    contests.set(subject, contest);
  }
  return contest;
}

function enter({ offers }: Contest, click: Click, payout: ClickPayout): void {
  const offer = offers.find(({ offer_id }) => offer_id === click.offer_id);
  if (offer === undefined) offers.push({ offer_id: click.offer_id, earliest: click, payout, first: '' });
  else if (isEarlier(click, offer.earliest)) Object.assign(offer, { earliest: click, payout });
}

/** A claim on a message with that on the offer, if one click is the earliest on both, or one of these. */
interface Asked extends Taking {
  contest: Contest;
  on_offer: OfferContest | undefined;
}

/** Sets who is first in each contest, and with what payout. Nobody is, once the batch is finished. */
async function claim(
  redis: RedisClient,
  batch: Batch,
  contests: readonly Contest[],
  keepings: Keepings,
): Promise<void> {
  const ends = new Map(
    Array.from(keepings, ([account_id, { sends_s }]) => [account_id, claimEnd(claimKeepSeconds(sends_s))]),
  );
  const asked = askFor(contests, ends);
  for (let from = 0; from < asked.length; from += CLAIMS_PER_CALL) {
    const part = asked.slice(from, from + CLAIMS_PER_CALL);
    const [buckets, args] = await argumentsOf(redis, part, batch.partition);
    const has = (await CLAIM.run(
      redis,
      [openBatchKey(batch), ...buckets],
      [batch.first_id, batch.last_id, ...args],
    )) as ('' | [message: string, offer: string])[];
    for (const [i, answer] of has.entries()) settle(part[i] as Asked, answer);
  }
}

/** All claims on messages come first, as the script expects them. */
function askFor(contests: readonly Contest[], ends: ReadonlyMap<string, string>): Asked[] {
  const on_messages: Asked[] = [];
  const on_offers: Asked[] = [];
  const ask = (contest: Contest, link: Click, message: boolean, on_offer: OfferContest | undefined): void => {
    (message ? on_messages : on_offers).push({
      ...{ contest, on_offer, subject: contest.subject, link, click_id: link.click_id, message },
      offer: on_offer?.payout,
      ends: ends.get(link.account_id) as string,
    });
  };
  for (const contest of contests) {
    const { earliest, offers } = contest;
    const shared = offers.find((offer) => offer.earliest === earliest);
    if (earliest !== undefined) ask(contest, earliest, true, shared);
    for (const offer of offers) if (offer !== shared) ask(contest, offer.earliest, false, offer);
  }
  return [...on_messages, ...on_offers];
}

function settle(
  { contest, on_offer, message, click_id }: Asked,
  answer: '' | [message: string, offer: string],
): void {
  const [of_message, of_offer] = answer === '' ? ['', ''] : answer;
  if (message) contest.first = of_message || click_id;
  if (on_offer === undefined) return;
  on_offer.first = click_id;
  if (of_offer === '') return;
  const { click_id: first, payout, currency } = decodeClaim(of_offer);
  Object.assign(on_offer, { first, payout: { payout, currency } });
}
