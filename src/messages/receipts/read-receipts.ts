/**
 * Makes events of a call with receipts. Each receipt is kept, ignored with a reason, or refused with one: what a status
 * stands for is in the provider's table and never guessed. Pure.
 */
import type { MessageEvent } from '../event-fields.ts';
import { EventError, parseEvent } from '../receive-events.ts';
import { adapterOf, type Provider } from './providers.ts';
import type { Payload, Receipt } from './receipt.ts';

/** Receipts of one call; the provider with the largest batches (Infobip) sends 100, or what the account asks for. */
export const RECEIPTS_MAX = 10_000;

export const RECEIPT_ERRORS = ['no_reference', 'unknown_status', 'invalid_event'] as const;
export type ReceiptErrorCode = (typeof RECEIPT_ERRORS)[number];

export type ReceiptOutcome =
  | { kind: 'kept'; events: MessageEvent[] }
  /** The status is documented and says nothing of our states. */
  | { kind: 'ignored'; status: string }
  | { kind: 'refused'; error: ReceiptErrorCode; message: string };

/** What becomes of each receipt of a call, in order. Throws ReceiptError where the call is none of the provider. */
export function readReceipts(
  provider: Provider,
  payload: Payload,
  account_id: string,
  now_ms: number,
): ReceiptOutcome[] {
  const receipts = adapterOf(provider).read(payload);
  return receipts.map((receipt) => outcomeOf(receipt, { provider, account_id, now_ms }));
}

function outcomeOf(
  { message_id, status, states, at, code }: Receipt,
  { provider, account_id, now_ms }: { provider: Provider; account_id: string; now_ms: number },
): ReceiptOutcome {
  if (states === undefined) {
    const shown = JSON.stringify(status.slice(0, 60));
    return refused('unknown_status', `${provider} documents no status ${shown}: the receipt was not kept`);
  }
  if (states.length === 0) return { kind: 'ignored', status };
  if (message_id === '') {
    return refused(
      'no_reference',
      'the receipt does not name your message: give message_id to the provider when you send, see the guide on receipts',
    );
  }
  try {
    const events = states.map((state): MessageEvent => {
      const told = { message_id, state, at: at ?? new Date(now_ms).toISOString(), code };
      return { ...parseEvent(told, account_id, now_ms).event, provider };
    });
    return { kind: 'kept', events };
  } catch (error) {
    if (error instanceof EventError) return refused('invalid_event', error.message);
    throw error;
  }
}

const refused = (error: ReceiptErrorCode, message: string): ReceiptOutcome => ({
  kind: 'refused',
  error,
  message,
});
