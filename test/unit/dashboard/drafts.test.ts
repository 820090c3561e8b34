/** What a form keeps and sends: drafts in the tab, and which fields differ. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  changedFields,
  changedOver,
  claimDrafts,
  DRAFT_LENGTH_MAX,
  DRAFTS_MAX,
  dropDrafts,
  fieldOf,
  formerFields,
  keepDraft,
  readDraft,
} from '../../../src/dashboard/app/drafts.ts';

let kept: Map<string, string>;
const storage = {
  getItem: (name: string) => kept.get(name) ?? null,
  setItem: (name: string, text: string) => void kept.set(name, text),
  removeItem: (name: string) => void kept.delete(name),
};
beforeEach(() => {
  kept = new Map();
});

describe('drafts', () => {
  it('are found again by their name, until they are dropped', () => {
    keepDraft(storage, 'acc/offers/1', { name: 'Shoes' });
    keepDraft(storage, 'acc/offers/2', { name: 'Boots' });
    expect(readDraft(storage, 'acc/offers/1')).toEqual({ name: 'Shoes' });
    keepDraft(storage, 'acc/offers/1', {});
    expect(readDraft(storage, 'acc/offers/1')).toBeUndefined();
    dropDrafts(storage);
    expect(readDraft(storage, 'acc/offers/2')).toBeUndefined();
  });

  it('are bounded: the oldest gives way, one that is too long is not kept', () => {
    for (let i = 0; i <= DRAFTS_MAX; i++) keepDraft(storage, `form ${i}`, { name: 'x' });
    expect(readDraft(storage, 'form 0')).toBeUndefined();
    expect(readDraft(storage, 'form 1')).toBeDefined();
    keepDraft(storage, 'long', { name: 'x'.repeat(DRAFT_LENGTH_MAX) });
    expect(readDraft(storage, 'long')).toBeUndefined();
  });

  it('are of one person: the next one finds none', () => {
    claimDrafts(storage, 'member/a@example.com');
    keepDraft(storage, 'acc/offers/1', { name: 'Shoes' });
    claimDrafts(storage, 'member/a@example.com');
    expect(readDraft(storage, 'acc/offers/1')).toEqual({ name: 'Shoes' });
    claimDrafts(storage, 'member/b@example.com');
    expect(readDraft(storage, 'acc/offers/1')).toBeUndefined();
  });

  it('never stop a form: storage that is full or holds something else', () => {
    kept.set('drafts', '{"no": "list"}');
    expect(readDraft(storage, 'form')).toBeUndefined();
    kept.set('drafts', 'no JSON');
    expect(readDraft(storage, 'form')).toBeUndefined();
    const full = {
      ...storage,
      setItem: () => {
        throw new Error('full');
      },
    };
    expect(() => keepDraft(full, 'form', { name: 'x' })).not.toThrow();
  });
});

describe('the fields that are sent', () => {
  const before = { name: 'Shoes', codes: ['A', 'B'], rules: { bot: ['x'] }, query: null };

  it('are those that differ, in what they say', () => {
    expect(changedFields(before, { ...before, codes: ['A', 'B'], rules: { bot: ['x'] } })).toEqual({});
    expect(changedFields(before, { ...before, name: 'Boots', codes: ['A'], rules: { bot: [] } })).toEqual({
      name: 'Boots',
      codes: ['A'],
      rules: { bot: [] },
    });
  });

  it('go back to what they were', () => {
    const changed = changedFields(before, { ...before, name: 'Boots', codes: [] as string[] });
    expect(formerFields(before, changed)).toEqual({ name: 'Shoes', codes: ['A', 'B'] });
  });
});

it.each([
  ['payout', 'payout'],
  ['variants.0.percent', 'variants.0.percent'],
  ['variants.3.percent', 'variants'],
  ['brand.name', 'brand.name'],
  ['coupon_codes.2', 'coupon_codes'],
  ['pay', undefined],
  ['rules.0.to', undefined],
])('an error about %s stands at %s', (about, field) => {
  const names = ['payout', 'variants', 'variants.0.percent', 'brand.name', 'coupon_codes'];
  expect(fieldOf(about, names)).toBe(field);
});

it('what was typed goes over what others have stored since', () => {
  const before = { 'bot.asns': '1', 'person.asns': '2', name: 'Shop' };
  const stored = { 'bot.asns': '1\n3', 'person.asns': '2', name: 'Store' };
  expect(changedOver(stored, before, { ...before, 'person.asns': '4' })).toEqual({
    'bot.asns': '1\n3',
    'person.asns': '4',
    name: 'Store',
  });
});
