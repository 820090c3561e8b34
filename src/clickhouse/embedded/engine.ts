/**
 * chDB, ClickHouse in this process: a bounded set of sessions on one folder, each with one statement at
 * a time. Inserts have sessions of their own, so that a slow query does not hold them up. One process a
 * folder: the engine locks it.
 */
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drainPending, type QueryOptions, Session } from 'chdb';
import { forgetLostInserts } from './forget-lost-inserts.ts';
import { type InsertStatement, parameterValue, quote } from './statement.ts';

const READERS = 6;
const WRITERS = 4;
/** Statements that may wait for a session; one more is refused. */
export const WAITING_MAX = 256;
/** Formats that the engine takes from memory; others pass through a file. */
const IN_MEMORY = new Set([
  'JSONEachRow',
  'JSONCompactEachRow',
  'CSV',
  'CSVWithNames',
  'TabSeparated',
  'TSV',
  'TabSeparatedWithNames',
  'TSVWithNames',
]);

/** Too many statements wait; try again later. */
export class BusyError extends Error {
  readonly code = 'busy';
}

export interface Statement {
  sql: string;
  database: string;
  settings: Record<string, string>;
  params: Record<string, string>;
  /** Where the statement names none. */
  default_format: string;
}

export interface Written {
  rows: number;
  bytes: number;
}

interface Lane {
  sessions: { session: Session; database: string }[];
  waiting: ((worker: { session: Session; database: string }) => void)[];
}

export class Engine {
  /** Inserts that the end of the process before had cut off; see forget-lost-inserts.ts. */
  readonly forgotten: string[];
  readonly #folder: string;
  readonly #lanes: { read: Lane; write: Lane };
  #running = 0;
  #idle: (() => void)[] = [];

  /** Opens `folder`, made if missing. Throws where another process holds it. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
    const open = (count: number): Lane => ({
      sessions: Array.from({ length: count }, () => ({ session: new Session(folder), database: 'default' })),
      waiting: [],
    });
    try {
      // Opening it once shows that nobody else has it open: then it may be repaired.
      new Session(folder).close();
      this.forgotten = forgetLostInserts(folder);
      this.#lanes = { read: open(READERS), write: open(WRITERS) };
    } catch (error) {
      throw new Error(
        `The ClickHouse data in ${folder} is in use by another process, or can't be read: stop the other one, or set DATA_DIR to another folder. (${(error as Error).message})`,
      );
    }
  }

  /** Runs a statement and returns its whole result. */
  run(statement: Statement, lane: 'read' | 'write'): Promise<Buffer> {
    return this.#with(lane, statement, async (session, params) => {
      const options: QueryOptions = { format: statement.default_format };
      const result =
        params === undefined
          ? await session.queryAsync(statement.sql, options)
          : await session.queryBindAsync(statement.sql, params, options);
      return Buffer.from(result.bytes());
    });
  }

  /** Runs a query and hands over its rows as they come. For formats that are rows one after the other. */
  stream(statement: Statement, take: (chunk: Buffer) => Promise<boolean>): Promise<void> {
    return this.#with('read', statement, async (session, params) => {
      const options = { format: statement.default_format };
      const stream =
        params === undefined
          ? session.queryStream(statement.sql, options)
          : session.queryStreamBind(statement.sql, params, options);
      for await (const chunk of stream) {
        // A reader that went away ends the query.
        if (!(await take(Buffer.from(chunk.raw())))) break;
      }
    });
  }

  /** Inserts one body under one statement: one block, one deduplication token. */
  async insert(insert: InsertStatement, statement: Statement, body: Buffer): Promise<Written> {
    const settings = [
      ...(insert.settings === '' ? [] : [insert.settings]),
      ...Object.entries(statement.settings).map(([name, value]) => `${name} = ${quote(value)}`),
    ].join(', ');
    const clause = settings === '' ? '' : ` SETTINGS ${settings}`;
    // The engine takes statements as text: bytes that are none go through a file too.
    if (!IN_MEMORY.has(insert.format) || !isUtf8(body))
      return this.#insertFile(insert, clause, statement, body);
    return this.#with('write', { ...statement, settings: {} }, async (session) => {
      const result = await session.queryAsync(
        `${insert.head}${clause} FORMAT ${insert.format}\n${body.toString('utf8')}`,
      );
      return { rows: result.rowsRead, bytes: body.length };
    });
  }

  async #insertFile(
    insert: InsertStatement,
    clause: string,
    statement: Statement,
    body: Buffer,
  ): Promise<Written> {
    const file = join(this.#folder, `insert-${randomUUID()}`);
    await writeFile(file, body, { mode: 0o600 });
    try {
      const sql = `${insert.head} FROM INFILE ${quote(file)}${clause} FORMAT ${insert.format}`;
      await this.#with('write', { ...statement, sql, settings: {} }, (session) => session.queryAsync(sql));
      return { rows: 0, bytes: body.length };
    } finally {
      await rm(file, { force: true });
    }
  }

  /** Lends a session, set up for the statement, and takes it back as it was. */
  async #with<T>(
    name: 'read' | 'write',
    statement: Statement,
    use: (session: Session, params: Record<string, string | null> | undefined) => Promise<T>,
  ): Promise<T> {
    const lane = this.#lanes[name];
    this.#running++;
    const worker = await this.#lend(lane).catch((error) => {
      this.#ended();
      throw error;
    });
    const settings = Object.entries(statement.settings);
    try {
      if (worker.database !== statement.database) {
        await worker.session.queryAsync(`USE ${identifier(statement.database)}`);
        worker.database = statement.database;
      }
      if (settings.length > 0) {
        await worker.session.queryAsync(
          `SET ${settings.map(([key, value]) => `${key} = ${quote(value)}`).join(', ')}`,
        );
      }
      const params = Object.entries(statement.params).map(([key, value]): [string, string | null] => [
        key,
        parameterValue(statement.sql, key, value),
      ]);
      return await use(worker.session, params.length === 0 ? undefined : Object.fromEntries(params));
    } finally {
      if (settings.length > 0) {
        const reset = settings.map(([key]) => `${key} = DEFAULT`).join(', ');
        await worker.session.queryAsync(`SET ${reset}`).catch(() => {});
      }
      const next = lane.waiting.shift();
      if (next === undefined) lane.sessions.push(worker);
      else next(worker);
      this.#ended();
    }
  }

  #lend(lane: Lane): Promise<{ session: Session; database: string }> {
    const free = lane.sessions.pop();
    if (free !== undefined) return Promise.resolve(free);
    if (lane.waiting.length >= WAITING_MAX) return Promise.reject(new BusyError('too many statements wait'));
    return new Promise((resolve) => lane.waiting.push(resolve));
  }

  #ended(): void {
    this.#running--;
    if (this.#running === 0) for (const done of this.#idle.splice(0)) done();
  }

  /** Resolves once nothing runs, or after `within_ms`; then the folder is free. */
  async close(within_ms: number): Promise<void> {
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#idle.push(resolve);
        setTimeout(resolve, within_ms).unref();
      });
    }
    if (this.#running > 0) return;
    for (const lane of Object.values(this.#lanes)) for (const { session } of lane.sessions) session.close();
    await drainPending();
  }
}

/** A database's name for the text of a statement. */
function identifier(name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}
