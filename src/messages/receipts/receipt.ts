/**
 * What the adapters of the providers have in common: how a request of a provider is given to them, and what they make
 * of it. An adapter knows the form of one provider's delivery receipts and which of our states each status stands for;
 * it never guesses one. Pure.
 */
import type { EventState } from '../delivery-state.ts';

/** A request of a provider, decoded. */
export interface Payload {
  /** Of the address: what the sender put there, or the receipt itself where the provider asks with GET. */
  query: Readonly<Record<string, string>>;
  /** The JSON value, or the fields of a form; undefined with GET. */
  body: unknown;
}

/** The same request as it arrived, for its signature. */
export interface ArrivedRequest {
  /** As the provider called it: scheme, host, path and query. */
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Its text; '' with GET. */
  raw_body: string;
  payload: Payload;
}

/** What one receipt says. */
export interface Receipt {
  /** Our message, as the provider echoes it; '' where it does not. */
  message_id: string;
  /** The provider's own word for it. */
  status: string;
  /** What that stands for; undefined: the status is not documented. Empty: it says nothing of our states. */
  states: readonly EventState[] | undefined;
  /** ISO 8601, when it happened as the provider says; undefined: it does not say. */
  at: string | undefined;
  /** The provider's code of an error; '' without one. */
  code: string;
}

/** The form of one provider. */
export interface Adapter {
  methods: readonly ('GET' | 'POST')[];
  /** The receipts of a call, in order. Throws ReceiptError where the call has another form. */
  read(payload: Payload): Receipt[];
  /** Whether whoever has the secret has signed the request. Absent: the provider does not sign its receipts. */
  isSigned?(request: ArrivedRequest, secret: string, now_ms: number): boolean;
}

/** The call is none of this provider; the message says what was expected. */
export class ReceiptError extends Error {
  readonly code = 'invalid_receipt';
}

/** The states of a provider's statuses, as its documentation names them. */
export type StatusTable = Readonly<Record<string, readonly EventState[]>>;

/** Undefined for a status that the table does not have. */
export const statesOf = (table: StatusTable, status: string): readonly EventState[] | undefined =>
  Object.hasOwn(table, status) ? table[status] : undefined;

/** The states with the opt-out beside them, where a code says that the recipient has asked for no messages. */
export function withOptOut(
  states: readonly EventState[] | undefined,
  opted_out: boolean,
): readonly EventState[] | undefined {
  return states === undefined || !opted_out ? states : [...states, 'opted_out'];
}

/** An object with text or other values by name; empty for anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** Text and numbers as text; '' for anything else. */
export function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim() : '';
}

/** As it came, for a signature; '' for what is no text and no number. */
export function rawText(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : '';
}

/** A time as text; undefined where there is none. */
export const timeOf = (value: unknown): string | undefined => textOf(value) || undefined;

/** One value as a list of one. */
export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
