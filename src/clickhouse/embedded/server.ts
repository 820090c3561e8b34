/**
 * Runs ClickHouse's own server in this process: libchdb.so contains clickhouse-local with the HTTP and native listeners
 * of clickhouse-server. It runs on its own threads, and its data survives a kill like a server's. One process for each
 * folder, one server in each process, on loopback only.
 *
 * Its session executes one statement that does not end; the server runs as long as that statement. When the server ends
 * by itself, `ended` resolves, and the process must end too.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANALYST_USER } from '../../analysts/access.ts';
import type { Logger } from '../../platform/logger.ts';
import { isRunning } from '../../platform/process-mark.ts';
import { sleep } from '../../platform/sleep.ts';
import { configurationOf, usersOf } from './configuration.ts';
import { forgetLostInserts } from './forget-lost-inserts.ts';
import { callLong, callNumber, openLibrary } from './library.ts';
import { keptPasswords, type Passwords, SYSTEM_USER } from './passwords.ts';
import { redirectStandardStreams } from './standard-streams.ts';

/** Opening 10 million rows takes 75 ms; repairing a folder after a crash may take much longer. */
const START_WITHIN_MS = 300_000;
const LOOK_EVERY_MS = 20;
const ASK_WITHIN_MS = 5_000;
const CLOSE_WITHIN_MS = 1_000;
/** The statement that does not end. */
const LAST =
  'SELECT sleepEachRow(1) FROM numbers(1000000000000) SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0 FORMAT Null';

export interface EmbeddedServer {
  /** Resolves when the server has ended, for any reason. */
  ended: Promise<void>;
  /** Whether it executes statements. Takes at most 5 s; never rejects. */
  answers(): Promise<boolean>;
  /** Cancels running statements, within a second; then the process may end. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** DATA_DIR: passwords are kept there, the data in its folder `clickhouse`. */
  data_dir: string;
  http_port: number;
  /** Undefined: no native listener. */
  tcp_port: number | undefined;
  logger: Logger;
}

/** Starts the server and resolves when it executes statements. Throws an error with one sentence if it cannot start. */
export async function startEmbeddedServer(options: ServerOptions): Promise<EmbeddedServer> {
  const { data_dir, http_port, tcp_port, logger } = options;
  openLibrary();
  // A normal exit would wait for clickhouse-local's session, which does not end. Nothing is left to write: a part is on
  // the disk before its insert is acknowledged.
  process.once('exit', (code) => callNumber('_exit', code));
  // Times without a zone are UTC, whatever the machine's zone is.
  callNumber('setenv', 'TZ', 'UTC', 1);
  const folder = join(data_dir, 'clickhouse');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  assertFree(folder);
  const forgotten = forgetLostInserts(folder);
  if (forgotten.length > 0) {
    logger.warn(
      { parts: forgotten },
      'deduplication tokens without their rows were removed; these inserts will be retried',
    );
  }
  const passwords = await keptPasswords(data_dir);
  const ask = (sql: string, user = SYSTEM_USER, password = passwords.system): Promise<Response> =>
    fetch(`http://127.0.0.1:${http_port}/`, {
      method: 'POST',
      body: sql,
      headers: { 'x-clickhouse-user': user, 'x-clickhouse-key': password },
      signal: AbortSignal.timeout(ASK_WITHIN_MS),
    });
  const answers = async (): Promise<boolean> => {
    try {
      const response = await ask('SELECT 1');
      return response.ok && (await response.text()) === '1\n';
    } catch {
      return false;
    }
  };

  let running = true;
  const output = join(folder, 'clickhouse.out');
  redirectStandardStreams(output);
  const words = argumentsOf(folder, http_port, tcp_port, passwords);
  const ended = callLong('query_stable_v2', words.length, words).finally(() => {
    running = false;
  });
  const until = performance.now() + START_WITHIN_MS;
  while (!(await answers())) {
    if (!running || performance.now() > until) {
      const said = readFileSync(output, 'utf8').trim().split('\n').at(-1);
      throw new Error(`ClickHouse ${running ? 'does not answer' : 'ended'} on ${folder}: ${said}`);
    }
    await Promise.race([ended, sleep(LOOK_EVERY_MS)]);
  }
  leaveWorkingFolder(folder);
  const file = await ask("SELECT file('/', NULL)", ANALYST_USER, passwords.analyst);
  if (file.ok) throw new Error('ClickHouse reads files of this machine for analysts: it is not started.');
  await file.body?.cancel();

  return {
    ended,
    answers,
    async close() {
      const late = sleep(CLOSE_WITHIN_MS);
      const others = `user LIKE '${SYSTEM_USER}%' AND query_id != queryID()`;
      await Promise.race([ask(`KILL QUERY WHERE ${others} SYNC`).catch(() => {}), late]);
    },
  };
}

/** ClickHouse locks the folder itself, but only after forgetLostInserts has changed files in it. */
function assertFree(folder: string): void {
  const status = join(folder, 'status');
  const holder = existsSync(status) ? Number(/^PID: (\d+)/.exec(readFileSync(status, 'utf8'))?.[1]) : 0;
  if (holder === process.pid || !isClickHouse(holder)) return;
  throw new Error(
    `The ClickHouse data in ${folder} is in use by process ${holder}: stop that one, or set DATA_DIR to another folder.`,
  );
}

/** Checks the command line, because the process id may have been reused. Without /proc only the id is checked. */
function isClickHouse(pid: number): boolean {
  if (!isRunning(pid)) return false;
  try {
    return /trackly|clickhouse/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}

const logFile = (folder: string): string => join(folder, 'clickhouse.log');

function argumentsOf(
  folder: string,
  http_port: number,
  tcp_port: number | undefined,
  passwords: Passwords,
): string[] {
  const access = join(folder, 'access');
  mkdirSync(access, { recursive: true, mode: 0o700 });
  const [config_file, users_file] = ['config.xml', 'users.xml'].map((name) => join(access, name)) as [
    string,
    string,
  ];
  const write = (path: string, xml: string): void => writeFileSync(path, xml, { mode: 0o600 });
  write(users_file, usersOf(passwords));
  write(config_file, configurationOf({ http_port, users_file, log_file: logFile(folder) }, passwords));
  const listen = tcp_port === undefined ? ['HTTP'] : ['HTTP', 'TCP'];
  return [
    'clickhouse',
    // Behaves as at a terminal: see standard-streams.ts.
    '--interactive',
    '--disable_suggestion',
    '--progress=off',
    `--config-file=${config_file}`,
    `--path=${folder}`,
    '--log-level=warning',
    '--listen_host=127.0.0.1',
    `--http_port=${http_port}`,
    ...(tcp_port === undefined ? [] : [`--tcp_port=${tcp_port}`]),
    `--query=${[...listen.map((protocol) => `SYSTEM START LISTEN ${protocol}`), LAST].join('; ')}`,
  ];
}

/**
 * Makes the SQL function `file` fail. In clickhouse-local it lets every user read any file and needs no grant
 * (FunctionFile.cpp: "If run in Local mode, no need for path checking"). It first resolves the working folder, so it
 * fails in a process whose working folder is deleted. Nothing else in this process uses relative paths.
 */
function leaveWorkingFolder(folder: string): void {
  const gone = join(folder, 'gone');
  mkdirSync(gone, { recursive: true });
  process.chdir(gone);
  rmdirSync(gone);
}
