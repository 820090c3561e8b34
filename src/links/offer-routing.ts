/**
 * Where an offer's rules lead a tap: compiled once, when the offer is loaded, and applied at every tap of an offer that
 * has rules, a fallback offer or caps; all others have no routing, and cost nothing. The rules of the link's own offer
 * are asked, never those of an offer that a tap is led to, so rules can't go round. What a condition asks of the
 * visitor is found out when it is asked. A tap and the API's preview choose by this. Pure.
 */
import { hash } from 'node:crypto';
import type { Device } from '../bots/agents/device-kind.ts';
import type { Offer } from '../catalog/definitions.ts';
import {
  FALLBACK_CHAIN_MAX,
  type OfferRule,
  type RuleConditions,
  type RuleTarget,
} from '../catalog/offer-rules.ts';
import { wallTime } from '../platform/zone-clock.ts';
import { compileDestination, type DestinationTemplate } from './destination-template.ts';

/** Who taps, when, and with what. */
export interface Visit {
  at_ms: number;
  /** Of the address, ISO 3166; '' if unknown. */
  country(): string;
  device(): Device;
  /** In lower case, `de-at`; '' where the browser asks for none. */
  language(): string;
  /** Parameters of the tap by name. */
  query(): Readonly<Record<string, string>>;
  /** Who gets the same target every time: the contact, else the visitor. */
  subject(): string;
}

/** The subject of a link with a contact. */
export const contactSubject = (account_id: string, contact_id: string): string =>
  `contact ${account_id} ${contact_id}`;

type Test = (visit: Visit) => boolean;

export interface CompiledTarget {
  /** '' for an address of its own. */
  offer_id: string;
  template: DestinationTemplate | undefined;
  weight: number;
}

interface CompiledRule {
  name: string;
  tests: readonly Test[];
  targets: readonly CompiledTarget[];
  weights: number;
}

export interface Routing {
  rules: readonly CompiledRule[];
  /** Other offers that it leads to by itself, by its rules and as its fallback. */
  leads_to: readonly string[];
}

/** The way of a tap: an address of its rule's own, or the offers to try, in order. */
export interface Way {
  /** '' where none holds. */
  rule: string;
  template: DestinationTemplate | undefined;
  offer_ids: readonly string[];
}

/** Undefined for an offer that leads nowhere but to its own destination. */
export function compileRouting(offer: Offer): Routing | undefined {
  const { offer_id, rules = [], caps = [], fallback_offer_id = '' } = offer;
  if (rules.length === 0 && caps.length === 0 && fallback_offer_id === '') return undefined;
  const targets = rules.flatMap(({ to }) => to.flatMap((target) => target.offer_id ?? []));
  const others = new Set(fallback_offer_id === '' ? targets : [...targets, fallback_offer_id]);
  others.delete(offer_id);
  return { rules: rules.map(compileRule), leads_to: [...others] };
}

/** Whether a click of a link to this offer may be one of another offer. */
export const leadsElsewhere = (offer: Offer): boolean => (compileRouting(offer)?.leads_to.length ?? 0) > 0;

function compileRule({ name, when, to }: OfferRule): CompiledRule {
  return {
    name,
    tests: testsOf(when),
    targets: to.map(compileTarget),
    weights: to.reduce((sum, { weight }) => sum + weight, 0),
  };
}

const compileTarget = ({ offer_id = '', url, weight }: RuleTarget): CompiledTarget => ({
  offer_id,
  template: url === undefined ? undefined : compileDestination(url),
  weight,
});

/** The cheap ones first. */
function testsOf({ dates, hours, query, device, language, country }: RuleConditions): Test[] {
  const tests: Test[] = [];
  if (dates !== undefined) tests.push(({ at_ms }) => isOnDay(dates, at_ms));
  if (hours !== undefined) tests.push(({ at_ms }) => isInHours(hours, wallTime(hours.tz, at_ms).hour));
  if (query !== undefined) {
    const asked = Object.entries(query);
    tests.push((visit) => {
      const brought = visit.query();
      return asked.every(([name, values]) => hasValue(brought, name, values));
    });
  }
  if (device !== undefined) tests.push((visit) => device.includes(visit.device()));
  if (language !== undefined) {
    const wanted = language.map((one) => one.toLowerCase());
    tests.push((visit) => {
      const spoken = visit.language();
      return wanted.some((one) => spoken === one || spoken.startsWith(`${one}-`));
    });
  }
  if (country !== undefined) tests.push((visit) => country.includes(visit.country()));
  return tests;
}

function isOnDay({ from = '', to, tz }: NonNullable<RuleConditions['dates']>, at_ms: number): boolean {
  const { date } = wallTime(tz, at_ms);
  return from <= date && (to === undefined || date <= to);
}

/** Past midnight where `from` is the later hour. */
function isInHours({ from, to }: NonNullable<RuleConditions['hours']>, hour: number): boolean {
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

function hasValue(
  brought: Readonly<Record<string, string>>,
  name: string,
  values: readonly string[],
): boolean {
  if (!Object.hasOwn(brought, name)) return false;
  return values.length === 0 || values.includes(brought[name] as string);
}

/** What is needed of the offers on the way, by their ids. */
export type FallbackOf = (offer_id: string) => string | undefined;

/** The way of a tap on a link to `offer`; a paused offer's rules are not asked. */
export function wayOf(offer: Offer, { rules }: Routing, visit: Visit, fallbackOf: FallbackOf): Way {
  const rule =
    offer.status === 'active' ? rules.find((one) => one.tests.every((test) => test(visit))) : undefined;
  const target = rule && targetOf(offer, rule, visit);
  const name = rule?.name ?? '';
  // A rule's own address leaves the click with the offer, and below its caps.
  const first = target?.offer_id || offer.offer_id;
  return { rule: name, template: target?.template, offer_ids: chainFrom(first, fallbackOf) };
}

/** An offer and its fallbacks, each once and at most FALLBACK_CHAIN_MAX of them. */
export function chainFrom(first: string, fallbackOf: FallbackOf): string[] {
  const chain: string[] = [];
  for (let next: string | undefined = first; next; next = fallbackOf(next)) {
    if (chain.includes(next) || chain.length === FALLBACK_CHAIN_MAX) break;
    chain.push(next);
  }
  return chain;
}

/** The same one for the same subject, as long as the rule has its name and its targets their weights. */
function targetOf(
  { offer_id }: Offer,
  { name, targets, weights }: CompiledRule,
  visit: Visit,
): CompiledTarget {
  const [only] = targets as [CompiledTarget];
  if (targets.length === 1) return only;
  const drawn = Number.parseInt(
    hash('sha256', JSON.stringify([offer_id, name, visit.subject()]), 'hex').slice(0, 12),
    16,
  );
  let left = (drawn / 2 ** 48) * weights;
  for (const target of targets) {
    left -= target.weight;
    if (left < 0) return target;
  }
  return only;
}
