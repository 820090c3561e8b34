import { expect, it } from 'vitest';
import { judgeClick } from '../../../workers/bot-signals/judge-click.ts';

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';
const ANDROID =
  'Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36';

const judge = (user_agent: string, method = 'GET', headers: Record<string, string> = {}) =>
  judgeClick({ user_agent, method, headers } as Parameters<typeof judgeClick>[0]);

it.each([IPHONE, ANDROID])('takes %s for a person', (user_agent) => {
  expect(judge(user_agent)).toEqual({ verdict: 'human', bot_reasons: [] });
});

it.each([
  ['facebookexternalhit/1.1 Facebot Twitterbot/1.0', 'GET', {}, ['user_agent:isbot']],
  ['curl/8.5.0', 'GET', {}, ['user_agent:isbot']],
  ['', 'GET', {}, ['user_agent:missing']],
  ['Mozilla/5.0', 'GET', {}, ['user_agent:bare']],
  [IPHONE, 'HEAD', {}, ['method:head']],
  [ANDROID, 'GET', { 'sec-purpose': 'prefetch;prerender' }, ['prefetch:sec-purpose']],
  [ANDROID, 'GET', { purpose: 'prefetch' }, ['prefetch:purpose']],
  [IPHONE, 'GET', { 'x-purpose': 'preview' }, ['prefetch:x-purpose']],
])('takes %s by %s with %j for a bot', (user_agent, method, headers, bot_reasons) => {
  expect(judge(user_agent, method, headers as Record<string, string>)).toEqual({
    verdict: 'bot',
    bot_reasons,
  });
});
