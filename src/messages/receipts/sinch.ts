/**
 * Sinch's delivery reports: JSON, of one recipient (`recipient_delivery_report_sms`) or of a batch
 * (`delivery_report_sms`). Our message is the batch's `client_reference`, so a batch has to be of one message. Pure.
 */
import {
  type Adapter,
  fieldsOf,
  listOf,
  type Receipt,
  ReceiptError,
  type StatusTable,
  statesOf,
  textOf,
  timeOf,
} from './receipt.ts';

/** Source: developers.sinch.com/docs/sms/api-reference/sms/tag/Delivery-reports, "Delivery report statuses". */
const STATES: StatusTable = {
  // "queued within REST API system"
  Queued: [],
  // "dispatched and accepted for delivery by the SMSC"
  Dispatched: ['sent'],
  // "aborted before reaching the SMSC"
  Aborted: ['failed'],
  // "cancelled by user before reaching SMSC"
  Cancelled: ['cancelled'],
  // "rejected by the SMSC"
  Rejected: ['undelivered'],
  // "deleted by a remote SMSC"; it may be an invalid number or an opt-out, so it is no opt-out here.
  Deleted: ['undelivered'],
  Delivered: ['delivered'],
  // "failed to be delivered"
  Failed: ['undelivered'],
  // It expired before it was delivered.
  Expired: ['undelivered'],
  // Nothing is known of it.
  Unknown: [],
};

const RECIPIENT = /^recipient_delivery_report_(?:sms|mms)$/;
const BATCH = /^delivery_report_(?:sms|mms)$/;

export const sinch: Adapter = {
  methods: ['POST'],
  read({ body }) {
    const report = fieldsOf(body);
    const type = textOf(report['type']);
    if (RECIPIENT.test(type)) {
      // When the operator said so, else when Sinch made the report.
      const at = timeOf(report['operator_status_at']) ?? timeOf(report['at']);
      return [receiptOf(report, report, at)];
    }
    if (!BATCH.test(type)) {
      throw new ReceiptError(
        'a delivery report of Sinch is JSON whose type is recipient_delivery_report_sms',
      );
    }
    const statuses = listOf(report['statuses']);
    if (report['total_message_count'] !== 1 || statuses.length !== 1) {
      throw new ReceiptError(
        'a report of a batch of several messages tells of none of them: send one message a batch, with delivery_report per_recipient',
      );
    }
    return [receiptOf(report, fieldsOf(statuses[0]), undefined)];
  },
};

function receiptOf(
  { client_reference }: Readonly<Record<string, unknown>>,
  told: Readonly<Record<string, unknown>>,
  at: string | undefined,
): Receipt {
  const status = textOf(told['status']);
  const code = textOf(told['code']);
  const states = statesOf(STATES, status);
  // 0 is delivered, 400 queued and 401 dispatched: no errors.
  const failed = states?.some((state) => state === 'undelivered' || state === 'failed');
  return { message_id: textOf(client_reference), status, states, at, code: failed ? code : '' };
}
