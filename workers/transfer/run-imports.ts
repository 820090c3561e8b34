/**
 * Applies imports whose file has been read, and undoes those that are to be undone, oldest request first, one at a time in
 * the installation. All rows of imports are on the first shard. Each step is one statement under a token, and the step that
 * an import has reached is saved: a worker that is killed leaves it to the next one, which repeats at most one step, and
 * stores nothing twice. With Redis or ClickHouse down it waits for them.
 */
import { onceUnder } from '../../src/clickhouse/insert-block.ts';
import { firstNode } from '../../src/clickhouse/shards.ts';
import { linkKey } from '../../src/links/link.ts';
import { type Command, runAll, scanKeys } from '../../src/platform/redis.ts';
import type { Rounds } from '../../src/platform/sleep.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { isErasing } from '../../src/privacy/erased-contacts.ts';
import { recordChanges } from '../../src/records/record-changes.ts';
import {
  countsSql,
  IMPORTED_TABLES,
  type Known,
  stagedTable,
  stepsOf,
} from '../../src/transfer/imports/apply-sql.ts';
import {
  closeImport,
  ERRORS_MAX,
  type Import,
  importKey,
  nextImport,
  postponeImport,
} from '../../src/transfer/imports/import.ts';
import type { HistoryKind } from '../../src/transfer/imports/import-fields.ts';
import { aliasesOf, decodeAlias } from '../../src/transfer/imports/old-codes.ts';
import { runAlone, type Turn } from '../run-alone.ts';
import type { WorkerContext } from '../worker-context.ts';

const LOCK_KEY = 'imports_open:worker';
/** Of one step: a part is some seconds of work. A statement that outlives its worker ends by then. */
const STEP_S_MAX = 600;
/** Memory of one step: more goes to the disk of ClickHouse. */
const STEP_BYTES_MAX = 2 * 1024 ** 3;
const SPILL_BYTES = 512 * 1024 ** 2;
/** Raw rows are in partitions by month: those of one part of a history. */
const MONTHS_MAX = '1000';
const LOOK_EVERY_MS = 200;
const KEYS_PER_WRITE = 500;
/** While marks are made. */
const UNKNOWN: Known = { all_are_new: false, is_alone: false };

type Ground = Pick<WorkerContext, 'redis' | 'clickhouse' | 'logger'>;

const isHistory = (run: Import): run is Import & { kind: HistoryKind } => run.kind !== 'links';

export function runImports(ground: Ground): Rounds {
  const { redis, logger } = ground;
  return runAlone<Import>(redis, {
    lock_key: LOCK_KEY,
    next: () => nextImport(redis),
    keyOf: ({ account_id, import_id }) => importKey(account_id, import_id),
    async work(run, turn) {
      try {
        if (run.state === 'undoing') await undo(ground, run, turn);
        else if (isHistory(run)) await apply(ground, run, turn);
      } catch (error) {
        // One that fails lets the others pass.
        await postponeImport(redis, run);
        throw error;
      }
      await closeImport(redis, run);
    },
    // ClickHouse's messages quote rows.
    interrupted: ({ name }) => logger.warn({ error: name }, 'an import goes on shortly'),
  });
}

async function ask<Row>({ clickhouse }: Ground, run: Import, query: string): Promise<Row[]> {
  const { account_id, import_id } = run;
  const result = await firstNode(clickhouse).client.query({
    query,
    query_params: { account_id, import_id },
    format: 'JSONEachRow',
    clickhouse_settings: { select_sequential_consistency: '1' },
  });
  return result.json<Row>();
}

async function countsOf(ground: Ground, run: Import & { kind: HistoryKind }) {
  const { tables_in } = firstNode(ground.clickhouse);
  const [row] = await ask<{ staged: string; marked: string; others: number }>(
    ground,
    run,
    countsSql(run.kind, tables_in),
  );
  const { staged = 0, marked = 0, others = 1 } = row ?? {};
  return { staged: Number(staged), marked: Number(marked), is_alone: others === 0 };
}

async function apply(ground: Ground, run: Import & { kind: HistoryKind }, turn: Turn): Promise<void> {
  const staged = run.rows - run.failed;
  const { tables_in } = firstNode(ground.clickhouse);
  const steps = stepsOf(run.kind, run, staged, tables_in);
  run.steps = steps.length;
  await noStepRuns(ground, run, turn);
  if (run.steps_done === 0 && (await countsOf(ground, run)).staged !== staged) {
    await fail(ground, run, turn);
    return;
  }
  let known: Known | undefined;
  for (const step of steps.slice(run.steps_done)) {
    // Since the last one: what the marks say does not change any more once they are all there.
    if (!step.name.startsWith('mark') && known === undefined) {
      const counts = await countsOf(ground, run);
      run.added = counts.marked;
      known = { all_are_new: counts.marked === counts.staged, is_alone: counts.is_alone };
    }
    await until(turn, async () => !(await isErasing(ground.redis)));
    await turn.hold();
    const { client } = firstNode(ground.clickhouse);
    await client.command({
      query: step.query(known ?? UNKNOWN),
      query_params: step.query_params,
      clickhouse_settings: {
        ...onceUnder(`${run.import_id}-${step.name}`),
        select_sequential_consistency: '1',
        max_execution_time: STEP_S_MAX,
        max_partitions_per_insert_block: MONTHS_MAX,
        max_memory_usage: String(STEP_BYTES_MAX),
        max_bytes_before_external_group_by: String(SPILL_BYTES),
        max_bytes_before_external_sort: String(SPILL_BYTES),
        // The order of rows, and so the blocks, are the same at every try.
        max_threads: 1,
      },
    });
    run.steps_done++;
    await turn.save();
  }
  run.added = (await countsOf(ground, run)).marked;
  run.duplicates = staged - run.added;
  run.state = 'done';
  run.finished_at = new Date().toISOString();
  await turn.save();
  await dropStaged(ground, run);
}

/** A step of an import that was interrupted may still be at work: what it marks must be seen by the next one. */
const noStepRuns = (ground: Ground, run: Import, turn: Turn): Promise<void> =>
  until(turn, async () => {
    const running = await ask<{ n: string }>(
      ground,
      run,
      `SELECT count() AS n FROM system.processes WHERE match(Settings['insert_deduplication_token'], '^imp_[^-]+-[a-z]')`,
    );
    return Number(running[0]?.n ?? 0) === 0;
  });

/** Rows that were staged have expired, or were lost: they can no longer be told from duplicates. */
async function fail(ground: Ground, run: Import & { kind: HistoryKind }, turn: Turn): Promise<void> {
  const message =
    'some rows of the file are no longer there, because its reading took more than a week: undo this import, and send the file again with a new Idempotency-Key';
  run.errors = [{ line: 0, error: 'rows_expired', message }, ...run.errors].slice(0, ERRORS_MAX);
  run.state = 'failed';
  run.finished_at = new Date().toISOString();
  await turn.save();
  await dropStaged(ground, run);
}

/** What is left there expires by itself. */
async function dropStaged({ clickhouse }: Ground, run: Import & { kind: HistoryKind }): Promise<void> {
  const { client, tables_in } = firstNode(clickhouse);
  await client.command({
    query: `ALTER TABLE ${tables_in}.${stagedTable(run.kind)} DROP PARTITION {import_id:String}`,
    query_params: { import_id: run.import_id },
  });
}

async function undo(ground: Ground, run: Import, turn: Turn): Promise<void> {
  await turn.hold();
  if (isHistory(run)) {
    await removeRows(ground, run, turn);
    await dropStaged(ground, run);
  } else await removeOldLinks(ground, run, turn);
  run.state = 'undone';
  run.undone_at = new Date().toISOString();
  await turn.save();
}

async function removeRows(ground: Ground, run: Import, turn: Turn): Promise<void> {
  const { client, tables_in } = firstNode(ground.clickhouse);
  // A step of a worker that was killed may still be at work: what it stores would come behind the deletion.
  await until(turn, async () => {
    const running = await ask<{ n: string }>(
      ground,
      run,
      `SELECT count() AS n FROM system.processes WHERE Settings['insert_deduplication_token'] LIKE concat({import_id:String}, '-%')`,
    );
    return Number(running[0]?.n ?? 0) === 0;
  });
  for (const table of IMPORTED_TABLES) {
    await turn.hold();
    const [row] = await ask<{ n: string }>(
      ground,
      run,
      `SELECT count() AS n FROM (SELECT 1 FROM ${tables_in}.${table} WHERE account_id = {account_id:String} AND import_id = {import_id:String} LIMIT 1)`,
    );
    if (Number(row?.n ?? 0) === 0) continue;
    await client.command({
      query: `ALTER TABLE ${tables_in}.${table} DELETE WHERE account_id = {account_id:String} AND import_id = {import_id:String}`,
      query_params: { account_id: run.account_id, import_id: run.import_id },
      clickhouse_settings: { mutations_sync: '0' },
    });
  }
  await until(turn, async () => {
    const open = await ask<{ n: string }>(
      ground,
      run,
      `SELECT count() AS n FROM system.mutations WHERE database = '${tables_in}' AND position(command, {import_id:String}) > 0 AND NOT is_done`,
    );
    return Number(open[0]?.n ?? 0) === 0;
  });
}

async function until(turn: Turn, isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) {
    await turn.hold();
    await sleep(LOOK_EVERY_MS);
  }
}

/** Aliases and links that the import brought; links that were there before stay. */
async function removeOldLinks({ redis }: Ground, run: Import, turn: Turn): Promise<void> {
  const remove = async (keys: readonly string[]): Promise<void> => {
    await turn.hold();
    await runAll(
      redis,
      keys.map((key): Command => ['DEL', key]),
    );
    await recordChanges(redis, keys);
  };
  for await (const keys of scanKeys(redis, `${aliasesOf(run.account_id)}*`)) {
    for (let from = 0; from < keys.length; from += KEYS_PER_WRITE) {
      const part = keys.slice(from, from + KEYS_PER_WRITE);
      const values = await runAll(
        redis,
        part.map((key): Command => ['GET', key]),
      );
      const own = part.flatMap((key, i) => {
        const text = values[i];
        const alias = typeof text === 'string' ? decodeAlias(text) : undefined;
        return alias?.import_id === run.import_id ? [{ key, link_id: alias.link_id }] : [];
      });
      // The links first: an alias that is left leads the next try to its link again.
      if (own.length > 0) await remove(own.map(({ link_id }) => linkKey(link_id)));
      if (own.length > 0) await remove(own.map(({ key }) => key));
    }
  }
}
