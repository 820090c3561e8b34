/**
 * Twilio's status callbacks: a form for each change of a message's status. Twilio echoes nothing of the sender's, so the
 * address that is given as StatusCallback carries our message: `…?message_id=order-17`. A callback names no time, so
 * it happened when it arrived. Pure.
 */
import { createHmac } from 'node:crypto';
import { sameText } from '../../platform/same-text.ts';
import {
  type Adapter,
  type ArrivedRequest,
  fieldsOf,
  ReceiptError,
  rawText,
  type StatusTable,
  statesOf,
  textOf,
  withOptOut,
} from './receipt.ts';

/** Source: twilio.com/docs/messaging/api/message-resource, "Message Status Values". */
const STATES: StatusTable = {
  // Nothing has left Twilio.
  accepted: [],
  scheduled: [],
  queued: [],
  sending: [],
  // The nearest carrier upstream has accepted it.
  sent: ['sent'],
  // The carrier upstream has confirmed it, and where it can the handset.
  delivered: ['delivered'],
  // A receipt says that it was not delivered, for example because a carrier filters it or the phone is away.
  undelivered: ['undelivered'],
  // It could not be sent.
  failed: ['failed'],
  // A scheduled message that was canceled before it was sent.
  canceled: ['cancelled'],
  // Delivered and opened, of channels with read receipts.
  read: ['delivered'],
  // Of several recipients.
  partially_delivered: [],
  // Of inbound messages.
  receiving: [],
  received: [],
};

/** Source: twilio.com/docs/api/errors/21610, the recipient has unsubscribed. */
const UNSUBSCRIBED = '21610';

export const twilio: Adapter = {
  methods: ['POST'],
  read({ query, body }) {
    const form = fieldsOf(body);
    // SmsStatus has the same value, for applications that are older than MessageStatus.
    const status = textOf(form['MessageStatus'] ?? form['SmsStatus']);
    if (status === '') throw new ReceiptError('a status callback of Twilio is a form with MessageStatus');
    const code = textOf(form['ErrorCode']);
    return [
      {
        message_id: query['message_id'] ?? '',
        status,
        states: withOptOut(statesOf(STATES, status), code === UNSUBSCRIBED),
        at: undefined,
        code: code === '0' ? '' : code,
      },
    ];
  },
  isSigned: ({ url, headers, payload }, auth_token) =>
    sameText(String(headers['x-twilio-signature'] ?? ''), twilioSignature(url, payload, auth_token)),
};

/**
 * HMAC-SHA1 over the address and the form's fields, sorted, without separators, in base64. Source:
 * twilio.com/docs/usage/security, "Validating requests are coming from Twilio".
 */
export function twilioSignature(
  url: string,
  { body }: Pick<ArrivedRequest['payload'], 'body'>,
  auth_token: string,
): string {
  const fields = Object.entries(fieldsOf(body)).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = url + fields.map(([name, value]) => name + rawText(value)).join('');
  return createHmac('sha1', auth_token).update(text).digest('base64');
}
