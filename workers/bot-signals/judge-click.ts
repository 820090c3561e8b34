/**
 * Tells bots from people: each signal gives its reasons, one reason is enough. The verdict is stored
 * with its reasons and the version of these rules; raw clicks stay, so they can be judged again.
 */
import type { Click } from '../../src/clicks/click.ts';
import { methodReasons, prefetchReasons } from './request.ts';
import { userAgentReasons } from './user-agent.ts';

/** Changes whenever a rule does. */
export const RULES_VERSION = '1';

export interface Verdict {
  verdict: 'human' | 'bot';
  /** `kind:detail` */
  bot_reasons: string[];
}

const SIGNALS: ((click: Click) => string[])[] = [userAgentReasons, methodReasons, prefetchReasons];

/** Pure. */
export function judgeClick(click: Click): Verdict {
  const bot_reasons = SIGNALS.flatMap((signal) => signal(click));
  return { verdict: bot_reasons.length === 0 ? 'human' : 'bot', bot_reasons };
}
