import { describe, expect, it } from 'vitest';
import {
  checkAmount,
  parametersOfObject,
  parametersOfPairs,
  readReported,
} from '../../../../src/conversions/receive/conversion-input.ts';
import { parseJsonDigits } from '../../../../src/platform/json-digits.ts';
import { isCleanText } from '../../../../src/platform/text.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const read = (given: Record<string, string>): ReturnType<typeof readReported> => readReported(given, NOW_MS);

it('takes a sale of nothing, now, where nothing is said', () => {
  expect(read({})).toMatchObject({
    event: 'sale',
    amount: '',
    currency: '',
    txn_id: '',
    converted_at_ms: NOW_MS,
  });
});

it('takes the empty macros of a network for nothing', () => {
  expect(read({ event: '', revenue: ' ', currency: '', ts: '', txn_id: '' })).toEqual(read({}));
});

it.each([
  ['12', '12.00'],
  ['12.5', '12.50'],
  ['0.000001', '0.000001'],
  ['0012.50', '12.50'],
  ['99999999999999999999', '99999999999999999999.00'],
  ['.5', '0.50'],
  ['5.', '5.00'],
  ['+5', '5.00'],
  ['1e2', '100.00'],
  ['4.99E+1', '49.90'],
  ['836.9999999999998', '837.00'],
  ['0.0000005', '0.000001'],
  ['0.0000004', '0.00'],
])('reads the amount %s as %s', (revenue, amount) => {
  expect(read({ revenue }).amount).toBe(amount);
});

it.each([
  '1,50',
  '1.234,50',
  '$5',
  '5 USD',
  '{payout}',
  'NaN',
  'Infinity',
  '-',
  '.',
  '1e',
  '1e20',
  '1e999',
  '100000000000000000000',
])('knows that the amount %s can not be read, which is an error to whoever can mend it', (revenue) => {
  const reported = read({ revenue });
  expect(reported).toMatchObject({ amount: '', amount_unreadable: true });
  expect(() => checkAmount(reported)).toThrow(/revenue is a number/);
  expect(() => checkAmount(read({ revenue: '5' }))).not.toThrow();
});

it('takes a refund with or without a minus, and tells who sends a negative sale what to do', () => {
  expect(read({ event: 'refund', revenue: '-5.00' }).amount).toBe('5.00');
  expect(read({ event: 'Chargeback', revenue: '5' })).toMatchObject({ event: 'chargeback', amount: '5.00' });
  expect(() => read({ revenue: '-5' })).toThrow(/event=refund/);
});

it.each([
  [String(NOW_MS / 1_000), NOW_MS],
  [String(NOW_MS), NOW_MS],
  ['1795392000.5', 1_795_392_000_500],
  ['2026-11-23T10:00:00Z', Date.UTC(2026, 10, 23, 10)],
  ['2026-11-23 10:00:00', Date.UTC(2026, 10, 23, 10)],
  ['2026-11-23T10:00:00.250+02:00', Date.UTC(2026, 10, 23, 8, 0, 0, 250)],
  ['2026-11-23T10:00:00+02', Date.UTC(2026, 10, 23, 8)],
  ['2026-11-23T10:00:00 02:00', Date.UTC(2026, 10, 23, 8)],
  // A date is the whole day, as far as it has passed.
  ['2026-11-22', Date.UTC(2026, 10, 22, 23, 59, 59, 999)],
  ['2026-11-23', NOW_MS],
  ['2026-11-24', NOW_MS],
])('reads the time %s', (ts, time_ms) => {
  expect(read({ ts }).converted_at_ms).toBe(time_ms);
});

it.each([
  'yesterday',
  '23/11/2026',
  '0',
  '2026-13-01',
  '2026-02-29',
  '2026-02-30',
  '2026-11-25',
  '2026-04-31',
  '2026-11-22T24:00:00Z',
  '2026-11-22T10:00:60Z',
  '2026-11-22T10:00:00+15:00',
  String(NOW_MS / 1_000 + 2 * 86_400),
  '-1',
])('refuses the time %s', (ts) => {
  expect(() => read({ ts })).toThrow(/ts is the time/);
});

it.each([
  [{ event: 'purchase' }, /event is one of sale/],
  [{ currency: 'EURO' }, /currency is three letters/],
  [{ txn_id: 'x'.repeat(201) }, /txn_id may have 200/],
  [{ txn_id: 'a\nb' }, /control characters/],
])('refuses %j', (given, message) => {
  expect(() => read(given as Record<string, string>)).toThrow(message);
});

it('reads numbers of JSON as they are written, and nothing but an object', () => {
  expect(
    parametersOfObject(parseJsonDigits('{"revenue":49.90,"click_id":"x","other":1,"currency":null}')),
  ).toEqual({
    revenue: '49.90',
    click_id: 'x',
    ignored: ['other'],
  });
  for (const json of [null, 1, 'x', []]) expect(() => parametersOfObject(json)).toThrow(/JSON object/);
});

it.each(['12345678901234567890', '9007199254740993', '1e999', '0.1234567890123456', '-0'])(
  'keeps the digits of %s of JSON as they were sent',
  (json) => {
    expect(parametersOfObject(parseJsonDigits(`{"txn_id":${json}}`))).toEqual({ txn_id: json });
  },
);

it.each(['true', '{"toString":1,"valueOf":1}', '{}', '["x"]', `${'['.repeat(7_000)}${']'.repeat(7_000)}`])(
  'refuses a property that holds %.30s',
  (json) => {
    expect(() => parametersOfObject({ click_id: parseJsonDigits(json) })).toThrow(
      'click_id is a text or a number',
    );
  },
);

it.each([
  '{transaction_id}',
  '{{transaction_id}}',
  '$'.concat('{transaction_id}'),
  '{transaction.id}',
  '[transaction_id]',
  '<txid>',
  '#leadid#',
  '%transaction_id%',
  '%%TXID%%',
  '$txid$',
  '__TXID__',
  'null',
  'undefined',
  'None',
  'NaN',
  '(not set)',
  '{order}-1',
  '{subid}-{tid}',
  '%7Btransaction_id%7D',
])('takes %s for no transaction id, and keeps it as a problem', (txn_id) => {
  expect(read({ txn_id })).toMatchObject({ txn_id: '', problem: `txn_id=${txn_id}` });
});

it.each(['order-1', 'a{1}', '#1', '100%', 'a_b', '__', '[]x', '0', 'none-1', '5%_%5', '$5', 'null2'])(
  'takes %s for a transaction id',
  (txn_id) => {
    expect(read({ txn_id })).toMatchObject({ txn_id, problem: '' });
  },
);

it('knows where a date began', () => {
  expect(read({ ts: '2026-11-22' }).converted_from_ms).toBe(Date.UTC(2026, 10, 22));
  expect(read({ ts: '2026-11-22T10:00:00Z' }).converted_from_ms).toBe(Date.UTC(2026, 10, 22, 10));
  expect(read({ ts: '2026-11-24' }).converted_from_ms).toBe(NOW_MS);
});

it.each(['click_id', 'link_id', 'offer_id', 'message_id', 'code', 'contact_id', 'ts'])(
  'takes a macro in %s for none, and names it',
  (name) => {
    const reported = read({ [name]: '{macro}', txn_id: '{tid}' });
    expect(reported).toMatchObject({ ...read({}), problem: expect.stringContaining(`${name}={macro}`) });
    expect(reported.problem).toContain('txn_id={tid}');
  },
);

it('reads the id of a refund, and of a refund only', () => {
  expect(read({ event: 'refund', refund_id: ' r-1 ' })).toMatchObject({ refund_id: 'r-1', problem: '' });
  expect(read({ event: 'refund', refund_id: '{rid}' })).toMatchObject({
    refund_id: '',
    problem: 'refund_id={rid}',
  });
  expect(read({ refund_id: 'r-1' })).toMatchObject({
    refund_id: '',
    problem: 'refund_id is ignored: event is sale',
  });
  expect(read({ refund_id: '{rid}' })).toMatchObject({ refund_id: '', problem: '' });
});

it.each([
  [{ event: '{goal}' }, 'event', 'event={goal}'],
  [{ event: 'purchase' }, 'event', 'event is one of sale, rebill'],
  [{ currency: '{currency}' }, 'currency', 'currency={currency}'],
  [{ currency: 'Dollar' }, 'currency', 'currency is three letters'],
  [{ ts: 'yesterday' }, 'ts', 'ts is the time of the conversion'],
  [{ txn_id: 'x'.repeat(201) }, 'txn_id', 'txn_id may have 200 characters'],
  [{ click_id: 'a\nb' }, 'click_id', 'click_id must not contain control characters'],
])('names what can not be read of %j, for a report that is kept', (given, name, problem) => {
  const reported = readReported(given as Record<string, string>, NOW_MS, true);
  expect(reported.unreadable).toEqual([name]);
  expect(reported.problem).toContain(problem);
});

it('keeps a negative sale as an amount that can not be read', () => {
  expect(() => read({ revenue: '-5' })).toThrow('revenue is negative: send event=refund');
  expect(readReported({ revenue: '-5' }, NOW_MS, true)).toMatchObject({
    amount: '',
    amount_unreadable: true,
  });
  expect(read({ event: 'refund', revenue: '-5' })).toMatchObject({ amount: '5.00' });
});

it('names what may be stored of a macro, whatever it holds', () => {
  const { problem } = readReported({ ts: `{\ud800\n${'x'.repeat(200)}}`, event: '{\udc00}' }, NOW_MS, true);
  expect(isCleanText(problem)).toBe(true);
  expect(problem.length).toBeLessThan(300);
});

it('takes no amount for a void', () => {
  expect(read({ event: 'void', revenue: '{payout}' })).toMatchObject({
    amount: '',
    amount_unreadable: false,
  });
});

describe('parameters', () => {
  it('of any case are read; the filled one of two counts; two that differ are refused', () => {
    expect(parametersOfPairs([['Revenue', '49.90']])).toEqual({ revenue: '49.90' });
    expect(parametersOfObject({ revenue: '', REVENUE: '49.90', Txn_Id: 'A' })).toEqual({
      revenue: '49.90',
      txn_id: 'A',
    });
    expect(() => parametersOfObject({ revenue: '1', Revenue: '2' })).toThrow('revenue is given twice');
  });

  it('that are not ours are named without their values, in a bounded list; a signature is ours', () => {
    const many = Array.from({ length: 50 }, (_, i): [string, string] => [`${i}`.repeat(30), 'secret']);
    const { ignored, ...given } = parametersOfPairs([
      ['api_key', 'secret'],
      ['signature', 'f'],
      ['signed_at', '1'],
      ...many,
    ]);
    expect(given).toEqual({});
    expect(ignored).toHaveLength(20);
    expect(JSON.stringify(ignored)).not.toContain('secret');
    expect(ignored?.every((name) => name.length <= 40)).toBe(true);
  });

  it.each(['amount', 'Payout', 'sale_amount', 'price', 'order_total'])(
    'that seem to hold the revenue are a problem: %s',
    (name) => {
      const given = parametersOfPairs([[name, '49.90']]);
      const problem = `${name} is ignored: revenue is missing`;
      expect(readReported(given, NOW_MS)).toMatchObject({ amount: '', amount_unreadable: false, problem });
      // It would take back all.
      expect(readReported({ ...given, event: 'refund' }, NOW_MS)).toMatchObject({
        amount_unreadable: true,
        problem,
      });
      expect(readReported({ ...given, revenue: '1' }, NOW_MS).problem).toBe('');
      expect(readReported({ ...given, event: 'lead' }, NOW_MS).problem).toBe('');
    },
  );
});
