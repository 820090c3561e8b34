/** Vonage's delivery receipts, as its documentation shows them. */
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { smsSignature, vonage } from '../../../../src/messages/receipts/vonage.ts';

/** developer.vonage.com/messaging/sms/guides/delivery-receipts, "This is a typical DLR", with a reference. */
const DLR = {
  'err-code': '0',
  'message-timestamp': '2018-10-25 12:10:29',
  messageId: '0B00000127FDBC63',
  msisdn: '447547232824',
  'network-code': '23410',
  price: '0.03330000',
  scts: '1810251310',
  status: 'delivered',
  to: 'Nexmo CLI',
  'client-ref': 'm-1',
};

/** Form: developer.vonage.com/en/api/messages, the webhook "Message Status". */
const STATUS = {
  message_uuid: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
  to: '447700900000',
  from: '447700900001',
  timestamp: '2020-01-01T14:00:00.000Z',
  status: 'delivered',
  client_ref: 'm-1',
  channel: 'sms',
};

const readSms = (values: object) => vonage.read({ query: {}, body: { ...DLR, ...values } });
const readMessage = (values: object) => vonage.read({ query: {}, body: { ...STATUS, ...values } });

it('reads a receipt of the SMS API, as JSON or as parameters', () => {
  const told = {
    message_id: 'm-1',
    status: 'delivered',
    states: ['delivered'],
    at: '2018-10-25 12:10:29',
    code: '',
  };
  expect(readSms({})).toEqual([told]);
  expect(vonage.read({ query: DLR, body: undefined })).toEqual([told]);
});

it('knows every documented status of the SMS API', () => {
  const statuses = [
    ...['accepted', 'buffered', 'delivered', 'expired', 'failed', 'undelivered', 'rejected', 'unknown'],
    'beamed',
  ];
  expect(Object.fromEntries(statuses.map((status) => [status, readSms({ status })[0]?.states]))).toEqual({
    ...{ accepted: ['sent'], buffered: ['sent'], delivered: ['delivered'], unknown: [], beamed: undefined },
    ...{
      expired: ['undelivered'],
      failed: ['undelivered'],
      undelivered: ['undelivered'],
      rejected: ['undelivered'],
    },
  });
});

it('keeps the code of an error, and takes 9 for an opt-out as well', () => {
  expect(readSms({ status: 'failed', 'err-code': '6' })[0]).toMatchObject({
    states: ['undelivered'],
    code: '6',
  });
  expect(readSms({ status: 'rejected', 'err-code': '9' })[0]).toMatchObject({
    states: ['undelivered', 'opted_out'],
    code: '9',
  });
});

it('reads a status of the Messages API', () => {
  expect(readMessage({})).toEqual([
    {
      message_id: 'm-1',
      status: 'delivered',
      states: ['delivered'],
      at: '2020-01-01T14:00:00.000Z',
      code: '',
    },
  ]);
  const statuses = ['submitted', 'delivered', 'rejected', 'undeliverable', 'read', 'beamed'];
  expect(statuses.map((status) => readMessage({ status })[0]?.states)).toEqual([
    ...[['sent'], ['delivered'], ['undelivered'], ['undelivered'], ['delivered'], undefined],
  ]);
  const error = { type: 'https://developer.vonage.com/api-errors/messages#1300', title: 'Invalid' };
  expect(readMessage({ status: 'rejected', error })[0]?.code).toBe('1300');
});

it('refuses what is no receipt', () => {
  expect(() => vonage.read({ query: {}, body: { text: 'STOP' } })).toThrow('status');
});

describe('signature', () => {
  const now_ms = 1_587_494_962_000;
  const at = (body: object, headers: Record<string, string> = {}, raw_body = '') => ({
    ...{ url: '', headers, raw_body },
    payload: { query: {}, body },
  });
  const isSigned = (request: ReturnType<typeof at>, secret = 'secret'): boolean =>
    vonage.isSigned?.(request, secret, now_ms) === true;

  it('of the SMS API is an HMAC over the sorted parameters', () => {
    const values = { ...DLR, timestamp: String(now_ms / 1_000), nonce: 'a&b=c' };
    for (const method of ['sha256', 'sha512'] as const) {
      const sig = smsSignature(values, 'secret', method);
      expect(isSigned(at({ ...values, sig }))).toBe(true);
      expect(isSigned(at({ ...values, sig: sig.toUpperCase() }))).toBe(true);
      expect(isSigned(at({ ...values, status: 'failed', sig }))).toBe(false);
      expect(isSigned(at({ ...values, sig }), 'another')).toBe(false);
    }
    // By hand: `&name=value` in order, & and = of values as _.
    expect(smsSignature({ b: '2', a: '1&', sig: 'x' }, 'secret', 'sha256')).toBe(
      createHmac('sha256', 'secret').update('&a=1_&b=2').digest('hex'),
    );
    const old = { ...values, timestamp: '1587490000' };
    expect(isSigned(at({ ...old, sig: smsSignature(old, 'secret', 'sha256') }))).toBe(false);
    expect(isSigned(at({ ...values, sig: createHash('md5').update('&').digest('hex') }))).toBe(false);
  });

  it('of the Messages API is a token with a hash of the body', () => {
    const raw = JSON.stringify(STATUS);
    // developer.vonage.com/en/getting-started/concepts/webhooks, "Sample Signed JWT".
    const claims = {
      iat: 1_587_494_962,
      jti: 'c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5',
      iss: 'Vonage',
      payload_hash: createHash('sha256').update(raw).digest('hex'),
      api_key: 'a1b2c3d',
    };
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = (head: object, secret: string): string => {
      const text = `${part(head)}.${part(claims)}`;
      return `Bearer ${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    };
    const head = { alg: 'HS256', typ: 'JWT' };
    expect(isSigned(at(STATUS, { authorization: token(head, 'secret') }, raw))).toBe(true);
    expect(isSigned(at(STATUS, { authorization: token(head, 'other') }, raw))).toBe(false);
    expect(isSigned(at(STATUS, { authorization: token(head, 'secret') }, `${raw} `))).toBe(false);
    expect(
      isSigned(at(STATUS, { authorization: `Bearer ${part({ alg: 'none' })}.${part(claims)}.` }, raw)),
    ).toBe(false);
    expect(isSigned(at(STATUS, {}, raw))).toBe(false);
  });
});
