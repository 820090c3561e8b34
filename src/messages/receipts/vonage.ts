/**
 * Vonage's delivery receipts: of the SMS API (parameters, a form or JSON, with `client-ref`) and of the Messages API
 * (JSON, with `client_ref`). Our message is the reference that the sender gave. Pure.
 */
import { createHash, createHmac } from 'node:crypto';
import { sameText } from '../../platform/same-text.ts';
import {
  type Adapter,
  type ArrivedRequest,
  fieldsOf,
  type Receipt,
  ReceiptError,
  rawText,
  type StatusTable,
  statesOf,
  textOf,
  timeOf,
  withOptOut,
} from './receipt.ts';

/** Source: developer.vonage.com/messaging/sms/guides/delivery-receipts, "DLR status messages". */
const SMS_STATES: StatusTable = {
  // "accepted for delivery, but has not yet been delivered"
  accepted: ['sent'],
  // "buffered for later delivery"
  buffered: ['sent'],
  delivered: ['delivered'],
  // "held at downstream carrier's retry scheme and could not be delivered within the expiry time"
  expired: ['undelivered'],
  failed: ['undelivered'],
  undelivered: ['undelivered'],
  // "Downstream carrier refuses to deliver message"
  rejected: ['undelivered'],
  // "No useful information available"
  unknown: [],
};

/** The same page, "DLR error codes", 9: "The user has specifically requested not to receive messages". */
const NOT_WANTED = '9';

/** Source: developer.vonage.com/en/messages/concepts/sms-status-callbacks. */
const MESSAGES_STATES: StatusTable = {
  // "accepted and routed through SMS API gateways"
  submitted: ['sent'],
  delivered: ['delivered'],
  // Of channels with read receipts.
  read: ['delivered'],
  // "could not be delivered or was rejected by the SMS API or provider"
  rejected: ['undelivered'],
  undeliverable: ['undelivered'],
};

/** How old the time of a signature may be, and how far ahead the clock that wrote it. */
const SIGNED_WITHIN_MS = 10 * 60_000;

export const vonage: Adapter = {
  methods: ['GET', 'POST'],
  read({ query, body }) {
    const values = { ...query, ...fieldsOf(body) };
    const status = textOf(values['status']);
    if (status === '') {
      throw new ReceiptError('a delivery receipt of Vonage has a status: as parameters, a form or JSON');
    }
    // The token of the Messages API signs the body alone.
    const told = fieldsOf(body);
    return [
      told['message_uuid'] === undefined
        ? readSms(values, status)
        : readMessages(told, textOf(told['status'])),
    ];
  },
  isSigned(request, secret, now_ms) {
    const { query, body } = request.payload;
    const values = { ...query, ...fieldsOf(body) };
    return fieldsOf(body)['message_uuid'] === undefined
      ? hasSignedFields(values, secret, now_ms)
      : hasSignedToken(request, secret, now_ms);
  },
};

function readSms(values: Readonly<Record<string, unknown>>, status: string): Receipt {
  const code = textOf(values['err-code']);
  const states = statesOf(SMS_STATES, status);
  return {
    message_id: textOf(values['client-ref']),
    status,
    states: withOptOut(states, code === NOT_WANTED && states?.[0] === 'undelivered'),
    // UTC; scts is in the zone of the carrier.
    at: timeOf(values['message-timestamp']),
    code: code === '0' ? '' : code,
  };
}

function readMessages(values: Readonly<Record<string, unknown>>, status: string): Receipt {
  const error = fieldsOf(values['error']);
  // `https://developer.vonage.com/api-errors/messages#1300`; before version 1 the code stood alone.
  const [, number = ''] = /#(\d+)$/.exec(textOf(error['type'])) ?? [];
  return {
    message_id: textOf(values['client_ref']),
    status,
    states: statesOf(MESSAGES_STATES, status),
    at: timeOf(values['timestamp']),
    code: number || textOf(error['code']) || textOf(error['title']),
  };
}

/**
 * `sig` of the SMS API: an HMAC over the sorted parameters. SHA-256 and SHA-512 are taken, MD5 and SHA-1 are not: the
 * account chooses the method in Vonage's dashboard. Source: developer.vonage.com/en/getting-started/concepts/
 * signing-messages, "Manually generate a signature".
 */
function hasSignedFields(values: Readonly<Record<string, unknown>>, secret: string, now_ms: number): boolean {
  const sig = textOf(values['sig']).toLowerCase();
  const method = sig.length === 64 ? 'sha256' : sig.length === 128 ? 'sha512' : undefined;
  if (method === undefined || !isRecent(Number(textOf(values['timestamp'])), now_ms)) return false;
  return sameText(sig, smsSignature(values, secret, method));
}

/** Exported for tests. */
export function smsSignature(
  values: Readonly<Record<string, unknown>>,
  secret: string,
  method: 'sha256' | 'sha512',
): string {
  const names = Object.keys(values).filter((name) => name !== 'sig');
  const text = names
    .sort()
    .map((name) => `&${name}=${rawText(values[name]).replace(/[&=]/g, '_')}`)
    .join('');
  return createHmac(method, secret).update(text).digest('hex');
}

/**
 * The token of the Messages API: HS256, and a hash of the body. Source: developer.vonage.com/en/getting-started/
 * concepts/webhooks, "Decoding signed webhooks".
 */
function hasSignedToken({ headers, raw_body }: ArrivedRequest, secret: string, now_ms: number): boolean {
  const [, head = '', claims = '', signature = ''] =
    /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(String(headers['authorization'] ?? '')) ?? [];
  const right = createHmac('sha256', secret).update(`${head}.${claims}`).digest('base64url');
  // The key is the account's own and the method is fixed here, whatever the token says of it.
  if (!sameText(signature, right)) return false;
  const { payload_hash, iat } = fieldsOf(JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')));
  const hash = createHash('sha256').update(raw_body).digest('hex');
  return isRecent(Number(iat), now_ms) && sameText(String(payload_hash), hash);
}

const isRecent = (time_s: number, now_ms: number): boolean =>
  Math.abs(now_ms - time_s * 1_000) <= SIGNED_WITHIN_MS;
