/**
 * Distinguishes bots from people. Each signal gives reasons, `kind:detail`; the table below gives their points. Only
 * the best reason of each kind counts, and a click with 100 points is a bot click: one strong reason, or a weak
 * reason plus any reason of another kind. Faint reasons alone are never enough, so a fast person is still a person.
 *
 * A verdict is stored with its score, its reasons and the version of the rules; the click itself is not changed, so
 * it can be rejudged. Pure.
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
export const RULES = '3';

const STRONG = 100;
const WEAK = 80;
const FAINT = 20;
/** Reaches BOT_SCORE together with two faint reasons, not with one. */
const DOUBTFUL = 60;

/** From this score on a click is a bot click. */
export const BOT_SCORE = 100;
/** From this score on a click is suspicious: it has a single weak reason, or all the faint ones. */
export const SUSPICIOUS_SCORE = 80;

/** The points of each reason. */
const POINTS: Record<Reason, number> = {
  'user_agent:missing': STRONG,
  'user_agent:bare': STRONG,
  'user_agent:preview': STRONG,
  'user_agent:library': STRONG,
  'user_agent:isbot': STRONG,
  'user_agent:declared': STRONG,
  'user_agent:no_browser': STRONG,
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

/** Reasons from the installation's and the account's own rules. */
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
  /** `kind:detail`, all reasons found, including those that were not enough. */
  bot_reasons: Reason[];
}

const NO_REASONS: Reason[] = [];
const SCORE_MAX = 255;

export function judge(evidence: Evidence, added: Added): Verdict {
  // Pressing Continue on the preview page proves a person.
  const bot_reasons = evidence.answered === 'continue' ? NO_REASONS : reasonsFor(evidence, added);
  const score = scoreOf(bot_reasons);
  return { verdict: score >= BOT_SCORE ? 'bot' : 'human', score, bot_reasons };
}

function reasonsFor(evidence: Evidence, added: Added): Reason[] {
  // For a network that carries people, other address signals are ignored.
  const carries_people = added.address === 'person' || added.network === 'person';
  const seen: Evidence = carries_people
    ? { ...evidence, network: 'relay' }
    : added.network === 'hosting'
      ? { ...evidence, network: 'hosting' }
      : evidence;
  const reasons: Reason[] = [];
  // Runs for every click: most signals give no reason, and then they cost nothing.
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
    // The best reason of each kind counts; if two have equal points, the first.
    const beaten = reasons.some((other, j) => {
      if (j === i || !other.startsWith(kind)) return false;
      const others = POINTS[other] ?? 0;
      return others > points || (others === points && j < i);
    });
    if (!beaten) score += points;
  }
  return Math.min(score, SCORE_MAX);
}
