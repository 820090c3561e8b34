/** CM.com's status reports: developers.cm.com/messaging/docs/incoming-status-report, with its macros filled in. */
import { expect, it } from 'vitest';
import { cm } from '../../../../src/messages/receipts/cm.ts';

const MSG = {
  received: '2026-01-31T12:00:00',
  to: '0031612345678',
  reference: 'm-1',
  status: { code: '2', errorCode: '', errorDescription: 'Delivered' },
  operator: '20416',
};

const read = (msg: unknown) => cm.read({ query: {}, body: { messages: { msg } } });

it('reads one report or several', () => {
  const told = { message_id: 'm-1', status: '2', states: ['delivered'], at: '2026-01-31T12:00:00', code: '' };
  expect(read(MSG)).toEqual([told]);
  expect(read([MSG, { ...MSG, reference: 'm-2' }])).toEqual([told, { ...told, message_id: 'm-2' }]);
});

it('reads the parameters of a GET, whatever their case', () => {
  const query = {
    ...{ REFERENCE: 'm-1', status: '3', STATUSDESCRIPTION: '5', created: '2026-01-31T12:00:00' },
    gsm: '0031612345678',
  };
  expect(cm.read({ query, body: undefined })).toEqual([
    { message_id: 'm-1', status: '3', states: ['undelivered'], at: '2026-01-31T12:00:00', code: '5' },
  ]);
});

it('knows every documented status', () => {
  const states = ['0', '1', '2', '3', '4', '9'].map((code) => read({ ...MSG, status: { code } })[0]?.states);
  expect(states).toEqual([['sent'], ['failed'], ['delivered'], ['undelivered'], ['delivered'], undefined]);
});

it('takes a number as a code, and a macro that was not filled in as none', () => {
  const [told] = read({ ...MSG, reference: '[REFERENCE]', status: { code: 1, errorCode: 8 } });
  expect(told).toMatchObject({ message_id: '', status: '1', states: ['failed'], code: '8' });
});

it('refuses what is no report', () => {
  expect(() => cm.read({ query: { message_id: 'm-1' }, body: {} })).toThrow('status report');
});
