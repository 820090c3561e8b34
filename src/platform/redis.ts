/**
 * The only access to Redis: a single server or, if the server says that it is one, a Redis Cluster. With Redis down,
 * commands on a `fast` connection fail at once or at their timeout instead of queueing; the caller decides whether to
 * retry. A `blocking` connection waits without a limit.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import { evicts, infoField, redisFault, unfitRedis } from './redis-faults.ts';
import { clockFault, ServerFault } from './server-fault.ts';
import { within } from './within.ts';

export { Cluster, type Redis };

export type RedisClient = Redis | Cluster;

export type ConnectionUse =
  /** Requests: no offline queue, short timeouts. */
  | 'fast'
  /** XREAD BLOCK, BullMQ: no command timeout, retries for ever. */
  | 'blocking';

const CONNECT_TIMEOUT_MS = 2_000;
const COMMAND_TIMEOUT_MS = 3_000;
const RETRY_DELAY_MS_MAX = 250;
/**
 * A connection on which nothing comes for so long, though something was asked, is closed and opened anew. Packets that
 * were lost on the way may be sent again by the kernel only after two minutes. Blocking commands wait for 10 s at most.
 */
const SILENT_MS = { fast: 2 * COMMAND_TIMEOUT_MS, blocking: 20_000 } as const;

/**
 * Errors of a server that has turned into another: a failover has made it a replica, or its disk is full. A new
 * connection may find the one that serves.
 */
const UNFIT = /^(?:READONLY|MASTERDOWN|MISCONF|NOAUTH)/;
const RECONNECT_EVERY_MS = 1_000;
/** So long after such an error a connection does not count as ready. */
const UNFIT_FOR_MS = 1_500;
/** When each connection last got one. */
const unfit_at = new WeakMap<RedisClient, number>();

export interface RedisTarget {
  url: string;
  cluster: boolean;
}

/** Asks the server at `url` once whether it can be used, and is part of a cluster. Throws ServerFault. */
export async function probeRedis(url: string): Promise<RedisTarget> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    // Its own reading of INFO would hide why.
    enableReadyCheck: false,
    commandTimeout: COMMAND_TIMEOUT_MS,
  });
  let cause: unknown;
  redis.on('error', (error) => {
    cause = error;
  });
  try {
    await redis.connect();
    const info = await redis.info();
    const unfit = unfitRedis(url, info);
    if (unfit !== undefined) throw unfit;
    return { url, cluster: /^cluster_enabled:1/m.test(info) };
  } catch (error) {
    if (error instanceof ServerFault) throw error;
    throw redisFault(url, cause ?? error) ?? redisFault(url, error) ?? cause ?? error;
  } finally {
    redis.disconnect();
  }
}

/** The file in which a process remembers what kind of server it last found. */
const kindFile = (data_dir: string): string => join(data_dir, 'redis.kind');

export interface FoundRedis {
  target: RedisTarget;
  /** It cannot be reached now; `target` is what this machine found when it last reached it. */
  away: boolean;
}

/**
 * Like probeRedis, but a Redis that is away is assumed to be of the kind last found, so that a process can start
 * without it. Throws ServerFault if it was never reached from this `data_dir`, and for a fault that does not pass.
 */
export async function findRedis(url: string, data_dir: string): Promise<FoundRedis> {
  try {
    const target = await probeRedis(url);
    await mkdir(data_dir, { recursive: true, mode: 0o700 });
    await writeFile(kindFile(data_dir), target.cluster ? 'cluster' : 'single');
    return { target, away: false };
  } catch (error) {
    if (!(error instanceof ServerFault) || !error.passes) throw error;
    const kind = await readFile(kindFile(data_dir), 'utf8').catch(() => undefined);
    if (kind === undefined) throw error;
    return { target: { url, cluster: kind === 'cluster' }, away: true };
  }
}

/** Opens a connection that reconnects by itself until `disconnect()`. Errors are logged by the caller. */
export function connectRedis(target: RedisTarget, use: ConnectionUse): RedisClient {
  const fast = use === 'fast';
  let reconnected_at = Number.NEGATIVE_INFINITY;
  const reconnectOnError = ({ message }: Error): boolean => {
    if (!UNFIT.test(message)) return false;
    const now = performance.now();
    unfit_at.set(client, now);
    if (now - reconnected_at < RECONNECT_EVERY_MS) return false;
    reconnected_at = now;
    return true;
  };
  const options = {
    reconnectOnError,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENT_MS[use],
    enableOfflineQueue: !fast,
    // Fast: a command whose connection broke rejects at once.
    maxRetriesPerRequest: fast ? 0 : null,
    // Fast: the caller decides whether to resend. Blocking: without resending, a command that was pending when the
    // connection broke is never answered, and BullMQ waits for it for ever.
    autoResendUnfulfilledCommands: !fast,
    retryStrategy: (attempt: number) => Math.min(20 * attempt, RETRY_DELAY_MS_MAX),
    ...(fast ? { commandTimeout: COMMAND_TIMEOUT_MS } : {}),
  };
  const client: RedisClient = target.cluster
    ? new Cluster([target.url], {
        redisOptions: options,
        enableOfflineQueue: !fast,
        clusterRetryStrategy: (attempt: number) => Math.min(20 * attempt, RETRY_DELAY_MS_MAX),
      })
    : new Redis(target.url, options);
  // Without a listener an unreachable Redis would crash the process; state is seen through isReady.
  client.on('error', () => {});
  return client;
}

/** Whether commands would be sent now, and the server has not just said that it takes no writes. */
export function isReady(client: RedisClient): boolean {
  return (
    client.status === 'ready' &&
    performance.now() - (unfit_at.get(client) ?? Number.NEGATIVE_INFINITY) > UNFIT_FOR_MS
  );
}

const ASK_WITHIN_MS = 1_500;

/**
 * Asks a Redis that is in use whether it still can be; of a cluster every primary. Rejects with ServerFault: a new
 * connection says why there is none.
 */
export async function askRedis(client: RedisClient, url: string): Promise<void> {
  if (client.status !== 'ready') return void (await probeRedis(url));
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  const infos = await within(ASK_WITHIN_MS, () => Promise.all(nodes.map((node) => node.info()))).catch(
    (error: unknown) => {
      throw redisFault(url, error) ?? error;
    },
  );
  for (const info of infos) {
    const unfit = unfitRedis(url, info);
    if (unfit !== undefined) throw unfit;
  }
}

/** The server's clock, in Unix milliseconds. Rejects when Redis is down. */
export async function timeOf(client: RedisClient): Promise<number> {
  const [seconds, microseconds] = await client.time();
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
}

/** Rejects with ServerFault where the clocks of Redis and of this machine differ too much. */
export async function askRedisClock(client: RedisClient, url: string): Promise<void> {
  const asked_ms = Date.now();
  const server_ms = await timeOf(client);
  const fault = clockFault('REDIS_URL', url, { asked_ms, answered_ms: Date.now(), server_ms });
  if (fault !== undefined) throw fault;
}

/** Resolves when the connection is ready; rejects after `timeout_ms`. */
export async function untilReady(client: RedisClient, timeout_ms: number): Promise<void> {
  if (client.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      client.off('ready', ready);
      reject(new Error(`Redis did not answer within ${timeout_ms} ms.`));
    }, timeout_ms);
    const ready = (): void => {
      clearTimeout(timer);
      resolve();
    };
    client.once('ready', ready);
  });
}

/**
 * How full the server is, and whether it removes data when it is full; of a cluster the fullest node. Rejects when Redis
 * is down.
 */
export async function memoryOf(client: RedisClient): Promise<{ used_ratio: number; evicts: boolean }> {
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  const all = await Promise.all(nodes.map((node) => node.info('memory')));
  const each = all.map((info) => {
    const most = Number(infoField(info, 'maxmemory'));
    return { used_ratio: most > 0 ? Number(infoField(info, 'used_memory')) / most : 0, evicts: evicts(info) };
  });
  return {
    used_ratio: Math.max(...each.map(({ used_ratio }) => used_ratio)),
    evicts: each.some((one) => one.evicts),
  };
}

/** A command and its arguments. */
export type Command = [name: string, ...args: (string | number | Buffer)[]];

/**
 * Sends many commands in one write and returns their results in order; rejects with the first error.
 * The keys may be anywhere: on a cluster each goes to its own node.
 */
export async function runAll(client: RedisClient, commands: Command[]): Promise<unknown[]> {
  if (commands.length === 0) return [];
  if (client instanceof Cluster) return Promise.all(commands.map((command) => client.call(...command)));
  // ioredis finds a pipeline's commands by their lower-case names.
  const batch = commands.map(([name, ...args]) => [name.toLowerCase(), ...args]);
  const replies = await client.pipeline(batch).exec();
  if (replies === null) throw new Error('the pipeline was discarded');
  return replies.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}

/** Keys that SCAN checks in one step: a few hundred microseconds of Redis's time. */
const SCAN_COUNT = 1_000;

/**
 * All keys that match a glob pattern, in groups, on every node. Keys that are added or removed meanwhile may be
 * missing; a key may come twice.
 */
export async function* scanKeys(client: RedisClient, pattern: string): AsyncGenerator<string[]> {
  for (const node of client instanceof Cluster ? client.nodes('master') : [client]) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
      cursor = next;
      if (keys.length > 0) yield keys;
    } while (cursor !== '0');
  }
}
