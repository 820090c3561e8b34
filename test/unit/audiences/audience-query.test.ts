import { describe, expect, it } from 'vitest';
import { countQuery } from '../../../src/audiences/audience-query.ts';
import { conditionsOf, holdsOfNobody } from '../../../src/audiences/conditions.ts';
import type { Definition } from '../../../src/audiences/definition.ts';

const DAY_MS = 24 * 3_600_000;
const NOW_MS = Date.parse('2026-11-24T12:00:00Z');
const ask = (definition: Definition) => countQuery({ account_id: 'acc_1', definition, as_of_ms: NOW_MS });

describe("an audience's question", () => {
  it('has every value beside its text', () => {
    const evil = "x') OR 1=1 --";
    const { query, query_params } = ask({
      all: [
        { clicked: { offer_id: evil, link_key: evil, message_id: evil, window: { last_days: 30 } } },
        { was_sent: { link_id: evil } },
        { converted: { revenue: { at_least: '10.00', currency: 'EUR' } } },
      ],
    });
    expect(query).not.toContain('1=1');
    expect(query).not.toContain('10.00');
    expect(query_params).toMatchObject({
      account_id: 'acc_1',
      offer_id_0: evil,
      from_ms_0: NOW_MS - 30 * DAY_MS,
      to_ms_0: NOW_MS + 1,
      link_id_1: evil,
      revenue_at_least_2: '10.00',
      currency_2: 'EUR',
    });
    const named = [...query.matchAll(/\{(\w+):/g)].map((match) => match[1] ?? '');
    expect(new Set(named)).toEqual(new Set(Object.keys(query_params)));
  });

  it('reads the tables that it needs, and all where doing nothing is enough', () => {
    const tables = (definition: Definition): string[] => [
      ...new Set([...ask(definition).query.matchAll(/trackly\.(\w+)/g)].map((match) => match[1] ?? '')),
    ];
    expect(tables({ clicked: {} })).toEqual(['clicks', 'verdicts']);
    expect(tables({ all: [{ converted: {} }, { not: { was_sent: {} } }] })).toEqual([
      ...['conversions', 'sends', 'deliveries'],
    ]);
    expect(tables({ opted_out: {} })).toEqual(['records']);
    expect(tables({ did_not_click: {} })).toEqual([
      ...['clicks', 'verdicts', 'conversions', 'sends', 'deliveries'],
    ]);
  });
});

it.each<[Definition, boolean]>([
  [{ clicked: {} }, false],
  [{ did_not_click: {} }, true],
  [{ clicked: { at_most: 3 } }, true],
  [{ clicked: { at_least: 1, at_most: 3 } }, false],
  [{ not: { clicked: {} } }, true],
  [{ not: { did_not_convert: {} } }, false],
  [{ all: [{ did_not_click: {} }, { was_sent: {} }] }, false],
  [{ any: [{ did_not_click: {} }, { was_sent: {} }] }, true],
  [{ converted: { at_most: 9, revenue: { at_most: '-1', currency: 'EUR' } } }, false],
  [{ converted: { at_most: 9, revenue: { at_least: '0.01', currency: 'EUR' } } }, false],
  [{ converted: { at_most: 9, revenue: { at_least: '-1', at_most: '0.00', currency: 'EUR' } } }, true],
])('knows whether a contact who did nothing would be in %j: %s', (definition, expected) => {
  expect(holdsOfNobody(definition)).toBe(expected);
});

it('numbers conditions from the left, by their path', () => {
  const paths = conditionsOf({
    any: [{ not: { all: [{ was_sent: {} }, { clicked: {} }] } }, { did_not_convert: {} }],
  }).map(({ path }) => path);
  expect(paths).toEqual(['any.0.not.all.0.was_sent', 'any.0.not.all.1.clicked', 'any.1.did_not_convert']);
});
