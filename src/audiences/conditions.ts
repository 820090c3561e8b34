/** The conditions of a definition, in order, and its result for a contact without any event. Pure. */
import { parseDecimal } from '../platform/decimal.ts';
import { type Condition, type Definition, EVENTS, type Event } from './definition.ts';

/** What a condition counts. */
export type EventKind = 'clicks' | 'conversions' | 'sends' | 'opt_outs';

const KIND_OF: Record<Event, EventKind> = {
  clicked: 'clicks',
  did_not_click: 'clicks',
  converted: 'conversions',
  did_not_convert: 'conversions',
  was_sent: 'sends',
  opted_out: 'opt_outs',
};

export interface NumberedCondition {
  /** Path in the definition: `all.0.not.clicked`. */
  path: string;
  event: Event;
  kind: EventKind;
  /** Whether the condition is negated: did_not_click, did_not_convert. */
  opposite: boolean;
  condition: Condition;
}

/** The conditions of a definition, from left to right. */
export function conditionsOf(definition: Definition, path = ''): NumberedCondition[] {
  const within = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const { all, any, not } = definition;
  const list = all ?? any;
  if (list !== undefined) {
    const name = all === undefined ? 'any' : 'all';
    return list.flatMap((part, i) => conditionsOf(part, within(`${name}.${i}`)));
  }
  if (not !== undefined) return conditionsOf(not, within('not'));
  return EVENTS.flatMap((event) => {
    const condition = definition[event];
    if (condition === undefined) return [];
    const opposite = event === 'did_not_click' || event === 'did_not_convert';
    return [{ path: within(event), event, kind: KIND_OF[event], opposite, condition }];
  });
}

/** The least number of events that a condition asks for. */
export function leastOf({ at_least, at_most }: Condition): number {
  return at_least ?? (at_most === undefined ? 1 : 0);
}

/** Folds a definition; `leaf` is given the number of the condition in `conditionsOf`. */
export function fold<T>(
  definition: Definition,
  to: { all(parts: T[]): T; any(parts: T[]): T; not(part: T): T; leaf(number: number): T },
): T {
  let number = 0;
  const visit = ({ all, any, not }: Definition): T => {
    if (all !== undefined) return to.all(all.map(visit));
    if (any !== undefined) return to.any(any.map(visit));
    if (not !== undefined) return to.not(visit(not));
    return to.leaf(number++);
  };
  return visit(definition);
}

/** Whether a definition is true where its conditions, by their numbers, hold or do not. */
export function isTrue(definition: Definition, holds: readonly boolean[]): boolean {
  return fold<boolean>(definition, {
    all: (parts) => parts.every(Boolean),
    any: (parts) => parts.some(Boolean),
    not: (part) => !part,
    leaf: (number) => holds[number] === true,
  });
}

/** Whether the definition includes a contact without any click, conversion or message. */
export function holdsOfNobody(definition: Definition): boolean {
  const holds = conditionsOf(definition).map(
    ({ condition, opposite }) => holdsOfNothing(condition) !== opposite,
  );
  return isTrue(definition, holds);
}

function holdsOfNothing(condition: Condition): boolean {
  if (leastOf(condition) > 0) return false;
  const { at_least = '0', at_most = '0' } = condition.revenue ?? {};
  return (parseDecimal(at_least) ?? 0n) <= 0n && (parseDecimal(at_most) ?? 0n) >= 0n;
}
