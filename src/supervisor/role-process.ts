/** The process of a role, as a child of the supervisor. */
import { join } from 'node:path';
import type { Logger } from '../platform/logger.ts';
import { Child, LOG_FD } from './child.ts';
import type { DataFolder } from './data-folder.ts';

/** How every process of this project is started by Node, before its file: see deploy/quick-start.mjs. */
export const NODE_ARGUMENTS: readonly string[] = [
  '--disable-warning=ExperimentalWarning',
  '--import',
  new URL('../../deploy/quick-start.mjs', import.meta.url).href,
];

export const ROLES = ['redirect', 'worker', 'api', 'clickhouse'] as const;
export type Role = (typeof ROLES)[number];

/**
 * What can wait while taps are answered: where all share too few cores, these get two thirds of the processor's time
 * that a redirect process gets. In the peak of a send that is 84 instead of 191 to 241 ms for the slowest hundredth
 * (bench/burst), and reports are no later (bench/pipeline). More, 5 or 10, let them fall behind.
 */
const YIELDING: readonly Role[] = ['worker', 'clickhouse'];
const YIELDS = 2;

const ENTRIES: Record<Role, string> = {
  redirect: '../redirect/main.ts',
  worker: '../../workers/main.ts',
  api: '../api/main.ts',
  clickhouse: '../clickhouse/main.ts',
};

/**
 * What a role needs in its environment before its first line runs. jemalloc, of ClickHouse: freed pages are given back by
 * a thread of its own, as in clickhouse-server, and not at once by whoever frees them. Large aggregations take two thirds
 * of the time, and inserts beside them half (bench/inserts).
 */
export const ROLE_ENVIRONMENT: Partial<Record<Role, NodeJS.ProcessEnv>> = {
  clickhouse: { JE_MALLOC_CONF: 'background_thread:true' },
};

/** `name` is the process's own among its kind; `data` remembers it, where the folder is held. Not started yet. */
export function roleProcess(
  role: Role,
  name: string,
  env: NodeJS.ProcessEnv,
  data: DataFolder | undefined,
  logger: Logger,
): Child {
  // uWebSockets.js writes a line to standard output for every server name that it loads.
  const quiet = role === 'redirect' && Boolean(env['TLS_PORT']);
  return new Child({
    name,
    command: process.execPath,
    args: [...NODE_ARGUMENTS, join(import.meta.dirname, ENTRIES[role])],
    env: {
      ...ROLE_ENVIRONMENT[role],
      ...env,
      TRACKLY_PROCESS: name,
      ...(quiet ? { TRACKLY_LOG_FD: String(LOG_FD) } : {}),
    },
    quiet,
    yields: YIELDING.includes(role) ? YIELDS : 0,
    noted: (child_name, pid) => data?.note(child_name, pid),
    logger,
  });
}
