/**
 * What an installation or an account adds to the rules of bot detection: user agents, addresses and networks that are
 * known to be bots or people. The installation's rules are in a file, which each process checks at its start; an
 * account's rules are part of the account.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { OperatorError } from '../platform/operator-error.ts';
import { isCleanText } from '../platform/text.ts';
import { parseNetwork } from './networks/address.ts';

const ENTRIES_MAX = 500;
const USER_AGENT_LENGTH_MIN = 3;
const USER_AGENT_LENGTH_MAX = 200;
const ASN_MAX = 2 ** 32 - 1;

const userAgents = z
  .array(
    z
      .string()
      .min(
        USER_AGENT_LENGTH_MIN,
        `write at least ${USER_AGENT_LENGTH_MIN} characters: the text matches anywhere in a user agent`,
      )
      .max(USER_AGENT_LENGTH_MAX)
      .refine((text) => isCleanText(text), 'must not contain line breaks or other control characters'),
  )
  .max(ENTRIES_MAX)
  .default([])
  .describe('Texts that match anywhere in the user agent, ignoring case');

const addresses = z
  .array(
    z.string().refine((text) => {
      try {
        parseNetwork(text);
        return true;
      } catch {
        return false;
      }
    }, 'is not an address such as 192.0.2.1 or a network such as 192.0.2.0/24'),
  )
  .max(ENTRIES_MAX)
  .default([])
  .describe('Addresses and networks (CIDR)');

const asns = z.array(z.int().min(1).max(ASN_MAX)).max(ENTRIES_MAX).default([]);

const lists = { user_agents: userAgents, addresses };

/** Every list may be left out. */
export const botRules = z.strictObject({
  bot: z
    .strictObject({ ...lists, asns: asns.describe('Numbers of autonomous systems that only bots use') })
    .prefault({}),
  hosting: z
    .strictObject({
      asns: asns.describe('Autonomous systems of servers: suspicious, but not enough for a bot'),
    })
    .prefault({}),
  person: z
    .strictObject({
      ...lists,
      asns: asns.describe('Autonomous systems that carry people; this overrides the network signals'),
    })
    .prefault({}),
});

export type BotRules = z.output<typeof botRules>;

export const NO_BOT_RULES: BotRules = botRules.parse({});

/** A file that can't be used; `message` is a sentence for the operator. */
export class BotRulesError extends OperatorError {
  readonly code = 'bad_bot_rules';
}

/** The rules in a file; no rules if the file does not exist. Throws BotRulesError. */
export function readBotRules(path: string): BotRules {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return NO_BOT_RULES;
    throw new BotRulesError(`${path} can't be read: ${(error as Error).message}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BotRulesError(`${path} is not JSON: ${(error as Error).message}`);
  }
  const parsed = botRules.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BotRulesError(`${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'is wrong'}`);
}
