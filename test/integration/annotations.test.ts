/** Annotations through the API: whose they are, what they may say, and that a range lists its own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

let system: System;
let sender: Sender;
let other: Sender;

beforeAll(async () => {
  system = await sharedSystem();
  [sender, other] = [await createSender(system), await createSender(system)];
});

afterAll(() => system?.destroy());

it('refuses what is no time, no line, and no campaign of the account', async () => {
  const at = '2026-11-30T09:00:00Z';
  for (const [body, field] of [
    [{ at: 'yesterday', text: 'x' }, 'at'],
    [{ at, text: '' }, 'text'],
    [{ at, text: 'two\nlines' }, 'text'],
    [{ at, text: 'x'.repeat(201) }, 'text'],
    [{ at, text: 'x', campaign_id: 'cam_none' }, 'campaign_id'],
  ] as const) {
    const refused = await sender.call('POST', '/v2/annotations', body);
    expect([refused.status, (refused.body as { field?: string }).field]).toEqual([400, field]);
  }
});

it('is listed by its time, in its range, for its account only; is changed, and removed once', async () => {
  const { body: campaign } = await sender.call('POST', '/v2/campaigns', { name: 'Spring' });
  const make = async (body: object) => (await sender.call('POST', '/v2/annotations', body)).body;
  const later = await make({ at: '2026-11-03T00:30:00+01:00', text: 'Price changed' });
  const sooner = await make({
    at: '2026-11-01T12:00:00Z',
    text: 'New number',
    campaign_id: campaign.campaign_id,
  });
  expect(later.at).toBe('2026-11-02T23:30:00.000Z');
  const listed = async (query = '', of = sender) =>
    (await of.call('GET', `/v2/annotations?${query}`)).body.annotations.map(({ text }) => text);
  expect(await listed()).toEqual(['New number', 'Price changed']);
  expect(await listed('from=2026-11-03&to=2026-11-03&tz=Europe/Berlin')).toEqual(['Price changed']);
  expect(await listed('from=2026-11-03&to=2026-11-03')).toEqual([]);
  expect(await listed('', other)).toEqual([]);
  expect((await sender.call('GET', '/v2/annotations?from=soon')).status).toBe(400);

  const path = `/v2/annotations/${sooner.annotation_id}`;
  expect((await other.call('PATCH', path, { text: 'Mine' })).status).toBe(404);
  expect((await other.call('DELETE', path)).status).toBe(404);
  const changed = await sender.call('PATCH', path, { campaign_id: null, at: '2026-11-05T00:00:00Z' });
  expect(changed.body).toMatchObject({ text: 'New number', campaign_id: null });
  expect(await listed()).toEqual(['Price changed', 'New number']);
  expect((await sender.call('DELETE', path)).status).toBe(200);
  expect((await sender.call('DELETE', path)).status).toBe(404);
  expect(await listed()).toEqual(['Price changed']);
  const entries = await untilSeen(
    'the entries of the audit log',
    async () => (await sender.call('GET', '/v2/audit?subject_kind=annotation')).body.entries,
    ({ length }) => length === 4,
  );
  expect(entries.map(({ action }) => action).toSorted()).toEqual([
    'annotation.changed',
    ...['annotation.created', 'annotation.created'],
    'annotation.removed',
  ]);
});
