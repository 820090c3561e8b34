/**
 * Moves the counts of redirect processes and of Redis to the click ledger in ClickHouse when their minute is over, and
 * checks that the click ledger balances. Counts are first moved aside in Redis under an id, which is also the insert's
 * token: they count once, however many workers try and how often. With Redis or ClickHouse down it waits.
 */
import { nodeOfPartition, ShardAwayError } from '../../src/clickhouse/shards.ts';
import { CLICKS_LOG } from '../../src/clicks/click.ts';
import { movingKey, readLedger } from '../../src/clicks/click-ledger.ts';
import { MINUTE_MS } from '../../src/log/append.ts';
import { countsKey, pausedKey } from '../../src/log/keys.ts';
import { allPartitions } from '../../src/log/partitions.ts';
import { newProducerId } from '../../src/platform/random.ts';
import { type Command, runAll } from '../../src/platform/redis.ts';
import { loadScript } from '../../src/platform/script.ts';
import { type Rounds, runRounds } from '../../src/platform/sleep.ts';
import { columnsOf, insertOnce } from '../batch/insert-rows.ts';
import type { WorkerContext } from '../worker-context.ts';

const COLLECT_EVERY_MS = 2_000;
const BALANCE_EVERY_MS = 15_000;
/** How many minutes back this checks for drift; GET /v2/ledger accepts any range. */
const BALANCE_MINUTES = 120;

/** The counts of one process in one minute. */
interface Counted {
  minute_s: number;
  process: string;
  answered: number;
  aborted: number;
  lost: number;
  refused: number;
  logged: number;
}
const STAGES = ['answered', 'aborted', 'lost', 'refused', 'logged'] as const satisfies (keyof Counted)[];

const COLUMNS = columnsOf<Counted>({
  minute: ({ minute_s }) => minute_s,
  log: () => CLICKS_LOG,
  process: ({ process }) => process,
  ...Object.fromEntries(STAGES.map((stage) => [stage, (counted: Counted) => counted[stage]])),
});

const MOVE = loadScript(new URL('./lua/begin-moving-counts.lua', import.meta.url), {
  MINUTE_S: MINUTE_MS / 1_000,
});

const MOVED = loadScript(new URL('./lua/end-moving-counts.lua', import.meta.url));

export function collectLedger(context: WorkerContext): Rounds {
  let balance_at_ms = 0;
  return runRounds(async () => {
    try {
      for (const partition of await partitionsWithCounts(context)) {
        await collect(context, partition).catch((error: unknown) => {
          // Those of the other shards go on.
          if (!(error instanceof ShardAwayError)) throw error;
        });
      }
      if (performance.now() >= balance_at_ms) {
        await balance(context);
        balance_at_ms = performance.now() + BALANCE_EVERY_MS;
      }
    } catch {
      // Redis or ClickHouse is away, which readiness reports. The next round tries again.
    }
    return COLLECT_EVERY_MS;
  });
}

async function partitionsWithCounts({ redis }: WorkerContext): Promise<number[]> {
  const partitions = allPartitions();
  const keys = partitions.flatMap((partition) => [countsKey(CLICKS_LOG, partition), movingKey(partition)]);
  const there = await runAll(
    redis,
    keys.map((key): Command => ['EXISTS', key]),
  );
  return partitions.filter((_, i) => there[2 * i] === 1 || there[2 * i + 1] === 1);
}

async function collect(context: WorkerContext, partition: number): Promise<void> {
  const id = `ledger-${partition}-${newProducerId()}`;
  const keys = [countsKey(CLICKS_LOG, partition), movingKey(partition), pausedKey(CLICKS_LOG, partition)];
  const fields = (await MOVE.run(context.redis, keys, [id])) as string[];
  if (fields.length === 0) return;
  const counts = new Map<string, Counted>();
  let token = '';
  for (let i = 0; i < fields.length; i += 2) {
    const [field = '', value = ''] = [fields[i], fields[i + 1]];
    if (field === 'id') {
      token = value;
      continue;
    }
    // The field is "minute process stage"; a process name contains no space.
    const [minute = '', process = '', stage = ''] = field.split(' ');
    const key = `${minute} ${process}`;
    const counted = counts.get(key) ?? {
      minute_s: (Number(minute) * MINUTE_MS) / 1_000,
      process,
      ...{ answered: 0, aborted: 0, lost: 0, refused: 0, logged: 0 },
    };
    counted[stage as (typeof STAGES)[number]] = Number(value);
    counts.set(key, counted);
  }
  const node = nodeOfPartition(context.clickhouse, partition);
  await insertOnce({ clickhouse: node.client }, token, {
    table: 'ledger',
    columns: COLUMNS,
    rows: [...counts.values()],
  });
  await MOVED.run(context.redis, [movingKey(partition)], [token]);
}

async function balance({ clickhouse, redis, logger }: WorkerContext): Promise<void> {
  const now_ms = Date.now();
  const from_ms = now_ms - BALANCE_MINUTES * MINUTE_MS;
  const { rows } = await readLedger(clickhouse, redis, from_ms, now_ms, now_ms);
  for (const { minute, process, drift } of rows) {
    if (drift !== undefined) {
      logger.error({ minute, answered_by: process, ...drift }, 'the click ledger does not balance');
    }
  }
}
