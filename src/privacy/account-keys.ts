/**
 * Which keys and values in Redis are an account's. A key says so itself, by the id of the account or of something that it
 * defined, or else its value does: a record that names its account, a link in one of its placements. What somebody
 * merely wrote into a value, such as another account's id in a destination, says nothing. Pure.
 */
import { CLICKS_LOG, decodeClickRow } from '../clicks/click.ts';
import { CONVERSIONS_LOG, decodeConversionRow } from '../conversions/conversion.ts';
import { linkKey } from '../links/link.ts';
import { type PlacedLink, readAnyLink } from '../links/stored-links.ts';
import type { DeadLetter } from '../log/dead-letters.ts';
import { decodeSend, SENDS_LOG } from '../messages/send.ts';
import { decodeRecord, RECORDS_LOG } from '../records/record.ts';

/**
 * The first id of an account in a key, between what keys are put together with: what follows it is the account's choice.
 * ClickHouse reads it too.
 */
export const ACCOUNT_ID_IN_KEY = '(?:^|[:{"])(acc_[0-9A-Za-z]+)(?:$|[:}",])';
const ACCOUNT_ID = new RegExp(ACCOUNT_ID_IN_KEY);
/** An offer or a campaign, under which caps and choices are kept. */
const ENTITY_ID = /(?:^|[:{])((?:off|cam)_[0-9A-Za-z]+)(?:$|[:}])/;
const LINK_PREFIX = linkKey('');

export interface OfAccount {
  account_id: string;
  /** Ids of its offers and campaigns. */
  entity_ids: ReadonlySet<string>;
  /** Ids of the placements of its links. */
  placement_ids: ReadonlySet<string>;
}

/** Whose a key is, as far as it tells. */
export function ownerOfKey(
  { account_id, entity_ids }: Pick<OfAccount, 'account_id' | 'entity_ids'>,
  key: string,
): 'own' | 'other' | 'unknown' {
  const [, found] = ACCOUNT_ID.exec(key) ?? [];
  if (found !== undefined) return found === account_id ? 'own' : 'other';
  const [, entity_id] = ENTITY_ID.exec(key) ?? [];
  return entity_id !== undefined && entity_ids.has(entity_id) ? 'own' : 'unknown';
}

/** Whether the value of a key that does not tell is the account's. Several lines are of one account. */
export function ownsValue(of: OfAccount, key: string, value: string): boolean {
  if (value === of.account_id) return true;
  const parsed = parse(value.split('\n', 1)[0] ?? '');
  if (typeof parsed !== 'object' || parsed === null) return false;
  if (!Array.isArray(parsed)) return (parsed as { account_id?: unknown }).account_id === of.account_id;
  if (!key.startsWith(LINK_PREFIX)) return parsed[0] === of.account_id;
  return ownsLink(of, { link_id: key.slice(LINK_PREFIX.length), value });
}

/** Whether a link is the account's, whose value its key or its bucket has. */
export function ownsLink(of: OfAccount, { link_id, value }: Pick<PlacedLink, 'link_id' | 'value'>): boolean {
  const { placement } = readAnyLink(link_id, value);
  return typeof placement === 'string'
    ? of.placement_ids.has(placement)
    : placement.account_id === of.account_id;
}

/** Whether a dead letter is the account's. Of a row that can't be decoded nobody can tell: it is left to the operator. */
export function ownsLetter(of: OfAccount, { log, row }: Pick<DeadLetter, 'log' | 'row'>): boolean {
  try {
    return OWNS_ROW[log]?.(of, row) ?? false;
  } catch {
    return false;
  }
}

/** For each log. Each throws where the row can't be decoded. */
const OWNS_ROW: Readonly<Record<string, (of: OfAccount, row: string) => boolean>> = {
  [CLICKS_LOG]({ account_id }, row) {
    const decoded = decodeClickRow(row);
    return (decoded.kind === 'rejudge' ? decoded.request : decoded.click).account_id === account_id;
  },
  [SENDS_LOG]: ({ account_id }, row) => decodeSend(row).account_id === account_id,
  [CONVERSIONS_LOG]({ account_id }, row) {
    const decoded = decodeConversionRow(row);
    return (decoded.kind === 'new' ? decoded.conversion : decoded).account_id === account_id;
  },
  [RECORDS_LOG](of, row) {
    const { key, value } = decodeRecord(row);
    const owner = ownerOfKey(of, key);
    return owner === 'own' || (owner === 'unknown' && value !== null && ownsValue(of, key, value));
  },
};

function parse(text: string): unknown {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
