/** Twilio's status callbacks, as its documentation shows them. */
import { describe, expect, it } from 'vitest';
import { twilio, twilioSignature } from '../../../../src/messages/receipts/twilio.ts';

/** Form of a callback: twilio.com/docs/messaging/guides/track-outbound-message-status. */
const CALLBACK =
  'SmsSid=SM1320162ba9d14298b1e6f1a7c5ae5d8a&SmsStatus=delivered&MessageStatus=delivered&To=%2B15558675310&MessageSid=SM1320162ba9d14298b1e6f1a7c5ae5d8a&AccountSid=AC0123456789abcdef0123456789abcdef&From=%2B15017122661&ApiVersion=2010-04-01';

const read = (fields: Record<string, string>, query: Record<string, string> = { message_id: 'm-1' }) =>
  twilio.read({ query, body: { ...Object.fromEntries(new URLSearchParams(CALLBACK)), ...fields } });

it('reads a callback, whose message is in the address', () => {
  expect(read({})).toEqual([
    { message_id: 'm-1', status: 'delivered', states: ['delivered'], at: undefined, code: '' },
  ]);
  expect(read({}, {})[0]?.message_id).toBe('');
});

it('knows every documented status', () => {
  // twilio.com/docs/messaging/api/message-resource, "Message Status Values".
  const states = Object.fromEntries(
    [
      ...['accepted', 'scheduled', 'canceled', 'queued', 'sending', 'sent', 'failed', 'delivered'],
      ...['undelivered', 'receiving', 'received', 'read', 'teleported'],
    ].map((status) => [status, read({ MessageStatus: status })[0]?.states]),
  );
  expect(states).toEqual({
    ...{ accepted: [], scheduled: [], queued: [], sending: [], receiving: [], received: [] },
    ...{ sent: ['sent'], delivered: ['delivered'], read: ['delivered'] },
    ...{ undelivered: ['undelivered'], failed: ['failed'], canceled: ['cancelled'], teleported: undefined },
  });
});

it('keeps the code of an error, and takes 21610 for an opt-out as well', () => {
  // twilio.com/docs/api/errors/30003 and 21610.
  expect(read({ MessageStatus: 'undelivered', ErrorCode: '30003' })[0]).toMatchObject({ code: '30003' });
  expect(read({ MessageStatus: 'failed', ErrorCode: '21610' })[0]).toMatchObject({
    states: ['failed', 'opted_out'],
    code: '21610',
  });
});

it('refuses what is no callback', () => {
  expect(() => twilio.read({ query: {}, body: { results: [] } })).toThrow('MessageStatus');
});

describe('signature', () => {
  // twilio.com/docs/usage/security, the worked example.
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
  const body = {
    ...{ CallSid: 'CA1234567890ABCDE', Caller: '+14158675309', Digits: '1234' },
    ...{ From: '+14158675309', To: '+18005551212' },
  };
  const signature = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';
  const request = (given: string | undefined, fields = body) => ({
    url,
    headers: { 'x-twilio-signature': given },
    raw_body: '',
    payload: { query: {}, body: fields },
  });

  it('is that of the documentation', () => {
    expect(twilioSignature(url, { body }, '12345')).toBe(signature);
  });

  it('holds for what was signed with the secret, and for nothing else', () => {
    const isSigned = (given: string | undefined, secret = '12345', fields = body): boolean =>
      twilio.isSigned?.(request(given, fields), secret, 0) === true;
    expect(isSigned(signature)).toBe(true);
    expect([isSigned(undefined), isSigned('FAIL'), isSigned(signature, '54321')]).toEqual([
      false,
      false,
      false,
    ]);
    expect(isSigned(signature, '12345', { ...body, Digits: '9999' })).toBe(false);
  });
});
