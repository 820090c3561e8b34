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

it('brings a shared view back at its address, and a schedule to be given its next time', () => {
  const created_at = '2026-11-29T00:00:00.000Z';
  const view = JSON.stringify({
    account_id: 'acc_1',
    view_id: 'viw_1',
    created_at,
    share: { token_sha256: '0f' },
  });
  expect(commandsOfRecord('view:acc_1:viw_1', view)).toEqual([
    ['SET', 'view:acc_1:viw_1', view, 'NX'],
    ['ZADD', 'views:acc_1', Date.parse(created_at), 'viw_1'],
    ['SET', 'shared_view:0f', JSON.stringify({ account_id: 'acc_1', view_id: 'viw_1' })],
  ]);
  const schedule = JSON.stringify({ account_id: 'acc_1', schedule_id: 'sch_1', created_at });
  expect(commandsOfRecord('schedule:acc_1:sch_1', schedule)).toEqual([
    ['SET', 'schedule:acc_1:sch_1', schedule, 'NX'],
    ['ZADD', 'schedules:acc_1', Date.parse(created_at), 'sch_1'],
    ['ZADD', 'schedules_due', 'NX', 0, 'acc_1:sch_1:run'],
  ]);
});

it('brings an annotation back on the list of its account', () => {
  const created_at = '2026-11-29T00:00:00.000Z';
  const annotation = JSON.stringify({ account_id: 'acc_1', annotation_id: 'ann_1', created_at });
  expect(commandsOfRecord('annotation:acc_1:ann_1', annotation)).toEqual([
    ['SET', 'annotation:acc_1:ann_1', annotation, 'NX'],
    ['ZADD', 'annotations:acc_1', Date.parse(created_at), 'ann_1'],
  ]);
});

it('brings a webhook back on the lists of its account and of all', () => {
  const created_at = '2026-11-29T00:00:00.000Z';
  const webhook = JSON.stringify({ account_id: 'acc_1', webhook_id: 'whk_1', created_at });
  expect(commandsOfRecord('webhook:acc_1:whk_1', webhook)).toEqual([
    ['SET', 'webhook:acc_1:whk_1', webhook, 'NX'],
    ['ZADD', 'webhooks:acc_1', Date.parse(created_at), 'whk_1'],
    ['ZADD', 'webhooks_all', Date.parse(created_at), 'acc_1:whk_1'],
  ]);
});
