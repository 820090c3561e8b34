/**
 * The private redis-server of an installation without REDIS_URL: append-only file on, no eviction, loopback only, with
 * a password. It writes before it replies, so a kill loses no answered click; a power cut loses about a second
 * (sync-append-only-file.ts).
 */

import { accessSync, constants } from 'node:fs';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../platform/logger.ts';
import { connectRedis, untilReady } from '../platform/redis.ts';
import { Child } from './child.ts';
import { type DataFolder, keptRedisPassword, StartError } from './data-folder.ts';
import { freePort } from './ports.ts';

/** Loading the append-only file of a large installation takes a while: about 1 s for 200 MB. */
const READY_WITHIN_MS = 600_000;
const FOLDERS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/bin'];

/**
 * Finds redis-server in PATH or where packages install it. If there is none, throws StartError, which says what to
 * type.
 */
export function findRedisServer(path_setting: string | undefined): string {
  for (const folder of [...(path_setting ?? '').split(':'), ...FOLDERS]) {
    if (folder === '') continue;
    const path = join(folder, 'redis-server');
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  throw new StartError(
    'redis-server was not found: install it (Debian: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL.',
  );
}

/**
 * Settings that make Redis durable. The append-only file is rewritten when it has doubled, from 512 MB on: at 20,000
 * clicks/s it grows by 30 MB a second, and during each rewrite a copy of the process takes a core, which slows taps on
 * a small machine (bench/latency). Loading a file of this size after a crash takes about a second.
 */
export const REDIS_SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ['appendonly', 'yes'],
  ['appendfsync', 'no'],
  ['save', ''],
  ['maxmemory-policy', 'noeviction'],
  // Small hashes of links stay lists with this; 256 is VALUE_BYTES_MAX of src/links/stored-links.ts.
  ['hash-max-listpack-value', '256'],
  ['auto-aof-rewrite-min-size', '512mb'],
  ['stop-writes-on-bgsave-error', 'no'],
];

const LOG_BYTES_MAX = 10 * 1_024 ** 2;
const BOUND_LOG_EVERY_MS = 60_000;

/** Keeps the log and the one before it: Redis opens the file for each line. Safe to repeat. */
export async function boundLog(path: string, bytes_max = LOG_BYTES_MAX): Promise<void> {
  const bytes = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  // Without room on the disk it is tried again.
  if (bytes > bytes_max) await rename(path, `${path}.1`).catch(() => {});
}

export interface PrivateRedis {
  child: Child;
  url: string;
  /** The folder of its data. */
  dir: string;
}

/** Prepares the server; `child.start()` runs it. */
export async function preparePrivateRedis(
  data: DataFolder,
  env: NodeJS.ProcessEnv,
  logger: Logger,
): Promise<PrivateRedis> {
  const folder = data.path;
  const dir = join(folder, 'redis');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const port = await freePort();
  const password = await keptRedisPassword(folder);
  const conf = join(folder, 'redis.conf');
  const log = join(dir, 'redis.log');
  setInterval(() => void boundLog(log), BOUND_LOG_EVERY_MS).unref();
  await writeFile(
    conf,
    [
      'bind 127.0.0.1',
      `port ${port}`,
      `dir "${dir}"`,
      `requirepass ${password}`,
      'daemonize no',
      ...REDIS_SETTINGS.map(([name, value]) => `${name} ${value || '""'}`),
      'loglevel warning',
      `logfile "${log}"`,
      '',
    ].join('\n'),
    { mode: 0o600 },
  );
  const url = `redis://:${password}@127.0.0.1:${port}`;
  const child = new Child({
    name: 'redis',
    command: findRedisServer(env['PATH']),
    args: [conf],
    env,
    logger,
    noted: data.note,
    ready: async () => {
      const redis = connectRedis({ url, cluster: false }, 'fast');
      try {
        await untilReady(redis, READY_WITHIN_MS);
      } finally {
        redis.disconnect();
      }
    },
  });
  return { child, url, dir };
}
