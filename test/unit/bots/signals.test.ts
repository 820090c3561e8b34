import { expect, it } from 'vitest';
import type { Evidence } from '../../../src/bots/evidence.ts';
import { NO_ACTIVITY } from '../../../src/bots/evidence.ts';
import { judge, NOTHING_ADDED } from '../../../src/bots/judge-click.ts';

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';
const ANDROID =
  'Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36';
const PAGE = { accept: 'text/html,*/*;q=0.8', 'accept-language': 'en-GB' };
const SENT_MS = Date.parse('2026-11-20T10:00:00Z');

/** A phone on a carrier's network, ten minutes after the send. */
const click = (differences: Partial<Evidence> = {}): Evidence => ({
  user_agent: IPHONE,
  method: 'GET',
  headers: PAGE,
  network: 'access',
  country: 'US',
  contact_country: '',
  sent_at_ms: SENT_MS,
  clicked_at_ms: SENT_MS + 600_000,
  activity: NO_ACTIVITY,
  answered: 'redirect',
  ...differences,
});
const verdictOn = (differences: Partial<Evidence>, added = {}) =>
  judge(click(differences), { ...NOTHING_ADDED, ...added });
const seconds = (n: number) => ({ clicked_at_ms: SENT_MS + n * 1_000 });
const activity = (recipients: number, links: number, agents: number, since_other_link_ms = -1) => ({
  activity: { recipients, links, agents, since_other_link_ms },
});

it('takes a phone for a person, with nothing to say', () => {
  expect(verdictOn({})).toEqual({ verdict: 'human', score: 0, bot_reasons: [] });
  expect(verdictOn({ user_agent: ANDROID })).toEqual({ verdict: 'human', score: 0, bot_reasons: [] });
});

it.each<[string, Partial<Evidence>, string[]]>([
  [
    'a messenger’s preview',
    { user_agent: 'facebookexternalhit/1.1 Facebot Twitterbot/1.0' },
    ['user_agent:preview'],
  ],
  [
    'Google Messages behind a phone’s name',
    { user_agent: `${ANDROID} GoogleMessages/20240101` },
    ['user_agent:preview'],
  ],
  [
    'Samsung’s preview',
    { user_agent: 'Mozilla/5.0 (X11; Ubuntu; Linux i686; rv:24.0) Gecko/20100101 Firefox/24.0' },
    ['user_agent:preview'],
  ],
  ['a library', { user_agent: 'curl/8.5.0' }, ['user_agent:library']],
  [
    'an app’s fetcher',
    { user_agent: 'Dalvik/2.1.0 (Linux; U; Android 13; SM-A536B)' },
    ['user_agent:library'],
  ],
  [
    'a crawler',
    { user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
    ['user_agent:isbot'],
  ],
  ['no user agent', { user_agent: '' }, ['user_agent:missing']],
  ['a bare one', { user_agent: 'Mozilla/5.0' }, ['user_agent:bare']],
  ['HEAD', { method: 'HEAD' }, ['method:head']],
  ['a prerender', { headers: { ...PAGE, 'sec-purpose': 'prefetch;prerender' } }, ['prefetch:sec-purpose']],
  ['a prefetch', { headers: { ...PAGE, purpose: 'prefetch' } }, ['prefetch:purpose']],
  ['a preview by its purpose', { headers: { ...PAGE, 'x-purpose': 'preview' } }, ['prefetch:x-purpose']],
  ['a security vendor', { network: 'security' }, ['network:security']],
  ['a preview page that was not left', { answered: 'preview' }, ['preview:not_continued']],
  [
    'a headless browser',
    { headers: { ...PAGE, 'sec-ch-ua': '"HeadlessChrome";v="130"' }, user_agent: ANDROID },
    ['headers:headless'],
  ],
])('takes %s for a bot by that alone', (_what, differences, reasons) => {
  expect(verdictOn(differences)).toMatchObject({
    verdict: 'bot',
    bot_reasons: expect.arrayContaining(reasons),
  });
});

it.each<[string, Partial<Evidence>]>([
  ['a phone on a server’s address seconds after the send', { network: 'hosting', ...seconds(4) }],
  ['a phone on a server’s address without headers', { network: 'hosting', headers: {} }],
  [
    'a computer on a server’s address',
    {
      network: 'hosting',
      user_agent:
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
    },
  ],
  ['a server over many recipients', { network: 'hosting', ...activity(5, 5, 5) }],
  ['one browser over many recipients seconds after the send', { ...seconds(20), ...activity(20, 20, 1) }],
  ['all links of many messages seconds after the send', { ...seconds(20), ...activity(10, 20, 3) }],
  ['both links of a message at once, over many recipients', activity(30, 60, 1, 200)],
  [
    'an iPhone with Chrome’s hints seconds after the send',
    { headers: { ...PAGE, 'sec-ch-ua-mobile': '?1' }, ...seconds(5) },
  ],
  [
    'an iPhone that fetches like a script without a language',
    { headers: { accept: '*/*', 'sec-fetch-mode': 'cors' }, ...seconds(5) },
  ],
])('takes %s for a bot: two signals of different kinds', (_what, differences) => {
  expect(verdictOn(differences).verdict).toBe('bot');
});

it.each<[string, Partial<Evidence>]>([
  ['a fast person', seconds(1)],
  ['a fast person whose proxy drops headers', { ...seconds(1), headers: {} }],
  [
    'a fast person abroad with an old phone and no headers',
    {
      ...seconds(1),
      headers: {},
      contact_country: 'DE',
      user_agent:
        'Mozilla/5.0 (Linux; Android 5.0; SM-G900F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/45.0.0.0 Mobile Safari/537.36',
    },
  ],
  ['somebody behind a VPN that nobody lists', { network: 'hosting' }],
  [
    'somebody behind a relay, seconds after the send',
    { network: 'relay', ...seconds(2), ...activity(500, 500, 1) },
  ],
  [
    'a tester on the same machine',
    { network: 'private', ...seconds(0), headers: {}, ...activity(500, 500, 1) },
  ],
  ['one of 500 people behind one carrier’s address', { ...seconds(9), ...activity(500, 520, 40) }],
  ['somebody who opens both links at once', activity(1, 2, 1, 300)],
])('takes %s for a person', (_what, differences) => {
  expect(verdictOn(differences).verdict).toBe('human');
});

it('calls one weak signal suspicious, whichever it is', () => {
  expect(verdictOn({ network: 'hosting' })).toEqual({
    verdict: 'human',
    score: 80,
    bot_reasons: ['network:hosting'],
  });
});

it('takes whoever pressed Continue for a person', () => {
  const differences: Partial<Evidence> = {
    answered: 'continue',
    method: 'POST',
    network: 'hosting',
    ...seconds(3),
  };
  expect(verdictOn(differences)).toEqual({ verdict: 'human', score: 0, bot_reasons: [] });
});

it('heeds the account’s own rules before the signals', () => {
  expect(verdictOn({}, { user_agent: 'bot' }).bot_reasons).toEqual(['user_agent:rule']);
  expect(verdictOn({ user_agent: 'curl/8' }, { user_agent: 'person' }).verdict).toBe('human');
  expect(verdictOn({ network: 'hosting', ...seconds(3) }, { network: 'person' }).verdict).toBe('human');
  expect(verdictOn({ network: 'hosting', ...seconds(3) }, { address: 'person' }).verdict).toBe('human');
  expect(verdictOn({}, { address: 'bot' }).bot_reasons).toEqual(['address:rule']);
  expect(verdictOn({}, { network: 'bot' }).bot_reasons).toEqual(['network:rule']);
  expect(verdictOn(seconds(3), { network: 'hosting' }).verdict).toBe('bot');
  expect(verdictOn({ country: 'KP' }, { blocked_countries: ['KP'] })).toMatchObject({
    verdict: 'bot',
    bot_reasons: ['country:blocked'],
  });
});
