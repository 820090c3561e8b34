/** Every channel for a conversion: who may report, what is refused, what is kept without credit. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMetrics } from '../support/metrics.ts';
import { startInOne } from '../support/one-period.ts';
import { clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { createNetwork, type Network, type Reply, type Taken } from '../support/postback.ts';
import { callApi, created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

/** Refused reports are counted by the day (UTC), of the moment at which their process tells Redis. */
const DAY_MS = 24 * 3_600_000;
/** Many times what a few reports and that moment take. */
const REFUSED_MS = 10_000;

let system: System;
let sender: Sender;
let phones: Phones;
let network: Network;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  phones = createPhones(system.redirect_url, 4);
  network = createNetwork(system.redirect_url, 16);
});
afterAll(async () => {
  phones?.close();
  network?.close();
  await system?.destroy();
});

async function report(
  path: string,
  parameters: Record<string, string>,
  method?: 'GET' | 'POST',
): Promise<Reply> {
  const reply = await network.report(path, parameters, method);
  if (reply === undefined) throw new Error('no answer');
  return reply;
}

async function make<Path extends '/v2/offers' | '/v2/creatives'>(path: Path, body: object, of = sender) {
  return created(await of.call('POST', path, body));
}

const OFFER = { name: 'Shop', destination_url: 'https://shop.example/?click={{click_id}}' };

interface Ready {
  offer_id: string;
  link_id: string;
  click_id: string;
  message_id: string;
  postback_secret: string;
  conversion_secret: string;
}

let ready = 0;

/** An offer, a message with a link to it, its first click, and the secrets. */
async function readyOffer(settings: object = {}, of: Sender = sender): Promise<Ready> {
  const { offer_id } = await make('/v2/offers', { ...OFFER, ...settings }, of);
  const offer_links = [{ key: 'link1', offer_id }];
  const { creative_id } = await make('/v2/creatives', { name: 'C', body: '{{link1}}', offer_links }, of);
  const message_id = `ready-${++ready}`;
  const [message] = await of.send([{ message_id, contact_id: `person-${ready}`, creative_id }]);
  const link_id = message?.links[0]?.link_id ?? '';
  const click_id = clickIdOf((await phones.open(link_id, PHONE)) as never);
  const { body } = await of.call('GET', `/v2/offers/${offer_id}/postbacks`);
  const { postback_secret, conversion_secret } = body;
  return { offer_id, link_id, click_id, message_id, postback_secret, conversion_secret };
}

/** The story of a conversion once it is there and, where a status is given, has it: a click may be counted after its report. */
async function story(conversion_id: string, status?: string) {
  const ask = () => sender.call('GET', `/v2/conversions/${conversion_id}`);
  let seen = await ask();
  const isWanted = (): boolean =>
    seen.status === 200 && (status === undefined || seen.body.conversion.status === status);
  await until(
    async () => {
      if (!isWanted()) seen = await ask();
      return isWanted();
    },
    HANGS_AFTER_MS,
    () => JSON.stringify(seen.body),
  );
  return seen.body;
}

describe('a postback', () => {
  it('is taken by GET, by POST with a form, and by POST with JSON', async () => {
    const { click_id } = await readyOffer();
    const by = [
      await report('/conv', { click_id, revenue: '1', txn_id: 'get' }),
      await report('/conv', { click_id, revenue: '1', txn_id: 'form' }, 'POST'),
    ];
    const json = await fetch(`${system.redirect_url}/conv?click_id=${click_id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ revenue: 1.25, txn_id: 'json' }),
    });
    expect(json.status).toBe(200);
    expect(json.headers.get('cache-control')).toContain('no-store');
    const { conversion_id } = (await json.json()) as Taken;
    for (const { status, body } of by) expect([status, body.status]).toEqual([200, 'accepted']);
    expect((await story(conversion_id, 'attributed')).conversion).toMatchObject({
      status: 'attributed',
      amount: '1.25',
      channel: 'conv',
    });
  });

  it('with a transaction id that is a macro counts by its click, and shows the macro as a problem', async () => {
    const { offer_id, message_id: _, ...first } = await readyOffer();
    const offer_links = [{ key: 'link1', offer_id }];
    const { creative_id } = await make('/v2/creatives', { name: 'C', body: '{{link1}}', offer_links });
    const others = await sender.send(
      Array.from({ length: 3 }, (_one, n) => ({ contact_id: `macro-${n}`, creative_id })),
    );
    const click_ids = [first.click_id];
    for (const { links } of others) {
      click_ids.push(clickIdOf((await phones.open(links[0]?.link_id ?? '', PHONE)) as never));
    }
    const txn_id = '{transaction_id}';
    for (const click_id of click_ids) {
      const { body } = await report('/conv', { click_id, revenue: '5', txn_id });
      expect(body).toMatchObject({ status: 'accepted', problem: `txn_id=${txn_id}` });
    }
    const again = await report('/conv', { click_id: first.click_id, revenue: '5', txn_id });
    expect(again.body.status).toBe('duplicate');
    await untilSeen(
      'the revenue of four sales',
      async () =>
        (await sender.call('GET', `/v2/reports/offers?offer_id=${offer_id}`)).body.totals['revenue'],
      '20.00',
    );
    const { problems } = (await sender.call('GET', `/v2/reports/unattributed?offer_id=${offer_id}`)).body;
    expect(problems).toMatchObject([{ problem: `txn_id=${txn_id}`, offer_id, channel: 'conv', reports: 4 }]);
    const { explanation } = await story(problems[0]?.conversion_id ?? '');
    expect(explanation).toContain('{transaction_id}');
  });

  it('with an amount that is no number is kept without credit, takes nothing back, and blocks nothing', async () => {
    const { offer_id, click_id, postback_secret } = await readyOffer();
    const own = { offer_id, click_id, postback_secret };
    const macro = { ...own, revenue: '{payout}' };
    const kept = await report('/conv/offer', { ...macro, txn_id: 'never again' });
    const mended = await report('/conv/offer', { ...macro, txn_id: 'u' });
    for (const { body } of [kept, mended]) {
      expect(body).toMatchObject({ status: 'accepted', unattributed: 'unreadable_amount' });
    }
    const right = await report('/conv/offer', { ...own, revenue: '836.9999999999998', txn_id: 'u' });
    const refund = await report('/conv/offer', { ...own, revenue: '-', txn_id: 'u', event: 'refund' });
    expect((await story(right.body.conversion_id, 'attributed')).conversion.revenue).toBe('837.00');
    const stories = [await story(kept.body.conversion_id), await story(refund.body.conversion_id)];
    for (const { conversion, explanation } of stories) {
      expect(conversion).toMatchObject({ status: 'unattributed', reason: 'unreadable_amount' });
      expect(explanation).toContain('not a number');
    }
    expect(stories[0]?.conversion.reported).toContain('revenue={payout}');
  });

  it('by offer and message needs the offer’s secret, and is credited to the message’s click', async () => {
    const { offer_id, message_id, postback_secret, click_id } = await readyOffer();
    const parameters = { offer_id, message_id, revenue: '2.50', txn_id: 'o1' };
    expect(await report('/conv/offer', parameters)).toMatchObject({
      status: 403,
      body: { error: 'secret_required' },
    });
    const wrong = `${postback_secret.slice(0, -1)}${postback_secret.endsWith('A') ? 'B' : 'A'}`;
    for (const secret of [wrong, 'x', `${postback_secret}x`]) {
      const reply = await report('/conv/offer', { ...parameters, postback_secret: secret });
      expect(reply).toMatchObject({ status: 403, body: { error: 'wrong_secret' } });
    }
    const { body } = await report('/conv/offer', { ...parameters, postback_secret });
    expect((await story(body.conversion_id, 'attributed')).conversion).toMatchObject({
      status: 'attributed',
      click_id,
      channel: 'offer',
    });
    expect(
      await report('/conv/offer', { ...parameters, offer_id: 'off_nobody', postback_secret }),
    ).toMatchObject({
      status: 404,
      body: { error: 'unknown_offer' },
    });
  });

  it('with a wrong id of a known offer is kept, with its reason', async () => {
    const { offer_id, postback_secret } = await readyOffer();
    const other = await readyOffer();
    const own = { offer_id, postback_secret };
    const wrong: [Record<string, string>, string][] = [
      [{ click_id: '{clickid}' }, 'missing_id'],
      [{ link_id: 'AAAAAAA' }, 'unknown_link'],
      [{ message_id: 'never-sent' }, 'unknown_message'],
      [{ click_id: other.click_id }, 'wrong_offer'],
      [{ message_id: other.message_id }, 'wrong_offer'],
      [{ click_id: '', txn_id: 'nothing' }, 'missing_id'],
    ];
    for (const [id, reason] of wrong) {
      const { status, body } = await report('/conv/offer', { ...own, ...id, revenue: '5' });
      expect([status, body.unattributed], reason).toEqual([200, reason]);
      expect((await story(body.conversion_id)).conversion).toMatchObject({ status: 'unattributed', reason });
    }
    const { body } = await sender.call('GET', `/v2/reports/unattributed?offer_id=${offer_id}`);
    expect(body.reports).toBe(wrong.length);
    expect(body.rows.find(({ reason }) => reason === 'unknown_message')).toMatchObject({
      reports: 1,
      amount: '5.00',
      currency: 'USD',
      channel: 'offer',
      example: { reported: 'message_id=never-sent' },
    });
    const corrected = await report('/conv/offer', { ...own, message_id: 'never-sent', txn_id: 'fixed' });
    expect(corrected.body.unattributed).toBe('unknown_message');
    const { message_id } = await readyOffer();
    await report('/conv/offer', { ...own, message_id, txn_id: 'fixed' });
  });

  it('with a wrong id first and the right one later counts, once', async () => {
    const { offer_id, postback_secret, click_id } = await readyOffer();
    const own = { offer_id, postback_secret, revenue: '9', txn_id: 'again' };
    const first = await report('/conv/offer', { ...own, click_id: 'broken' });
    const second = await report('/conv/offer', { ...own, click_id });
    expect(second.body.status).toBe('accepted');
    expect((await story(second.body.conversion_id, 'attributed')).conversion.status).toBe('attributed');
    await untilSeen(
      'the first report, once the second is credited',
      async () => (await story(first.body.conversion_id)).conversion.status,
      'duplicate',
    );
    expect((await report('/conv/offer', { ...own, click_id })).body).toEqual({
      status: 'duplicate',
      conversion_id: second.body.conversion_id,
    });
  });

  it('with a value that can not be read is kept without credit, as a problem of its account', async () => {
    const { offer_id, click_id, postback_secret } = await readyOffer();
    const own = { offer_id, postback_secret };
    const bad: [Record<string, string>, string][] = [
      [{ ...own, click_id, event: '{goal}' }, 'event={goal}'],
      [{ click_id, event: 'purchase' }, 'event is one of sale'],
      [{ ...own, click_id, currency: '{currency}' }, 'currency={currency}'],
      [{ click_id, ts: '2026-02-30' }, 'ts is the time'],
      [{ ...own, click_id, txn_id: 'x'.repeat(500) }, 'txn_id may have 200'],
    ];
    const ids: string[] = [];
    for (const [parameters, problem] of bad) {
      const { status, body } = await report('/conv/offer', {
        ...own,
        revenue: '5',
        txn_id: 'x',
        ...parameters,
      });
      expect([status, body.unattributed], problem).toEqual([200, 'unreadable_value']);
      expect(body.problem).toContain(problem);
      ids.push(body.conversion_id);
    }
    const right = await report('/conv', { click_id, revenue: '5', txn_id: 'x' });
    expect((await story(right.body.conversion_id, 'attributed')).conversion.revenue).toBe('5.00');
    const { conversion, explanation } = await story(ids[0] ?? '');
    expect(conversion.reported).toContain('event={goal}');
    expect(explanation).toContain('{goal}');
    const { body } = await sender.call('GET', `/v2/reports/unattributed?offer_id=${offer_id}`);
    expect(body.problems).toHaveLength(bad.length);
  });

  it('with the secret of its account and a macro for every id is kept', async () => {
    const { conversion_secret: secret } = await readyOffer();
    for (const [path, given, problem] of [
      ['/conv/offer', { offer_id: '{offer}', click_id: '{click}' }, 'click_id={click}; offer_id={offer}'],
      ['/conv/coupon', { code: '[coupon]' }, 'code=[coupon]'],
      ['/conv', { click_id: '#s2#', event: '#event#' }, 'click_id=#s2#; event=#event#'],
    ] as const) {
      const { status, body } = await report(path, { secret, revenue: '5', ...given });
      expect([status, body.problem], path).toEqual([200, problem]);
      expect(body.unattributed).toBe(path === '/conv' ? 'unreadable_value' : 'missing_id');
    }
  });

  it('names what is not read of it, and says where that looks like money', async () => {
    const { click_id, offer_id, postback_secret } = await readyOffer();
    const empty = await fetch(`${system.redirect_url}/conv?click_id=${click_id}&revenue=&Revenue=49.90`);
    const { conversion_id, ...taken } = (await empty.json()) as Taken;
    expect(taken).toEqual({ status: 'accepted' });
    expect((await story(conversion_id, 'attributed')).conversion.revenue).toBe('49.90');
    const other = { click_id, amount: '7', api_key: 'abc', txn_id: 'misnamed' };
    const problem = 'amount is ignored: revenue is missing';
    const named = { ignored: ['amount', 'api_key'] };
    expect((await report('/conv', other)).body).toMatchObject({ status: 'accepted', problem, ...named });
    expect((await report('/conv', other, 'POST')).body).toMatchObject({ status: 'duplicate', ...named });
    const own = { ...other, offer_id, postback_secret, event: 'refund' };
    expect((await report('/conv/offer', own)).body).toMatchObject({
      unattributed: 'unreadable_amount',
      problem,
    });
  });

  it('that is no use is told so, and touches neither log nor ClickHouse', async () => {
    const { click_id } = await readyOffer();
    const bad: [Record<string, string>, number, string][] = [
      [{ event: 'purchase' }, 400, 'invalid_conversion'],
      [{ click_id: '{click_id}' }, 400, 'invalid_conversion'],
      [{ click_id: 'nobody' }, 404, 'unknown_click'],
      [{ link_id: 'nobody' }, 404, 'unknown_link'],
      [{ click_id, secret: 'acc_x.0123456789012345678901' }, 403, 'wrong_secret'],
      [{ click_id, postback_secret: 'wrong' }, 403, 'wrong_secret'],
    ];
    for (const [parameters, status, error] of bad) {
      const reply = await report('/conv', parameters);
      expect([reply.status, reply.body.error], JSON.stringify(parameters).slice(0, 200)).toEqual([
        status,
        error,
      ]);
      expect(reply.body.message).toMatch(/.{11}/);
    }
    const large = await fetch(`${system.redirect_url}/conv`, { method: 'POST', body: 'x'.repeat(20_000) });
    expect(large.status).toBe(413);
    const broken = await fetch(`${system.redirect_url}/conv`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect([broken.status, ((await broken.json()) as Taken).error]).toEqual([400, 'invalid_json']);
    const text = await readMetrics(system);
    await until(
      async () =>
        /trackly_conversions_received_total\{outcome="wrong_secret"\} [1-9]/.test(await readMetrics(system)),
      HANGS_AFTER_MS,
      () => text,
    );
  });
});

describe('an account', () => {
  it('may require its secret', async () => {
    const strict = await createSender(system, { conversion_secret_required: 'always' });
    const { click_id, conversion_secret, offer_id, postback_secret } = await readyOffer({}, strict);
    expect(await report('/conv', { click_id, txn_id: '1' })).toMatchObject({
      status: 403,
      body: { error: 'secret_required' },
    });
    const accepted = { status: 200, body: { status: 'accepted' } };
    expect(await report('/conv', { click_id, txn_id: '1', secret: conversion_secret })).toMatchObject(
      accepted,
    );
    expect(await report('/conv/offer', { click_id, txn_id: '2', offer_id, postback_secret })).toMatchObject(
      accepted,
    );
    expect(await report('/conv', { click_id, txn_id: '3', postback_secret })).toMatchObject(accepted);
    const other = await readyOffer();
    expect(await report('/conv', { click_id, txn_id: '4', secret: other.conversion_secret })).toMatchObject({
      body: { unattributed: 'unknown_link' },
    });
  });

  it('sees how many reports its rules refused, by day', async () => {
    const own = await createSender(system, { conversion_secret_required: 'always' });
    const { click_id, offer_id } = await readyOffer({}, own);
    await startInOne(DAY_MS, REFUSED_MS);
    const day = new Date().toISOString().slice(0, 10);
    for (let n = 0; n < 3; n++) await report('/conv', { click_id });
    await report('/conv/offer', { click_id, offer_id, postback_secret: 'wrong' });
    let refused: { day: string; error: string; reports: number }[] = [];
    await until(
      async () => {
        refused = (await own.call('GET', '/v2/reports/unattributed')).body.refused;
        return refused.length === 2;
      },
      HANGS_AFTER_MS,
      () => JSON.stringify(refused),
    );
    expect(refused.sort((a, b) => b.reports - a.reports)).toEqual([
      { day, error: 'secret_required', reports: 3 },
      { day, error: 'wrong_secret', reports: 1 },
    ]);
  });

  it('may list the addresses of its networks; a pixel comes from anywhere', async () => {
    const listing = await createSender(system, { conversion_addresses: ['192.0.2.0/24', '2001:db8::1'] });
    const { click_id, link_id } = await readyOffer({}, listing);
    expect(await report('/conv', { click_id, txn_id: '1' })).toMatchObject({
      status: 403,
      body: { error: 'address_not_allowed' },
    });
    expect((await report(`/pixel/${link_id}.gif`, { txn_id: '2' })).outcome).toBe('accepted');
    await callApi(system, system.admin_key, 'PATCH', `/v2/accounts/${listing.account_id}`, {
      conversion_addresses: ['127.0.0.0/8'],
    });
    await untilSeen(
      'a report from the address that is now allowed',
      async () => (await report('/conv', { click_id, txn_id: '1' })).status,
      200,
    );
    const bad = await callApi(system, system.admin_key, 'PATCH', `/v2/accounts/${listing.account_id}`, {
      conversion_addresses: ['127.0.0.0/40'],
    });
    expect(bad).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('ends a secret by making a new one', async () => {
    const { click_id, offer_id, postback_secret, conversion_secret } = await readyOffer();
    const offer = await sender.call('POST', `/v2/offers/${offer_id}/postback_secret/rotate`, {
      grace_hours: 0,
    });
    expect(offer.body.postback_secret).not.toBe(postback_secret);
    const own = { offer_id, click_id };
    await untilSeen(
      'a report with the old secret',
      async () => (await report('/conv/offer', { ...own, postback_secret, txn_id: 'old' })).status,
      403,
    );
    expect(
      (await report('/conv/offer', { ...own, postback_secret: offer.body.postback_secret, txn_id: 'new' }))
        .status,
    ).toBe(200);
    const account = await sender.call('POST', '/v2/account/conversion_secret/rotate', { grace_hours: 0 });
    await untilSeen(
      'a report with the old secret',
      async () => (await report('/conv', { click_id, secret: conversion_secret, txn_id: 'x' })).status,
      403,
    );
    expect(
      (await report('/conv', { click_id, secret: account.body.conversion_secret, txn_id: 'y' })).status,
    ).toBe(200);
  });

  it('sees nothing of another account’s links and conversions', async () => {
    const own = await readyOffer();
    const stranger = await createSender(system);
    const { conversion_secret } = await readyOffer({}, stranger);
    const { body } = await stranger.call('POST', '/v2/conversions', {
      conversions: [
        { click_id: own.click_id, txn_id: '1' },
        { link_id: own.link_id },
        { offer_id: own.offer_id, message_id: own.message_id },
      ],
    });
    expect(body).toMatchObject({
      conversions: [{ unattributed: 'unknown_link' }, { unattributed: 'unknown_link' }],
      errors: [{ index: 2, error: 'unknown_offer' }],
    });
    expect((await sender.call('GET', `/v2/conversions/${body.conversions[0]?.conversion_id}`)).status).toBe(
      404,
    );
    expect(
      (await report('/conv', { click_id: own.click_id, secret: conversion_secret })).body.unattributed,
    ).toBe('unknown_link');
  });
});

describe('a coupon', () => {
  it('is credited to the latest message to the contact with the offer, else to the offer alone', async () => {
    const { offer_id, conversion_secret } = await readyOffer({ coupon_codes: ['spring10 '], payout: '1' });
    const offer_links = [{ key: 'link1', offer_id }];
    const { creative_id } = await make('/v2/creatives', { name: 'C', body: '{{link1}}', offer_links });
    const sent = [3, 2, 1].map((days) => new Date(Date.now() - days * 86_400_000).toISOString());
    await sender.send(
      sent.map((sent_at, i) => ({ message_id: `coupon-${i}`, contact_id: 'buyer', creative_id, sent_at })),
    );
    for (const i of sent.keys()) {
      await untilSeen(
        'inserted',
        async () => (await sender.call('GET', `/v2/messages/coupon-${i}`)).body,
        ({ message }) => message?.batch != null,
      );
    }
    const own = { secret: conversion_secret, code: ' Spring10', revenue: '30' };
    const between = new Date(Date.now() - 1.5 * 86_400_000).toISOString();
    const replies = [
      await report('/conv/coupon', { ...own, contact_id: 'buyer', txn_id: '1' }),
      await report('/conv/coupon', { ...own, contact_id: 'buyer', txn_id: '2', ts: between }),
      await report('/conv/coupon', { ...own, contact_id: 'somebody', txn_id: '3' }),
      await report('/conv/coupon', { ...own, txn_id: '4' }),
    ];
    const stories = await Promise.all(replies.map(({ body }) => story(body.conversion_id, 'attributed')));
    expect(
      stories.map(({ conversion }) => [conversion.status, conversion.message_id, conversion.offer_id]),
    ).toEqual([
      ['attributed', 'coupon-2', offer_id],
      ['attributed', 'coupon-1', offer_id],
      ['attributed', '', offer_id],
      ['attributed', '', offer_id],
    ]);
    expect(stories[0]?.conversion).toMatchObject({ payout: '1.00', credited_at: sent[2] });
    expect(await report('/conv/coupon', { ...own, code: 'nobodys' })).toMatchObject({
      status: 200,
      body: { unattributed: 'unknown_coupon' },
    });
    expect(await report('/conv/coupon', { code: 'spring10' })).toMatchObject({
      status: 403,
      body: { error: 'secret_required' },
    });
  });

  it('used in the moment of the message is credited to it all the same', async () => {
    const { offer_id, conversion_secret } = await readyOffer({ coupon_codes: ['QUICK'] });
    const offer_links = [{ key: 'link1', offer_id }];
    const { creative_id } = await make('/v2/creatives', { name: 'C', body: '{{link1}}', offer_links });
    const conversions = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const contact_id = `quick-${i}`;
        await sender.send([{ message_id: `quick-message-${i}`, contact_id, creative_id }]);
        const parameters = { secret: conversion_secret, code: 'quick', contact_id, txn_id: `quick-${i}` };
        return (await report('/conv/coupon', parameters)).body.conversion_id as string;
      }),
    );
    for (const [i, id] of conversions.entries()) {
      await until(
        async () => (await story(id)).conversion.message_id === `quick-message-${i}`,
        HANGS_AFTER_MS,
        () => `${id} is credited to the offer alone`,
      );
    }
  });

  it('that no offer has yet waits for the one that gets it, and counts once with its retries', async () => {
    const { offer_id, conversion_secret, click_id } = await readyOffer({
      payout_type: 'revshare',
      payout: '50',
    });
    const own = { secret: conversion_secret, code: 'later', revenue: '8' };
    const replies = [
      await report('/conv/coupon', { ...own, txn_id: 'l1' }),
      await report('/conv/coupon', { ...own, contact_id: 'nobody' }),
      await report('/conv/coupon', { ...own, txn_id: 'l1', event: 'refund', revenue: '3' }),
    ];
    for (const { body } of replies) {
      expect((await story(body.conversion_id)).conversion).toMatchObject({
        status: 'unattributed',
        offer_id: '',
      });
    }
    expect((await sender.call('PATCH', `/v2/offers/${offer_id}`, { coupon_codes: ['LATER'] })).status).toBe(
      200,
    );
    for (const { body } of replies) {
      await untilSeen(
        'credited to the offer',
        async () => (await story(body.conversion_id)).conversion,
        (conversion) => conversion.offer_id === offer_id,
      );
    }
    const moved = await story(replies[0]?.body.conversion_id ?? '');
    expect(moved.transaction.map(({ event }) => event).sort()).toEqual(['refund', 'sale']);
    expect(moved.history[0]).toMatchObject({ status: 'unattributed', reason: 'unknown_coupon' });
    await report('/conv/coupon', { ...own, txn_id: 'l1' });
    await report('/conv', { click_id, revenue: '8', txn_id: 'l1' });
    await untilSeen(
      'two conversions, one of them refunded in part',
      async () => {
        const { body } = await sender.call('GET', `/v2/reports/offers?offer_id=${offer_id}`);
        const { conversions, sales, refunds, payout } = body.totals;
        return [conversions, sales, refunds, payout].join(' ');
      },
      '2 16.00 3.00 6.50',
    );
    const { body } = await sender.call('GET', '/v2/reports/unattributed');
    expect(body.rows.filter(({ example }) => example.reported.startsWith('code=later'))).toEqual([]);
  });

  it('belongs to one offer of the account, until it is taken out there', async () => {
    const { offer_id } = await make('/v2/offers', { ...OFFER, coupon_codes: ['ONCE'] });
    const again = await sender.call('POST', '/v2/offers', { ...OFFER, coupon_codes: ['once'] });
    expect(again).toMatchObject({ status: 409, body: { error: 'conflict' } });
    await sender.call('PATCH', `/v2/offers/${offer_id}`, { coupon_codes: [] });
    await make('/v2/offers', { ...OFFER, coupon_codes: ['once'] });
    const other = await createSender(system);
    await make('/v2/offers', { ...OFFER, coupon_codes: ['ONCE'] }, other);
  });
});

describe('a pixel', () => {
  it('is the same picture whatever happens, never cached, and says in a header what it was', async () => {
    const { link_id } = await readyOffer();
    const seen: string[] = [];
    for (const [file, parameters] of [
      [`${link_id}.gif`, { revenue: '3', txn_id: 'p' }],
      [`${link_id}.gif`, { revenue: '3', txn_id: 'p' }],
      ['AAAAAAA.gif', {}],
      ['x', { revenue: 'much' }],
    ] as const) {
      const answer = await fetch(`${system.redirect_url}/pixel/${file}?${new URLSearchParams(parameters)}`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/gif']);
      expect(answer.headers.get('cache-control')).toContain('no-store');
      expect(
        Buffer.from(await answer.arrayBuffer())
          .subarray(0, 6)
          .toString(),
      ).toBe('GIF89a');
      seen.push(answer.headers.get('x-conversion') ?? '');
    }
    expect(seen).toEqual(['accepted', 'duplicate', 'unknown_link', 'unknown_link']);
  });
});

describe('many at once', () => {
  it('of one transaction replace each other in the order of their lines', async () => {
    const { offer_id, click_id } = await readyOffer({ duplicates: 'replace' });
    const conversions = Array.from({ length: 40 }, (_, n) => ({
      click_id,
      revenue: String(n + 1),
      txn_id: 'one',
    }));
    expect((await sender.call('POST', '/v2/conversions', { conversions })).body.errors).toEqual([]);
    await untilSeen(
      'the revenue of the last line alone',
      async () =>
        (await sender.call('GET', `/v2/reports/offers?offer_id=${offer_id}`)).body.totals['revenue'],
      '40.00',
    );
  });

  it('as JSON and as NDJSON succeed in part, with an error for each that does not', async () => {
    const { click_id, offer_id } = await readyOffer();
    const list = [
      { click_id, revenue: '5.00', txn_id: 'j1' },
      { click_id, revenue: 'five', txn_id: 'j2' },
      { click_id, revenue: '5.00', txn_id: 'j1' },
      { click_id, event: 'refund', offer_id, txn_id: 'j1' },
      { click_id, amount: '5' },
      'nothing',
      {},
    ];
    const { status, body } = await sender.call('POST', '/v2/conversions', { conversions: list });
    expect(status).toBe(200);
    expect(body.conversions.map((one) => one.status)).toEqual([
      'accepted',
      'duplicate',
      'accepted',
      'accepted',
    ]);
    expect(body.errors.map(({ index, error }) => [index, error])).toEqual([
      [1, 'invalid_conversion'],
      [4, 'invalid_conversion'],
      [5, 'invalid_json'],
    ]);
    const answer = await fetch(`${system.api_url}/v2/conversions`, {
      method: 'POST',
      headers: { 'x-api-key': sender.api_key, 'content-type': 'application/x-ndjson' },
      body: `${list.map((one) => JSON.stringify(one)).join('\n')}\nbroken\n`,
    });
    const lines = (await answer.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ status, error }) => status ?? error)).toEqual([
      'duplicate',
      'invalid_conversion',
      'duplicate',
      'duplicate',
      'invalid_conversion',
      'invalid_json',
      'accepted',
      'invalid_json',
    ]);
    expect((await sender.call('POST', '/v2/conversions', { conversions: ['x'] })).status).toBe(400);
    const bare = await sender.call('POST', '/v2/conversions', [list[0]]);
    expect(bare).toMatchObject({ status: 200, body: { conversions: [{ status: 'duplicate' }], errors: [] } });
  });
});

interface Compared {
  counts?: Partial<Record<'matched' | 'different' | 'missing_there', number>>;
}

/** A postback's address with its macros as a network fills them in. */
function filledIn(url: string, click_id: string, txn_id: string): string {
  const ts = String(Math.floor(Date.now() / 1_000));
  const values = { click_id, revenue: '4.00', currency: 'USD', event: 'sale', ts, txn_id };
  return url.replace(
    /([?&])(\w+)=[^&]*[{#][^&]*/g,
    (_, before, name: keyof typeof values) => `${before}${name}=${values[name]}`,
  );
}

describe('for the finance people', () => {
  it('the addresses to paste work as they are, with the network’s macros filled in', async () => {
    const { offer_id, click_id } = await readyOffer();
    const { body } = await sender.call('GET', `/v2/offers/${offer_id}/postbacks`);
    expect(body.postbacks.map(({ network }) => network)).toEqual([
      'tune',
      'everflow',
      'cake',
      'voluum',
      'keitaro',
      'redtrack',
      'impact',
      'generic',
    ]);
    for (const { network, url } of body.postbacks as { network: string; url: string }[]) {
      const filled = filledIn(url, click_id, `${network}-1`);
      expect(filled).not.toMatch(/[{}#]/);
      const answer = await fetch(filled.replace(/^https?:\/\/[^/]+/, system.redirect_url));
      expect(await answer.json(), network).toMatchObject({ status: 'accepted' });
      expect(answer.status).toBe(200);
    }
    expect((await sender.call('GET', '/v2/offers/off_none/postbacks')).status).toBe(404);
  });

  it('a sale and two rebills by Everflow’s addresses are three events', async () => {
    const { offer_id, click_id } = await readyOffer({ payout: '1.50' });
    const { body } = await sender.call('GET', `/v2/offers/${offer_id}/postbacks`);
    const url = body.postbacks.find(({ network }) => network === 'everflow')?.url ?? '';
    const events = ['', '&event=rebill', '&event=rebill'];
    for (const [n, event] of events.entries()) {
      const address = `${filledIn(url, click_id, `conversion-${n}`)}${event}`;
      const answer = await fetch(address.replace(/^https?:\/\/[^/]+/, system.redirect_url));
      expect(await answer.json()).toMatchObject({ status: 'accepted' });
    }
    const totals = async () =>
      (await sender.call('GET', `/v2/reports/offers?offer_id=${offer_id}`)).body.totals;
    await untilSeen('three', async () => (await totals())['conversions'], 3);
    expect(await totals()).toMatchObject({ revenue: '12.00', payout: '4.50' });
  });

  it('conversions are listed, filtered, sorted, and given as a file', async () => {
    const { offer_id, click_id } = await readyOffer({ currency: 'EUR' });
    await sender.call('POST', '/v2/conversions', {
      conversions: [
        { click_id, revenue: '5.00', txn_id: 'a' },
        { click_id, revenue: '7.50', txn_id: 'b' },
        { click_id, event: 'refund', revenue: '2.50', txn_id: 'b' },
        { click_id, event: 'refund', txn_id: '=1+1' },
      ],
    });
    const list = async (query: string) =>
      (await sender.call('GET', `/v2/conversions?offer_id=${offer_id}${query}`)).body;
    await untilSeen(
      'attributed, and all',
      async () => [(await list('&status=attributed')).total_rows, (await list('')).total_rows],
      [3, 4],
    );
    const amounts = async (query: string): Promise<string[]> =>
      (await list(query)).rows.map(({ revenue }) => revenue);
    expect(await amounts('&sort=revenue')).toEqual(['-2.50', '0.00', '5.00', '7.50']);
    expect(await amounts('&sort=-revenue&per_page=1&page=2')).toEqual(['5.00']);
    expect(await amounts('&event=refund&status=attributed')).toEqual(['-2.50']);
    expect(await amounts('&reason=unknown_transaction')).toEqual(['0.00']);
    expect(await amounts('&from=2020-01-01&to=2020-12-31')).toEqual([]);
    expect((await list('&txn_id=a')).rows).toMatchObject([
      { txn_id: 'a', click_id, currency: 'EUR', status: 'attributed' },
    ]);
    const file: unknown = await list('&format=csv&sort=revenue');
    const csv = String(file).split('\r\n');
    expect(csv[0]).toMatch(/^conversion_id,event,offer_id,txn_id,.*,currency,revenue,payout,view_revenue$/);
    expect(csv).toHaveLength(6);
    expect(csv[2]).toContain(`,"'=1+1",`);
    expect((await sender.call('GET', '/v2/conversions?colour=red')).status).toBe(400);
    const stranger = await createSender(system);
    expect((await stranger.call('GET', '/v2/conversions')).body.total_rows).toBe(0);
  });

  it('a network’s export is compared with what is here', async () => {
    const { offer_id, click_id } = await readyOffer();
    const day = new Date(Date.now() - 10 * DAY_MS).toISOString().slice(0, 10);
    const own = [
      { txn_id: 'both', revenue: '10.00' },
      { txn_id: 'differs', revenue: '10.00' },
      { txn_id: 'ours', revenue: '3.00' },
    ];
    await sender.call('POST', '/v2/conversions', {
      conversions: own.map((one) => ({ ...one, click_id, ts: `${day}T12:00:00Z` })),
    });
    const compare = async (csv: string, query = ''): Promise<{ status: number; body: Compared }> => {
      const answer = await fetch(`${system.api_url}/v2/conversions/reconcile?offer_id=${offer_id}${query}`, {
        method: 'POST',
        headers: { 'x-api-key': sender.api_key, 'content-type': 'text/csv' },
        body: csv,
      });
      return { status: answer.status, body: (await answer.json()) as Compared };
    };
    const csv = `txn_id,event,revenue,time\nboth,sale,10,${day} 00:00:00\ndiffers,sale,12.00,${day} 10:00:00\nlost,sale,7.77,${day} 23:00:00\n`;
    let seen: Compared | undefined;
    await until(
      async () => {
        seen = (await compare(csv)).body;
        const { matched = 0, different = 0, missing_there = 0 } = seen.counts ?? {};
        return matched + different + missing_there === own.length;
      },
      HANGS_AFTER_MS,
      () => JSON.stringify(seen),
    );
    expect(seen).toMatchObject({
      counts: {
        matched: 1,
        missing_here: 1,
        missing_there: 1,
        different: 1,
        repeated: 0,
        // That day was before the click.
        unattributed: 2,
      },
      missing_here: [{ line: 4, txn_id: 'lost', amount: '7.77' }],
      missing_there: [{ txn_id: 'ours' }],
      different: [{ network: { amount: '12.00' }, here: { amount: '10.00' } }],
      sums: [
        { currency: '', network: '7.77', here: '0.00' },
        { currency: 'USD', network: '22.00', here: '23.00' },
      ],
    });
    expect(await compare('txn_id,revenue\nboth,10\n')).toMatchObject({ status: 400 });
    expect(await compare('txn_id,revenue\nboth,10\n', `&from=${day}&to=${day}`)).toMatchObject({
      status: 200,
      body: { counts: { matched: 1, missing_there: 2 } },
    });
    expect(await compare(`txn_id,revenue,time\nboth,ten,${day}\n`)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('line 2: revenue') },
    });
    // Dates alone are whole days.
    const by_date = await compare(`txn_id,revenue,time\nboth,10,${day}\n`);
    expect(by_date.body.counts).toMatchObject({ matched: 1, missing_there: 2 });
    expect(await compare('a,b\n')).toMatchObject({ status: 400 });
  });
});
