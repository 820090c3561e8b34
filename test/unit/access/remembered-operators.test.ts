import { beforeEach, expect, it } from 'vitest';
import { REMEMBERED_MS, RememberedOperators } from '../../../src/access/remembered-operators.ts';
import type { Right } from '../../../src/access/right.ts';

const NOW_MS = 1_000_000;
const right = (record: string, ends_at_ms?: number): Right =>
  ({ records: [record], ends_at_ms, caller: { kind: 'operator' } }) as unknown as Right;

let operators: RememberedOperators;
beforeEach(() => {
  operators = new RememberedOperators();
  operators.note('key', right('admin_key:1'), NOW_MS);
});

it('forgets a right that changes, and all where a change may have been missed', () => {
  operators.changed('admin_key:2');
  expect(operators.recall('key', NOW_MS)).toBeDefined();
  operators.changed('admin_key:1');
  expect(operators.recall('key', NOW_MS)).toBeUndefined();
  operators.note('key', right('admin_key:1'), NOW_MS);
  operators.missed();
  expect(operators.recall('key', NOW_MS)).toBeUndefined();
});

it('knows no other key, and none for longer than it may', () => {
  expect(operators.recall('other', NOW_MS)).toBeUndefined();
  expect(operators.recall('key', NOW_MS + REMEMBERED_MS)).toBeDefined();
  expect(operators.recall('key', NOW_MS + REMEMBERED_MS + 1)).toBeUndefined();
});

it('knows no right that has ended', () => {
  operators.note('session', right('session:1', NOW_MS + 10), NOW_MS);
  expect(operators.recall('session', NOW_MS + 9)).toBeDefined();
  expect(operators.recall('session', NOW_MS + 10)).toBeUndefined();
});

it('remembers a bounded number, the last ones', () => {
  for (let i = 0; i < 150; i++) operators.note(`key ${i}`, right('r'), NOW_MS);
  expect(operators.recall('key', NOW_MS)).toBeUndefined();
  expect(operators.recall('key 49', NOW_MS)).toBeUndefined();
  expect(operators.recall('key 50', NOW_MS)).toBeDefined();
});
