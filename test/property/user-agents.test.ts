/** Names that people and makers choose do not change the verdict on a phone; an introduction as a robot does. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { userAgentReasons } from '../../src/bots/signals/user-agent.ts';
import { USER_AGENT_LENGTH_MAX } from '../../src/clicks/click.ts';
import { inAppOnIphone, PEOPLE, phoneNamed, ROBOTS, webViewNamed } from '../support/user-agents.ts';

const RUNS = { numRuns: 500 };
const INTRODUCTION = ' (compatible; Xbot/1.0; +http://x.example)';
const STRONG = /missing|bare|preview|library|isbot|declared|no_browser/;
const isBots = (user_agent: string): boolean => STRONG.test(userAgentReasons({ user_agent }).join());

const loaded = fc.constantFrom(
  'bot',
  'Bot',
  'crawler',
  'spider',
  'Google',
  'news',
  'http',
  'scan',
  'monitor',
  'preview service',
  'facebookexternalhit',
  'HeadlessChrome',
  'Googlebot/2.1',
  'server',
  'www',
  'Chrome/12',
  'X11',
  'Windows NT 10.0',
  'WhatsApp',
  'bot (2022)',
);
const word = fc.oneof(
  loaded,
  fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_+|!-]{0,11}$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).map((text) => text.replace(/[;()[\]:.]/g, 'x')),
);
const deviceName = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
const separator = fc.constantFrom(' ', '_', '-');

it('a device may be called anything', () => {
  fc.assert(
    fc.property(deviceName, separator, (name, space) => {
      const device = name.replaceAll(' ', space);
      for (const agent of [
        phoneNamed(device),
        webViewNamed(device),
        `Mozilla/5.0 (Linux; U; Android 9; en-us; ${device} Build/PPR1) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30`,
        `Mozilla/5.0 Linux; Android 8.1.0; ${device} AppleWebKit/537.36 KHTML, like Gecko Chrome/75.0.3770.89 Mobile Safari/537.36`,
      ]) {
        expect(userAgentReasons({ user_agent: agent })).toEqual(
          userAgentReasons({ user_agent: agent.replace(device, 'SM-A525F') }),
        );
      }
    }),
    RUNS,
  );
});

it('so may a carrier, and the phone that an app names', () => {
  const name = deviceName.map((text) => text.replaceAll('(2022)', ''));
  fc.assert(
    fc.property(name, (text) => {
      expect(isBots(inAppOnIphone(` [FBAN/FBIOS;FBCR/${text};FBDV/iPhone14,5]`))).toBe(false);
      expect(
        isBots(webViewNamed('SM-A1', ` Instagram 339.0 Android (33/13; 450dpi; 1080x2177; ${text}; a1)`)),
      ).toBe(false);
    }),
    RUNS,
  );
});

it('whoever introduces itself as a robot is one', () => {
  const any = fc.oneof(
    fc.constantFrom(...PEOPLE, ...ROBOTS),
    deviceName.map(phoneNamed),
    deviceName.map((name) => webViewNamed(name)),
    fc.string({ unit: 'binary', maxLength: 300 }),
  );
  fc.assert(
    fc.property(any, (agent) => {
      expect(isBots(agent.slice(0, USER_AGENT_LENGTH_MAX - INTRODUCTION.length) + INTRODUCTION)).toBe(true);
    }),
    RUNS,
  );
});

it('is judged at once, however long and odd it is', () => {
  const piece = fc.oneof(
    loaded,
    fc.constantFrom(
      '(',
      ')',
      '[',
      ';',
      ' ',
      '; ',
      '. ',
      'a.com ',
      '1x1',
      'dpi',
      'Android 4;',
      'Build/',
      'compatible; ',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom('', 'Mozilla/5.0 (Linux; Android 13; ', 'Nokia/1 '),
      piece,
      (start, repeated) => {
        const agent = (start + repeated.repeat(100_000)).slice(0, 100_000);
        const started = performance.now();
        userAgentReasons({ user_agent: agent });
        expect(performance.now() - started).toBeLessThan(1_000);
      },
    ),
    { numRuns: 100 },
  );
});
