/**
 * Sends the clicks of a spool folder that was copied from another machine to Redis, under the producers and sequence
 * numbers that they had: each counts once, also where it is done again, by two machines at once, or beside the old
 * machine itself. Of a producer Redis takes only higher numbers than it has, so an incomplete copy would shut out what it
 * lacks: it is refused before anything is sent. Waits while the log is full; rejects when Redis is down.
 */
import { appendAll, type Entry } from '../log/append.ts';
import { type CopiedSpool, entriesOf, findSpools } from '../log/copied-spool.ts';
import { LogFullError } from '../log/refusal.ts';
import { OperatorError } from '../platform/operator-error.ts';
import type { RedisClient } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { CLICKS_LOG, keyOfClickRow } from './click.ts';
import { notesOfSpooled, type SpoolNotice, tellEmptied } from './spools.ts';

const LOG_FULL_RETRY_MS = 1_000;

/** Nothing was sent: the folder lacks clicks, which could not be sent any more once it was. */
export class IncompleteSpoolError extends OperatorError {
  readonly code = 'incomplete_spool';

  constructor(faults: readonly string[]) {
    super(
      `Nothing was sent, because the copy is not complete: ${faults.join('; ')}. Copy the folder again. If this is all that is left, add --incomplete: what is missing can not be sent afterwards.`,
    );
  }
}

export interface ImportOptions {
  /** Of the log. */
  bytes_max: number;
  /** What the machines told of their spools; see readSpools. */
  told: readonly SpoolNotice[];
  /** Sends also what is not complete. */
  incomplete: boolean;
  /** Shows a line of progress. */
  tell(line: string): void;
}

export interface Imported {
  /** In the folder. */
  clicks: number;
  /** That Redis did not have. */
  added: number;
}

/** Safe to repeat. Throws NoSpoolError and IncompleteSpoolError before anything is sent. */
export async function importSpool(
  redis: RedisClient,
  folder: string,
  { bytes_max, told, incomplete, tell }: ImportOptions,
): Promise<Imported> {
  const spools = await findSpools(folder);
  const faults = faultsOf(spools, told);
  if (faults.length > 0 && !incomplete) throw new IncompleteSpoolError(faults);
  const imported = { clicks: 0, added: 0 };
  for (const spool of spools) {
    for await (const entries of entriesOf(spool)) {
      imported.clicks += rowsOf(entries);
      imported.added += await send(redis, entries, bytes_max, tell);
    }
  }
  for (const { owner } of spools) await tellEmptied(redis, owner, Date.now());
  return imported;
}

function faultsOf(spools: readonly CopiedSpool[], told: readonly SpoolNotice[]): string[] {
  const faults = spools.flatMap((one) => one.faults);
  for (const [owner, of_owner] of Map.groupBy(spools, (one) => one.owner)) {
    const there = of_owner.reduce((sum, { rows }) => sum + rows, 0);
    const expected = told.find((one) => one.owner === owner)?.clicks ?? 0;
    if (there < expected) {
      faults.push(`${owner} has ${there} clicks here, and last told of ${expected}`);
    }
  }
  return faults;
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
    const appending = left.map((entry) => ({ entry, notes: notesOfSpooled }));
    const answers = await appendAll(redis, CLICKS_LOG, appending, { bytes_max, keyOf: keyOfClickRow });
    added += rowsOf(left.filter((_, i) => Number(answers[i]) > 0));
    const error = answers.find((answer) => typeof answer !== 'number');
    if (error === undefined) return added;
    if (!(error instanceof LogFullError)) throw error;
    left = left.filter((_, i) => typeof answers[i] !== 'number');
    tell(`${error.message}: waiting for a worker`);
    await sleep(LOG_FULL_RETRY_MS);
  }
}
