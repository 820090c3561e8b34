/** A campaign that chooses the variant: for contacts, and while messages are created. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS } from '../support/until.ts';

let system: System;
let sender: Sender;
let campaign_id: string;
let creatives: string[];

const choose = (id: string, contact_ids: string[]) =>
  sender.call('POST', `/v2/campaigns/${id}/choose`, { contact_ids });
const contacts = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => `chosen-${from + i}`);

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  const make = async (name: string) =>
    (await sender.call('POST', '/v2/creatives', { name, body: `${name} for {{first_name}}` })).body
      .creative_id;
  creatives = [await make('Creative A'), await make('Creative B')];
  const made = await sender.call('POST', '/v2/campaigns', {
    name: 'Choosing',
    variants: creatives.map((creative_id, i) => ({
      variant_id: 'AB'.charAt(i),
      creative_id,
      percent: 75 - 50 * i,
    })),
    selection: { method: 'thompson' },
  });
  expect(made).toMatchObject({
    status: 201,
    body: { selection: { method: 'thompson', metric: 'click_rate', control_percent: 10 } },
  });
  campaign_id = made.body.campaign_id;
});

afterAll(() => system?.destroy());

it('gives each contact a variant with its probability, and the same again', async () => {
  const first = await choose(campaign_id, contacts(400));
  expect(first.status).toBe(200);
  const { shares, choices, as_of } = first.body;
  // Without results the shares of Thompson sampling are even, but for the control share.
  expect(shares).toEqual([
    { variant_id: 'A', probability: expect.closeTo(0.1 * 0.75 + 0.9 * 0.5, 6) },
    { variant_id: 'B', probability: expect.closeTo(0.1 * 0.25 + 0.9 * 0.5, 6) },
  ]);
  expect(Date.now() - Date.parse(as_of ?? '')).toBeLessThan(60_000);
  const of_a = choices.filter(({ variant_id }) => variant_id === 'A');
  // Four standard deviations of 400 draws are 40.
  expect(of_a.length).toBeGreaterThan(210 - 45);
  expect(of_a.length).toBeLessThan(210 + 45);
  expect(of_a[0]).toMatchObject({ creative_id: creatives[0], probability: expect.closeTo(0.525, 6) });
  expect((await choose(campaign_id, contacts(400))).body.choices).toEqual(choices);
});

it('is kept while the plan changes, and made anew where the variant is switched off', async () => {
  const before = (await choose(campaign_id, contacts(50, 1_000))).body.choices;
  const variants = creatives.map((creative_id, i) => ({
    variant_id: 'AB'.charAt(i),
    creative_id,
    percent: 25 + 50 * i,
  }));
  await sender.call('PATCH', `/v2/campaigns/${campaign_id}`, { variants });
  expect((await choose(campaign_id, contacts(50, 1_000))).body.choices).toEqual(before);
  const only_b = variants.map((one, i) => ({ ...one, percent: 100 * i }));
  await sender.call('PATCH', `/v2/campaigns/${campaign_id}`, { variants: only_b });
  const after = (await choose(campaign_id, contacts(50, 1_000))).body.choices;
  expect(after.every(({ variant_id }) => variant_id === 'B')).toBe(true);
  const kept = before.filter(({ variant_id }) => variant_id === 'B').map(({ contact_id }) => contact_id);
  const probabilities = after
    .filter(({ contact_id }) => kept.includes(contact_id))
    .map((one) => one.probability);
  expect(new Set(probabilities)).toEqual(new Set([0.475]));
  await sender.call('PATCH', `/v2/campaigns/${campaign_id}`, { variants });
});

it('chooses while messages are created, keeps it for a repeated one, and stores the probability', async () => {
  const messages = contacts(6, 2_000).map((contact_id, i) => ({
    ...{ contact_id, campaign_id, message_id: `chosen-message-${i}` },
    fields: { first_name: 'Ann' },
  }));
  const first = await sender.call('POST', '/v2/messages', { messages });
  expect(first.body.errors).toEqual([]);
  const chosen = (await choose(campaign_id, contacts(6, 2_000))).body.choices;
  const told = (list: { creative_id?: string; variant_id?: string }[]) =>
    list.map(({ creative_id, variant_id }) => ({ creative_id, variant_id }));
  expect(told(first.body.messages)).toEqual(told(chosen));
  const text = (i: number) => `Creative ${chosen[i]?.variant_id} for Ann`;
  expect(first.body.messages.map((message) => message.text)).toEqual(messages.map((_, i) => text(i)));
  expect((await sender.call('POST', '/v2/messages', { messages })).body).toEqual(first.body);
  const query = `SELECT variant_id, variant_probability FROM sends
    WHERE account_id = {account_id:String} ORDER BY message_id`;
  const stored = async () => {
    const query_params = { account_id: sender.account_id };
    const found = await system.clickhouse.query({ query, query_params, format: 'JSONEachRow' });
    return found.json();
  };
  await expect
    .poll(stored, { timeout: HANGS_AFTER_MS })
    .toEqual(chosen.map(({ variant_id, probability }) => ({ variant_id, variant_probability: probability })));
});

it('takes the creative of a variant that is named, and refuses what can not be chosen', async () => {
  const plain = (await sender.call('POST', '/v2/campaigns', { name: 'Without variants' })).body.campaign_id;
  const fields = { first_name: 'Ann' };
  const { body } = await sender.call('POST', '/v2/messages', {
    messages: [
      { contact_id: 'c', campaign_id, variant_id: 'B', fields },
      { contact_id: 'c', campaign_id: plain, fields },
      { contact_id: 'c', campaign_id, variant_id: 'Z', fields },
      { contact_id: 'c', campaign_id: 'cam_none', fields },
      { contact_id: 'c', fields },
      { contact_id: 'c', campaign_id, variant_probability: 0.5, fields },
    ],
  });
  expect(body.messages.map((message) => message.text)).toEqual(['Creative B for Ann']);
  expect(body.errors.map(({ index, error }) => [index, error])).toEqual([
    [1, 'invalid_message'],
    [2, 'unknown_variant'],
    [3, 'unknown_campaign'],
    [4, 'invalid_message'],
    [5, 'invalid_message'],
  ]);
  expect((await choose(plain, ['c'])).status).toBe(400);
  expect((await choose('cam_none', ['c'])).status).toBe(404);
  expect((await choose(campaign_id, [])).status).toBe(400);
});
