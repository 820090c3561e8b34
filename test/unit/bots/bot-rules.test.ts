import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { countActivity, type Opened } from '../../../src/bots/address-activity.ts';
import { botRules, NO_BOT_RULES, readBotRules } from '../../../src/bots/bot-rules.ts';
import { Judge } from '../../../src/bots/judge.ts';
import { networkKindFor, networkKindOf } from '../../../src/bots/signals/network.ts';
import { classifyLine } from '../../../src/commands/classify.ts';

const folder = mkdtempSync(join(tmpdir(), 'trackly-rules-'));
const file = join(folder, 'bot-rules.json');
afterAll(() => rmSync(folder, { recursive: true }));

it('needs no file, and says in a sentence what is wrong with one', () => {
  expect(readBotRules(join(folder, 'none.json'))).toEqual(NO_BOT_RULES);
  for (const [text, message] of [
    ['{', /bot-rules.json is not JSON/],
    ['{"bots": {}}', /bot-rules.json: the file: Unrecognized key/],
    ['{"bot": {"addresses": ["10.0.0.0/40"]}}', /bot.addresses.0: is not an address/],
    ['{"bot": {"user_agents": ["x"]}}', /write at least 3 characters/],
    ['{"person": {"asns": ["AS1"]}}', /person.asns.0/],
  ] as const) {
    writeFileSync(file, text);
    expect(() => readBotRules(file)).toThrow(message);
  }
});

const LINE = {
  user_agent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  ip: '3.5.140.2',
  sent_at: '2026-11-20T10:00:00Z',
  clicked_at: '2026-11-20T10:00:05Z',
};

it('judges a line as the workers would, and heeds the installation’s rules under a version of their own', () => {
  const plain = new Judge(NO_BOT_RULES);
  const verdict = classifyLine(plain, JSON.stringify(LINE));
  expect(verdict).toEqual({
    verdict: 'bot',
    score: 100,
    reasons: ['network:hosting', 'timing:seconds'],
    rules_version: plain.rulesVersion({}),
  });
  const own = new Judge(botRules.parse({ person: { asns: [16509] }, bot: { user_agents: ['OddFetcher'] } }));
  expect(classifyLine(own, JSON.stringify(LINE))).toMatchObject({ verdict: 'human' });
  expect(classifyLine(own, JSON.stringify({ user_agent: 'Mozilla/5.0 oddfetcher' }))).toMatchObject({
    verdict: 'bot',
    reasons: ['user_agent:rule'],
  });
  expect(own.rulesVersion({})).not.toBe(plain.rulesVersion({}));
  // An account's word comes before the installation's.
  const account = { bot_rules: botRules.parse({ bot: { asns: [16509] } }) };
  expect(own.rulesVersion(account)).not.toBe(own.rulesVersion({}));
  expect(() => classifyLine(plain, '{"user_agent":"x","ip":"nowhere"}')).toThrow(/is not an address/);
});

it.each([
  [16509, 'Amazon.com, Inc.', 'hosting'],
  [26211, 'Proofpoint, Inc.', 'security'],
  [13335, 'Cloudflare, Inc.', 'relay'],
  [22616, 'ZSCALER, INC.', 'relay'],
  [44444, 'Forcepoint UK Limited', 'gateway'],
  [21928, 'T-Mobile USA, Inc.', 'access'],
  [3816, 'COLOMBIA TELECOMUNICACIONES S.A. ESP', 'access'],
  [134340, 'cloudsky superfast broadband and services Pvt Ltd', 'access'],
  [0, '', 'access'],
])('network %i of %s: %s', (asn, organisation, kind) => {
  expect(networkKindOf(asn, organisation)).toBe(kind);
});

it('takes Apple’s relays for servers where no Apple device comes from them', () => {
  expect(networkKindFor('relay', 54113, LINE.user_agent)).toBe('relay');
  expect(networkKindFor('relay', 54113, 'Mozilla/5.0 (Linux; Android 14)')).toBe('hosting');
});

it('counts what an address did in the minute before each click, and nothing of before or after', () => {
  const opened = (at_s: number, recipient: string, link_id: string, agent = 'a'): Opened => ({
    at_ms: at_s * 1_000,
    recipient,
    message: recipient,
    link_id,
    agent,
  });
  const before = [opened(0, 'old', 'l0', 'b'), opened(65, 'one', 'l1')];
  const counts = countActivity(before, [
    opened(70, 'two', 'l2', 'c'),
    opened(70.4, 'two', 'l3'),
    opened(140, 'two', 'l2'),
  ]);
  expect(counts).toEqual([
    { recipients: 2, links: 2, agents: 2, since_other_link_ms: -1 },
    { recipients: 2, links: 3, agents: 2, since_other_link_ms: 400 },
    { recipients: 1, links: 1, agents: 1, since_other_link_ms: -1 },
  ]);
});
