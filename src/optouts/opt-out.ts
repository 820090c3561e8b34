/**
 * What an account knows of a contact who wants no more messages, or wants them again: one record for each contact,
 * found by a keyed fingerprint of the id, so that it holds on after the contact was erased. It is a record like those
 * of the catalog: kept in Redis, logged for ClickHouse, restored from there. Its value is a JSON list with account and
 * contact where a link has them (links/link.ts), so that an erasure changes both in the same way. Pure.
 */
import { fingerprint } from '../privacy/contact-key.ts';

/** Where an opt-out comes from: the API, an event that the sender reported, the link in a message, or a provider. */
export const OPT_OUT_SOURCES = { api: 'api', event: 'event', link: 'optout_link' } as const;

export interface OptOut {
  account_id: string;
  /** Of the event that said it; '' without one. */
  message_id: string;
  /** A pseudonym after an erasure. */
  contact_id: string;
  /** false: the contact has opted in again. */
  opted_out: boolean;
  at_ms: number;
  /** One of OPT_OUT_SOURCES, or the name of the provider. */
  source: string;
}

const PREFIX = 'optout:';

/** Keys of an account share a hash tag: a record and its place in the list are written in one step. */
export const optOutKey = (account_id: string, member: string): string => `${PREFIX}{${account_id}}:${member}`;
/** Sorted set of the members that are opted out, by time. */
export const optOutList = (account_id: string): string => `optouts:{${account_id}}`;

/** The name of a contact in the list. */
export const memberOf = (contact_key: string, account_id: string, contact_id: string): string =>
  fingerprint(contact_key, 'opt_out', account_id, contact_id);

export const isOptOutKey = (key: string): boolean => key.startsWith(PREFIX);
/** The member of a record's key. */
export const memberOfKey = (key: string): string => key.slice(key.lastIndexOf(':') + 1);

/** Positions, from 1, in the JSON list; lua/set-opt-out.lua and the audiences read them too. */
export const OPT_OUT_PART = {
  account_id: 1,
  message_id: 2,
  contact_id: 3,
  opted_out: 4,
  at_ms: 5,
  source: 6,
} as const;

export function encodeOptOut(one: OptOut): string {
  const { account_id, message_id, contact_id, opted_out, at_ms, source } = one;
  return JSON.stringify([account_id, message_id, contact_id, opted_out ? 1 : 0, at_ms, source]);
}

/** Decodes what encodeOptOut wrote. Throws on any other text. */
export function decodeOptOut(text: string): OptOut {
  const parts = JSON.parse(text) as unknown;
  if (!Array.isArray(parts) || parts.length !== Object.keys(OPT_OUT_PART).length)
    throw new Error('malformed opt-out');
  const [account_id, message_id, contact_id, opted_out, at_ms, source] = parts as unknown[];
  if (typeof at_ms !== 'number') throw new Error('malformed opt-out');
  return {
    account_id: String(account_id),
    message_id: String(message_id),
    contact_id: String(contact_id),
    opted_out: opted_out === 1,
    at_ms,
    source: String(source),
  };
}
