/** What brings a record of the catalog back from the archive. */
import { expect, it } from 'vitest';
import { commandsOfRecord } from '../../../src/catalog/catalog-records.ts';

const offer = { offer_id: 'off_1', account_id: 'acc_1', created_at: '2026-11-29T00:00:00.000Z' };

it('brings an offer back with its place in the list and its external_id', () => {
  const value = JSON.stringify({ ...offer, external_id: 'shoes' });
  expect(commandsOfRecord('offer:acc_1:off_1', value)).toEqual([
    ['SET', 'offer:acc_1:off_1', value, 'NX'],
    ['ZADD', 'offers:acc_1', Date.parse(offer.created_at), 'off_1'],
    ['SET', 'external_id:offer:acc_1:shoes', 'off_1', 'NX'],
  ]);
});

it('claims nothing for an offer without one', () => {
  const value = JSON.stringify({ ...offer, external_id: '' });
  expect(commandsOfRecord('offer:acc_1:off_1', value)).toHaveLength(2);
});

it('brings an opt-out back on the list, and one that was taken back not', () => {
  const key = 'optout:{acc_1}:fingerprint';
  const value = (opted_out: 0 | 1): string => JSON.stringify(['acc_1', 'm', 'c', opted_out, 17, 'api']);
  expect(commandsOfRecord(key, value(1))).toEqual([
    ['SET', key, value(1), 'NX'],
    ['ZADD', 'optouts:{acc_1}', 17, 'fingerprint'],
  ]);
  expect(commandsOfRecord(key, value(0))).toEqual([['SET', key, value(0), 'NX']]);
});
