/** Sinch's delivery reports, as its documentation shows them. */
import { expect, it } from 'vitest';
import { sinch } from '../../../../src/messages/receipts/sinch.ts';

/** Form: developers.sinch.com/docs/sms/api-reference/sms/webhooks, the report of a recipient. */
const REPORT = {
  type: 'recipient_delivery_report_sms',
  batch_id: '01FC66621XXXXX119Z8PMV1QPQ',
  recipient: '+44231235674',
  code: 0,
  status: 'Delivered',
  at: '2022-08-30T08:16:08.930Z',
  operator_status_at: '2022-08-30T08:16:00Z',
  client_reference: 'm-1',
};

const read = (report: object) => sinch.read({ query: {}, body: { ...REPORT, ...report } });

it('reads the report of a recipient, with the time of the operator', () => {
  const told = { message_id: 'm-1', status: 'Delivered', states: ['delivered'], code: '' };
  expect(read({})).toEqual([{ ...told, at: '2022-08-30T08:16:00Z' }]);
  expect(read({ operator_status_at: undefined })).toEqual([{ ...told, at: '2022-08-30T08:16:08.930Z' }]);
  expect(read({ client_reference: undefined })[0]?.message_id).toBe('');
});

it('knows every documented status', () => {
  // developers.sinch.com/docs/sms/api-reference/sms/tag/Delivery-reports, "Delivery report statuses".
  const statuses = [
    ...['Queued', 'Dispatched', 'Aborted', 'Cancelled', 'Rejected', 'Deleted', 'Delivered', 'Failed'],
    ...['Expired', 'Unknown', 'Vanished'],
  ];
  expect(Object.fromEntries(statuses.map((status) => [status, read({ status })[0]?.states]))).toEqual({
    ...{ Queued: [], Unknown: [], Vanished: undefined },
    ...{ Dispatched: ['sent'], Aborted: ['failed'], Cancelled: ['cancelled'], Delivered: ['delivered'] },
    ...{
      Rejected: ['undelivered'],
      Deleted: ['undelivered'],
      Failed: ['undelivered'],
      Expired: ['undelivered'],
    },
  });
});

it('keeps the code of what failed, and none of what did not', () => {
  expect(read({ status: 'Failed', code: 402 })[0]?.code).toBe('402');
  expect(read({ status: 'Dispatched', code: 401 })[0]?.code).toBe('');
});

it('reads the report of a batch of one message, and refuses that of many', () => {
  const batch = (statuses: object[], total_message_count: number) =>
    sinch.read({
      query: {},
      body: {
        ...{
          type: 'delivery_report_sms',
          batch_id: '01FC66621XXXXX119Z8PMV1QPQ',
          total_message_count,
          statuses,
        },
        client_reference: 'm-1',
      },
    });
  const failed = { code: 408, status: 'Rejected', count: 1, recipients: ['44231235674'] };
  expect(batch([failed], 1)).toEqual([
    { message_id: 'm-1', status: 'Rejected', states: ['undelivered'], at: undefined, code: '408' },
  ]);
  expect(() => batch([failed, { ...failed, code: 0, status: 'Delivered' }], 2)).toThrow(
    'one message a batch',
  );
});

it('refuses what is no report', () => {
  expect(() => read({ type: 'mo_text' })).toThrow('recipient_delivery_report_sms');
});
