/**
 * The address that a tap is sent to: its destination with the parameters that the link, the offer, the creative, the
 * campaign and the account add, and with what the tap brings. Precedence: the destination's own parameters, then link,
 * offer, creative, campaign, account, then the tap. The rules are cut into their pieces and laid over each other once,
 * when they are loaded or changed; without any a destination is filled as it is. Pure.
 */
import type { ParameterRules, QueryMode } from '../catalog/parameter-rules.ts';
import {
  isMacro,
  isPlaceholderName,
  type Placeholder,
  parseTemplate,
  type Template,
  withPlainBraces,
} from '../catalog/placeholders.ts';
import { type QueryParameter, readQuery } from '../platform/query-string.ts';
import {
  type DestinationTemplate,
  encodeValue,
  fillDestination,
  fillTemplate,
  type MacroValues,
  parameterNames,
  placeholderValue,
} from './destination-template.ts';

/** From the narrowest to the widest. */
export const PARAMETER_LEVELS = ['link', 'offer', 'creative', 'campaign', 'account'] as const;
export type ParameterLevel = (typeof PARAMETER_LEVELS)[number];

/** What many servers and proxies take of an address; parameters of the tap that go beyond are left out. */
export const LOCATION_LENGTH_MAX = 8_000;

/** A parameter in its pieces. */
export interface CompiledParameter {
  /** `name=`, encoded. */
  start: string;
  value: Template;
  /** The same with its texts encoded, as an address has them. */
  encoded: Template;
}

/** Rules in their pieces. */
export interface CompiledRules {
  params: ReadonlyMap<string, CompiledParameter>;
  query: QueryMode | undefined;
}

/** The rules of several levels, laid over each other. */
export interface ParameterPlan {
  params: ReadonlyMap<string, CompiledParameter & { level: ParameterLevel }>;
  query: QueryMode;
  /** Undefined where no level says it. */
  query_level: ParameterLevel | undefined;
}

/** Why a parameter is not in the address. */
export const LEFT_OUT = ['in_destination', 'added_already', 'empty', 'click_id', 'too_long'] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

/** A parameter, and where it is from. */
export interface UsedParameter {
  name: string;
  /** As a reader of the address decodes it. */
  value: string;
  source: 'destination' | ParameterLevel | 'tap';
  left_out?: LeftOut;
}

export interface Led {
  location: string;
  parameters: UsedParameter[];
  /** What macros stood for, the tap's parameters among them. */
  filled_with: MacroValues;
}

/** undefined for rules that say nothing: most do. */
export function compileRules({ url_params = {}, query }: ParameterRules): CompiledRules | undefined {
  const entries = Object.entries(url_params);
  if (entries.length === 0 && !query) return undefined;
  const params = entries.map(([name, text]): [string, CompiledParameter] => {
    const value = parseTemplate(withPlainBraces(text));
    const encoded = { texts: value.texts.map(encodeValue), placeholders: value.placeholders };
    return [name, { start: `${encodeValue(name)}=`, value, encoded }];
  });
  return { params: new Map(params), query: query ?? undefined };
}

/** A plan with the rules of a narrower level over it. */
export function overlay(
  plan: ParameterPlan | undefined,
  rules: CompiledRules | undefined,
  level: ParameterLevel,
): ParameterPlan | undefined {
  if (rules === undefined) return plan;
  const params = new Map(plan?.params);
  for (const [name, parameter] of rules.params) params.set(name, { ...parameter, level });
  if (rules.query !== undefined) return { params, query: rules.query, query_level: level };
  return { params, query: plan?.query ?? 'drop', query_level: plan?.query_level };
}

/** The address alone, for a tap. `query` is what it brings. */
export function locationOf(
  template: DestinationTemplate,
  plan: ParameterPlan | undefined,
  values: MacroValues,
  query: string,
): string {
  if (plan === undefined) return fillDestination(template, values);
  // What the tap brings has no say: nothing has to be explained, and nothing of it read.
  if (plan.query === 'drop' || query === '') return withRules(template, plan, values);
  return lead(template, plan, values, query).location;
}

/** The same address as lead gives. */
function withRules(template: DestinationTemplate, plan: ParameterPlan, values: MacroValues): string {
  const base = fillTemplate(template.base, values);
  const in_destination = template.names ?? parameterNames(base);
  let location = base;
  let separator = separatorOf(base);
  for (const [name, { start, encoded }] of plan.params) {
    if (in_destination.has(name)) continue;
    const value = fillTemplate(encoded, values);
    if (value === '') continue;
    location += separator + start + value;
    separator = '&';
  }
  return template.fragment === undefined ? location : location + fillTemplate(template.fragment, values);
}

/** The address, with every parameter and its source. */
export function lead(
  template: DestinationTemplate,
  plan: ParameterPlan | undefined,
  given: MacroValues,
  query: string,
): Led {
  const brought = plan === undefined || plan.query === 'drop' ? [] : readQuery(query);
  const values = plan?.query === 'fill' ? { ...given, tap: macrosOf(brought) } : given;
  const base = fillTemplate(template.base, values);
  const fragment = template.fragment === undefined ? '' : fillTemplate(template.fragment, values);
  const own = ownParameters(base);
  const added = plan === undefined ? [] : ofRules(plan, values, own);
  const room = LOCATION_LENGTH_MAX - base.length - fragment.length - lengthOf(added);
  const passed = plan?.query === 'pass' ? ofTap(brought, [...own, ...added], room) : [];
  const texts = [...added, ...passed].flatMap(({ text }) => (text === undefined ? [] : [text]));
  return {
    location: texts.length === 0 ? base + fragment : base + separatorOf(base) + texts.join('&') + fragment,
    parameters: [...own, ...added, ...passed].map(({ text: _, ...parameter }) => parameter),
    filled_with: values,
  };
}

/** With its text in the address, where it is added to it. */
interface Candidate extends UsedParameter {
  text?: string;
}

function ownParameters(base: string): Candidate[] {
  const at = base.indexOf('?');
  if (at < 0) return [];
  return readQuery(base.slice(at + 1)).map(({ name, value }) => ({ name, value, source: 'destination' }));
}

function ofRules(plan: ParameterPlan, values: MacroValues, own: readonly Candidate[]): Candidate[] {
  const in_destination = new Set(own.map(({ name }) => name));
  return Array.from(plan.params, ([name, { start, value: template, encoded, level }]): Candidate => {
    const value = textOf(template, values);
    const parameter = { name, value, source: level };
    if (in_destination.has(name)) return { ...parameter, left_out: 'in_destination' };
    if (value === '') return { ...parameter, left_out: 'empty' };
    return { ...parameter, text: start + fillTemplate(encoded, values) };
  });
}

/** `others` are in the address already; `room` is how many characters it may still grow. */
function ofTap(brought: readonly QueryParameter[], others: readonly Candidate[], room: number): Candidate[] {
  const of_destination = new Set<string>();
  const of_rules = new Set<string>();
  for (const { name, source, text } of others) {
    if (source === 'destination') of_destination.add(comparable(name));
    else if (text !== undefined) of_rules.add(comparable(name));
  }
  let left = room;
  return brought.map(({ name, value, raw }): Candidate => {
    const parameter = { name, value, source: 'tap' as const };
    const spellings = spellingsOf(name);
    if (spellings.some((one) => of_destination.has(one))) return { ...parameter, left_out: 'in_destination' };
    if (spellings.some((one) => of_rules.has(one))) return { ...parameter, left_out: 'added_already' };
    if (spellings.includes('click_id')) return { ...parameter, left_out: 'click_id' };
    // Some readers begin another parameter at a semicolon.
    const text = raw.replaceAll(';', '%3B');
    if (text.length + 1 > left) return { ...parameter, left_out: 'too_long' };
    left -= text.length + 1;
    return { ...parameter, text };
  });
}

/**
 * What a name is to the most lenient readers of addresses: some take `Sub1`, `sub1[]` and, for `sub_1`, `sub.1` as the
 * same parameter, and the last one wins.
 */
function comparable(name: string): string {
  const [start = ''] = readPart(name).split('[');
  return start.replace(/[ .]/g, '_');
}

/** All that a tap's parameter may be taken for: PHP reads `sub[1` as `sub_1`, and cuts a name at NUL. */
const spellingsOf = (name: string): string[] => [comparable(name), readPart(name).replace(/[ .[]/g, '_')];

const readPart = (name: string): string => (name.split('\0')[0] ?? '').trimStart().toLowerCase();

/** The first of each name; never a macro's own. */
function macrosOf(brought: readonly QueryParameter[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { name, value } of brought) {
    if (isPlaceholderName(name) && !isMacro(name) && !values.has(name)) values.set(name, value);
  }
  return values;
}

/** A template filled without encoding. */
function textOf({ texts, placeholders }: Template, values: MacroValues): string {
  return texts
    .map((text, i) => (i === 0 ? text : placeholderValue(placeholders[i - 1] as Placeholder, values) + text))
    .join('');
}

const lengthOf = (candidates: readonly Candidate[]): number =>
  candidates.reduce((sum, { text }) => (text === undefined ? sum : sum + text.length + 1), 0);

/** What stands before the first parameter that is added. */
function separatorOf(base: string): string {
  if (!base.includes('?')) return '?';
  return /[?&]$/.test(base) ? '' : '&';
}
