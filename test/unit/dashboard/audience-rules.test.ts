/** Rules of an audience as they are built, and what the API takes of them. */
import { describe, expect, it } from 'vitest';
import { type Definition, definition } from '../../../src/audiences/definition.ts';
import {
  changedAt,
  countParts,
  definitionOf,
  type Group,
  isGroup,
  isSound,
  newRule,
  newRules,
  type Problem,
  parsedRules,
  problemOf,
  type Rule,
  rulesOf,
} from '../../../src/dashboard/app/audience-rules.ts';

const DEFINITIONS: Definition[] = [
  { clicked: {} },
  { opted_out: { window: { last_days: 7 } } },
  { any: [{ clicked: { at_least: 2 } }, { was_sent: { at_most: 3, variant_id: 'A' } }] },
  { not: { clicked: { link_key: 'link1' } } },
  { not: { any: [{ clicked: {} }, { converted: {} }] } },
  {
    all: [
      { clicked: { offer_id: 'off_1', window: { from: '2026-11-01', to: '2026-11-30', tz: 'UTC' } } },
      { not: { converted: { revenue: { at_least: '100.00', currency: 'USD' } } } },
      { any: [{ was_sent: { campaign_id: 'cam_1' } }, { all: [{ did_not_click: { at_least: 3 } }] }] },
    ],
  },
];

describe('a definition', () => {
  it.each(DEFINITIONS.map((one) => [JSON.stringify(one), one] as const))(
    '%s goes through the builder as it is',
    (_text, one) => {
      const rules = rulesOf(one, 'Europe/Berlin');
      expect(definitionOf(parsedRules(JSON.stringify(rules)) as Group)).toEqual(one);
      expect(isSound(rules)).toBe(true);
      expect(definition.safeParse(definitionOf(rules)).success).toBe(true);
    },
  );

  it('of a new one is what the API takes', () => {
    expect(definitionOf(newRules('UTC'))).toEqual({ clicked: {} });
  });

  it('leaves out what its event does not have, and takes amounts and currencies as they are typed', () => {
    const rule = { ...newRule('UTC'), at_least: ' 2 ', earned_least: ' 5', currency: 'usd ' };
    const of = (event: Rule['event']): Definition =>
      definitionOf({ group: 'all', parts: [{ ...rule, event }] });
    expect(of('clicked')).toEqual({ clicked: { at_least: 2 } });
    expect(of('opted_out')).toEqual({ opted_out: {} });
    expect(of('converted')).toEqual({
      converted: { at_least: 2, revenue: { at_least: '5', currency: 'USD' } },
    });
  });
});

describe('what is wrong', () => {
  const rule = newRule('UTC');
  it.each<[Problem | undefined, Partial<Rule>]>([
    [undefined, {}],
    ['times', { at_least: '0' }],
    ['times', { at_most: '1.5' }],
    ['order', { at_least: '3', at_most: '2' }],
    ['days', { window: 'last', last_days: '' }],
    ['days', { window: 'last', last_days: '3651' }],
    ['no_days', { window: 'between' }],
    ['days_order', { window: 'between', from: '2026-11-02', to: '2026-11-01' }],
    ['money', { event: 'converted', earned_least: '5,00', currency: 'USD' }],
    ['currency', { event: 'converted', earned_least: '5' }],
    ['order', { event: 'converted', earned_least: '5', earned_most: '4', currency: 'USD' }],
    [undefined, { earned_least: '5,00' }],
  ])('%s: %o', (problem, changes) => {
    expect(problemOf({ ...rule, ...changes })).toBe(problem);
    expect(isSound({ group: 'all', parts: [{ ...rule, ...changes }] })).toBe(problem === undefined);
  });

  it('is found in a group without conditions, however deep', () => {
    const empty: Group = { group: 'any', parts: [] };
    expect(problemOf(empty)).toBe('empty_group');
    expect(isSound({ group: 'all', parts: [rule, { group: 'none', parts: [empty] }] })).toBe(false);
  });
});

it('a part is changed, and taken away, where it stands', () => {
  const rules = rulesOf(DEFINITIONS[5] as Definition, 'UTC');
  expect(countParts(rules)).toBe(8);
  const changed = changedAt(rules, [2, 0], (part) => (isGroup(part) ? part : { ...part, at_least: '9' }));
  expect(definitionOf(changed)).toMatchObject({
    all: [{}, {}, { any: [{ was_sent: { campaign_id: 'cam_1', at_least: 9 } }, {}] }],
  });
  expect(definitionOf(changedAt(rules, [2], () => undefined)).all).toHaveLength(2);
  expect(parsedRules('{')).toBeUndefined();
});
