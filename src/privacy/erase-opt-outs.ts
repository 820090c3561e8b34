/**
 * Replaces erased contacts in their opt-outs. The record stays, under the fingerprint of the contact: whoever wanted no
 * more messages gets none, and nothing leads from the record to the id. Rejects when Redis is down; safe to repeat.
 */
import { decodeOptOut, encodeOptOut, memberOf, optOutKey } from '../optouts/opt-out.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import type { RoundContact } from './erased-contacts.ts';

/** Opt-outs that change while they are read are read again. */
const TRIES_MAX = 10;
const READ_AT_ONCE = 1_000;

const REPLACE = loadScript(new URL('./lua/replace-value.lua', import.meta.url));

export async function eraseOptOuts(
  redis: RedisClient,
  contact_key: string,
  contacts: readonly RoundContact[],
): Promise<void> {
  for (let from = 0; from < contacts.length; from += READ_AT_ONCE) {
    const part = contacts.slice(from, from + READ_AT_ONCE);
    const keys = part.map(({ account_id, contact_id }) =>
      optOutKey(account_id, memberOf(contact_key, account_id, contact_id)),
    );
    const texts = await runAll(
      redis,
      keys.map((key): Command => ['GET', key]),
    );
    for (const [i, text] of texts.entries()) {
      if (typeof text === 'string') await replace(redis, keys[i] as string, part[i] as RoundContact, text);
    }
  }
}

async function replace(
  redis: RedisClient,
  key: string,
  { contact_id, pseudonym }: RoundContact,
  read: string,
): Promise<void> {
  let text: string | null = read;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const one = text === null ? undefined : decodeOptOut(text);
    if (one?.contact_id !== contact_id) return;
    const erased = encodeOptOut({ ...one, contact_id: pseudonym });
    if ((await REPLACE.run(redis, [key], [text as string, erased])) === 1) return;
    text = await redis.get(key);
  }
  throw new Error('an opt-out is being changed by too many at once');
}
