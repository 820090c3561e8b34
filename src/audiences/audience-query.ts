/**
 * Writes an audience's SQL: one scan of each needed table counts the events of each contact per condition; the
 * definition is then evaluated over the sums. Names come from here and definition.ts; every value goes beside the
 * text as a query parameter. Pure.
 *
 * Only contacts that were sent a message, clicked (a human click) or converted can be in an audience, and those on the
 * opt-out list in one that asks for them, as far as the
 * rows are kept. Most definitions cannot be true without an event that they count; then only those events are read,
 * and no other table.
 */
import { DECIMALS } from '../platform/decimal.ts';
import type { Query } from '../reports/report-query.ts';
import {
  conditionsOf,
  type EventKind,
  fold,
  holdsOfNobody,
  leastOf,
  type NumberedCondition,
} from './conditions.ts';
import { type Definition, NARROWED_BY } from './definition.ts';
import { eventsOf } from './events.ts';
import { rangeOf } from './window.ts';

export interface AudienceQuestion {
  account_id: string;
  definition: Definition;
  /** Now: what `last_days` counts back from. */
  as_of_ms: number;
}

const KINDS: readonly EventKind[] = ['clicks', 'conversions', 'sends', 'opt_outs'];
/** A table's columns for a condition on sends: a message has several links. */
const LISTS = { offer_id: 'offer_ids', link_id: 'link_ids', link_key: 'link_keys' } as const;

/**
 * One row: `contacts`. They are counted by a 64-bit hash, in less time and memory than by their ids; among twenty
 * million, two collide with a chance of 1 in 90,000.
 */
export function countQuery(question: AudienceQuestion): Query {
  const { query, query_params } = contactsQuery(question, 'cityHash64(row.contact_id)');
  return { query: `SELECT count() AS contacts FROM (\n${query}\n)`, query_params };
}

/** A row `contact_id` for each contact, in order of it; at most `limit` where it is given. */
export function orderedQuery(question: AudienceQuestion, limit?: number): Query {
  const { query, query_params } = contactsQuery(question, 'row.contact_id');
  const ordered = `${query}\nORDER BY contact_id`;
  if (limit === undefined) return { query: ordered, query_params };
  return { query: `${ordered} LIMIT {limit:UInt32}`, query_params: { ...query_params, limit } };
}

/**
 * A row about each contact: `contact_id`, `known`, `in_audience`, and for each condition, by its number, `count_0`,
 * `revenue_0` and `holds_0`. Unknown contacts have one too. At most some hundreds: they travel in one parameter.
 */
export function explainQuery(question: AudienceQuestion, contact_ids: readonly string[]): Query {
  const conditions = conditionsOf(question.definition);
  const nothing = [
    'arrayJoin({contact_ids:Array(String)}) AS contact_id',
    'toInt8(0) AS step',
    ...conditions.flatMap(noneOf),
  ];
  const scans = kindsOf(conditions, true).map((kind) =>
    scan(conditions, kind, true, 'contact_id IN {contact_ids:Array(String)}'),
  );
  const columns = conditions.flatMap((one, i) => [...columnsOf(one, i), `${holds(one, i)} AS holds_${i}`]);
  return {
    query: `SELECT contact AS contact_id, known, known AND (${expression(question.definition)}) AS in_audience, ${columns.join(', ')}
FROM (\n${summed(conditions, [`SELECT ${nothing.join(', ')}`, ...scans], 'row.contact_id')}\n)`,
    query_params: { ...paramsOf(question, conditions), contact_ids },
  };
}

/** Whose messages nobody sent is no contact for having opted out, unless that is asked for. */
const kindsOf = (conditions: readonly NumberedCondition[], everyone: boolean): EventKind[] =>
  KINDS.filter((kind) => (everyone && kind !== 'opt_outs') || conditions.some((one) => one.kind === kind));

/** A row `contact_id` for each contact: `id`, or what stands for it. */
function contactsQuery(question: AudienceQuestion, id: string): Query {
  const conditions = conditionsOf(question.definition);
  const everyone = holdsOfNobody(question.definition);
  const scans = kindsOf(conditions, everyone).map((kind) => scan(conditions, kind, everyone));
  return {
    query: `SELECT contact AS contact_id FROM (\n${summed(conditions, scans, id)}\n)
WHERE known AND (${expression(question.definition)})`,
    query_params: paramsOf(question, conditions),
  };
}

/** A row for each `contact`, which is told by `id`: the sums of its events' rows, and whether it is `known`. */
function summed(conditions: readonly NumberedCondition[], scans: readonly string[], id: string): string {
  const sums = conditions.flatMap(columnsOf).map((name) => `sum(row.${name}) AS ${name}`);
  return `SELECT ${id} AS contact, sum(row.step) > 0 AS known, ${sums.join(', ')}
FROM (\n${scans.join('\nUNION ALL\n')}\n) AS row
GROUP BY contact`;
}

/**
 * A row for each event of the kind, or only for events that some condition counts, with its count for each condition.
 */
function scan(
  conditions: readonly NumberedCondition[],
  kind: EventKind,
  everyone: boolean,
  whose?: string,
): string {
  const columns = conditions.flatMap((one, i) => (one.kind === kind ? valuesOf(one, i) : noneOf(one, i)));
  const wanted = conditions.flatMap((one, i) => (one.kind === kind ? [counted(one, i)] : []));
  return `SELECT event.contact_id AS contact_id, event.step AS step, ${columns.join(', ')}
FROM (${eventsOf(kind, whose)}
) AS event${everyone ? '' : `\nWHERE ${wanted.join(' OR ')}`}`;
}

/** The columns of a contact for one condition. */
function columnsOf({ condition }: NumberedCondition, i: number): string[] {
  return [`count_${i}`, ...(condition.revenue === undefined ? [] : [`revenue_${i}`])];
}

const NO_MONEY = `toDecimal128(0, ${DECIMALS})`;

function noneOf(one: NumberedCondition, i: number): string[] {
  const [count, revenue] = columnsOf(one, i);
  return [`toInt8(0) AS ${count}`, ...(revenue === undefined ? [] : [`${NO_MONEY} AS ${revenue}`])];
}

function valuesOf(one: NumberedCondition, i: number): string[] {
  const [count, revenue] = columnsOf(one, i);
  const times = one.kind === 'conversions' ? 'event.step * event.conversions' : 'event.step';
  const test = counted(one, i);
  const amount = `if(${test}, event.step * event.revenue, ${NO_MONEY})`;
  return [
    `if(${test}, ${times}, 0) AS ${count}`,
    ...(revenue === undefined ? [] : [`${amount} AS ${revenue}`]),
  ];
}

/** Whether an event counts for the condition. */
function counted({ kind, condition }: NumberedCondition, i: number): string {
  const given = NARROWED_BY.filter((name) => condition[name] !== undefined);
  const value = (name: string): string => `{${name}_${i}:String}`;
  const listed = given.flatMap((name) =>
    kind === 'sends' && name in LISTS ? [name as keyof typeof LISTS] : [],
  );
  const tests = given
    .filter((name) => !listed.includes(name as keyof typeof LISTS))
    .map((name) => `event.${name} = ${value(name)}`);
  if (listed.length > 0) {
    const one_link = listed.map((name) => `${name} = ${value(name)}`).join(' AND ');
    const lists = listed.map((name) => `event.${LISTS[name]}`).join(', ');
    tests.push(`arrayExists((${listed.join(', ')}) -> ${one_link}, ${lists})`);
  }
  if (condition.window !== undefined) {
    tests.push(
      `event.at >= fromUnixTimestamp64Milli({from_ms_${i}:Int64}, 'UTC')`,
      `event.at < fromUnixTimestamp64Milli({to_ms_${i}:Int64}, 'UTC')`,
    );
  }
  if (condition.revenue !== undefined) tests.push(`event.currency = ${value('currency')}`);
  return tests.length === 0 ? 'true' : `(${tests.join(' AND ')})`;
}

function holds({ condition, opposite }: NumberedCondition, i: number): string {
  const { at_most, revenue } = condition;
  const tests = [`count_${i} >= {at_least_${i}:Int64}`];
  if (at_most !== undefined) tests.push(`count_${i} <= {at_most_${i}:Int64}`);
  if (revenue?.at_least !== undefined)
    tests.push(`revenue_${i} >= {revenue_at_least_${i}:Decimal(38, ${DECIMALS})}`);
  if (revenue?.at_most !== undefined)
    tests.push(`revenue_${i} <= {revenue_at_most_${i}:Decimal(38, ${DECIMALS})}`);
  return `${opposite ? 'NOT ' : ''}(${tests.join(' AND ')})`;
}

function expression(definition: Definition): string {
  const conditions = conditionsOf(definition);
  return fold<string>(definition, {
    all: (parts) => `(${parts.join(' AND ')})`,
    any: (parts) => `(${parts.join(' OR ')})`,
    not: (part) => `NOT ${part}`,
    leaf: (i) => holds(conditions[i] as NumberedCondition, i),
  });
}

function paramsOf(
  { account_id, as_of_ms }: AudienceQuestion,
  conditions: readonly NumberedCondition[],
): Record<string, unknown> {
  const params: Record<string, unknown> = { account_id };
  for (const [i, { condition }] of conditions.entries()) {
    const { at_most, window, revenue } = condition;
    const range = window === undefined ? undefined : rangeOf(window, as_of_ms);
    const values = {
      ...Object.fromEntries(NARROWED_BY.map((name) => [name, condition[name]])),
      at_least: leastOf(condition),
      at_most,
      from_ms: range?.from_ms,
      to_ms: range?.to_ms,
      currency: revenue?.currency,
      revenue_at_least: revenue?.at_least,
      revenue_at_most: revenue?.at_most,
    };
    for (const [name, value] of Object.entries(values))
      if (value !== undefined) params[`${name}_${i}`] = value;
  }
  return params;
}
