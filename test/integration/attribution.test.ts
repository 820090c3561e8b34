/** Which click a conversion is credited to: by the offer's choice, from a date on, with the candidates that lost. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BodyOf } from '../support/api-types.ts';
import { BOT, clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { createNetwork, type Network } from '../support/postback.ts';
import { type CreatedMessage, callApi, created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

const HOUR_MS = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const BEFORE = iso(Date.now() - 2 * HOUR_MS);

let system: System;
let sender: Sender;
let phones: Phones;
let network: Network;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  phones = createPhones(system.redirect_url, 8);
  network = createNetwork(system.redirect_url, 8);
});
afterAll(async () => {
  phones?.close();
  network?.close();
  await system?.destroy();
});

/** An offer of its own. */
async function createOffer(settings: object = {}): Promise<string> {
  const answer = await sender.call('POST', '/v2/offers', {
    name: 'Shoes',
    destination_url: 'https://shop.example/?click={{click_id}}',
    ...settings,
  });
  return created(answer).offer_id;
}

/** Messages with the offer to one contact, each of another creative, all sent an hour ago. */
async function sendTo(contact_id: string, offer_id: string, messages = 2): Promise<CreatedMessage[]> {
  const sends = [];
  for (let n = 0; n < messages; n++) {
    const creative = await sender.call('POST', '/v2/creatives', {
      name: `Day ${n}`,
      body: `Day ${n}: {{link1}}`,
      offer_links: [{ key: 'link1', offer_id }],
    });
    const { creative_id } = created(creative);
    sends.push({ contact_id, creative_id, sent_at: iso(Date.now() - HOUR_MS - n) });
  }
  return sender.send(sends);
}

async function tap(message: CreatedMessage | undefined, agent = PHONE): Promise<string> {
  const answer = await phones.open(message?.links[0]?.link_id ?? '', agent);
  expect(answer?.status).toBe(302);
  const click_id = clickIdOf(answer as never);
  await untilSeen('the click', async () => (await sender.call('GET', `/v2/clicks/${click_id}`)).status, 200);
  return click_id;
}

async function report(parameters: Record<string, string>): Promise<string> {
  const reply = await network.report('/conv', parameters);
  expect(reply?.body.status).toBe('accepted');
  return reply?.body.conversion_id ?? '';
}

type Story = BodyOf<'GET', `/v2/conversions/${string}`>;

/** The story of a conversion once it satisfies `is`. */
async function story(conversion_id: string, is: (story: Story) => boolean = () => true): Promise<Story> {
  const ask = () => sender.call('GET', `/v2/conversions/${conversion_id}`);
  let seen = await ask();
  const isThere = (): boolean => seen.status === 200 && is(seen.body);
  await until(
    async () => {
      if (!isThere()) seen = await ask();
      return isThere();
    },
    HANGS_AFTER_MS,
    () => `saw ${JSON.stringify(seen.body)}`,
  );
  return seen.body;
}

const creditedTo =
  (click_id: string) =>
  ({ conversion }: Story): boolean =>
    conversion.click_id === click_id;

/** Conversions and revenue by message, of the offer. */
async function byMessage(offer_id: string): Promise<Record<string, [unknown, unknown]>> {
  const { body } = await sender.call('GET', `/v2/reports/messages?offer_id=${offer_id}`);
  const rows = body.rows as Record<string, unknown>[];
  return Object.fromEntries(
    rows
      .filter(({ conversions }) => conversions !== 0)
      .map((row) => [String(row['message_id']), [row['conversions'], row['revenue']]]),
  );
}

describe('first_click, without a choice', () => {
  it('stays with the message that the report names, and its story says why the other clicks lost', async () => {
    const offer_id = await createOffer();
    const [monday, wednesday] = await sendTo('c1', offer_id);
    const first = await tap(monday);
    const again = await tap(monday);
    const bot = await tap(monday, BOT);
    const other = await tap(wednesday);
    const told = await story(
      await report({ click_id: again, revenue: '10', txn_id: '1' }),
      creditedTo(first),
    );
    expect(told.conversion).toMatchObject({ message_id: monday?.message_id, model: 'first_click' });
    expect(told.attribution).toEqual({
      ...{ model: 'first_click', click_window_days: 90, view_window_hours: 0, booking: null },
    });
    const why = Object.fromEntries(told.candidates.map((one) => [one.click_id, [one.chosen, one.why_not]]));
    expect(why).toEqual({
      [first]: [true, null],
      [again]: [false, 'not_first'],
      [bot]: [false, 'bot'],
      [other]: [false, 'other_message'],
    });
  });
});

describe('last_click, from a date on', () => {
  it('goes to the last human click on the offer before the conversion, on whichever message', async () => {
    const offer_id = await createOffer({ attribution: [{ model: 'last_click', from: BEFORE }] });
    const [monday, wednesday] = await sendTo('c2', offer_id);
    const first = await tap(monday);
    const last = await tap(wednesday);
    const bot = await tap(wednesday, BOT);
    const id = await report({ click_id: first, revenue: '10', txn_id: '2' });
    const told = await story(id, creditedTo(last));
    expect(told.conversion).toMatchObject({
      message_id: wednesday?.message_id,
      link_id: wednesday?.links[0]?.link_id,
      contact_id: 'c2',
      model: 'last_click',
    });
    expect(told.explanation).toContain('last human click');
    const why = Object.fromEntries(told.candidates.map((one) => [one.click_id, one.why_not]));
    expect(why).toEqual({ [first]: 'not_last', [last]: null, [bot]: 'bot' });
    // A refund is taken from the message that has the sale.
    const refund = await report({ click_id: first, revenue: '4', txn_id: '2', event: 'refund' });
    await story(refund, creditedTo(last));
    await untilSeen('the report', () => byMessage(offer_id), { [wednesday?.message_id ?? '']: [1, '6.00'] });
  });

  it('does not change for a click after it, and is by the time of the conversion', async () => {
    const offer_id = await createOffer({ attribution: [{ model: 'last_click', from: BEFORE }] });
    const [monday, wednesday] = await sendTo('c3', offer_id);
    const first = await tap(monday);
    // The next click may be in this very millisecond.
    const ts = iso(Date.now() - 1);
    const later = await tap(wednesday);
    const id = await report({ click_id: later, revenue: '10', txn_id: '3', ts });
    const told = await story(id, creditedTo(first));
    expect(told.candidates).toMatchObject([
      { click_id: later, why_not: 'not_last' },
      { click_id: first, chosen: true },
    ]);
  });

  it('waits for a click that arrives after the report', async () => {
    const offer_id = await createOffer({ attribution: [{ model: 'last_click', from: BEFORE }] });
    const [monday, wednesday] = await sendTo('c4', offer_id);
    const id = await report({ link_id: monday?.links[0]?.link_id ?? '', revenue: '10', txn_id: '4' });
    await story(id, ({ conversion }) => conversion.reason === 'no_click');
    // Within the tolerance of clocks a click after the conversion counts, where there is none before.
    const click = await tap(wednesday);
    await story(id, creditedTo(click));
  });

  it('moves when the last click turns out to be a bot’s', async () => {
    const own = await createSender(system);
    const before = sender;
    sender = own;
    try {
      const offer_id = await createOffer({ attribution: [{ model: 'last_click', from: BEFORE }] });
      const [monday, wednesday] = await sendTo('c6', offer_id);
      const first = await tap(monday);
      const last = await tap(wednesday, `${PHONE} AcmeLens/2`);
      const id = await report({ click_id: first, txn_id: '7' });
      await story(id, creditedTo(last));
      const path: string = `/v2/accounts/${own.account_id}`;
      const rules = { bot_rules: { bot: { user_agents: ['acmelens/'] } } };
      expect((await callApi(system, system.admin_key, 'PATCH', path, rules)).status).toBe(200);
      expect((await own.call('POST', '/v2/rejudgements', { from: BEFORE })).status).toBe(202);
      const told = await story(id, creditedTo(first));
      expect(told.candidates.find((one) => one.click_id === last)?.why_not).toBe('bot');
    } finally {
      sender = before;
    }
  });

  it('holds for conversions from its date on, also for reports that come late', async () => {
    const offer_id = await createOffer({
      attribution: [{ model: 'last_click', from: iso(Date.now() + HOUR_MS) }],
    });
    const [monday, wednesday] = await sendTo('c5', offer_id);
    const first = await tap(monday);
    await tap(wednesday);
    const told = await story(await report({ click_id: first, txn_id: '5' }), creditedTo(first));
    expect(told.attribution.model).toBe('first_click');
    const change = { attribution: [{ model: 'last_click', from: BEFORE }] };
    expect((await sender.call('PATCH', `/v2/offers/${offer_id}`, change)).status).toBe(200);
    const refused = { attribution: [{ model: 'last_click', from: '2026-12-01' }] };
    expect((await sender.call('PATCH', `/v2/offers/${offer_id}`, refused)).status).toBe(400);
    // Every process hears of the change within a second: what it takes before keeps the choice of then.
    let reports = 0;
    const later = await untilSeen(
      'a report after the change',
      async () =>
        story(
          await report({ click_id: first, txn_id: `6-${++reports}` }),
          ({ conversion }) => conversion.status === 'attributed',
        ),
      ({ conversion }) => conversion.model === 'last_click',
    );
    expect(later.conversion.message_id).toBe(wednesday?.message_id);
    // What came in before keeps the choice of then.
    expect((await story(told.conversion.conversion_id)).conversion.click_id).toBe(first);
  });
});

describe('view_through', () => {
  const view = { model: 'view_through', from: BEFORE, view_window_hours: 2 } as const;

  /** What the report of messages says of the offer's one message that has something. */
  async function counts(offer_id: string) {
    const { body } = await sender.call('GET', `/v2/reports/messages?offer_id=${offer_id}`);
    const [row] = body.rows.filter((one) => one.conversions + one.view_conversions > 0);
    return row && [row.conversions, row.revenue, row.view_conversions, row.view_revenue];
  }

  async function deliver(message: CreatedMessage | undefined, minutes_ago: number): Promise<void> {
    const at = iso(Date.now() - minutes_ago * 60_000);
    const event = { message_id: message?.message_id, state: 'delivered', at };
    const { body } = await sender.call('POST', '/v2/messages/events', { events: [event] });
    expect(body.errors).toEqual([]);
  }

  it('credits the last delivered message where nobody tapped, in columns of its own, until somebody does', async () => {
    const offer_id = await createOffer({ attribution: [view], payout: '2.00' });
    const [monday, wednesday] = await sendTo('v1', offer_id);
    const link_id = monday?.links[0]?.link_id ?? '';
    const id = await report({ link_id, revenue: '10', txn_id: 'v1' });
    await story(id, ({ conversion }) => conversion.reason === 'no_click');
    // The provider tells later, and the older delivery last.
    await deliver(wednesday, 20);
    const told = await story(id, ({ conversion }) => conversion.status === 'view_through');
    expect(told.conversion).toMatchObject({
      ...{ message_id: wednesday?.message_id, click_id: '', model: 'view_through', conversions: 0 },
      ...{ view_conversions: 1, view_revenue: '10.00', revenue: '0.00', payout: '0.00' },
    });
    expect(told.explanation).toContain('Nobody tapped');
    await deliver(monday, 40);
    await report({ link_id, revenue: '4', txn_id: 'v1', event: 'refund' });
    await untilSeen('the view', () => counts(offer_id), [0, '0.00', 1, '6.00']);
    const { body } = await sender.call('GET', `/v2/reports/offers?offer_id=${offer_id}`);
    expect(body.totals).toMatchObject({ conversions: 0, cvr: 0, view_conversions: 1, view_revenue: '6.00' });
    const click = await tap(monday);
    await story(id, creditedTo(click));
    await untilSeen('the click', () => counts(offer_id), [1, '6.00', 0, '0.00']);
  });

  it('counts nothing that was delivered before the window, or after the conversion', async () => {
    const offer_id = await createOffer({ attribution: [{ ...view, view_window_hours: 1 }] });
    const [early, late] = await sendTo('v2', offer_id);
    await deliver(early, 90);
    await deliver(late, 0);
    const ts = iso(Date.now() - 10 * 60_000);
    const id = await report({ link_id: late?.links[0]?.link_id ?? '', txn_id: 'v2', ts });
    const told = await story(id);
    expect(told.conversion).toMatchObject({ status: 'unattributed', reason: 'no_click' });
    // What it would change is previewed, and booked so.
    const range = { model: 'view_through', view_window_hours: 2, from: BEFORE };
    const { body } = await sender.call(
      'POST',
      `/v2/offers/${offer_id}/attribution/preview` as '/v2/offers/{id}/attribution/preview',
      range,
    );
    expect(body.totals).toMatchObject([{ kind: 'gained_view', conversions: 1 }]);
    await sender.call('POST', `/v2/offers/${offer_id}/attribution/rebook`, range);
    const viewed = await story(id, ({ conversion }) => conversion.status === 'view_through');
    expect(viewed.conversion.message_id).toBe(early?.message_id);
  });
});

interface Sums {
  [message_id: string]: [unknown, unknown];
}

/** What a preview says of messages, applied to what they have. */
function applied(
  before: Sums,
  moves: BodyOf<'POST', '/v2/offers/{id}/attribution/preview'>['messages'],
): Sums {
  const after = new Map(Object.entries(before).map(([id, [n, sum]]) => [id, [Number(n), Number(sum)]]));
  const add = (id: string, sign: number, conversions: number, revenue: string): void => {
    if (id === '') return;
    const [n = 0, sum = 0] = after.get(id) ?? [];
    after.set(id, [n + sign * conversions, sum + sign * Number(revenue)]);
  };
  for (const { kind, from_message_id, to_message_id, conversions, revenue } of moves) {
    if (kind !== 'gained') add(from_message_id, -1, conversions, revenue);
    if (kind !== 'lost') add(to_message_id, 1, conversions, revenue);
  }
  const left = [...after].filter(([, [n]]) => n !== 0);
  return Object.fromEntries(left.map(([id, [n, sum]]) => [id, [n, (sum ?? 0).toFixed(2)]]));
}

describe('a past range', () => {
  it('is previewed, booked anew as the preview said, and back to the former numbers', async () => {
    const offer_id = await createOffer();
    const ids: string[] = [];
    for (let contact = 0; contact < 4; contact++) {
      const [monday, wednesday] = await sendTo(`r${contact}`, offer_id);
      const first = await tap(monday);
      // The first contact taps one message only, and keeps its credit.
      if (contact > 0) await tap(wednesday);
      ids.push(await report({ click_id: first, revenue: `${10 + contact}`, txn_id: `r${contact}` }));
      if (contact === 2)
        ids.push(await report({ click_id: first, revenue: '2', txn_id: `r${contact}`, event: 'refund' }));
    }
    await untilSeen('the bookings', async () => Object.keys(await byMessage(offer_id)).length, 4);
    for (const id of ids) await story(id, ({ conversion }) => conversion.status === 'attributed');
    const former = await byMessage(offer_id);
    const range = { model: 'last_click', from: BEFORE };
    const { body: preview, status } = await sender.call(
      'POST',
      `/v2/offers/${offer_id}/attribution/preview` as '/v2/offers/{id}/attribution/preview',
      range,
    );
    expect([status, preview.conversions]).toEqual([200, 4]);
    expect(preview.totals).toEqual([{ kind: 'moved', currency: 'USD', conversions: 3, revenue: '34.00' }]);
    expect(await byMessage(offer_id)).toEqual(former);

    const path = `/v2/offers/${offer_id}/attribution/rebook` as '/v2/offers/{id}/attribution/rebook';
    const { body: asked, status: taken } = await sender.call('POST', path, range);
    expect([taken, asked.state]).toEqual([202, 'waiting']);
    const readState = async () =>
      (
        await sender.call(
          'GET',
          `/v2/offers/${offer_id}/attribution/rebookings/${asked.booking}` as '/v2/offers/{id}/attribution/rebookings/{booking}',
        )
      ).body;
    await untilSeen('the rebooking', async () => (await readState()).state, 'done');
    // Three sales and a refund; the last click of the first contact is its first.
    expect(await readState()).toMatchObject({ transactions: 4, rechecked: 4, changed: 4 });
    const after = await byMessage(offer_id);
    expect(after).not.toEqual(former);
    expect(after).toEqual(applied(former, preview.messages));
    const told = await story(ids[1] ?? '');
    expect(told.attribution).toMatchObject({ model: 'last_click', booking: asked.booking });
    // A preview of the same changes nothing further.
    const again = await sender.call(
      'POST',
      `/v2/offers/${offer_id}/attribution/preview` as '/v2/offers/{id}/attribution/preview',
      range,
    );
    expect(again.body.totals).toEqual([]);

    const undo = `/v2/offers/${offer_id}/attribution/rebookings/${asked.booking}/undo`;
    expect((await sender.call('POST', undo)).status).toBe(202);
    await untilSeen('the undo', async () => (await readState()).state, 'undone');
    expect(await byMessage(offer_id)).toEqual(former);
    expect((await story(ids[1] ?? '')).attribution.booking).toBeNull();
    expect((await sender.call('POST', undo)).status).toBe(409);
    const { body } = await sender.call('GET', `/v2/offers/${offer_id}`);
    expect(body.rebooked).toEqual([]);
  });

  it('is not in the future, and of an offer of the account', async () => {
    const offer_id = await createOffer();
    const range = { model: 'last_click', from: BEFORE, to: iso(Date.now() + HOUR_MS) };
    const refused = await sender.call('POST', `/v2/offers/${offer_id}/attribution/rebook`, range);
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const missing = await sender.call('POST', '/v2/offers/off_none/attribution/preview', range);
    expect(missing.status).toBe(404);
  });
});
