/** The user agent's own word: isbot's patterns, none at all, and the bare name that fetchers send. */
import { isbot } from 'isbot';
import type { Click } from '../../src/clicks/click.ts';

export function userAgentReasons(click: Pick<Click, 'user_agent'>): string[] {
  const { user_agent } = click;
  if (user_agent.trim() === '') return ['user_agent:missing'];
  if (user_agent === 'Mozilla/5.0') return ['user_agent:bare'];
  return isbot(user_agent) ? ['user_agent:isbot'] : [];
}
