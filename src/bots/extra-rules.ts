/**
 * The rules that an installation or an account has added, prepared for lookup. They override the signals: a bot rule
 * is a strong reason, a person rule suppresses the signals that it covers.
 */
import type { BotRules } from './bot-rules.ts';
import { type Address, parseNetwork } from './networks/address.ts';

export type Word = 'bot' | 'person' | undefined;

export interface ExtraRules {
  userAgent(user_agent: string): Word;
  address(address: Address): Word;
  network(asn: number): Word | 'hosting';
}

export function compileExtraRules(rules: BotRules): ExtraRules {
  const agents = (['person', 'bot'] as const).map(
    (word) => [word, rules[word].user_agents.map((text) => text.toLowerCase())] as const,
  );
  const addresses = (['person', 'bot'] as const).map(
    (word) => [word, rules[word].addresses.map(parseNetwork)] as const,
  );
  const networks = new Map<number, Word | 'hosting'>();
  for (const word of ['hosting', 'bot', 'person'] as const) {
    for (const asn of rules[word].asns) networks.set(asn, word);
  }
  const some_agents = agents.some(([, texts]) => texts.length > 0);
  return {
    userAgent(user_agent) {
      if (!some_agents) return undefined;
      const text = user_agent.toLowerCase();
      return agents.find(([, texts]) => texts.some((part) => text.includes(part)))?.[0];
    },
    address: (address) =>
      addresses.find(([, list]) => list.some((network) => network.contains(address)))?.[0],
    network: (asn) => networks.get(asn),
  };
}
