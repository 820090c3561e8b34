/** Other names of our parameters: what an offer may say, how reports are read by them, and what a form guesses. */
import { describe, expect, it } from 'vitest';
import { NAMEABLE, otherNamesOf, postbackNames } from '../../../src/catalog/postback-names.ts';
import { notReplayable } from '../../../src/conversions/inspector/explain-report.ts';
import { readAgain } from '../../../src/conversions/inspector/read-again.ts';
import type { StoredReport } from '../../../src/conversions/inspector/stored-report.ts';
import { PARAMETERS, parametersOfPairs } from '../../../src/conversions/receive/conversion-input.ts';
import * as form from '../../../src/dashboard/app/postback-names.ts';
import { parametersOfPost } from '../../../src/redirect/read-report.ts';

const NAMES = { click_id: 'aff_sub', revenue: 'Payout', txn_id: 'order' };
const others = otherNamesOf(NAMES);

describe('an offer', () => {
  it.each([
    [{ click_id: 'revenue' }, 'one of our own names'],
    [{ click_id: 'Postback_Secret' }, 'one of our own names'],
    [{ click_id: 'x', txn_id: 'X' }, 'one name to two parameters'],
    [{ click_id: ' ' }, 'is empty'],
    [{ secret: 'x' }, 'secret'],
    [{ contact_id: 'x' }, 'contact_id'],
  ])('may not say %j', (names, message) => {
    expect(JSON.stringify(postbackNames.safeParse(names).error?.issues)).toContain(message);
  });

  it('may name each parameter that says what happened, and a form lists the same', () => {
    expect(PARAMETERS).toEqual(expect.arrayContaining([...NAMEABLE]));
    expect([...form.NAMEABLE].sort()).toEqual([...NAMEABLE].sort());
    expect(otherNamesOf({})).toBeUndefined();
  });
});

describe('a report', () => {
  it('is read by them, whatever their case; our own name counts first', () => {
    const pairs: [string, string][] = [
      ['AFF_SUB', 'clk_1'],
      ['payout', '5'],
      ['revenue', '7'],
      ['sub2', 'blue'],
    ];
    expect(parametersOfPairs(pairs, others)).toEqual({ click_id: 'clk_1', revenue: '7', ignored: ['sub2'] });
    expect(parametersOfPairs([['revenue', ''], ...pairs.slice(0, 2)], others)).toMatchObject({
      revenue: '5',
    });
    expect(parametersOfPairs(pairs)).toEqual({ revenue: '7', ignored: ['AFF_SUB', 'payout', 'sub2'] });
  });

  it('is read by them in a form and in JSON, and refused where two values come under one name', () => {
    const read = (type: string, body: string) =>
      parametersOfPost('offer_id=off_1', { type, encoding: '' }, Buffer.from(body), others);
    expect(read('application/x-www-form-urlencoded', 'order=7')).toMatchObject({ txn_id: '7' });
    expect(read('application/json', '{"order": 7, "aff_sub": "clk_1"}')).toMatchObject({
      txn_id: '7',
      click_id: 'clk_1',
    });
    expect(() => read('application/json', '{"order": [7]}')).toThrow('txn_id is a text or a number');
    expect(() =>
      parametersOfPairs(
        [
          ['order', '1'],
          ['ORDER', '2'],
        ],
        others,
      ),
    ).toThrow('given twice');
  });
});

describe('a replay', () => {
  it('reads what was kept by the names that the offer has by then, and nothing that was masked or cut', () => {
    const query = 'offer_id=off_1&postback_secret=…&aff_sub=clk_1&order=7%E2%80%A6';
    const read = { offer_id: 'off_1', revenue: '5' };
    expect(readAgain({ query, body: '', read }, undefined)).toEqual(read);
    expect(readAgain({ query, body: '', read }, NAMES)).toEqual({ ...read, click_id: 'clk_1' });
    expect(readAgain({ query: '', body: '{"order":"8","payout":"9"}', read }, NAMES)).toEqual({
      ...read,
      txn_id: '8',
    });
    expect(readAgain({ query: 'order=1&order=2', body: '', read }, NAMES)).toEqual(read);
  });
});

it.each([
  ['aff_sub', {}, 'click_id'],
  ['clickid', {}, 'click_id'],
  ['clickid', { click_id: 'x' }, undefined],
  ['order_id', {}, 'txn_id'],
  ['Amount', {}, 'revenue'],
  ['colour', {}, undefined],
] as const)('a form takes %s for what it usually is', (name, read, own) => {
  expect(form.guessedName(name, read)).toBe(own);
});

describe('what came without an id', () => {
  const report = {
    outcome: 'accepted',
    read: { revenue: '5' },
    read_cut: false,
    answer: { unattributed: 'missing_id' },
  } as unknown as StoredReport;

  it('is replayed once its click has a name, because nothing credits it by itself', () => {
    expect(notReplayable(report)).toContain('names no transaction');
    expect(notReplayable(report, { revenue: '5', click_id: 'clk_1' })).toBeUndefined();
  });

  it('is not replayed where it counts already', () => {
    const counted = { ...report, answer: {} };
    expect(notReplayable(counted, { revenue: '5', click_id: 'clk_1' })).toContain('would count again');
  });
});
