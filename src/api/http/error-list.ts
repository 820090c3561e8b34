/**
 * The error codes of single messages and conversions in a batch, and all codes as a table for the OpenAPI document's
 * description. A new code does not compile until it is explained here.
 */
import { WARNINGS } from '../../catalog/warnings.ts';
import type { ConversionErrorCode } from '../../conversions/receive/conversion-error.ts';
import type { MessageErrorCode } from '../../messages/message.ts';
import type { ReceiptErrorCode } from '../../messages/receipts/read-receipts.ts';
import type { EventErrorCode } from '../../messages/receive-events.ts';
import { ERRORS } from './errors.ts';
import { WARNINGS_MAX } from './warnings.ts';

export const MESSAGE_ERRORS: Record<MessageErrorCode, string> = {
  invalid_json: 'This line is not JSON. Write one message a line.',
  invalid_message: 'A property is missing, unknown or wrong: `message` names it.',
  line_too_long: 'A line may have at most 64 kB.',
  unknown_creative: 'There is no such creative in this account.',
  unknown_campaign: 'There is no such campaign in this account.',
  unknown_variant: 'The campaign has no such variant, or another creative in it.',
  unknown_offer: 'An offer of the creative no longer exists.',
  archived: 'A creative, campaign or offer that it names is archived: use another one.',
  taken_down: 'The operator has taken an offer of the creative down: use another one, or ask them.',
  unknown_domain: 'The domain that it names is not one of the account, or not in use.',
  missing_field: 'The creative has a placeholder without a value in `fields`.',
  opted_out:
    'The contact is on the opt-out list, and the account refuses messages for those (`refuse_opted_out`). Nothing was created.',
  message_conflict: 'This `message_id` already belongs to a different message: use a new one.',
  warned:
    'The account or the request is strict: `message` is the first of its `warnings`. Nothing was created.',
  unavailable: 'The message could not be stored: repeat it with the same `message_id`.',
};

export const EVENT_ERRORS: Record<EventErrorCode, string> = {
  invalid_json: 'This line is not JSON. Write one event a line.',
  invalid_event: 'A property is missing, unknown or wrong: `message` names it.',
  line_too_long: 'A line may have at most 64 kB.',
  warned: 'The account or the request is strict: see `warnings`. The event was not recorded.',
  unavailable: 'The event could not be stored: send it again. A repeated event changes nothing.',
};

export const RECEIPT_ERRORS: Record<ReceiptErrorCode, string> = {
  no_reference: 'The receipt names none of your messages: give `message_id` to the provider when you send.',
  unknown_status: 'The provider documents no such status, so nobody can say what it stands for.',
  invalid_event: 'Its reference, time or code can’t be kept: `message` says why.',
};

export const CONVERSION_ERRORS: Record<ConversionErrorCode, string> = {
  invalid_json: 'This line is not JSON. Write one conversion a line.',
  invalid_conversion: 'A property is missing, unknown or wrong: `message` names it.',
  line_too_long: 'A line may have at most 64 kB.',
  secret_required:
    'The account wants a secret for such a report, as for refunds and reports by link id: see `GET /v2/offers/{id}/postbacks`.',
  wrong_secret: 'The secret is wrong or was replaced: copy the postback URL again.',
  signature_required: 'The account or the offer accepts only signed postbacks: add `signature`.',
  wrong_signature:
    'The signature is not of these bytes, made with another secret, too old, or not the last parameter.',
  address_not_allowed:
    'The account accepts postbacks only from listed addresses: see `conversion_addresses`.',
  account_suspended: 'The operator has suspended the account: it takes no conversions.',
  unknown_click: 'There is no such click: check the macro that the network fills in.',
  unknown_link: 'There is no such link: check the macro that the network fills in.',
  unknown_offer: 'There is no such offer in this account.',
  method_not_allowed: 'On the public listener, a conversion is reported by GET or POST.',
  too_large: 'A body may have at most 16 kB.',
  unsupported_media_type: 'Send the body without `Content-Encoding`.',
  too_many_unknown:
    'On the public listener: the id or the secret is wrong, as many from this address were. Right reports are taken.',
  warned: 'The account or the request is strict: see `warnings`. The conversion was not recorded.',
  unavailable: 'The conversion could not be logged: repeat it. With a `txn_id` it counts once.',
};

const row = (...cells: (string | number)[]): string => `| ${cells.join(' | ')} |`;

const WARNINGS_TEXT = `What is accepted although it is probably a mistake is answered beside the result, as \`warnings: [{"code", "message", "field"?}]\` (at most ${WARNINGS_MAX.toLocaleString('en')} in one answer, then \`warnings_left_out\`). Where the account is \`strict\`, or the request says \`?strict=true\`, they are errors (\`warned\`), and nothing is created.`;

/** Markdown. */
export function errorsText(): string {
  const list = (codes: Record<string, string>): string[] =>
    Object.entries(codes).map(([code, means]) => row(`\`${code}\``, means));
  return [
    'Errors are `{"error": "<code>", "message": "<what to do>", "field"?}`; codes are stable, messages are for people. `field` names what in the request is wrong, such as `payout` or `variants.0.percent`.',
    '',
    row('error', 'status', 'what to do'),
    row('---', '---', '---'),
    ...Object.entries(ERRORS).map(([code, { status, means }]) => row(`\`${code}\``, status, means)),
    '',
    'In a batch, each message, event or conversion fails independently, with `{"index", "error", "message"}`:',
    '',
    row('error of a message', 'what to do'),
    row('---', '---'),
    ...list(MESSAGE_ERRORS),
    '',
    row('error of a message event', 'what to do'),
    row('---', '---'),
    ...list(EVENT_ERRORS),
    '',
    row('error of a receipt', 'what to do'),
    row('---', '---'),
    ...list(RECEIPT_ERRORS),
    '',
    row('error of a conversion', 'what to do'),
    row('---', '---'),
    ...list(CONVERSION_ERRORS),
    '',
    WARNINGS_TEXT,
    '',
    row('warning', 'what it means'),
    row('---', '---'),
    ...list(WARNINGS),
  ].join('\n');
}
