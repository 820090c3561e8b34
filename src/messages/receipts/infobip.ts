/**
 * Infobip's delivery reports: JSON with up to some hundred results. The sender gives our message as `callbackData`, or as
 * the `messageId`, which Infobip takes from the sender. Pure.
 */
import type { EventState } from '../delivery-state.ts';
import {
  type Adapter,
  fieldsOf,
  type Receipt,
  ReceiptError,
  type StatusTable,
  statesOf,
  textOf,
  timeOf,
} from './receipt.ts';

/**
 * By group where all statuses of the group say the same. Source: infobip.com/docs/essentials/api-essentials/
 * response-status-and-error-codes, "General status codes".
 */
const GROUPS: StatusTable = {
  // "The message could not be delivered."
  UNDELIVERABLE: ['undelivered'],
  // "The message expired before delivery was confirmed", on its way in the network.
  EXPIRED: ['undelivered'],
  // "rejected by Infobip or the operator before it could be sent"
  REJECTED: ['failed'],
};

/** By name in the two groups whose statuses say different things. Source: the same page. */
const NAMES: Readonly<Record<string, StatusTable>> = {
  PENDING: {
    // 3: "sent from the platform to the operator's end", the report is awaited.
    PENDING_WAITING_DELIVERY: ['sent'],
    // 7 and 26: it is still with Infobip.
    PENDING_ENROUTE: [],
    PENDING_ACCEPTED: [],
  },
  DELIVERED: {
    // 2: "Reached the operator, not yet the handset."
    DELIVERED_TO_OPERATOR: ['sent'],
    // 5: "The operator reported delivery to the handset."
    DELIVERED_TO_HANDSET: ['delivered'],
  },
};

const NO_ERROR = 'NO_ERROR';

export const infobip: Adapter = {
  methods: ['POST'],
  read({ body }) {
    const { results } = fieldsOf(body);
    if (!Array.isArray(results)) {
      throw new ReceiptError('a delivery report of Infobip is JSON such as {"results": [{"messageId": …}]}');
    }
    return results.map(readResult);
  },
};

function readResult(value: unknown): Receipt {
  const result = fieldsOf(value);
  const status = fieldsOf(result['status']);
  const [group, name] = [textOf(status['groupName']), textOf(status['name'])];
  const names = Object.hasOwn(NAMES, group) ? NAMES[group] : undefined;
  const states: readonly EventState[] | undefined = names ? statesOf(names, name) : statesOf(GROUPS, group);
  const error = textOf(fieldsOf(result['error'])['name']);
  return {
    message_id: textOf(result['callbackData']) || textOf(result['messageId']),
    status: name || group,
    states,
    at: timeOf(result['doneAt']) ?? timeOf(result['sentAt']),
    // Reports of failures that name no error have their reason in the status.
    code: error === NO_ERROR || error === '' ? (statesOf(GROUPS, group) === undefined ? '' : name) : error,
  };
}
