/**
 * Erases contacts, many at a time: all erasures that wait make one round, which goes through these steps.
 *   drain        list the contacts, so that workers put pseudonyms in their place; wait until all rows logged before, and
 *                what imports were storing, are in ClickHouse
 *   mutate       replace them in the tables; wait for ClickHouse
 *   redis        replace them in links, messages, opt-outs and dead letters; remove the reports that the inspector keeps of them;
 *                wake the conversions that wait for them
 *   drain_again  wait for the rows that were logged meanwhile
 *   disks        wait until replaced parts have left ClickHouse's disk
 *   forget       keep a fingerprint of each contact, and remove their ids everywhere
 *   append_only  write Redis's files anew; done
 * Each step may run again from its start, and the round is kept in Redis after each, so any process may be killed at any
 * moment. With Redis or ClickHouse down a step rejects and is tried again.
 */
import { contactWaitingKey, wakeWaiting } from '../../src/conversions/waiting.ts';
import { newProducerId } from '../../src/platform/random.ts';
import { eraseDeadLetters } from '../../src/privacy/erase-dead-letters.ts';
import { eraseInRedis } from '../../src/privacy/erase-in-redis.ts';
import { eraseOptOuts } from '../../src/privacy/erase-opt-outs.ts';
import { eraseReports } from '../../src/privacy/erase-reports.ts';
import {
  beginRound,
  endRound,
  keepFingerprints,
  type RoundContact,
  readRoundContacts,
} from '../../src/privacy/erased-contacts.ts';
import {
  closeErasure,
  type Erasure,
  EXPORTED_MAX,
  oldestOpen,
  type Round,
  RoundMovedError,
  readErasure,
  readRound,
  removeRound,
  STEPS,
  saveErasure,
  saveRound,
} from '../../src/privacy/erasure.ts';
import { appendToFile, listErasures } from '../../src/privacy/erasure-list.ts';
import { newPseudonym } from '../../src/privacy/pseudonym.ts';
import { FOLDER, filesNaming, type NamingFile } from '../../src/transfer/exports/export-files.ts';
import { readExport } from '../../src/transfer/exports/export-store.ts';
import type { WorkerContext } from '../worker-context.ts';
import {
  beginMutations,
  clockOf,
  importing,
  leftOnDisk,
  removeContacts,
  unmutated,
} from './change-tables.ts';
import { rewriteFiles } from './rewrite-append-only.ts';
import { positionsNow, unprocessed } from './wait-for-logs.ts';

export interface ErasureContext
  extends Pick<WorkerContext, 'redis' | 'clickhouse' | 'contact_key' | 'logger'> {
  data_dir: string;
}

/** What a step did: what it waits for, '' if it is over; and what is to be remembered. */
interface Result {
  waits_for: string;
  remember?: Partial<Round>;
}

const over = (remember: Partial<Round> = {}): Result => ({ waits_for: '', remember });

/** `text`: the round as it was saved last. */
const STEP: Record<Round['step'], (context: ErasureContext, round: Round, text: string) => Promise<Result>> =
  {
    drain,
    mutate,
    redis: changeRedis,
    drain_again: drainAgain,
    disks: async ({ clickhouse }, { mutated_at_s = 0 }) => ({
      waits_for: await leftOnDisk(clickhouse, mutated_at_s),
    }),
    forget,
    append_only: finish,
  };

/**
 * Goes on with the round that runs, or begins one, until a step has to wait or nothing is open. Resolves with whether
 * the round that ran is done. Throws RoundMovedError when another worker has gone on with it.
 */
export async function eraseContacts(context: ErasureContext): Promise<boolean> {
  const { redis, logger } = context;
  const running = (await readRound(redis)) ?? (await newRound(context));
  if (running === undefined) return false;
  let { round, text } = running;
  for (;;) {
    const { waits_for, remember } = await STEP[round.step](context, round, text);
    const next = STEPS[STEPS.indexOf(round.step) + 1];
    if (waits_for === '' && next === undefined) {
      await removeRound(redis, text);
      logger.info({ round: round.round_id, erasures: round.erasure_ids.length }, 'contacts were erased');
      return true;
    }
    const step = waits_for === '' && next !== undefined ? next : round.step;
    const after: Round = { ...round, ...remember, waits_for, step };
    if (JSON.stringify(after) !== text) text = await saveRound(redis, after, text);
    round = after;
    if (waits_for !== '') return false;
    logger.info({ round: round.round_id, step: round.step }, 'erasing contacts');
  }
}

async function newRound({ redis }: ErasureContext): Promise<{ round: Round; text: string } | undefined> {
  const open = await oldestOpen(redis);
  if (open.length === 0) return undefined;
  const erasure_ids = open.map(({ erasure_id }) => erasure_id);
  const round: Round = { round_id: newProducerId(), erasure_ids, step: 'drain', waits_for: '', changed: {} };
  return { round, text: await saveRound(redis, round, '') };
}

/** The erasures of the round that are not done; without their contacts' ids from the step `forget` on. */
async function erasuresOf({ redis }: ErasureContext, { erasure_ids }: Round): Promise<Erasure[]> {
  const erasures = await Promise.all(erasure_ids.map((id) => readErasure(redis, id)));
  return erasures.filter((one) => one !== undefined && one.state !== 'done') as Erasure[];
}

async function drain(context: ErasureContext, round: Round, text: string): Promise<Result> {
  const { redis, clickhouse, contact_key, data_dir } = context;
  if (round.positions === undefined) {
    const erasures = await erasuresOf(context, round);
    await listErasures(clickhouse, contact_key, erasures, 0);
    await beginRound(redis, { round_id: round.round_id, text }, contactsOf(erasures));
    const positions = await positionsNow(redis);
    return { waits_for: 'the rows that are logged', remember: { positions } };
  }
  const waits_for = await unprocessed(redis, round.positions, data_dir);
  // What an import has begun to store before the round has plain ids.
  return { waits_for: waits_for || (await importing(clickhouse)) };
}

/** A contact that several erasures name gets one pseudonym. */
function contactsOf(erasures: readonly Erasure[]): RoundContact[] {
  const contacts = new Map<string, RoundContact>();
  for (const { account_id, contact_ids } of erasures) {
    for (const contact_id of contact_ids) {
      const name = JSON.stringify([account_id, contact_id]);
      if (!contacts.has(name)) contacts.set(name, { account_id, contact_id, pseudonym: newPseudonym() });
    }
  }
  return [...contacts.values()];
}

/** Throws where another worker has gone on with the round: this one may have stood still for long. */
async function assertStanding({ redis }: ErasureContext, text: string): Promise<void> {
  if ((await readRound(redis))?.text !== text) throw new RoundMovedError();
}

async function mutate(context: ErasureContext, round: Round, text: string): Promise<Result> {
  const { redis, clickhouse, logger } = context;
  if (!round.mutating) {
    await listExported(context, round);
    const contacts = await readRoundContacts(redis, round.round_id);
    const changed = await beginMutations(clickhouse, contacts, () => assertStanding(context, text));
    return { waits_for: 'the tables of ClickHouse', remember: { mutating: true, changed } };
  }
  const waits_for = await unmutated(clickhouse);
  if (waits_for.includes('(')) logger.warn({ round: round.round_id, waits_for }, 'a mutation fails');
  return waits_for === '' ? over({ mutated_at_s: await clockOf(clickhouse) }) : { waits_for };
}

/** Before the rows are changed, by which the files are found. */
async function listExported(context: ErasureContext, round: Round): Promise<void> {
  for (const erasure of await erasuresOf(context, round)) {
    const exported = await filesNaming(
      context.clickhouse,
      erasure.account_id,
      erasure.contact_ids,
      EXPORTED_MAX,
    );
    const kept = await withoutRemoved(context, erasure.account_id, exported);
    await saveErasure(context.redis, { ...erasure, exported: kept });
  }
}

/** The files of an export that was removed went with it, but for those in a bucket. */
async function withoutRemoved(
  { redis }: ErasureContext,
  account_id: string,
  files: readonly NamingFile[],
): Promise<NamingFile[]> {
  const ids = new Set(files.flatMap(({ place, export_id }) => (place === FOLDER ? [export_id] : [])));
  const removed = new Set<string>();
  for (const export_id of ids) {
    if ((await readExport(redis, { account_id, export_id })) === undefined) removed.add(export_id);
  }
  return files.filter(({ place, export_id }) => place !== FOLDER || !removed.has(export_id));
}

async function changeRedis({ redis, contact_key }: ErasureContext, round: Round): Promise<Result> {
  const contacts = await readRoundContacts(redis, round.round_id);
  await eraseInRedis(redis, contacts);
  await eraseDeadLetters(redis, contacts);
  await eraseReports(redis, contact_key, contacts);
  await eraseOptOuts(redis, contact_key, contacts);
  // All their messages are in ClickHouse: what is not credited to one now never will be.
  const waiting = contacts.map(({ account_id, contact_id }) => contactWaitingKey(account_id, contact_id));
  await wakeWaiting(redis, waiting, true);
  return over({ positions: await positionsNow(redis) });
}

async function drainAgain({ redis, contact_key, data_dir }: ErasureContext, round: Round): Promise<Result> {
  const waits_for = await unprocessed(redis, round.positions ?? [], data_dir);
  if (waits_for !== '') return { waits_for };
  const contacts = await readRoundContacts(redis, round.round_id);
  // Rows of the contacts that became dead letters since, and reports that a process had still noted.
  await eraseDeadLetters(redis, contacts);
  await eraseReports(redis, contact_key, contacts);
  await eraseOptOuts(redis, contact_key, contacts);
  return over();
}

async function forget(context: ErasureContext, round: Round, text: string): Promise<Result> {
  const { redis, clickhouse, contact_key, data_dir } = context;
  const now_ms = Date.now();
  await keepFingerprints(redis, contact_key, await readRoundContacts(redis, round.round_id), now_ms);
  const erasures = await erasuresOf(context, round);
  await appendToFile(data_dir, await listErasures(clickhouse, contact_key, erasures, now_ms));
  await assertStanding(context, text);
  await removeContacts(clickhouse);
  for (const erasure of erasures) await saveErasure(redis, { ...erasure, contact_ids: [] });
  return over();
}

async function finish(context: ErasureContext, round: Round): Promise<Result> {
  const { redis } = context;
  await endRound(redis, round.round_id);
  await rewriteFiles(redis);
  const finished_at = new Date().toISOString();
  for (const erasure of await erasuresOf(context, round)) {
    await saveErasure(redis, { ...erasure, state: 'done', step: '', waits_for: '', finished_at });
  }
  for (const erasure_id of round.erasure_ids) await closeErasure(redis, erasure_id);
  return over();
}
