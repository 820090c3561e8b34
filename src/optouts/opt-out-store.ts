/**
 * The opt-outs of an account in Redis: set, read, listed, and looked for among the contacts of a send. With Redis down
 * every call rejects and may be repeated.
 */
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { isPseudonym } from '../privacy/pseudonym.ts';
import { recordChanges } from '../records/record-changes.ts';
import { decodeOptOut, encodeOptOut, memberOf, type OptOut, optOutKey, optOutList } from './opt-out.ts';

const SET = loadScript(new URL('./lua/set-opt-out.lua', import.meta.url));
/** The script's answer to what is older than what is there. */
const OLDER = 0;

export interface OptOutGround {
  redis: RedisClient;
  /** The key of fingerprints of contacts. */
  contact_key: string;
}

/**
 * Writes it and logs it for ClickHouse; the first opt-out since the contact last opted in holds, and one that is older
 * than that changes nothing. A message without a contact, or of one who was erased, leads to nobody. Safe to repeat.
 */
export async function setOptOut({ redis, contact_key }: OptOutGround, one: OptOut): Promise<void> {
  const { account_id, contact_id, opted_out, at_ms } = one;
  if (contact_id === '' || isPseudonym(contact_id)) return;
  const member = memberOf(contact_key, account_id, contact_id);
  const key = optOutKey(account_id, member);
  const keys = [key, optOutList(account_id)];
  const written = await SET.run(redis, keys, [encodeOptOut(one), opted_out ? 1 : 0, at_ms, member]);
  // Again where it is so already: an earlier call may have ended before it was logged.
  if (written !== OLDER) await recordChanges(redis, [key]);
}

/** Undefined where nothing is known; `opted_out` false where the contact has opted in again. */
export async function getOptOut(
  { redis, contact_key }: OptOutGround,
  account_id: string,
  contact_id: string,
): Promise<OptOut | undefined> {
  const text = await redis.get(optOutKey(account_id, memberOf(contact_key, account_id, contact_id)));
  return text === null ? undefined : decodeOptOut(text);
}

/** Those of the contacts who are opted out: one command, whatever their number. */
export async function optedOutAmong(
  { redis, contact_key }: OptOutGround,
  account_id: string,
  contact_ids: readonly string[],
): Promise<Set<string>> {
  const asked = [...new Set(contact_ids)].filter((contact_id) => contact_id !== '');
  if (asked.length === 0) return new Set();
  const members = asked.map((contact_id) => memberOf(contact_key, account_id, contact_id));
  const [scores] = await runAll(redis, [['ZMSCORE', optOutList(account_id), ...members]]);
  return new Set(asked.filter((_, i) => (scores as unknown[])[i] !== null));
}

/** The newest first, with the number of all. */
export async function listOptOuts(
  { redis }: Pick<OptOutGround, 'redis'>,
  account_id: string,
  { page, per_page }: { page: number; per_page: number },
): Promise<{ items: OptOut[]; total: number }> {
  const list = optOutList(account_id);
  const from = (page - 1) * per_page;
  const [total, members] = await runAll(redis, [
    ['ZCARD', list],
    ['ZREVRANGE', list, from, from + per_page - 1],
  ]);
  const texts = await runAll(
    redis,
    (members as string[]).map((member): Command => ['GET', optOutKey(account_id, member)]),
  );
  const items = texts.flatMap((text) => (typeof text === 'string' ? [decodeOptOut(text)] : []));
  return { items, total: Number(total) };
}
