/**
 * Sends the clicks of a spool folder that was copied from another machine to Redis, under the producers and sequence
 * numbers that they had: running it again changes nothing. Waits while the log is full; rejects when Redis is down.
 */
import { appendAll, type Entry, LogFullError } from '../log/append.ts';
import { entriesOf, findSpools } from '../log/copied-spool.ts';
import type { RedisClient } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { CLICKS_LOG } from './click.ts';
import { tellEmptied } from './spools.ts';

const LOG_FULL_RETRY_MS = 1_000;

export interface Taken {
  /** In the folder. */
  clicks: number;
  /** That Redis did not have. */
  added: number;
}

/** `bytes_max` bounds a partition of the log; `tell` shows a line of progress. Throws NoSpoolError. */
export async function takeSpool(
  redis: RedisClient,
  folder: string,
  bytes_max: number,
  tell: (line: string) => void,
): Promise<Taken> {
  const taken = { clicks: 0, added: 0 };
  const spools = await findSpools(folder);
  for (const spool of spools) {
    for await (const entries of entriesOf(spool)) {
      taken.clicks += rowsOf(entries);
      taken.added += await send(redis, entries, bytes_max, tell);
    }
  }
  for (const { owner } of spools) await tellEmptied(redis, owner, Date.now());
  return taken;
}

const rowsOf = (entries: readonly Entry[]): number => entries.reduce((sum, { rows }) => sum + rows, 0);

/** Resolves with the number of clicks that Redis did not have. */
async function send(
  redis: RedisClient,
  entries: readonly Entry[],
  bytes_max: number,
  tell: (line: string) => void,
): Promise<number> {
  let added = 0;
  for (let left = entries; ; ) {
    // What is spooled was answered.
    const appending = left.map((entry) => ({
      entry,
      notes: [{ minute: 0, stage: 'answered', rows: entry.rows }],
    }));
    const answers = await appendAll(redis, CLICKS_LOG, appending, bytes_max);
    added += rowsOf(left.filter((_, i) => Number(answers[i]) > 0));
    const error = answers.find((answer) => typeof answer !== 'number');
    if (error === undefined) return added;
    if (!(error instanceof LogFullError)) throw error;
    left = left.filter((_, i) => typeof answers[i] !== 'number');
    tell(`${error.message}: waiting for a worker`);
    await sleep(LOG_FULL_RETRY_MS);
  }
}
