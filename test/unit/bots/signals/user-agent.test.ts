import { describe, expect, it } from 'vitest';
import { ALONE } from '../../../../src/bots/evidence.ts';
import { judge, NOTHING_ADDED } from '../../../../src/bots/judge-click.ts';
import { userAgentReasons } from '../../../../src/bots/signals/user-agent.ts';
import { inAppOnIphone, PEOPLE, phoneNamed, ROBOTS } from '../../../support/user-agents.ts';

const judged = (user_agent: string) =>
  judge(
    {
      user_agent,
      method: 'GET',
      headers: { accept: 'text/html', 'accept-language': 'en' },
      network: 'access',
      country: '',
      contact_country: '',
      sent_at_ms: 0,
      clicked_at_ms: 0,
      activity: ALONE,
      answered: 'redirect',
    },
    NOTHING_ADDED,
  );

describe('a user agent alone', () => {
  it.each(PEOPLE)('is a person’s: %s', (user_agent) => {
    expect(judged(user_agent)).toMatchObject({ verdict: 'human' });
  });

  it.each(ROBOTS)('is a bot’s: %s', (user_agent) => {
    expect(judged(user_agent)).toMatchObject({ verdict: 'bot' });
  });
});

it.each([
  ['', 'missing'],
  ['Mozilla/5.0', 'bare'],
  ['WhatsApp/2.24.11.79 A', 'preview'],
  ['curl/8.5.0', 'library'],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'isbot'],
  [`${phoneNamed('SM-A525F')} (compatible; Example/1.0)`, 'declared'],
  ['containerd/1.5', 'isbot'],
  ['containerd/v1.4.13-k3s1', 'no_browser'],
  ['iPhone13ProMax', 'unknown'],
])('gives the reason why: %s is %s', (user_agent, reason) => {
  expect(userAgentReasons({ user_agent })).toEqual([`user_agent:${reason}`]);
});

it('has nothing to say of phones with odd names and of apps about the news', () => {
  expect(userAgentReasons({ user_agent: phoneNamed('M bot 60') })).toEqual([]);
  expect(userAgentReasons({ user_agent: inAppOnIphone(' SmartNews 24.6.1') })).toEqual([]);
});

it('reads as much of a user agent as a click keeps', () => {
  const agent = phoneNamed('SM-A525F');
  expect(userAgentReasons({ user_agent: `${agent} ${'x'.repeat(1_000)} Googlebot/2.1` })).toEqual([]);
});
