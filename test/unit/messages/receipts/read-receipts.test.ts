/** What becomes of the receipts of a call: kept, ignored or refused, each for itself. */
import { expect, it } from 'vitest';
import { readReceipts } from '../../../../src/messages/receipts/read-receipts.ts';

const NOW_MS = Date.parse('2026-11-29T10:00:00Z');
const result = (
  message_id: string,
  groupName: string,
  name: string,
  doneAt = '2026-11-29T09:30:00.000+0100',
) => ({
  ...{ messageId: message_id, status: { groupName, name }, doneAt },
});
const read = (...results: object[]) =>
  readReceipts('infobip', { query: {}, body: { results } }, 'acc_1', NOW_MS);

it('keeps what a receipt says, with the provider’s time and name', () => {
  expect(read(result('m-1', 'DELIVERED', 'DELIVERED_TO_HANDSET'))).toEqual([
    {
      kind: 'kept',
      events: [
        {
          ...{ account_id: 'acc_1', message_id: 'm-1', state: 'delivered', code: '', provider: 'infobip' },
          ...{ at_ms: Date.parse('2026-11-29T08:30:00Z'), received_at_ms: NOW_MS },
        },
      ],
    },
  ]);
});

it('takes the time of arrival where the provider names none, and two events where a receipt says two things', () => {
  const body = { MessageStatus: 'failed', ErrorCode: '21610' };
  const [told] = readReceipts('twilio', { query: { message_id: 'm-1' }, body }, 'acc_1', NOW_MS);
  expect(told).toMatchObject({
    events: [
      { state: 'failed', at_ms: NOW_MS, code: '21610' },
      { state: 'opted_out', at_ms: NOW_MS, code: '21610' },
    ],
  });
});

it('refuses a status that is not documented, a receipt without a message, and a time that is none', () => {
  const outcomes = read(
    result('m-1', 'DELIVERED', 'DELIVERED_TO_THE_MOON'),
    result('', 'DELIVERED', 'DELIVERED_TO_HANDSET'),
    result('m-1', 'DELIVERED', 'DELIVERED_TO_HANDSET', 'yesterday'),
    result('', 'PENDING', 'PENDING_ENROUTE'),
    result('m-2', 'DELIVERED', 'DELIVERED_TO_HANDSET'),
  );
  expect(outcomes.map((one) => (one.kind === 'refused' ? one.error : one.kind))).toEqual([
    ...['unknown_status', 'no_reference', 'invalid_event', 'ignored', 'kept'],
  ]);
});
