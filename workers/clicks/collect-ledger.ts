/**
 * Takes the counts of redirect processes and of Redis to the ledger in ClickHouse, once a minute is over, and looks
 * whether the ledger balances. What is taken is moved aside first, under an id that is the insert's token: however
 * often it is tried, by however many workers, it counts once. With Redis or ClickHouse down it waits.
 */
import { CLICKS_LOG } from '../../src/clicks/click.ts';
import { movingKey, readLedger } from '../../src/clicks/click-ledger.ts';
import { ledgerKey, MINUTE_MS, PARTITIONS, pausedKey } from '../../src/log/stream-log.ts';
import { newProducerId } from '../../src/platform/random.ts';
import { defineScript } from '../../src/platform/redis.ts';
import { columnsOf, insertOnce } from '../batch/insert-rows.ts';
import type { WorkerContext } from '../worker-context.ts';

const COLLECT_EVERY_MS = 2_000;
const BALANCE_EVERY_MS = 15_000;
/** How far back drift is looked for; the route asks for any range. */
const BALANCE_MINUTES = 120;
/** What one process counted in one minute. */
interface Counted {
  minute_s: number;
  process: string;
  answered: number;
  aborted: number;
  lost: number;
  logged: number;
}
const STAGES = ['answered', 'aborted', 'lost', 'logged'] as const satisfies (keyof Counted)[];

const COLUMNS = columnsOf<Counted>({
  minute: ({ minute_s }) => minute_s,
  log: () => CLICKS_LOG,
  process: ({ process }) => process,
  ...Object.fromEntries(STAGES.map((stage) => [stage, (counted: Counted) => counted[stage]])),
});

/**
 * KEYS  counts, moving, paused
 * ARGV  id of what is moved, should anything be
 * Result  field, rows, field, rows … of what is being moved, the id among them as `id`; empty: nothing
 */
const MOVE = defineScript(`
if redis.call('EXISTS', KEYS[2]) == 1 then return redis.call('HGETALL', KEYS[2]) end
if redis.call('EXISTS', KEYS[3]) == 1 then return {} end
local now = math.floor(tonumber(redis.call('TIME')[1]) / ${MINUTE_MS / 1_000})
local counts = redis.call('HGETALL', KEYS[1])
local moved = false
for i = 1, #counts, 2 do
  if tonumber(string.match(counts[i], '^%d+')) < now then
    redis.call('HSET', KEYS[2], counts[i], counts[i + 1])
    redis.call('HDEL', KEYS[1], counts[i])
    moved = true
  end
end
if not moved then return {} end
redis.call('HSET', KEYS[2], 'id', ARGV[1])
return redis.call('HGETALL', KEYS[2])
`);

/**
 * KEYS  moving
 * ARGV  id
 */
const MOVED = defineScript(`
if redis.call('HGET', KEYS[1], 'id') == ARGV[1] then redis.call('DEL', KEYS[1]) end
`);

export interface LedgerCollector {
  close(): Promise<void>;
}

export function collectLedger(context: WorkerContext): LedgerCollector {
  let closed = false;
  let balance_at_ms = 0;
  let wake = (): void => {};

  async function run(): Promise<void> {
    while (!closed) {
      try {
        for (let partition = 0; partition < PARTITIONS; partition++) await collect(context, partition);
        if (performance.now() >= balance_at_ms) {
          await balance(context);
          balance_at_ms = performance.now() + BALANCE_EVERY_MS;
        }
      } catch {
        // Redis or ClickHouse is away, which readiness tells; the next time.
      }
      if (!closed)
        await new Promise<void>((done) => {
          const timer = setTimeout(done, COLLECT_EVERY_MS);
          wake = () => {
            clearTimeout(timer);
            done();
          };
        });
    }
  }

  const running = run();
  return {
    async close() {
      closed = true;
      wake();
      await running;
    },
  };
}

async function collect(context: WorkerContext, partition: number): Promise<void> {
  const id = `ledger-${partition}-${newProducerId()}`;
  const keys = [ledgerKey(CLICKS_LOG, partition), movingKey(partition), pausedKey(CLICKS_LOG, partition)];
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
    // A process name holds no space.
    const [minute = '', process = '', stage = ''] = field.split(' ');
    const key = `${minute} ${process}`;
    const counted = counts.get(key) ?? {
      minute_s: (Number(minute) * MINUTE_MS) / 1_000,
      process,
      ...{ answered: 0, aborted: 0, lost: 0, logged: 0 },
    };
    counted[stage as (typeof STAGES)[number]] = Number(value);
    counts.set(key, counted);
  }
  await insertOnce(context, token, { table: 'ledger', columns: COLUMNS, rows: [...counts.values()] });
  await MOVED.run(context.redis, [movingKey(partition)], [token]);
}

async function balance({ clickhouse, redis, metrics, log }: WorkerContext): Promise<void> {
  const now_ms = Date.now();
  const from_ms = now_ms - BALANCE_MINUTES * MINUTE_MS;
  const { rows, totals } = await readLedger(clickhouse, redis, from_ms, now_ms, now_ms);
  metrics.drift(totals.drift_rows);
  for (const { minute, process, drift } of rows) {
    if (drift !== undefined) {
      log.error({ minute, answered_by: process, ...drift }, 'the ledger does not balance');
    }
  }
}
