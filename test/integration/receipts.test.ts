/** Delivery receipts, posted as each provider does, and what the message's story says of them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { twilioSignature } from '../../src/messages/receipts/twilio.ts';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const AT = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000).toISOString();

let system: System;
let sender: Sender;
let receipts_key: string;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  const key = await sender.call('POST', '/v2/keys', { name: 'Receipts', scopes: ['receipts'] });
  receipts_key = key.body.api_key;
  const offer = await sender.call('POST', '/v2/offers', {
    name: 'O',
    destination_url: 'https://shop.example/',
  });
  const creative = await sender.call('POST', '/v2/creatives', {
    ...{ name: 'C', body: 'Hi {{link1}}' },
    offer_links: [{ key: 'link1', offer_id: offer.body.offer_id }],
  });
  await sender.send(
    ['twilio', 'infobip', 'cm', 'cm-get', 'vonage', 'vonage-get', 'sinch', 'signed'].map((message_id) => ({
      ...{ message_id, contact_id: 'c-1', creative_id: creative.body.creative_id },
    })),
  );
});
afterAll(() => system?.destroy());

const addressOf = (path: string, key = receipts_key): string => {
  const [provider = '', query = ''] = path.split('?');
  return `${system.api_url}/v2/receipts/${provider}/${key}${query === '' ? '' : `?${query}`}`;
};

interface Answer {
  status: number;
  body: { kept?: number; ignored?: number; errors?: { index: number; error: string }[]; error?: string };
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  // Of addresses that nobody else asks from: one that sends wrong keys is told to wait.
  const headers = { 'x-forwarded-for': '198.51.100.250', ...(init.headers as Record<string, string>) };
  const response = await fetch(url, { ...init, headers });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const post = (path: string, body: unknown): Promise<Answer> =>
  ask(addressOf(path), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const postForm = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  ask(url, { method: 'POST', headers, body: new URLSearchParams(fields) });

it('keeps the receipts of every provider, and shows them in the story of their message', async () => {
  const answers = [
    await postForm(addressOf('twilio?message_id=twilio'), {
      ...{ MessageSid: 'SM1', MessageStatus: 'undelivered', ErrorCode: '30003' },
    }),
    await post('infobip', {
      results: [
        {
          ...{ messageId: 'x', callbackData: 'infobip', doneAt: AT.replace('Z', '+0000') },
          status: { groupName: 'DELIVERED', name: 'DELIVERED_TO_HANDSET' },
        },
        { messageId: 'y', status: { groupName: 'PENDING', name: 'PENDING_ENROUTE' } },
        { messageId: 'z', status: { groupName: 'LOST', name: 'LOST_IN_SPACE' } },
      ],
    }),
    await post('cm', {
      messages: { msg: { received: AT, reference: 'cm', status: { code: '3', errorCode: '5' } } },
    }),
    await ask(addressOf(`cm?reference=cm-get&status=2&statusdescription=&created=${AT}`), {}),
    await postForm(addressOf('vonage'), {
      ...{ status: 'failed', 'err-code': '6', 'client-ref': 'vonage', 'message-timestamp': AT },
    }),
    await ask(
      addressOf(`vonage?status=delivered&err-code=0&client-ref=vonage-get&message-timestamp=${AT}`),
      {},
    ),
    await post('sinch', {
      ...{ type: 'recipient_delivery_report_sms', status: 'Cancelled', code: 407 },
      ...{ at: AT, client_reference: 'sinch' },
    }),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(answers[1]?.body).toMatchObject({
    kept: 1,
    ignored: 1,
    errors: [{ index: 2, error: 'unknown_status' }],
  });

  const story = async (message_id: string): Promise<unknown[]> => {
    const { message, events } = await untilSeen(
      `the receipt of ${message_id}`,
      async () => (await sender.call('GET', `/v2/messages/${message_id}`)).body,
      ({ events: seen }) => seen?.length > 0,
    );
    return [message.state, message.code, events[0]?.provider, events[0]?.at === AT];
  };
  expect(await story('twilio')).toEqual(['undelivered', '30003', 'twilio', false]);
  expect(await story('infobip')).toEqual(['delivered', '', 'infobip', true]);
  expect(await story('cm')).toEqual(['undelivered', '5', 'cm', true]);
  expect(await story('cm-get')).toEqual(['delivered', '', 'cm', true]);
  expect(await story('vonage')).toEqual(['undelivered', '6', 'vonage', true]);
  expect(await story('vonage-get')).toEqual(['delivered', '', 'vonage', true]);
  expect(await story('sinch')).toEqual(['cancelled', '', 'sinch', true]);
});

it('refuses what it does not understand, so that nothing is guessed', async () => {
  const nothing = await post('infobip', {
    results: [{ status: { groupName: 'LOST', name: 'X' }, messageId: 'm' }],
  });
  expect([nothing.status, nothing.body.error]).toEqual([400, 'invalid_request']);
  expect((await postForm(addressOf('twilio'), { MessageStatus: 'delivered' })).status).toBe(400);
  expect((await post('sinch', { type: 'mo_text' })).status).toBe(400);
  const xml = { method: 'POST', headers: { 'content-type': 'text/xml' }, body: '<MESSAGES/>' };
  expect((await ask(addressOf('cm'), xml)).status).toBe(415);
  expect((await post('nexmo', {})).status).toBe(404);
  const large = await postForm(addressOf('twilio?message_id=m'), { MessageStatus: 'x'.repeat(1_100_000) });
  expect(large.status).toBe(413);
});

it('takes a key that can report receipts and nothing else, until it is revoked', async () => {
  const form = { MessageStatus: 'sent' };
  const path = 'twilio?message_id=twilio';
  expect((await postForm(addressOf(path, `trk_${'0'.repeat(32)}`), form)).status).toBe(401);
  expect((await postForm(addressOf(path, sender.api_key), form)).status).toBe(403);
  expect((await fetch(addressOf(path), { method: 'HEAD' })).status).toBe(405);
  const made = await sender.call('POST', '/v2/keys', { name: 'Other', scopes: ['receipts'] });
  const address = addressOf(path, made.body.api_key);
  expect((await postForm(address, form)).status).toBe(200);
  expect((await sender.call('GET', '/v2/messages/twilio')).status).toBe(200);
  await sender.call('DELETE', `/v2/keys/${made.body.key_id}`);
  expect((await postForm(address, form)).status).toBe(401);
});

it('checks signatures where the account has set the secret', async () => {
  const secret = '12345678';
  const set = await sender.call('PUT', '/v2/receipts/twilio/secret', { secret });
  expect(set).toMatchObject({ status: 200, body: { provider: 'twilio', signature: 'checked' } });
  expect((await sender.call('PUT', '/v2/receipts/sinch/secret', { secret })).status).toBe(400);
  const listed = await sender.call('GET', '/v2/receipts');
  expect(listed.body.providers.map(({ provider, signature }) => [provider, signature])).toEqual([
    ['twilio', 'checked'],
    ['infobip', 'not_offered'],
    ['cm', 'not_offered'],
    ['vonage', 'not_checked'],
    ['sinch', 'not_offered'],
  ]);
  expect(JSON.stringify(listed.body)).not.toContain(secret);

  const url = addressOf('twilio?message_id=signed');
  const form = { MessageStatus: 'delivered', To: '+15558675310' };
  const signature = twilioSignature(url, { body: form }, secret);
  expect((await postForm(url, form)).status).toBe(403);
  expect((await postForm(url, { ...form, To: '+1' }, { 'x-twilio-signature': signature })).status).toBe(403);
  expect((await postForm(url, form, { 'x-twilio-signature': signature })).status).toBe(200);
  await sender.call('DELETE', '/v2/receipts/twilio/secret');
  expect((await postForm(url, form)).status).toBe(200);
});
