/** Infobip's delivery reports, as its documentation shows them. */
import { expect, it } from 'vitest';
import { infobip } from '../../../../src/messages/receipts/infobip.ts';

/** Form of a result: infobip.com/docs/api/channels/sms/sms-messaging/logs-and-status-reports. */
const RESULT = {
  bulkId: 'BULK-ID-123-xyz',
  messageId: 'MESSAGE-ID-123-xyz',
  to: '41793026727',
  sentAt: '2019-11-09T16:00:00.000+0000',
  doneAt: '2019-11-09T16:00:00.000+0000',
  smsCount: 1,
  price: { pricePerMessage: 0.01, currency: 'EUR' },
  callbackData: 'm-1',
  status: {
    groupId: 3,
    groupName: 'DELIVERED',
    id: 5,
    name: 'DELIVERED_TO_HANDSET',
    description: 'Message delivered to handset',
  },
  error: {
    groupId: 0,
    groupName: 'Ok',
    id: 0,
    name: 'NO_ERROR',
    description: 'No Error',
    permanent: false,
  },
};

const read = (...results: object[]) =>
  infobip.read({ query: {}, body: { results: results.map((one) => ({ ...RESULT, ...one })) } });

const withStatus = (groupName: string, name: string) => ({ status: { ...RESULT.status, groupName, name } });

it('reads every result of a call, by callbackData or the message’s id', () => {
  expect(read({}, { callbackData: undefined, messageId: 'm-2' })).toEqual([
    {
      ...{ message_id: 'm-1', status: 'DELIVERED_TO_HANDSET', states: ['delivered'], code: '' },
      at: '2019-11-09T16:00:00.000+0000',
    },
    expect.objectContaining({ message_id: 'm-2' }),
  ]);
  expect(read()).toEqual([]);
});

it('knows every documented status', () => {
  // infobip.com/docs/essentials/api-essentials/response-status-and-error-codes, "General status codes".
  const states = [
    ['PENDING', 'PENDING_WAITING_DELIVERY', ['sent']],
    ['PENDING', 'PENDING_ENROUTE', []],
    ['PENDING', 'PENDING_ACCEPTED', []],
    ['DELIVERED', 'DELIVERED_TO_OPERATOR', ['sent']],
    ['DELIVERED', 'DELIVERED_TO_HANDSET', ['delivered']],
    ['UNDELIVERABLE', 'UNDELIVERABLE_REJECTED_OPERATOR', ['undelivered']],
    ['UNDELIVERABLE', 'UNDELIVERABLE_NOT_DELIVERED', ['undelivered']],
    ['EXPIRED', 'EXPIRED_EXPIRED', ['undelivered']],
    ['EXPIRED', 'EXPIRED_DLR_UNKNOWN', ['undelivered']],
    ['REJECTED', 'REJECTED_NETWORK', ['failed']],
    ['REJECTED', 'REJECTED_NOT_ENOUGH_CREDITS', ['failed']],
    ['REJECTED', 'REJECTED_DESTINATION_NOT_REGISTERED', ['failed']],
    ['DELIVERED', 'DELIVERED_TO_THE_MOON', undefined],
    ['ELSEWHERE', 'ELSEWHERE_LOST', undefined],
  ] as const;
  const told = read(...states.map(([group, name]) => withStatus(group, name)));
  expect(told.map((one) => one.states)).toEqual(states.map(([, , wanted]) => wanted));
});

it('keeps the name of the error, else that of the status', () => {
  const error = { ...RESULT.error, id: 27, groupName: 'HANDSET_ERRORS', name: 'EC_ABSENT_SUBSCRIBER' };
  const undelivered = withStatus('UNDELIVERABLE', 'UNDELIVERABLE_NOT_DELIVERED');
  const told = read({ ...undelivered, error }, undelivered);
  expect(told.map(({ code }) => code)).toEqual(['EC_ABSENT_SUBSCRIBER', 'UNDELIVERABLE_NOT_DELIVERED']);
});

it('refuses what is no report', () => {
  expect(() => infobip.read({ query: {}, body: { messages: [] } })).toThrow('"results"');
});
