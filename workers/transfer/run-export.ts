/**
 * One turn of an export, in these steps:
 *   account   wait while the operator has suspended it; before every file
 *   settle    wait until everything that was logged before the end of the range is in ClickHouse: what is written then
 *             is complete, and equals the reports
 *   window    take the next month of a range, or the next hour
 *   count     decide into how many files the rows of a dataset go; it is remembered, so that a second try writes the same
 *   file      note the file as begun, write it, note it as whole
 *   manifest  write the list of the window's files, last: whoever reads it finds all of them
 * The record says which step is next, and is changed by compare-and-set after each, so a worker may be killed at any
 * moment: the next one writes the file of that step again, under the same name and with the same rows. Where Redis,
 * ClickHouse or the store is down, the turn fails and is tried again.
 */
import { getAccount } from '../../src/catalog/catalog-store.ts';
import { isSuspended } from '../../src/catalog/suspension.ts';
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { timeOf } from '../../src/clickhouse/open.ts';
import { CLICKS_LOG } from '../../src/clicks/click.ts';
import { CONVERSIONS_LOG } from '../../src/conversions/conversion.ts';
import { EVENTS_LOG } from '../../src/messages/message-event.ts';
import { SENDS_LOG } from '../../src/messages/send.ts';
import { type ObjectStore, StoreFault } from '../../src/platform/object-store/object-store.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { readRound } from '../../src/privacy/erasure.ts';
import { columnsOfDataset, type Question } from '../../src/transfer/exports/datasets.ts';
import {
  type Cursor,
  type Export,
  endOf,
  nextHourAt,
  nextWindow,
} from '../../src/transfer/exports/export.ts';
import { filesOf, MANIFEST, noteFile } from '../../src/transfer/exports/export-files.ts';
import { type Stored, saveExport } from '../../src/transfer/exports/export-store.ts';
import {
  fileName,
  type ManifestColumn,
  manifestName,
  manifestOf,
} from '../../src/transfer/exports/file-names.ts';
import { positionsNow, unprocessed } from '../privacy/wait-for-logs.ts';
import { countRows, FILE_ROWS_MAX, writeFile, writeText } from './write-file.ts';

const LOGS = [CLICKS_LOG, SENDS_LOG, EVENTS_LOG, CONVERSIONS_LOG];
/** How often it is looked whether what is waited for is over. */
const WAIT_MS = 1_000;
/** The same of an account that is suspended, which may last. */
const SUSPENDED_WAIT_MS = 5_000;
/** After so long the next export has its turn. */
const TURN_MS = 30_000;

export interface TurnContext {
  redis: RedisClient;
  clickhouse: ClickHouseClient;
  /** For files: waits FILE_WITHIN_MS for a sign of life. */
  patient_clickhouse: ClickHouseClient;
  data_dir: string;
  /** Rows of one file; default: FILE_ROWS_MAX. */
  file_rows_max?: number;
  /** Whether the worker stops, or has lost the export to another one. */
  ends(): boolean;
}

/** Somebody changed the record meanwhile, or this worker stops: what is to be done is read again. */
class TurnOverError extends Error {}

/** What is left to do: when to look again, or undefined when nothing is. */
type Next = number | undefined;

export async function takeTurn(context: TurnContext, stored: Stored, store: ObjectStore): Promise<Next> {
  const turn = new Turn(context, stored, store);
  try {
    return await turn.run();
  } catch (error) {
    if (error instanceof TurnOverError) return Date.now();
    throw error;
  }
}

class Turn {
  readonly #context: TurnContext;
  readonly #store: ObjectStore;
  #stored: Stored;

  constructor(context: TurnContext, stored: Stored, store: ObjectStore) {
    this.#context = context;
    this.#stored = stored;
    this.#store = store;
  }

  get #one(): Export {
    return this.#stored.one;
  }

  /** Throws TurnOverError where the record is not as it was read. */
  async #save(change: Partial<Export>, log = false): Promise<void> {
    if (this.#context.ends()) throw new TurnOverError();
    const saved = await saveExport(this.#context.redis, this.#stored.text, { ...this.#one, ...change }, log);
    if (saved === undefined) throw new TurnOverError();
    this.#stored = saved;
  }

  async run(): Promise<Next> {
    const until_ms = Date.now() + TURN_MS;
    for (;;) {
      const waits_for = await this.#step();
      if (waits_for === 'the end') return this.#over();
      if (waits_for !== this.#one.waits_for) await this.#save({ waits_for });
      if (waits_for === SUSPENSION) return Date.now() + SUSPENDED_WAIT_MS;
      if (waits_for !== '') return Date.now() + WAIT_MS;
      if (Date.now() > until_ms) return Date.now();
    }
  }

  /** One step; resolves with what it waits for, '' when it is done, or `the end` when nothing can be written now. */
  async #step(): Promise<string> {
    const one = this.#one;
    const { cursor } = one;
    const account = await getAccount(this.#context.redis, one.account_id);
    if (account !== undefined && isSuspended(account)) return SUSPENSION;
    if (cursor !== null) return this.#write(cursor);
    const end_ms = endOf(one, Date.now());
    if (one.written_to_ms >= end_ms) return 'the end';
    const unsettled = one.settled_ms >= end_ms ? '' : await this.#settle(end_ms);
    if (unsettled !== '') return unsettled;
    const window = nextWindow(one, one.written_to_ms, end_ms);
    await this.#save({ state: 'running', cursor: { ...window, dataset: 0, part: 0 } });
    return '';
  }

  /**
   * The ends of the logs are read after the end of the range is past by ClickHouse's clock, which gives rows their
   * stored_at: what is logged later is stored later.
   */
  async #settle(end_ms: number): Promise<string> {
    const { redis, clickhouse, data_dir } = this.#context;
    const { settling } = this.#one;
    if (settling === null || settling.at_ms < end_ms) {
      if ((await timeOf(clickhouse)) <= end_ms) return 'the end of its range';
      await this.#save({ settling: { at_ms: end_ms, positions: await positionsNow(redis, LOGS) } });
      return '';
    }
    const waits_for = await unprocessed(redis, settling.positions, data_dir);
    if (waits_for === '') await this.#save({ settled_ms: settling.at_ms, settling: null });
    return waits_for;
  }

  #write(cursor: Cursor): Promise<string> {
    const dataset = this.#one.datasets[cursor.dataset];
    if (dataset === undefined) return this.#writeManifest(cursor);
    const { account_id, filters, window_by, every } = this.#one;
    const { from_ms, to_ms, part, parts = 1 } = cursor;
    const question: Question = {
      ...{ dataset, account_id, from_ms, to_ms, filters, part, parts },
      by: window_by,
      net: every === 'once',
    };
    return cursor.parts === undefined ? this.#count(cursor, question) : this.#writeFile(cursor, question);
  }

  async #count(cursor: Cursor, question: Question): Promise<string> {
    const { clickhouse, file_rows_max = FILE_ROWS_MAX } = this.#context;
    const parts = Math.ceil((await countRows(clickhouse, question)) / file_rows_max);
    await this.#save({ cursor: parts === 0 ? nextDataset(cursor) : { ...cursor, parts } });
    return '';
  }

  async #writeFile(cursor: Cursor, question: Question): Promise<string> {
    const { redis, clickhouse, patient_clickhouse } = this.#context;
    const { from_ms, to_ms, part, parts = 1 } = cursor;
    const { dataset } = question;
    const file = { name: fileName(this.#one, dataset, cursor, { part, parts }), dataset, from_ms, to_ms };
    if (await isErasing(redis)) return ERASURE;
    if (cursor.begun) await this.#removeLeft();
    else await this.#save({ cursor: { ...cursor, begun: true } });
    await noteFile(clickhouse, this.#one, file);
    // An erasure lists the files that were begun before it changes rows: either it sees this one, or this sees it.
    if (await isErasing(redis)) return ERASURE;
    const written = await writeFile(patient_clickhouse, this.#store, this.#one, {
      name: file.name,
      question,
    });
    if (this.#context.ends()) throw new TurnOverError();
    await noteFile(clickhouse, this.#one, file, written);
    const { begun: _, ...now } = cursor;
    await this.#save({
      cursor: part + 1 < parts ? { ...now, part: part + 1 } : nextDataset(cursor),
      files: this.#one.files + 1,
      rows: this.#one.rows + written.rows,
      bytes: this.#one.bytes + written.bytes,
      ...{ error: '', failures: 0 },
    });
    return '';
  }

  /** Where the bucket tells nobody what was left unfinished, a rule of the bucket has to end it. */
  async #removeLeft(): Promise<void> {
    await this.#store.removeIncomplete().catch((error: unknown) => {
      if (!(error instanceof StoreFault)) throw error;
    });
  }

  /** Of a range there is one, at its end. */
  async #writeManifest({ from_ms, to_ms }: Cursor): Promise<string> {
    const { clickhouse } = this.#context;
    const one = this.#one;
    const is_last = one.every === 'hour' || to_ms >= endOf(one, Date.now());
    if (is_last) {
      const window = { from_ms: one.every === 'once' ? one.from_ms : from_ms, to_ms };
      const name = manifestName(one, window);
      const files = await filesOf(clickhouse, one, window);
      const text = `${JSON.stringify(manifestOf(one, window, files, columnsIn(one)), null, 2)}\n`;
      const written = await writeText(this.#store, name, text);
      const rows = files.reduce((sum, file) => sum + file.rows, 0);
      await noteFile(clickhouse, one, { name, dataset: MANIFEST, ...window }, { ...written, rows });
    }
    await this.#save({ cursor: null, written_to_ms: to_ms, error: '', failures: 0 }, true);
    return '';
  }

  async #over(): Promise<Next> {
    const next_ms = this.#one.every === 'hour' ? nextHourAt(this.#one) : undefined;
    if (next_ms === undefined) {
      await this.#save({ state: 'done', waits_for: '', finished_at: new Date().toISOString() }, true);
    } else if (this.#one.waits_for !== '') await this.#save({ waits_for: '' });
    return next_ms;
  }
}

const ERASURE = 'an erasure of contacts';
/** What an export waits for whose account the operator has suspended: nothing more leaves until it is active again. */
export const SUSPENSION = 'the account, which is suspended';

/** Whether rows are about to be changed, or are being changed. */
async function isErasing(redis: RedisClient): Promise<boolean> {
  const step = (await readRound(redis))?.round.step;
  return step === 'drain' || step === 'mutate';
}

const nextDataset = ({ from_ms, to_ms, dataset }: Cursor): Cursor => ({
  from_ms,
  to_ms,
  dataset: dataset + 1,
  part: 0,
});

function columnsIn({ datasets }: Export): Record<string, ManifestColumn[]> {
  return Object.fromEntries(
    datasets.map((dataset) => [
      dataset,
      Object.entries(columnsOfDataset(dataset)).map(([name, { type, meaning }]) => ({ name, type, meaning })),
    ]),
  );
}
