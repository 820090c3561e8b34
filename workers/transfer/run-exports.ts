/**
 * Writes exports when they are due. Every worker looks each LOOK_EVERY_MS; an export is written by the one that holds its
 * lock, and by another one LOCK_MS after the holder's last sign. Each has a turn of bounded length, longest waiting first,
 * so that a large one or a slow bucket holds up the others of this worker for a turn at most. What fails is tried again
 * after pauses that grow, and given up after FAILURES_MAX failures in a row; its record says why. With Redis down nothing
 * is begun.
 */
import { rm } from 'node:fs/promises';
import { ClickHouseError } from '../../src/clickhouse/client.ts';
import type { Logger } from '../../src/platform/logger.ts';
import { StoreFault } from '../../src/platform/object-store/object-store.ts';
import { newProducerId } from '../../src/platform/random.ts';
import { loadScript } from '../../src/platform/script.ts';
import { runRounds, sleep } from '../../src/platform/sleep.ts';
import {
  faultOf,
  folderOf,
  openDestination,
  type StoreSettings,
} from '../../src/transfer/exports/destination.ts';
import {
  dueMember,
  type Export,
  exportLock,
  FAILURES_MAX,
  isOpen,
  type Place,
  restAfter,
} from '../../src/transfer/exports/export.ts';
import {
  type DueExport,
  dueExports,
  moveDueExport,
  noteLateness,
  readExport,
  removeExport,
  type Stored,
  saveExport,
} from '../../src/transfer/exports/export-store.ts';
import { SUSPENSION, type TurnContext, takeTurn } from './run-export.ts';

const LOCK = loadScript(new URL('../lua/hold-lock.lua', import.meta.url));
const LOCK_MS = 10_000;
const HOLDS = 4;
const LOOK_EVERY_MS = 500;
/** Exports that one worker writes at once. */
const AT_ONCE = 3;
const LOOKED_AT_MAX = 50;
/** A stop waits so long for what is being written; another worker writes it again. */
const ENDS_WITHIN_MS = 3_000;

export interface ExportContext extends Omit<TurnContext, 'ends'>, StoreSettings {
  logger: Logger;
}

/** Runs until closed. */
export function runExports(context: ExportContext): { close(): Promise<void> } {
  const { redis } = context;
  const who = newProducerId();
  const running = new Map<string, Promise<void>>();

  const rounds = runRounds(async () => {
    if (running.size < AT_ONCE) await begin().catch(() => {});
    return LOOK_EVERY_MS;
  });

  async function begin(): Promise<void> {
    for (const place of await dueExports(redis, Date.now(), LOOKED_AT_MAX)) {
      if (running.size >= AT_ONCE) return;
      if (running.has(dueMember(place)) || !(await hold(place, 1))) continue;
      const work = writeOne(place).finally(() => running.delete(dueMember(place)));
      running.set(dueMember(place), work);
    }
  }

  const hold = async (place: Place, take: 0 | 1): Promise<boolean> =>
    (await LOCK.run(redis, [exportLock(place)], [who, LOCK_MS, take])) === 1;

  async function writeOne(place: DueExport): Promise<void> {
    let held_until = performance.now() + LOCK_MS;
    const holding = setInterval(async () => {
      const begun = performance.now();
      if (await hold(place, 0).catch(() => false)) held_until = begun + LOCK_MS;
    }, LOCK_MS / HOLDS);
    const ends = (): boolean => rounds.closed || performance.now() > held_until;
    try {
      await workOn({ ...context, ends }, place);
    } catch (error) {
      const { account_id, export_id } = place;
      context.logger.warn(
        { account_id, export_id, error: (error as Error).name },
        'an export goes on shortly',
      );
    } finally {
      clearInterval(holding);
      if (!ends()) await redis.del(exportLock(place)).catch(() => {});
    }
  }

  return {
    async close() {
      await rounds.close();
      await Promise.race([Promise.all(running.values()), sleep(ENDS_WITHIN_MS)]);
    },
  };
}

async function workOn(context: ExportContext & TurnContext, place: DueExport): Promise<void> {
  const { redis } = context;
  const stored = await readExport(redis, place);
  if (stored === undefined || !isOpen(stored.one)) {
    if (stored !== undefined) await noteLateness(redis, stored.one, { moved: false });
    await moveDueExport(redis, place, undefined);
    return;
  }
  if (stored.one.state === 'removing') {
    // Whatever is in a bucket is the account's.
    if (stored.one.destination.kind === 'folder')
      await rm(folderOf(context.export_dir, place.account_id, place.export_id), {
        recursive: true,
        force: true,
      });
    await removeExport(redis, place);
    return;
  }
  let next_ms: number | undefined;
  try {
    const store = await openDestination(context, stored.one);
    next_ms = await takeTurn(context, stored, store);
  } catch (error) {
    next_ms = await noteFailure(context, place, error as Error);
  }
  if (context.ends()) return;
  // Before it leaves the list of what is due: were this worker killed between the two, it would be late for ever.
  const now = await readExport(redis, place);
  if (now !== undefined)
    await noteLateness(redis, now.one, {
      moved: now.one.written_to_ms > stored.one.written_to_ms,
      is_halted: now.one.waits_for === SUSPENSION,
    });
  await moveDueExport(redis, place, next_ms);
}

/** Resolves with when to try again. */
async function noteFailure(context: ExportContext, place: Place, error: Error): Promise<number | undefined> {
  const { redis, logger } = context;
  // As it is now: the turn may have saved what it did before it failed.
  const stored = await readExport(redis, place);
  if (stored === undefined) return undefined;
  const { one } = stored;
  const failures = one.failures + 1;
  const is_over = failures >= FAILURES_MAX;
  const told = reasonOf(context, one, error);
  logger.warn({ ...place, failures, error: told }, 'an export could not be written');
  const state = is_over ? 'failed' : one.state;
  const noted: Stored | undefined = await saveExport(
    redis,
    stored.text,
    { ...one, state, failures, error: told, waits_for: '' },
    is_over,
  );
  if (noted === undefined) return Date.now();
  return is_over ? undefined : Date.now() + restAfter(failures);
}

/** For the account. ClickHouse's messages quote rows and statements. */
function reasonOf({ export_dir }: ExportContext, one: Export, error: Error): string {
  if (error instanceof StoreFault)
    return faultOf(error, one, folderOf(export_dir, one.account_id, one.export_id));
  if (error instanceof ClickHouseError) return `ClickHouse: ${error.type ?? error.code}`;
  if (/^Timeout error/.test(error.message)) return 'ClickHouse took too long, or does not answer';
  return `ClickHouse or Redis can't be reached (${error.name})`;
}
