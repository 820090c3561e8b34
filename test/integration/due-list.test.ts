/** What is put up for a worker again while the worker takes it off the list stays there, in all lists of that kind. */
// Own Redis: the lists are of the whole installation.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ModelChoice } from '../../src/catalog/attribution.ts';
import type { Offer } from '../../src/catalog/definitions.ts';
import {
  closeRebooking,
  nextOpen,
  type Rebooking,
  requestRebooking,
  requestUndo,
  saveRebooking,
} from '../../src/conversions/rebooking/rebooking.ts';
import { firstOpen, moveDue, readDue } from '../../src/platform/due-list.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { dueExports, moveDueExport, setDue } from '../../src/transfer/exports/export-store.ts';
import {
  closeImport,
  type Import,
  nextImport,
  openImport,
  saveImport,
} from '../../src/transfer/imports/import.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const LIST = 'list';

let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
});
beforeEach(() => redis.flushall());
afterAll(() => server?.stop());

it('a member is moved, or taken off, only while it has the time that was read', async () => {
  await redis.zadd(LIST, 1, 'a', 2, 'b', 9, 'c');
  const [a, b] = await readDue(redis, LIST, 10, 5);
  expect([a, b]).toEqual([
    { member: 'a', due_ms: 1 },
    { member: 'b', due_ms: 2 },
  ]);
  await redis.zadd(LIST, 3, 'b');
  for (const one of [a, b]) if (one !== undefined) await moveDue(redis, LIST, one);
  expect(await redis.zrange(LIST, '0', '-1')).toEqual(['b', 'c']);
  await moveDue(redis, LIST, { member: 'b', due_ms: 3 }, 20);
  expect(await redis.zrange(LIST, '0', '-1')).toEqual(['c', 'b']);
});

it('what is put up again while its record is read is found', async () => {
  await redis.zadd(LIST, 1, 'finished', 2, 'again');
  const seen: string[] = [];
  const found = await firstOpen(redis, LIST, async (member) => {
    seen.push(member);
    // The record was read before it was opened again.
    if (member === 'again' && seen.length === 2) await redis.zadd(LIST, 3, 'again');
    return seen.length > 2 ? member : undefined;
  });
  expect([found, seen]).toEqual(['again', ['finished', 'again', 'again']]);
  expect(await redis.zrange(LIST, '0', '-1')).toEqual(['again']);
});

it('an import whose undo is asked for before it is closed is undone', async () => {
  const run = {
    ...{ account_id: 'acc', import_id: 'imp_1', kind: 'clicks' },
    ...{ state: 'applying', created_at: new Date().toISOString() },
  } as Import;
  await saveImport(redis, run);
  await openImport(redis, run);
  expect((await nextImport(redis))?.state).toBe('applying');
  await saveImport(redis, { ...run, state: 'done' });
  await redis.zadd('imports_open', 1, 'acc imp_1');
  const undoing: Import = { ...run, state: 'undoing' };
  await saveImport(redis, undoing);
  await openImport(redis, undoing);
  await closeImport(redis, { ...run, state: 'done' });
  expect((await nextImport(redis))?.state).toBe('undoing');
  await saveImport(redis, { ...run, state: 'undone' });
  expect(await nextImport(redis)).toBeUndefined();
  expect(await redis.zcard('imports_open')).toBe(0);
});

it('a range whose undo is asked for before it is closed is undone', async () => {
  const offer = { offer_id: 'off', account_id: 'acc' } as Offer;
  const choice = { model: 'last_click', window_days: 7, view_window_hours: 0 } as ModelChoice;
  const asked = await requestRebooking(redis, offer, choice, { from_ms: 0, to_ms: 1 });
  const done: Rebooking = { ...asked, state: 'done' };
  await saveRebooking(redis, done);
  await requestUndo(redis, { ...offer, rebooked: [asked] } as unknown as Offer, asked.booking);
  await closeRebooking(redis, done);
  expect((await nextOpen(redis))?.state).toBe('undo_waiting');
  await saveRebooking(redis, { ...asked, state: 'undone' });
  expect(await nextOpen(redis)).toBeUndefined();
});

it('an export that is taken up while a worker leaves it is looked at', async () => {
  const place = { account_id: 'acc', export_id: 'exp_1' };
  await setDue(redis, place, 1);
  const [due] = await dueExports(redis, 10, 5);
  await setDue(redis, place, 2);
  if (due !== undefined) await moveDueExport(redis, due, undefined);
  const [again] = await dueExports(redis, 10, 5);
  expect(again).toMatchObject({ ...place, listed: { due_ms: 2 } });
  if (again !== undefined) await moveDueExport(redis, again, undefined);
  expect(await dueExports(redis, 10, 5)).toEqual([]);
});
