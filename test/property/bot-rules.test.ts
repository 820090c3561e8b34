/** Bot detection on arbitrary rules and requests: judged, or refused in a sentence, and nothing thrown. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { BotRulesError, botRules, NO_BOT_RULES, readBotRules } from '../../src/bots/bot-rules.ts';
import { NO_ACTIVITY } from '../../src/bots/evidence.ts';
import { compileExtraRules } from '../../src/bots/extra-rules.ts';
import { Judge, type Subject } from '../../src/bots/judge.ts';
import { BOT_SCORE } from '../../src/bots/judge-click.ts';
import { ANSWERS, KEPT_HEADERS } from '../../src/clicks/click.ts';
import { clientAddress } from '../../src/platform/forwarded.ts';
import { mutated } from '../support/mutated.ts';
import { ANDROID, BOT, PHONE } from '../support/phones.ts';

const RUNS = { numRuns: 500 };

const folder = mkdtempSync(join(tmpdir(), 'trackly-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ip = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom('::', '::1', '::ffff:1.2.3.4', '3.5.140.2', '2001:db8::7', '255.255.255.255', '0.0.0.0'),
);
const network = fc.oneof(
  ip,
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map((parts) => parts.join('/')),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map((parts) => parts.join('/')),
);
const agent = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 512 }),
  fc.constantFrom(PHONE, ANDROID, BOT, ''),
  fc
    .tuple(fc.constantFrom(PHONE, ANDROID, 'Mozilla/5.0 ('), fc.string({ unit: 'grapheme', maxLength: 30 }))
    .map((parts) => parts.join(' ')),
  // What patterns that look ahead and back stumble over.
  fc
    .tuple(
      fc.constantFrom('(', ' ', 'a', 'Mobile ', 'Electron/', 'preview ', 'Link', '+'),
      fc.integer({ min: 1, max: 200 }),
    )
    .map(([part, times]) => part.repeat(times).slice(0, 512)),
);

const list = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { maxLength: 4 });
const asns = list(fc.oneof(fc.integer({ min: 1, max: 2 ** 32 - 1 }), fc.constant(16_509)));
const agents = list(
  fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 3, maxLength: 30 }),
    fc.constantFrom('iPhone', 'mozilla', '.*('),
  ),
);
const rulesInput = fc.record(
  {
    bot: fc.record({ user_agents: agents, addresses: list(network), asns }, { requiredKeys: [] }),
    hosting: fc.record({ asns }, { requiredKeys: [] }),
    person: fc.record({ user_agents: agents, addresses: list(network), asns }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

const headers = fc.dictionary(
  fc.constantFrom(...KEPT_HEADERS),
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom('?0', '?1', '"Android"', 'navigate', 'prefetch', 'text/html'),
  ),
  {
    maxKeys: 8,
    noNullPrototype: true,
  },
);
const count = fc.nat({ max: 1_000 });
const subject: fc.Arbitrary<Subject> = fc.record({
  user_agent: agent,
  method: fc.constantFrom('GET', 'HEAD', 'POST'),
  headers,
  ip,
  contact_country: fc.constantFrom('', 'US', 'DE', 'KP'),
  sent_at_ms: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4e12 })),
  clicked_at_ms: fc.integer({ min: 0, max: 4e12 }),
  activity: fc.record({
    recipients: count,
    links: count,
    agents: count,
    since_other_link_ms: fc.integer({ min: -1, max: 60_000 }),
  }),
  answered: fc.constantFrom(...ANSWERS),
});
const countries = fc.array(fc.constantFrom('US', 'KP', 'DE', 'ZZ'), { maxLength: 3 });

describe('rules that were accepted', () => {
  const judges = [
    NO_BOT_RULES,
    botRules.parse({ person: { asns: [16_509] }, bot: { user_agents: ['curl'] } }),
  ].map((rules) => new Judge(rules));

  it('give every request a verdict with its reasons, and the same one again', () => {
    fc.assert(
      fc.property(
        rulesInput,
        countries,
        subject,
        fc.constantFrom(...judges),
        (input, blocked_countries, request, judge) => {
          const parsed = botRules.safeParse(input);
          if (!parsed.success) return;
          const account = { bot_rules: parsed.data, blocked_countries };
          const verdict = judge.judge(request, account, judge.place(request.ip, request.user_agent));
          expect(Number.isFinite(verdict.score)).toBe(true);
          expect(verdict.verdict).toBe(verdict.score >= BOT_SCORE ? 'bot' : 'human');
          for (const reason of verdict.bot_reasons) expect(reason).toMatch(/^[a-z_]+:[a-z_-]+$/);
          expect(
            judge.judge(request, structuredClone(account), judge.place(request.ip, request.user_agent)),
          ).toEqual(verdict);
          expect(judge.rulesVersion(account)).toBe(judge.rulesVersion(structuredClone(account)));
        },
      ),
      RUNS,
    );
  });

  it('judge a stored click alike, whether its address was kept or only what was known of it', () => {
    fc.assert(
      fc.property(rulesInput, subject, fc.constantFrom(...judges), (input, tapped, judge) => {
        const parsed = botRules.safeParse(input);
        if (!parsed.success) return;
        const account = { bot_rules: parsed.data };
        const place = judge.place(tapped.ip, tapped.user_agent);
        // The activity of a private address is not counted.
        const request = place.network === 'private' ? { ...tapped, activity: NO_ACTIVITY } : tapped;
        const { asn, country } = place;
        const address_rule = judge.addressRule(account, place);
        const kept = judge.storedPlace({ asn, country, address_rule }, request.user_agent);
        expect(judge.judge({ ...request, ip: '::' }, account, kept)).toEqual(
          judge.judge(request, account, place),
        );
      }),
      RUNS,
    );
  });

  it('are the same when they were stored and read', () => {
    fc.assert(
      fc.property(rulesInput, (input) => {
        const parsed = botRules.safeParse(input);
        if (!parsed.success) return;
        expect(botRules.parse(JSON.parse(JSON.stringify(parsed.data)))).toEqual(parsed.data);
        expect(() => compileExtraRules(parsed.data)).not.toThrow();
      }),
      RUNS,
    );
  });

  it('place whatever address a proxy has written', () => {
    const hop = fc.oneof(
      ip,
      fc.string({ unit: 'binary', maxLength: 50 }),
      ip.map((text) => `[${text}]:443`),
      ip.map((text) => `${text}:80`),
      ip.map((text) => `for="[${text}]:443";proto=https`),
    );
    fc.assert(
      fc.property(
        fc.array(hop, { maxLength: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom('x-forwarded-for', 'forwarded'),
        agent,
        (hops, trust_proxy, trust_proxy_header, user_agent) => {
          const address =
            clientAddress(hops.join(', '), { trust_proxy, trust_proxy_header }) ?? '203.0.113.9';
          expect(isIP(address)).not.toBe(0);
          expect(judges[0]?.place(address, user_agent).country).toMatch(/^([A-Z]{2})?$/);
        },
      ),
      RUNS,
    );
  });
});

describe('a file of rules', () => {
  it('is read, or refused in a sentence that names it', () => {
    const file = join(folder, 'bot-rules.json');
    let refused = 0;
    fc.assert(
      fc.property(mutated(rulesInput.map((rules) => JSON.stringify(rules))), (text) => {
        writeFileSync(file, text);
        try {
          compileExtraRules(readBotRules(file));
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(BotRulesError);
          expect((error as Error).message).toMatch(/bot-rules\.json(:| is not JSON:) \S.* \S/s);
        }
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(30);
  });
});
