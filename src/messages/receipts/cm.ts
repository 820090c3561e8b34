/**
 * CM.com's status reports. Their form is a template that the account chooses: JSON, where one report or several are in
 * `messages.msg`, or parameters of an address that CM calls with GET or POST. Our message is the `reference` that
 * the sender gave. Pure.
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

/**
 * The codes of [STATUS]. Source: CM.com's documentation of status reports of the Business Messaging API; their form:
 * developers.cm.com/messaging/docs/incoming-status-report.
 */
const STATES: StatusTable = {
  // Accepted by the operator.
  '0': ['sent'],
  // Rejected by CM or the operator.
  '1': ['failed'],
  // Delivered.
  '2': ['delivered'],
  // Failed: it was not delivered and will not be.
  '3': ['undelivered'],
  // Read, of channels that tell it.
  '4': ['delivered'],
};

/** A macro of the template that CM has not filled in. */
const UNFILLED = /^\[[A-Z_]+\]$/;

export const cm: Adapter = {
  methods: ['GET', 'POST'],
  read({ query, body }) {
    const messages = fieldsOf(fieldsOf(body)['messages'] ?? fieldsOf(body)['Messages']);
    const reports = listOf(messages['msg'] ?? messages['Msg']);
    if (reports.length > 0) return reports.map(readReport);
    const flat = lowerNames({ ...query, ...fieldsOf(body) });
    if (textOf(flat['status']) === '') {
      throw new ReceiptError(
        'a status report of CM is JSON with messages.msg, or has the parameters reference, status, statusdescription and created',
      );
    }
    return [receiptOf(flat['reference'], flat['status'], flat['statusdescription'], flat['created'])];
  },
};

function readReport(value: unknown): Receipt {
  const report = fieldsOf(value);
  const status = fieldsOf(report['status']);
  return receiptOf(report['reference'], status['code'], status['errorCode'], report['received']);
}

function receiptOf(reference: unknown, given: unknown, error: unknown, created: unknown): Receipt {
  const [message_id, status, code] = [filled(reference), filled(given), filled(error)];
  const failed = status === '1' || status === '3';
  return {
    message_id,
    status,
    states: statesOf(STATES, status),
    at: timeOf(filled(created)),
    code: failed ? code : '',
  };
}

function filled(value: unknown): string {
  const text = textOf(value);
  return UNFILLED.test(text) ? '' : text;
}

const lowerNames = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
