/**
 * Tells bots from people. Each signal gives reasons, `kind:detail`; the table below says what each is worth.
 * The best reason of each kind counts, and at 100 points a click is a bot's: one strong reason, or a weak one
 * beside anything of another kind. No number of faint ones is enough, so a fast person is still a person.
 *
 * A verdict is stored with its score, its reasons and the version of the rules; the click stays as it came,
 * so it can be judged again. Pure.
 */

import type { Evidence, Reason } from './evidence.ts';
import type { Word } from './extra-rules.ts';
import { answeredReasons } from './signals/answered.ts';
import { countryReasons } from './signals/country.ts';
import { networkReasons } from './signals/network.ts';
import { rateReasons } from './signals/rate.ts';
import { headerReasons, methodReasons, prefetchReasons } from './signals/request.ts';
import { timingReasons } from './signals/timing.ts';
import { userAgentReasons } from './signals/user-agent.ts';

/** Changes whenever a rule in this folder does. */
export const RULES = '2';

const STRONG = 100;
const WEAK = 80;
const FAINT = 20;
/** Weak only beside two others. */
const DOUBTFUL = 60;

/** A click with so many points is a bot's. */
export const BOT_SCORE = 100;
/** From here on a click is suspicious: it has one weak reason and nothing beside it, or all the faint ones. */
export const SUSPICIOUS_SCORE = 80;

/** What each reason is worth. */
const POINTS: Record<Reason, number> = {
  'user_agent:missing': STRONG,
  'user_agent:bare': STRONG,
  'user_agent:preview': STRONG,
  'user_agent:library': STRONG,
  'user_agent:isbot': STRONG,
  'user_agent:rule': STRONG,
  'user_agent:unknown': WEAK,
  'user_agent:outdated': FAINT,
  'user_agent:desktop': FAINT,
  'method:head': STRONG,
  'prefetch:sec-purpose': STRONG,
  'prefetch:purpose': STRONG,
  'prefetch:x-purpose': STRONG,
  'prefetch:x-moz': STRONG,
  'headers:headless': STRONG,
  'headers:client_hints': WEAK,
  'headers:no_navigation': WEAK,
  'headers:no_language': FAINT,
  'headers:no_page': FAINT,
  'network:security': STRONG,
  'network:rule': STRONG,
  'network:hosting': WEAK,
  'network:gateway': DOUBTFUL,
  'address:rule': STRONG,
  'rate:recipients': WEAK,
  'rate:links': WEAK,
  'rate:all_links': WEAK,
  'rate:one_agent': WEAK,
  'timing:links_together': WEAK,
  'timing:before_send': WEAK,
  'timing:seconds': FAINT,
  'country:blocked': STRONG,
  'country:elsewhere': FAINT,
  'preview:not_continued': STRONG,
};

/** What the installation's and the account's own rules say. */
export interface Added {
  user_agent: Word;
  address: Word;
  network: Word | 'hosting';
  blocked_countries: readonly string[];
}

export const NOTHING_ADDED: Added = {
  user_agent: undefined,
  address: undefined,
  network: undefined,
  blocked_countries: [],
};

export interface Verdict {
  verdict: 'human' | 'bot';
  /** 0 to 255. */
  score: number;
  /** `kind:detail`, all that was found, also where it was not enough. */
  bot_reasons: Reason[];
}

const NO_REASONS: Reason[] = [];
const SCORE_MAX = 255;

export function judge(evidence: Evidence, added: Added): Verdict {
  // Whoever pressed Continue on the page that the suspicion brought is a person.
  const bot_reasons = evidence.answered === 'continue' ? NO_REASONS : reasonsFor(evidence, added);
  const score = scoreOf(bot_reasons);
  return { verdict: score >= BOT_SCORE ? 'bot' : 'human', score, bot_reasons };
}

function reasonsFor(evidence: Evidence, added: Added): Reason[] {
  // Where people come from, the address says nothing more than that.
  const carries_people = added.address === 'person' || added.network === 'person';
  const seen: Evidence = carries_people
    ? { ...evidence, network: 'relay' }
    : added.network === 'hosting'
      ? { ...evidence, network: 'hosting' }
      : evidence;
  const reasons: Reason[] = [];
  // On the way of every click: most signals say nothing, and nothing is what they cost.
  const say = (said: readonly Reason[]): void => {
    for (const reason of said) reasons.push(reason);
  };
  if (added.user_agent === 'bot') reasons.push('user_agent:rule');
  else if (added.user_agent === undefined) say(userAgentReasons(seen));
  if (added.address === 'bot') reasons.push('address:rule');
  else if (added.network === 'bot' && !carries_people) reasons.push('network:rule');
  say(methodReasons(seen));
  say(prefetchReasons(seen));
  say(headerReasons(seen));
  say(networkReasons(seen));
  say(timingReasons(seen));
  say(rateReasons(seen));
  say(countryReasons(seen, added.blocked_countries));
  say(answeredReasons(seen));
  return reasons;
}

function scoreOf(reasons: readonly Reason[]): number {
  let score = 0;
  for (const [i, reason] of reasons.entries()) {
    const points = POINTS[reason] ?? 0;
    const kind = reason.slice(0, reason.indexOf(':') + 1);
    // The best of its kind counts; of two that are worth the same, the first.
    const beaten = reasons.some((other, j) => {
      if (j === i || !other.startsWith(kind)) return false;
      const others = POINTS[other] ?? 0;
      return others > points || (others === points && j < i);
    });
    if (!beaten) score += points;
  }
  return Math.min(score, SCORE_MAX);
}
