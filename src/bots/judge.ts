/**
 * The judge of one process: the signal rules with the network and country data, the installation's own rules, and
 * each account's rules. Everything is in memory, the networks from the first address on; judging needs no server.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Account } from '../catalog/definitions.ts';
import type { Answered } from '../clicks/click.ts';
import { type BotRules, NO_BOT_RULES, readBotRules } from './bot-rules.ts';
import type { AddressActivity, Evidence, NetworkKind } from './evidence.ts';
import { compileExtraRules, type ExtraRules, type Word } from './extra-rules.ts';
import { type Added, judge, RULES, type Verdict } from './judge-click.ts';
import { type Address, isPrivate, parseAddress } from './networks/address.ts';
import { readAsnTable } from './networks/asn-table.ts';
import { readCountryTable } from './networks/country-table.ts';
import { networkKindFor, networkKindOf } from './signals/network.ts';

/** A request and what is known of its address, as a stored click has them. */
export interface Subject {
  user_agent: string;
  method: string;
  headers: Record<string, string>;
  ip: string;
  contact_country: string;
  sent_at_ms: number;
  clicked_at_ms: number;
  activity: AddressActivity;
  answered: Answered;
}

export interface Place {
  /** A click whose full address was not stored has what the rules for addresses said of it, '' for nothing. */
  address: Address | { rule: AddressRule };
  asn: number;
  network: NetworkKind;
  /** ISO 3166; '' if unknown. */
  country: string;
}

/** What the judge needs of an account; empty for an account that was removed by hand. */
export type JudgedAccount = Partial<Pick<Account, 'bot_rules' | 'blocked_countries'>>;

/** What a rule for addresses says, as it is stored. */
export type AddressRule = '' | 'bot' | 'person';

interface AccountRules {
  extra: ExtraRules;
  blocked_countries: readonly string[];
  version: string;
}

const VERSION_DIGITS = 8;
const NOWHERE: Address = { v4: 0 };

export class Judge {
  readonly #asns = readAsnTable();
  readonly #countries = readCountryTable();
  readonly #kinds = new Map<number, NetworkKind>();
  readonly #installation: ExtraRules;
  readonly #versions: string[];
  readonly #accounts = new WeakMap<JudgedAccount, AccountRules>();

  constructor(installation: BotRules) {
    this.#installation = compileExtraRules(installation);
    const { version: isbot } = createRequire(import.meta.url)('isbot/package.json') as { version: string };
    this.#versions = [
      RULES,
      isbot,
      this.#asns.version,
      this.#countries.version,
      JSON.stringify(installation),
    ];
  }

  /** The country of an address, and its network kind for this visitor. `ip` is v4 or v6. */
  place(ip: string, user_agent: string): Place {
    const address = parseAddress(ip) ?? NOWHERE;
    if (isPrivate(address)) return { address, asn: 0, network: 'private', country: '' };
    const asn = this.#asns.asnOf(address);
    const network = networkKindFor(this.#kindOf(asn), asn, user_agent);
    return { address, asn, network, country: this.#countries.countryOf(ip) };
  }

  /** The country of an address, ISO 3166; '' if unknown or private. */
  countryOf(ip: string): string {
    return isPrivate(parseAddress(ip) ?? NOWHERE) ? '' : this.#countries.countryOf(ip);
  }

  /** Who runs a network; '' for an unknown one. */
  organisationOf(asn: number): string {
    return this.#asns.organisationOf(asn);
  }

  /** The place of a stored click without its full address, from the facts that were stored with it. */
  storedPlace(
    stored: { asn: number; country: string; address_rule: AddressRule },
    user_agent: string,
  ): Place {
    const { asn, country, address_rule } = stored;
    // A private address has no network: without activity, it gives the same reasons as an unknown network.
    const network = networkKindFor(this.#kindOf(asn), asn, user_agent);
    return { address: { rule: address_rule }, asn, network, country };
  }

  /** What the account's and the installation's rules for addresses say of this one. */
  addressRule(account: JudgedAccount, { address }: Place): AddressRule {
    return this.#addressRule(this.#rulesOf(account).extra, address) ?? '';
  }

  /** Safe to repeat: the same click under the same rules has the same verdict. */
  judge(subject: Subject, account: JudgedAccount, place: Place): Verdict {
    const { user_agent, method, headers, contact_country, sent_at_ms, clicked_at_ms, activity, answered } =
      subject;
    const { network, country } = place;
    const evidence: Evidence = {
      user_agent,
      method,
      headers,
      network,
      country,
      contact_country,
      sent_at_ms,
      clicked_at_ms,
      activity,
      answered,
    };
    return judge(evidence, this.#added(account, place, user_agent));
  }

  /** `<rules>-<8 hex digits>`: the rules, the versions of the data, and what was added to them. */
  rulesVersion(account: JudgedAccount): string {
    return this.#rulesOf(account).version;
  }

  #kindOf(asn: number): NetworkKind {
    let kind = this.#kinds.get(asn);
    if (kind === undefined) {
      kind = networkKindOf(asn, this.#asns.organisationOf(asn));
      this.#kinds.set(asn, kind);
    }
    return kind;
  }

  /** The account's rules come before the installation's. */
  #added(account: JudgedAccount, { address, asn }: Place, user_agent: string): Added {
    const { extra, blocked_countries } = this.#rulesOf(account);
    const installation = this.#installation;
    return {
      user_agent: extra.userAgent(user_agent) ?? installation.userAgent(user_agent),
      address: this.#addressRule(extra, address),
      network: extra.network(asn) ?? installation.network(asn),
      blocked_countries,
    };
  }

  #addressRule(extra: ExtraRules, address: Place['address']): Word {
    if ('rule' in address) return address.rule === '' ? undefined : address.rule;
    return extra.address(address) ?? this.#installation.address(address);
  }

  #rulesOf(account: JudgedAccount): AccountRules {
    let rules = this.#accounts.get(account);
    if (rules === undefined) {
      const { bot_rules = NO_BOT_RULES, blocked_countries = [] } = account;
      const text = JSON.stringify([...this.#versions, bot_rules, blocked_countries]);
      const hash = createHash('sha256').update(text).digest('hex').slice(0, VERSION_DIGITS);
      rules = { extra: compileExtraRules(bot_rules), blocked_countries, version: `${RULES}-${hash}` };
      this.#accounts.set(account, rules);
    }
    return rules;
  }
}

/** Reads the installation's rules. Throws BotRulesError. */
export function openJudge(bot_rules_path: string): Judge {
  return new Judge(readBotRules(bot_rules_path));
}
