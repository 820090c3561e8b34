/** Reports of money that nobody may make up: click ids, secrets and signatures, by the public way in. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { createNetwork, type Network, type Taken } from '../support/postback.ts';
import { callApi, created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

let system: System;
let phones: Phones;
let network: Network;

beforeAll(async () => {
  system = await sharedSystem();
  phones = createPhones(system.redirect_url, 4);
  network = createNetwork(system.redirect_url, 4);
});
afterAll(async () => {
  phones?.close();
  network?.close();
  await system?.destroy();
});

interface Ready {
  sender: Sender;
  offer_id: string;
  link_id: string;
  click_id: string;
  postback_secret: string;
  conversion_secret: string;
}

/** An account with an offer, a link to it that a person has tapped, and its secrets. */
async function ready(settings: object): Promise<Ready> {
  const sender = await createSender(system, settings);
  const destination_url = 'https://shop.example/?click={{click_id}}';
  const { offer_id } = created(await sender.call('POST', '/v2/offers', { name: 'Shop', destination_url }));
  const { link_id } = created(
    await sender.call('POST', '/v2/links/shorten', { offer_id, contact_id: 'ann' }),
  );
  const click_id = clickIdOf((await phones.open(link_id, PHONE)) as never);
  const { body } = await sender.call('GET', `/v2/offers/${offer_id}/postbacks`);
  const { postback_secret, conversion_secret } = body;
  return { sender, offer_id, link_id, click_id, postback_secret, conversion_secret };
}

async function report(path: string, parameters: Record<string, string>): Promise<Taken & { code: number }> {
  const reply = await network.report(path, parameters);
  if (reply === undefined) throw new Error('no answer');
  return { ...reply.body, code: reply.status };
}

async function ask(path: string): Promise<Taken & { code: number }> {
  const answer = await fetch(`${system.redirect_url}${path}`);
  return { ...((await answer.json()) as Taken), code: answer.status };
}

/** The story of a conversion once it is booked. */
async function story(sender: Sender, conversion_id: string) {
  const read = () => sender.call('GET', `/v2/conversions/${conversion_id}`);
  let seen = await read();
  await until(
    async () => {
      if (seen.status !== 200) seen = await read();
      return seen.status === 200;
    },
    HANGS_AFTER_MS,
    () => JSON.stringify(seen.body),
  );
  return seen.body;
}

async function revenueOf(sender: Sender): Promise<string> {
  return String((await sender.call('GET', '/v2/reports/offers')).body.totals['revenue']);
}

describe('a click id that was never given out', () => {
  const forged = (link_id: string): string => `00000000AAAAAAAAAAAAAA${link_id}`;

  it('earns nothing, in any way in, and is explained', async () => {
    const { sender, offer_id, link_id, click_id, postback_secret, conversion_secret } = await ready({
      conversion_secret_required: 'never',
    });
    const real = await report('/conv', { click_id, revenue: '10', txn_id: 'real' });
    const made_up = { click_id: forged(link_id), revenue: '500' };
    const taken = [
      await report('/conv', { ...made_up, txn_id: 'f1' }),
      await report('/conv', { ...made_up }),
      // One character of a real one is changed.
      await report('/conv', {
        ...made_up,
        click_id: click_id.slice(0, 21) + (click_id[21] === 'A' ? 'B' : 'A') + click_id.slice(22),
      }),
      await report('/conv', { ...made_up, txn_id: 'f2', secret: conversion_secret }),
      await report('/conv/offer', { ...made_up, txn_id: 'f3', offer_id, postback_secret }),
      // Takes nothing back either.
      await report('/conv', { click_id: forged(link_id), event: 'refund', txn_id: 'real' }),
    ];
    const { body } = await sender.call('POST', '/v2/conversions', {
      conversions: [{ ...made_up, txn_id: 'f5' }],
    });
    const pixel = await network.report(`/pixel/${link_id}.gif`, { ...made_up, txn_id: 'f4' });
    expect(pixel?.outcome).toBe('accepted');
    const ids = [...taken, ...body.conversions].map(({ conversion_id, unattributed }) => {
      expect(unattributed).toBe('unknown_click');
      return conversion_id;
    });
    for (const id of ids) {
      const { conversion } = await story(sender, id);
      expect(conversion).toMatchObject({ status: 'unattributed', reason: 'unknown_click' });
    }
    expect(JSON.stringify(await story(sender, ids[0] as string))).toContain(
      'This installation never gave out the click id that was named',
    );
    await untilSeen(
      'the real sale',
      async () => (await story(sender, real.conversion_id)).conversion.status,
      'attributed',
    );
    await untilSeen('its revenue in the report', () => revenueOf(sender), '10.00');
    const { rows } = (await sender.call('GET', '/v2/reports/unattributed')).body;
    expect(JSON.stringify(rows)).toContain('unknown_click');
  });

  it('blocks no report of the same transaction with the right one', async () => {
    const { sender, link_id, click_id } = await ready({ conversion_secret_required: 'never' });
    await report('/conv', { click_id: forged(link_id), revenue: '5', txn_id: 'same' });
    const right = await report('/conv', { click_id, revenue: '5', txn_id: 'same' });
    expect(right.status).toBe('accepted');
    await untilSeen(
      'the right report',
      async () => (await story(sender, right.conversion_id)).conversion.status,
      'attributed',
    );
  });
});

describe('an account that says nothing of secrets', () => {
  it('takes sales by click id without one, and nothing else', async () => {
    const { offer_id, link_id, click_id, postback_secret, conversion_secret } = await ready({
      conversion_secret_required: undefined,
    });
    const refused = { code: 403, error: 'secret_required' };
    expect(await report('/conv', { click_id, txn_id: '1' })).toMatchObject({ code: 200 });
    expect(await report('/conv', { link_id, txn_id: '2' })).toMatchObject(refused);
    expect(await report('/conv', { click_id, txn_id: '1', event: 'refund' })).toMatchObject(refused);
    expect(await report('/conv', { click_id, txn_id: '1', event: 'chargeback' })).toMatchObject(refused);
    const pixel = async (more: Record<string, string>) =>
      (await network.report(`/pixel/${link_id}.gif`, { txn_id: '3', ...more }))?.outcome;
    expect(await pixel({})).toBe('secret_required');
    expect(await pixel({ click_id })).toBe('accepted');
    const refund = { click_id, txn_id: '1', event: 'refund' };
    expect(await report('/conv', { ...refund, secret: conversion_secret })).toMatchObject({ code: 200 });
    const by_offer = { link_id, txn_id: '2', offer_id, postback_secret };
    expect(await report('/conv/offer', by_offer)).toMatchObject({ code: 200 });
  });
});

describe('a signature', () => {
  const signed = (path: string, query: string, secret: string): string =>
    `${path}?${query}&signature=${createHmac('sha256', secret).update(query).digest('hex')}`;

  it('stands for the secret of the offer or account, for exactly the bytes that it signs', async () => {
    const { offer_id, link_id, click_id, postback_secret, conversion_secret } = await ready({
      conversion_secret_required: 'always',
      conversion_signature_required: true,
    });
    const sale = `click_id=${click_id}&revenue=5&txn_id=a%20b`;
    expect(await ask(signed('/conv', sale, conversion_secret))).toMatchObject({ status: 'accepted' });
    expect(await ask(signed('/conv', sale, postback_secret))).toMatchObject({ status: 'duplicate' });
    const by_offer = `offer_id=${offer_id}&link_id=${link_id}&txn_id=2`;
    expect(await ask(signed('/conv/offer', by_offer, postback_secret))).toMatchObject({ code: 200 });

    const wrong = { code: 403, error: 'wrong_signature' };
    const right = signed('/conv', sale, conversion_secret);
    for (const path of [
      signed('/conv', sale, 'another'),
      right.replace('revenue=5', 'revenue=6'),
      right.replace('a%20b', 'a+b'),
      `${right}&source=x`,
      right.slice(0, -1),
      `/conv?${sale}&signature=`,
    ]) {
      expect(await ask(path), path).toMatchObject(wrong);
    }
    // In the clear neither secret will do.
    const unsigned = { code: 403, error: 'signature_required' };
    expect(await report('/conv', { click_id, secret: conversion_secret })).toMatchObject(unsigned);
    expect(await report('/conv/offer', { offer_id, click_id, postback_secret })).toMatchObject(unsigned);
    expect((await network.report(`/pixel/${link_id}.gif`, { click_id }))?.outcome).toBe('signature_required');
  });

  it('ends with its time, where it has one, and is of no body', async () => {
    const { click_id, conversion_secret } = await ready({});
    const at = (time_s: number): string => `click_id=${click_id}&txn_id=t&signed_at=${Math.floor(time_s)}`;
    const now_s = Date.now() / 1_000;
    expect(await ask(signed('/conv', at(now_s), conversion_secret))).toMatchObject({ code: 200 });
    for (const time_s of [now_s - 3_600, now_s + 3_600]) {
      const late = await ask(signed('/conv', at(time_s), conversion_secret));
      expect(late).toMatchObject({ code: 403, error: 'wrong_signature' });
    }
    const answer = await fetch(system.redirect_url + signed('/conv', at(now_s), conversion_secret), {
      method: 'POST',
      body: new URLSearchParams({ revenue: '500' }),
    });
    expect(answer.status).toBe(400);
  });

  it('may be asked for by one offer', async () => {
    const { sender, offer_id, click_id } = await ready({});
    const change = { postback_signature_required: true };
    expect((await sender.call('PATCH', `/v2/offers/${offer_id}`, change)).status).toBe(200);
    await untilSeen(
      'an unsigned report',
      async () => (await report('/conv', { click_id, txn_id: 'u' })).error,
      'signature_required',
    );
  });
});

describe('a rotated secret', () => {
  it('is accepted beside the new one for the time that was chosen, the one before it not', async () => {
    const { sender, offer_id, click_id, postback_secret, conversion_secret } = await ready({});
    const rotate = async (grace_hours: number) =>
      (await sender.call('POST', `/v2/offers/${offer_id}/postback_secret/rotate`, { grace_hours })).body;
    const second = await rotate(1);
    expect(Date.parse(second.previous_secret_ends_at ?? '')).toBeGreaterThan(Date.now() + 3_500_000);
    let n = 0;
    const code = async (secret: string) =>
      (await report('/conv/offer', { offer_id, click_id, postback_secret: secret, txn_id: `r${n++}` })).code;
    await untilSeen('a report with the new secret', () => code(second.postback_secret), 200);
    expect(await code(postback_secret)).toBe(200);
    const third = await rotate(1 / 3_600);
    await untilSeen('a report with the newest secret', () => code(third.postback_secret), 200);
    expect(await code(postback_secret)).toBe(403);
    await untilSeen('a report after the grace', () => code(second.postback_secret), 403);

    const { body } = await sender.call('POST', '/v2/account/conversion_secret/rotate');
    expect(body.conversion_secret).not.toBe(conversion_secret);
    const by_account = async (secret: string) =>
      (await report('/conv', { click_id, secret, event: 'refund', txn_id: `a${n++}` })).code;
    await untilSeen('a report with the new secret', () => by_account(body.conversion_secret), 200);
    expect(await by_account(conversion_secret)).toBe(200);
  });
});

describe('a rotated installation key', () => {
  it('makes new secrets within seconds, beside those of the key before', async () => {
    const { sender, offer_id, link_id, click_id, postback_secret, conversion_secret } = await ready({});
    const path = '/v2/installation_key/rotate';
    expect((await sender.call('POST', path, {})).status).toBe(403);
    const before = (await callApi(system, system.admin_key, 'GET', '/v2/installation_key')).body;
    const rotated = await callApi(system, system.admin_key, 'POST', path, { grace_hours: 1_000 });
    expect(rotated.status).toBe(200);
    expect(rotated.body.keys).toHaveLength(before.keys.length + 1);
    expect(JSON.stringify(rotated.body)).not.toMatch(/[0-9a-f]{64}/);
    const postbacks = async () => (await sender.call('GET', `/v2/offers/${offer_id}/postbacks`)).body;
    await untilSeen(
      'the secret of the key before',
      async () => (await postbacks()).postback_secret === postback_secret,
      false,
    );
    const after = await postbacks();
    const sale = { offer_id, click_id, revenue: '1' };
    let n = 0;
    for (const secret of [postback_secret, after.postback_secret]) {
      const taken = await report('/conv/offer', { ...sale, postback_secret: secret, txn_id: `k${n++}` });
      expect(taken).toMatchObject({ code: 200, status: 'accepted' });
    }
    for (const secret of [conversion_secret, after.conversion_secret]) {
      const taken = await report('/conv', { link_id, secret, txn_id: `k${n++}` });
      expect(taken).toMatchObject({ code: 200, status: 'accepted' });
    }
    // Of the new key, and taken by whichever process is asked.
    const again = clickIdOf((await phones.open(link_id, PHONE)) as never);
    for (let i = 0; i < 4; i++) {
      const taken = await report('/conv', { click_id: again, txn_id: `k${n++}` });
      expect(taken.unattributed).toBeUndefined();
    }
  });
});
