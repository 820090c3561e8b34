/**
 * chDB, ClickHouse in this process: a bounded set of sessions on one folder, each with one statement at
 * a time. Inserts have sessions of their own, so that a slow query does not hold them up. One process a
 * folder: the engine locks it.
 */
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drainPending, type QueryOptions, Session } from 'chdb';
import { BusyError } from './busy-error.ts';
import { type Access, CARRIER } from './confined/row-policies.ts';
import { forgetLostInserts } from './forget-lost-inserts.ts';
import { computesFirst, type InsertStatement, intoFile, parameterValue, quote } from './statement.ts';

const READERS = 6;
const WRITERS = 4;
/** With those above fewer than the threads that statements run on: see role-process.ts. */
const CONFINED = 3;
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

/** Of the files that bodies of inserts and results pass through. */
const FILE_PREFIXES = { body: 'insert-', result: 'result-' };

export interface Statement {
  sql: string;
  database: string;
  settings: Record<string, string>;
  params: Record<string, string>;
  /** Where the statement names none. */
  default_format: string;
  /** The account of a confined statement. */
  account_id?: string;
}

/** Whose sessions run a statement. Confined ones see the rows of one account, read-only, and are used once. */
export type LaneName = 'read' | 'write' | 'confined';

export interface Written {
  rows: number;
  bytes: number;
}

interface Worker {
  /** Undefined in the confined lane: each statement opens its own. */
  session: Session | undefined;
  database: string;
}

interface Lane {
  workers: Worker[];
  waiting: ((worker: Worker) => void)[];
}

type Params = Record<string, string | null> | undefined;

export class Engine {
  /** Inserts that the end of the process before had cut off; see forget-lost-inserts.ts. */
  readonly forgotten: string[];
  readonly #folder: string;
  readonly #access: Access | undefined;
  readonly #lanes: Record<LaneName, Lane>;
  #running = 0;
  #idle: (() => void)[] = [];

  /** Opens `folder`, made if missing; without `access` nothing can be confined. Throws where another process holds it. */
  constructor(folder: string, access?: Access) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
    this.#access = access;
    const lane = (count: number, open: () => Session | undefined): Lane => ({
      workers: Array.from({ length: count }, () => ({ session: open(), database: 'default' })),
      waiting: [],
    });
    try {
      // Opening it once shows that nobody else has it open: then it may be repaired.
      this.#open('').close();
      this.forgotten = forgetLostInserts(folder);
      removeFiles(folder);
      const system = (): Session => this.#open('');
      this.#lanes = {
        read: lane(READERS, system),
        write: lane(WRITERS, system),
        confined: lane(CONFINED, () => undefined),
      };
    } catch (error) {
      throw new Error(
        `The ClickHouse data in ${folder} is in use by another process, or can't be read: stop the other one, or set DATA_DIR to another folder. (${(error as Error).message})`,
      );
    }
  }

  /** A session that sees everything, or with an account the rows of that one. */
  #open(account_id: string): Session {
    const session = new Session(this.#folder, { connectionArgs: this.#access?.args ?? [] });
    if (this.#access !== undefined) session.query(`SET ${CARRIER} = ${quote(this.#access.key + account_id)}`);
    return session;
  }

  /** Runs a statement and returns its whole result. */
  run(statement: Statement, lane: LaneName): Promise<Buffer> {
    return this.#with(lane, statement, async (session, params) => {
      const options: QueryOptions = { format: statement.default_format };
      const result =
        params === undefined
          ? await session.queryAsync(statement.sql, options)
          : await session.queryBindAsync(statement.sql, params, options);
      return Buffer.from(result.bytes());
    });
  }

  /**
   * Runs a query and hands over its rows as they come. For formats that are rows one after the other. What may compute
   * something before them, or is not ours, runs off the event loop, and its rows come through a file.
   */
  stream(
    statement: Statement,
    lane: 'read' | 'confined',
    take: (chunk: Buffer) => Promise<boolean>,
  ): Promise<void> {
    if (lane === 'confined' || computesFirst(statement.sql)) return this.#streamFile(statement, lane, take);
    return this.#with(lane, statement, async (session, params) => {
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

  async #streamFile(
    statement: Statement,
    lane: 'read' | 'confined',
    take: (chunk: Buffer) => Promise<boolean>,
  ): Promise<void> {
    try {
      await this.#throughFile('result', async (file) => {
        const sql = intoFile(statement.sql, file, statement.default_format);
        await this.run({ ...statement, sql }, lane);
        for await (const chunk of createReadStream(file)) if (!(await take(chunk as Buffer))) break;
      });
    } catch (error) {
      // A syntax error quotes the rest of the statement.
      if (error instanceof Error) error.message = error.message.replace(/ INTO OUTFILE '[^']*'?/g, '');
      throw error;
    }
  }

  /** Lends the name of a file, which is gone afterwards. */
  async #throughFile<T>(of: keyof typeof FILE_PREFIXES, use: (file: string) => Promise<T>): Promise<T> {
    const file = join(this.#folder, `${FILE_PREFIXES[of]}${randomUUID()}`);
    try {
      return await use(file);
    } finally {
      await rm(file, { force: true });
    }
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

  #insertFile(insert: InsertStatement, clause: string, statement: Statement, body: Buffer): Promise<Written> {
    return this.#throughFile('body', async (file) => {
      await writeFile(file, body, { mode: 0o600 });
      const sql = `${insert.head} FROM INFILE ${quote(file)}${clause} FORMAT ${insert.format}`;
      await this.#with('write', { ...statement, sql, settings: {} }, (session) => session.queryAsync(sql));
      return { rows: 0, bytes: body.length };
    });
  }

  /** Lends a session, set up for the statement, and takes it back as it was. */
  async #with<T>(
    name: LaneName,
    statement: Statement,
    use: (session: Session, params: Params) => Promise<T>,
  ): Promise<T> {
    const lane = this.#lanes[name];
    this.#running++;
    const worker = await this.#lend(lane).catch((error) => {
      this.#ended();
      throw error;
    });
    try {
      const { session } = worker;
      return await (session === undefined
        ? this.#confined(statement, use)
        : this.#shared(session, worker, statement, use));
    } finally {
      const next = lane.waiting.shift();
      if (next === undefined) lane.workers.push(worker);
      else next(worker);
      this.#ended();
    }
  }

  async #shared<T>(
    session: Session,
    worker: Worker,
    statement: Statement,
    use: (session: Session, params: Params) => Promise<T>,
  ): Promise<T> {
    const names = Object.keys(statement.settings);
    try {
      if (worker.database !== statement.database) {
        await session.queryAsync(`USE ${identifier(statement.database)}`);
        worker.database = statement.database;
      }
      if (names.length > 0) await session.queryAsync(setting(statement.settings));
      return await use(session, bound(statement));
    } finally {
      if (names.length > 0) {
        const reset = names.map((name) => `${name} = DEFAULT`).join(', ');
        await session.queryAsync(`SET ${reset}`).catch(() => {});
      }
    }
  }

  /** What is read-only can't be undone: such a session ends with its statement. */
  async #confined<T>(
    statement: Statement,
    use: (session: Session, params: Params) => Promise<T>,
  ): Promise<T> {
    const { account_id = '' } = statement;
    if (this.#access === undefined || account_id === '') throw new Error('nothing can be confined here');
    const session = this.#open(account_id);
    try {
      await session.queryAsync(`USE ${identifier(statement.database)}`);
      await session.queryAsync(setting({ ...statement.settings, readonly: '1' }));
      return await use(session, bound(statement));
    } catch (error) {
      if (error instanceof Error) error.message = error.message.replaceAll(this.#access.key, '…');
      throw error;
    } finally {
      session.close();
    }
  }

  #lend(lane: Lane): Promise<Worker> {
    const free = lane.workers.pop();
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
    for (const lane of Object.values(this.#lanes)) for (const { session } of lane.workers) session?.close();
    await drainPending();
  }
}

/** Those of inserts and results that the end of the process before had cut off. */
function removeFiles(folder: string): void {
  const prefixes = Object.values(FILE_PREFIXES);
  for (const name of readdirSync(folder)) {
    if (prefixes.some((prefix) => name.startsWith(prefix))) rmSync(join(folder, name));
  }
}

/** A database's name for the text of a statement. */
function identifier(name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}

function setting(settings: Record<string, string>): string {
  return `SET ${Object.entries(settings)
    .map(([name, value]) => `${name} = ${quote(value)}`)
    .join(', ')}`;
}

/** The parameters of a statement as the engine's bind call takes them. */
function bound({ sql, params }: Statement): Params {
  const entries = Object.entries(params).map(([name, value]): [string, string | null] => [
    name,
    parameterValue(sql, name, value),
  ]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
