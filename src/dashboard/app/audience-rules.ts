/**
 * The rules of an audience as the builder shows them: groups and conditions whose values are the texts in their fields,
 * and the definition that the API takes. A half-typed value is kept as it is, so that a draft is what was typed. Pure.
 */
import type { Condition, Definition } from '../../audiences/definition.ts';

export const EVENTS = [
  'clicked',
  'did_not_click',
  'converted',
  'did_not_convert',
  'was_sent',
  'opted_out',
] as const;
export type Event = (typeof EVENTS)[number];

/** Filters of a condition; the first three are chosen from the catalog. */
export const CHOSEN = ['campaign_id', 'offer_id', 'creative_id'] as const;
export const TYPED = ['variant_id', 'link_key', 'link_id', 'message_id'] as const;
export type Filter = (typeof CHOSEN)[number] | (typeof TYPED)[number];
const FILTERS: readonly Filter[] = [...CHOSEN, ...TYPED];

export const GROUPS = ['all', 'any', 'none'] as const;
export type GroupKind = (typeof GROUPS)[number];
export const WINDOWS = ['ever', 'last', 'between'] as const;

/** The API's own bounds. */
export const PARTS_MAX = 50;
export const DEPTH_MAX = 8;
const DAYS_MAX = 3_650;
const TIMES_MAX = 1_000_000;

/** Texts as they were typed; '' where nothing was. */
export interface Rule {
  event: Event;
  of: Record<Filter, string>;
  at_least: string;
  at_most: string;
  window: (typeof WINDOWS)[number];
  last_days: string;
  from: string;
  to: string;
  tz: string;
  earned_least: string;
  earned_most: string;
  currency: string;
}

export interface Group {
  group: GroupKind;
  parts: Part[];
}

export type Part = Group | Rule;
export const isGroup = (part: Part): part is Group => 'group' in part;

/** In which part of the rules something stands: the places of its groups and its own, from the outside. */
export type Place = readonly number[];

const NO_FILTERS = Object.fromEntries(FILTERS.map((name) => [name, ''])) as Record<Filter, string>;

export const newRule = (tz: string): Rule => ({
  event: 'clicked',
  of: NO_FILTERS,
  at_least: '',
  at_most: '',
  window: 'ever',
  last_days: '30',
  from: '',
  to: '',
  tz,
  earned_least: '',
  earned_most: '',
  currency: '',
});

export const newRules = (tz: string): Group => ({ group: 'all', parts: [newRule(tz)] });

/** Of the kinds of events, only conversions earn; who opted out did so once, of no offer. */
export const earns = ({ event }: Rule): boolean => event === 'converted' || event === 'did_not_convert';
export const counts = ({ event }: Rule): boolean => event !== 'opted_out';

/** What is stored, as the builder shows it; `tz` for days that are typed from now on. */
export function rulesOf(definition: Definition, tz: string): Group {
  const part = partOf(definition, tz);
  return isGroup(part) ? part : { group: 'all', parts: [part] };
}

function partOf(definition: Definition, tz: string): Part {
  const { all, any, not } = definition;
  if (all !== undefined) return { group: 'all', parts: all.map((one) => partOf(one, tz)) };
  if (any !== undefined) return { group: 'any', parts: any.map((one) => partOf(one, tz)) };
  if (not !== undefined) return { group: 'none', parts: (not.any ?? [not]).map((one) => partOf(one, tz)) };
  const event = EVENTS.find((name) => definition[name] !== undefined) ?? 'clicked';
  return ruleOf(event, definition[event] ?? {}, tz);
}

const textOf = (value: string | number | undefined): string => (value === undefined ? '' : String(value));

function ruleOf(event: Event, condition: Condition, tz: string): Rule {
  const { at_least, at_most, window, revenue } = condition;
  return {
    event,
    of: Object.fromEntries(FILTERS.map((name) => [name, condition[name] ?? ''])) as Record<Filter, string>,
    at_least: textOf(at_least),
    at_most: textOf(at_most),
    window: window === undefined ? 'ever' : window.last_days === undefined ? 'between' : 'last',
    last_days: textOf(window?.last_days ?? 30),
    from: window?.from ?? '',
    to: window?.to ?? '',
    tz: window?.tz ?? (window?.from || window?.to ? 'UTC' : tz),
    earned_least: revenue?.at_least ?? '',
    earned_most: revenue?.at_most ?? '',
    currency: revenue?.currency ?? '',
  };
}

/** What the API takes; of rules with problems it is something that the API refuses. */
export function definitionOf(rules: Group): Definition {
  // A single condition needs no group.
  const [only, ...others] = rules.parts;
  if (rules.group === 'all' && only !== undefined && others.length === 0) return ofPart(only);
  return ofPart(rules);
}

function ofPart(part: Part): Definition {
  if (!isGroup(part)) return { [part.event]: conditionOf(part) };
  const parts = part.parts.map(ofPart);
  if (part.group !== 'none') return { [part.group]: parts };
  const [only, ...others] = parts;
  return { not: only !== undefined && others.length === 0 && only.any === undefined ? only : { any: parts } };
}

function conditionOf(rule: Rule): Condition {
  const window = windowOf(rule);
  if (!counts(rule)) return window === undefined ? {} : { window };
  const filters = FILTERS.flatMap((name) =>
    rule.of[name].trim() === '' ? [] : [[name, rule.of[name].trim()]],
  );
  return {
    ...Object.fromEntries(filters),
    ...(rule.at_least.trim() !== '' && { at_least: Number(rule.at_least) }),
    ...(rule.at_most.trim() !== '' && { at_most: Number(rule.at_most) }),
    ...(window && { window }),
    ...(earns(rule) && hasMoney(rule) && { revenue: moneyOf(rule) }),
  };
}

function windowOf({ window, last_days, from, to, tz }: Rule): Condition['window'] {
  if (window === 'ever') return undefined;
  if (window === 'last') return { last_days: Number(last_days) };
  return { ...(from !== '' && { from }), ...(to !== '' && { to }), tz };
}

const hasMoney = ({ earned_least, earned_most }: Rule): boolean =>
  earned_least.trim() !== '' || earned_most.trim() !== '';

const moneyOf = ({ earned_least, earned_most, currency }: Rule): NonNullable<Condition['revenue']> => ({
  ...(earned_least.trim() !== '' && { at_least: earned_least.trim() }),
  ...(earned_most.trim() !== '' && { at_most: earned_most.trim() }),
  currency: currency.trim().toUpperCase(),
});

/** What is wrong with a part, beside the field that it is about. */
export type Problem =
  | 'empty_group'
  | 'times'
  | 'order'
  | 'days'
  | 'no_days'
  | 'days_order'
  | 'money'
  | 'currency';

export function problemOf(part: Part): Problem | undefined {
  if (isGroup(part)) return part.parts.length === 0 ? 'empty_group' : undefined;
  return (
    (counts(part) ? timesProblem(part) : undefined) ??
    windowProblem(part) ??
    (earns(part) ? moneyProblem(part) : undefined)
  );
}

function timesProblem({ at_least, at_most }: Rule): Problem | undefined {
  const [least, most] = [at_least.trim(), at_most.trim()];
  const isTimes = (text: string, min: number): boolean =>
    text === '' || (/^\d{1,7}$/.test(text) && Number(text) >= min && Number(text) <= TIMES_MAX);
  if (!isTimes(least, 1) || !isTimes(most, 0)) return 'times';
  return least !== '' && most !== '' && Number(least) > Number(most) ? 'order' : undefined;
}

function windowProblem({ window, last_days, from, to }: Rule): Problem | undefined {
  if (window === 'last')
    return /^\d{1,4}$/.test(last_days.trim()) && Number(last_days) >= 1 && Number(last_days) <= DAYS_MAX
      ? undefined
      : 'days';
  if (window === 'ever') return undefined;
  if (from === '' && to === '') return 'no_days';
  return from !== '' && to !== '' && from > to ? 'days_order' : undefined;
}

function moneyProblem(rule: Rule): Problem | undefined {
  const [least, most] = [rule.earned_least.trim(), rule.earned_most.trim()];
  const isMoney = (text: string): boolean => text === '' || /^-?\d{1,12}(\.\d{1,6})?$/.test(text);
  if (!isMoney(least) || !isMoney(most)) return 'money';
  if (hasMoney(rule) && !/^[A-Za-z]{3}$/.test(rule.currency.trim())) return 'currency';
  return least !== '' && most !== '' && Number(least) > Number(most) ? 'order' : undefined;
}

/** Whether nothing is wrong with any part. */
export const isSound = (part: Part): boolean =>
  problemOf(part) === undefined && (!isGroup(part) || part.parts.every(isSound));

/** Groups and conditions together, as the API counts them. */
export const countParts = (part: Part): number =>
  1 + (isGroup(part) ? part.parts.reduce((sum, one) => sum + countParts(one), 0) : 0);

/** The rules with `change` made of the part at `place`; undefined takes it away. */
export function changedAt(rules: Group, place: Place, change: (part: Part) => Part | undefined): Group {
  const [at, ...within] = place;
  if (at === undefined) return (change(rules) ?? rules) as Group;
  return {
    ...rules,
    parts: rules.parts.flatMap((part, i) => {
      if (i !== at) return [part];
      const changed = within.length > 0 && isGroup(part) ? changedAt(part, within, change) : change(part);
      return changed === undefined ? [] : [changed];
    }),
  };
}

/** Rules as they are kept in a form; undefined for what is none. */
export function parsedRules(text: string | undefined): Group | undefined {
  try {
    const parsed = JSON.parse(text ?? '') as Group;
    return isGroup(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
