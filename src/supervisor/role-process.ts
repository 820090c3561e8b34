/** The process of a role, as a child of the supervisor. */
import { join } from 'node:path';
import type { Logger } from '../platform/logger.ts';
import { Child, LOG_FD } from './child.ts';
import type { DataFolder } from './data-folder.ts';

/** Node's arguments for every process of this project: see deploy/quick-start.mjs. */
export const NODE_ARGUMENTS: readonly string[] = [
  '--disable-warning=ExperimentalWarning',
  '--import',
  new URL('../../deploy/quick-start.mjs', import.meta.url).href,
];

export const ROLES = ['redirect', 'worker', 'api', 'clickhouse'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Roles that can wait while taps are answered. When cores are scarce, a niceness of 2 gives them two thirds of the
 * processor time of a redirect process. In the peak of a send this reduces p99 from 191-241 ms to 84 ms (bench/burst)
 * without delaying reports (bench/pipeline). With 5 or 10 they fall behind.
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
 * Bytes of a request up to its body: cookies of a brand's parent domain may have 16 kB, beside the address and the other
 * headers. uWebSockets.js refuses more with 431 by itself; its own default is 4 kB.
 */
const REQUEST_HEADER_BYTES_MAX = 24 * 1024;

/**
 * Environment variables that a role needs from its start. uWebSockets.js reads its own when it is loaded. For
 * ClickHouse's jemalloc: a background thread returns freed pages, as in clickhouse-server, instead of the thread that
 * frees them. Large aggregations then take two thirds of the time, and inserts beside them half (bench/inserts).
 */
export const ROLE_ENVIRONMENT: Partial<Record<Role, NodeJS.ProcessEnv>> = {
  clickhouse: { JE_MALLOC_CONF: 'background_thread:true' },
  redirect: { UWS_HTTP_MAX_HEADERS_SIZE: String(REQUEST_HEADER_BYTES_MAX) },
};

/**
 * Node's arguments for roles that make much garbage. A batch's objects all die with the batch, as a tap's do with its
 * answer: with room for them the collector has next to nothing to copy. The room is taken only where it is needed, and
 * is given back at rest.
 */
const ROLE_ARGUMENTS: Partial<Record<Role, readonly string[]>> = {
  redirect: ['--max-semi-space-size=32'],
  worker: ['--max-semi-space-size=64'],
  api: ['--max-semi-space-size=32'],
};

/** Node's arguments for a process of the role. */
export const argumentsOf = (role: Role): string[] => [...NODE_ARGUMENTS, ...(ROLE_ARGUMENTS[role] ?? [])];

export interface RoleProcess {
  role: Role;
  /** Unique under this supervisor. */
  name: string;
  env: NodeJS.ProcessEnv;
  /** Records the process. */
  data: DataFolder | undefined;
  /** What it gets when it asks for the metrics of all processes. */
  machineMetrics?: () => Promise<string>;
  logger: Logger;
}

/** Creates the process without starting it. */
export function roleProcess({ role, name, env, data, machineMetrics, logger }: RoleProcess): Child {
  // uWebSockets.js writes a line to standard output for every server name that it loads.
  const quiet = role === 'redirect' && Boolean(env['TLS_PORT']);
  return new Child({
    name,
    command: process.execPath,
    args: [...argumentsOf(role), join(import.meta.dirname, ENTRIES[role])],
    env: {
      ...ROLE_ENVIRONMENT[role],
      ...env,
      TRACKLY_PROCESS: name,
      ...(quiet ? { TRACKLY_LOG_FD: String(LOG_FD) } : {}),
    },
    quiet,
    yields: YIELDING.includes(role) ? YIELDS : 0,
    noted: (child_name, pid) => data?.note(child_name, pid),
    ...(machineMetrics === undefined ? {} : { machineMetrics }),
    logger,
  });
}
