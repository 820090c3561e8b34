/**
 * Which keys and values in Redis are an account's. A key says so itself, by the id of the account or of something that it
 * defined, or else its value does: a record that names its account, a link in one of its placements. What somebody
 * merely wrote into a value, such as another account's id in a destination, says nothing. Pure.
 */
import { linkKey, readStoredLink } from '../links/link.ts';

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
  const { placement } = readStoredLink(key.slice(LINK_PREFIX.length), value);
  return typeof placement === 'string'
    ? of.placement_ids.has(placement)
    : placement.account_id === of.account_id;
}

/** Whether the row of a dead letter is the account's: a field of it names the account, at any depth. */
export function ownsRow(of: OfAccount, row: string): boolean {
  const parsed = parse(row);
  return parsed === undefined ? row.includes(of.account_id) : namesAccount(of, parsed);
}

function namesAccount(of: OfAccount, part: unknown): boolean {
  if (typeof part === 'string') return part === of.account_id;
  if (typeof part !== 'object' || part === null) return false;
  return Object.values(part).some((inner) => namesAccount(of, inner));
}

function parse(text: string): unknown {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
