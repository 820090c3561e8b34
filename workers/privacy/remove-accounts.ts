/**
 * Removes accounts, oldest request first, one at a time in the whole installation. The account is suspended already; each
 * goes through these steps:
 *   drain         wait until every process knows that it is suspended, no answered clicks wait in a spool that is known,
 *                 on whatever machine, and all rows logged before are in ClickHouse
 *   claims        remove its claims of first clicks and its notes on transactions, computed from its rows
 *   tables        remove its rows, on all shards; wait for ClickHouse
 *   keys          remove its keys in Redis; every process drops what it had of them
 *   drain_again   wait for what was logged meanwhile, such as taps on its links that were refused
 *   tables_again  remove these rows too
 *   account       remove the account's own record, then the keys that came meanwhile; write Redis's files anew; done
 * Each step may run again from its start, and the step is kept in Redis, so any process may be killed at any moment. With
 * Redis or ClickHouse down a step rejects and is tried again. The audit log keeps that the account was removed.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ACCOUNTS_LIST } from '../../src/catalog/catalog-store.ts';
import { accountKey } from '../../src/catalog/definitions.ts';
import { readSpools } from '../../src/clicks/spools.ts';
import { SEEN_BY_ALL_MS } from '../../src/log/layouts.ts';
import { announce, forgetAnnounced } from '../../src/platform/change-log.ts';
import { type Command, runAll } from '../../src/platform/redis.ts';
import { sleep } from '../../src/platform/sleep.ts';
import {
  closeRemoval,
  nextRemoval,
  REMOVAL_STEPS,
  type Removal,
  type RemovalStep,
  removalKey,
} from '../../src/privacy/account-removal.ts';
import { removeAccountKeys, untoldRecords } from '../../src/privacy/remove-account-keys.ts';
import { LOGS } from '../../src/records/backup/redis-keys.ts';
import { runAlone, type Turn } from '../run-alone.ts';
import type { ErasureContext } from './erase-contacts.ts';
import { beginRecordRemovals, beginRemovals, notRemoved, removeClaims, removeSeen } from './remove-rows.ts';
import { rewriteFiles } from './rewrite-append-only.ts';
import { inSpools, positionsNow, unprocessed } from './wait-for-logs.ts';

const LOCK_KEY = 'removals:worker';
const LOOK_EVERY_MS = 100;
const LOOK_EVERY_MS_MAX = 5_000;
const LOOKS_IN_A_WAIT = 20;

interface RemovalContext extends ErasureContext {
  /** EXPORT_DIR of this machine. */
  export_dir: string;
}

/** What the step waits for; '' if it is over. */
type Step = (context: RemovalContext, removal: Removal) => Promise<string>;

const STEP: Record<RemovalStep, Step> = {
  drain,
  async claims({ redis, clickhouse }, { account_id }) {
    await removeClaims(redis, clickhouse, account_id);
    await removeSeen(redis, clickhouse, account_id);
    await beginRemovals(clickhouse, account_id);
    return '';
  },
  tables: ({ clickhouse }, { account_id }) => notRemoved(clickhouse, account_id),
  async keys({ redis }, { account_id }) {
    await removeAccountKeys(redis, account_id);
    return '';
  },
  async drain_again(context, removal) {
    const waits_for = await drain(context, removal);
    if (waits_for !== '') return waits_for;
    await beginRemovals(context.clickhouse, removal.account_id);
    await beginUntoldRemoval(context, removal);
    return '';
  },
  tables_again: ({ clickhouse }, { account_id }) => notRemoved(clickhouse, account_id),
  account: removeAccount,
};

export function removeAccounts(context: RemovalContext): { close(): Promise<void> } {
  const { redis, logger } = context;
  return runAlone<Removal>(redis, {
    lock_key: LOCK_KEY,
    next: () => nextRemoval(redis),
    keyOf: ({ account_id }) => removalKey(account_id),
    work: (removal, turn) => removeOne(context, removal, turn),
    interrupted: ({ message }) =>
      logger.warn({ error: message }, 'the removal of an account is interrupted and goes on shortly'),
  });
}

async function removeOne(context: RemovalContext, removal: Removal, turn: Turn): Promise<void> {
  for (;;) {
    await turn.hold();
    if (removal.step === 'keys' && removal.untold === undefined) {
      removal.untold = await untoldRecords(context.redis, removal.account_id);
      await turn.save();
    }
    const waits_for = await STEP[removal.step](context, removal);
    if (waits_for !== removal.waits_for && waits_for.includes('('))
      context.logger.warn({ account_id: removal.account_id, waits_for }, 'a mutation fails');
    removal.waits_for = waits_for;
    if (waits_for !== '') {
      await turn.save();
      await sleep(restOf(Date.now() - removal.since_ms));
      continue;
    }
    const next = REMOVAL_STEPS[REMOVAL_STEPS.indexOf(removal.step) + 1];
    if (next === undefined) break;
    removal.step = next;
    removal.since_ms = Date.now();
    delete removal.positions;
    await turn.save();
  }
  await closeRemoval(context.redis, removal.account_id);
  context.logger.info({ account_id: removal.account_id }, 'an account was removed');
}

/** A spool elsewhere may be waited for for days. */
const restOf = (waited_ms: number): number =>
  Math.min(LOOK_EVERY_MS_MAX, Math.max(LOOK_EVERY_MS, waited_ms / LOOKS_IN_A_WAIT));

async function drain(context: ErasureContext, removal: Removal): Promise<string> {
  const { redis, data_dir } = context;
  if (Date.now() < removal.since_ms + SEEN_BY_ALL_MS) return 'the processes to know';
  const spool = await spooled(context);
  if (spool !== '') {
    // What waits there comes after the ends of the logs that were noted.
    delete removal.positions;
    return spool;
  }
  removal.positions ??= await positionsNow(redis, LOGS);
  return unprocessed(redis, removal.positions, data_dir);
}

/** Answered clicks in a spool that is known, as a text; '' where there are none. One that was given up is not known. */
async function spooled({ redis, clickhouse, data_dir }: ErasureContext): Promise<string> {
  const here = await inSpools(redis, data_dir);
  if (here !== '') return here;
  const [spool] = await readSpools(redis, clickhouse, Date.now());
  return spool === undefined ? '' : `clicks in the spool ${spool.owner} on ${spool.host}`;
}

/** Removes the rows of what named no account, except where it exists again. */
async function beginUntoldRemoval(
  { redis, clickhouse }: ErasureContext,
  { account_id, untold = [] }: Removal,
): Promise<void> {
  const found = await runAll(
    redis,
    untold.map((key): Command => ['EXISTS', key]),
  );
  await beginRecordRemovals(
    clickhouse,
    account_id,
    untold.filter((_, i) => found[i] === 0),
  );
}

async function removeAccount(
  { redis, export_dir }: RemovalContext,
  { account_id }: Removal,
): Promise<string> {
  await runAll(redis, [
    ['DEL', accountKey(account_id)],
    ['ZREM', ACCOUNTS_LIST, account_id],
    announce(accountKey(account_id)),
  ]);
  // Until then a process may still count what it refuses in the account's name.
  await sleep(SEEN_BY_ALL_MS);
  const announced = await removeAccountKeys(redis, account_id);
  await sleep(SEEN_BY_ALL_MS);
  await forgetAnnounced(redis, announced);
  await rewriteFiles(redis);
  // What was exported into a bucket is the account's.
  await rm(join(export_dir, account_id), { recursive: true, force: true });
  return '';
}
