/**
 * Erases, before a restored installation opens, the contacts that were erased since its data was saved: in the tables,
 * and in the links and messages that were brought back. The round stays open: once workers run they bring it to its end,
 * with rows that waited in the logs, replaced parts and Redis's files.
 */

import { sleep } from '../../src/platform/sleep.ts';
import { eraseDeadLetters } from '../../src/privacy/erase-dead-letters.ts';
import { eraseInRedis } from '../../src/privacy/erase-in-redis.ts';
import { eraseOptOuts } from '../../src/privacy/erase-opt-outs.ts';
import { readRoundContacts } from '../../src/privacy/erased-contacts.ts';
import { readRound } from '../../src/privacy/erasure.ts';
import { beginMutations, unmutated } from './change-tables.ts';
import { type ErasureContext, eraseContacts } from './erase-contacts.ts';

const LOOK_EVERY_MS = 100;

/** Safe to repeat. */
export async function eraseRestored(context: ErasureContext): Promise<void> {
  const { redis, clickhouse, contact_key } = context;
  await eraseContacts(context);
  const running = await readRound(redis);
  if (running === undefined) return;
  const contacts = await readRoundContacts(redis, running.round.round_id);
  // No worker runs yet.
  await beginMutations(clickhouse, contacts, async () => {});
  while ((await unmutated(clickhouse)) !== '') await sleep(LOOK_EVERY_MS);
  await eraseInRedis(redis, contacts);
  await eraseDeadLetters(redis, contacts);
  await eraseOptOuts(redis, contact_key, contacts);
}
