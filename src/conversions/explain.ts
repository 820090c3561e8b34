/** Explains in one sentence what happened to a conversion. Pure. */
import type { Reason } from './conversion.ts';

const REASONS: Record<Reason, string> = {
  missing_id: 'The report named no click, link or message.',
  unknown_link: 'There is no such link: it never existed here, or has expired.',
  unknown_message: 'There is no such message in this account.',
  unknown_coupon: 'No offer of this account has this coupon code; it is credited once one has.',
  wrong_offer: 'The click, link, message or coupon that was named is of another offer.',
  unreadable_amount:
    'Its revenue is missing or not a number: check the macro in the postback, and report it again.',
  unreadable_value: 'One of its values can’t be read: check the macros in the postback, and report it again.',
  test: 'The click, link or message that was named is a test: nothing of it counts.',
  unknown_click: 'The click that was named is not known here; it is credited if it arrives.',
  bot_click: 'Only bots have opened the link so far; it is credited once a person does.',
  no_click: 'Nobody has opened the link yet; it is credited once a person does.',
  too_early: 'It happened before the click, or sooner after it than the offer allows.',
  outside_window: 'It happened later after the click than the offer’s window.',
  unknown_transaction:
    'The transaction that it takes back is not known here; it is taken back if it arrives.',
  unattributed_transaction: 'The transaction that it takes back is itself credited to nothing.',
  other_currency: 'The transaction that it takes back is in another currency.',
  over_cap: 'A cap of the offer was reached: it is kept, and earns nothing.',
  nothing_left: 'Everything of the transaction has been taken back already.',
};

/** What was wrong with the report: see `problem` in conversion.ts. */
export function explainProblem(problem: string): string {
  if (problem === '') return '';
  return problem
    .split('; ')
    .map((one) => (/^\w+=\S/.test(one) ? ` The network did not fill in ${one}.` : ` The parameter ${one}.`))
    .join('');
}

/** `status`, `reason` and `model` as the money ledger stores them. */
export function explain(
  status: string,
  reason: string,
  by: 'click' | 'message' | 'offer' | 'none',
  model = '',
): string {
  if (status === 'duplicate') {
    return `It repeats ${reason.replace('duplicate_of:', '')}, which counts; this one counts nothing.`;
  }
  if (status === 'replaced') {
    return `${reason.replace('replaced_by:', '')} took its place, as the offer's duplicates setting says.`;
  }
  if (status === 'voided') {
    return `${reason.replace('voided_by:', '')} took it back with its payout: it counts nothing.`;
  }
  if (status === 'view_through') {
    return 'Nobody tapped: it is credited to the last message with the offer that was delivered to the contact before it, in columns of its own.';
  }
  if (status === 'unattributed' && reason === 'unknown_click' && by === 'none') {
    return 'This installation never gave out the click id that was named: check the macro in the postback.';
  }
  if (status === 'unattributed') return REASONS[reason as Reason] ?? reason;
  const credited = {
    click:
      model === 'last_click'
        ? 'It is credited to the last human click of the contact on the offer before it.'
        : "It is credited to the first human click of the contact on the message's offer.",
    message: 'It is credited to the latest message with the offer that the contact had been sent.',
    offer: 'It is credited to the offer alone: the coupon names no contact.',
    none: 'It takes back what its transaction had, where that was credited.',
  }[by];
  return reason === 'limited' ? `${credited} Less was left of the transaction than it names.` : credited;
}
