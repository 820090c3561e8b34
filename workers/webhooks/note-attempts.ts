/**
 * Notes every try to send a message in ClickHouse, those of a second in one insert under a token of its own, which is
 * repeated until it is confirmed. A message is delivered for good once its try is noted: a worker that is killed before
 * sends it again, under the same id. While ClickHouse is away notes wait, up to a bound, and then nothing is sent.
 */
import { firstNode } from '../../src/clickhouse/shards.ts';
import { newProducerId } from '../../src/platform/random.ts';
import { runRounds } from '../../src/platform/sleep.ts';
import { columnsOf, insertOnce } from '../batch/insert-rows.ts';
import type { WorkerContext } from '../worker-context.ts';

const FLUSH_EVERY_MS = 1_000;
const ROWS_PER_INSERT = 10_000;
/** Notes that may wait in one process. */
const WAITING_MAX = 20_000;

export type Outcome = 'delivered' | 'again' | 'failed' | 'ended';

/** A row of trackly.webhook_attempts. */
export interface Attempt {
  account_id: string;
  webhook_id: string;
  message_id: string;
  sequence: number;
  /** From 1. */
  n: number;
  at: number;
  status: number;
  duration_ms: number;
  error: string;
  outcome: Outcome;
  /** 0: never. */
  next_at: number;
  /** '' for the message's own tries. */
  replay: string;
}

const COLUMNS = columnsOf<Attempt>({
  account_id: (one) => one.account_id,
  webhook_id: (one) => one.webhook_id,
  message_id: (one) => one.message_id,
  sequence: (one) => one.sequence,
  n: (one) => one.n,
  at: (one) => one.at,
  status: (one) => one.status,
  duration_ms: (one) => one.duration_ms,
  error: (one) => one.error,
  outcome: (one) => one.outcome,
  next_at: (one) => one.next_at,
  replay: (one) => one.replay,
});

interface Note {
  attempt: Attempt;
  kept: () => void;
}

export interface AttemptNotes {
  /** `kept` is called once it is in ClickHouse. */
  add(attempt: Attempt, kept: () => void): void;
  /** No more notes are taken: whoever sends has to wait. */
  readonly full: boolean;
  /** Tries once more to note what waits. */
  close(): Promise<void>;
}

export function openAttemptNotes({ clickhouse }: Pick<WorkerContext, 'clickhouse'>): AttemptNotes {
  const who = newProducerId();
  const waiting: Note[] = [];
  /** What is being inserted: the same rows at every try. */
  let block: Note[] = [];
  let blocks = 0;

  /** Whether the block was full: more may wait. */
  async function flush(): Promise<boolean> {
    if (block.length === 0) {
      block = waiting.splice(0, ROWS_PER_INSERT);
      if (block.length === 0) return false;
      blocks++;
    }
    const rows = block.map(({ attempt }) => attempt);
    await insertOnce({ clickhouse: firstNode(clickhouse).client }, `webhook-attempts-${who}-${blocks}`, {
      table: 'webhook_attempts',
      columns: COLUMNS,
      rows,
    });
    const noted = block;
    block = [];
    for (const { kept } of noted) kept();
    return noted.length === ROWS_PER_INSERT;
  }

  const rounds = runRounds(async () => {
    // While ClickHouse is away, which readiness reports, the next round tries again.
    const was_full = await flush().catch(() => false);
    return was_full ? 0 : FLUSH_EVERY_MS;
  }, FLUSH_EVERY_MS);
  return {
    add(attempt, kept) {
      waiting.push({ attempt, kept });
    },
    get full() {
      return waiting.length >= WAITING_MAX;
    },
    async close() {
      await rounds.close();
      await flush().catch(() => {});
      await flush().catch(() => {});
    },
  };
}
