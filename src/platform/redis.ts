/**
 * The only access to Redis: a single server, the primary that Sentinels name, or a Redis Cluster; the servers say which
 * they are. With Redis down,
 * commands on a `fast` connection fail at once or at their timeout instead of queueing; the caller decides whether to
 * retry. A `blocking` connection waits without a limit.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cluster, Redis, type RedisOptions, ReplyError, SentinelConnector } from 'ioredis';
import { isDatabase, type RedisAddress, redisAddress } from './redis-address.ts';
import {
  brokenCluster,
  evicts,
  infoField,
  noPrimary,
  otherKind,
  redisFault,
  severalServers,
  unfitRedis,
} from './redis-faults.ts';
import { clockFault, ServerFault } from './server-fault.ts';
import { within } from './within.ts';

export { Cluster, type Redis, ReplyError };

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
  /** The name of the primary, where the address is that of Sentinels. */
  primary?: string;
}

type Node = RedisAddress['nodes'][number];

/**
 * Commands of each group that the product uses. None has an effect: their key does not exist, and nobody listens on the
 * channel.
 */
const PROBE_KEY = 'trackly:probe';
const PROBES: readonly Command[] = [
  ['XLEN', PROBE_KEY],
  ['XTRIM', PROBE_KEY, 'MAXLEN', 0],
  ['UNLINK', PROBE_KEY],
  ['PUBLISH', PROBE_KEY, ''],
  ['EVAL', 'return 1', 0],
  ['BZPOPMIN', PROBE_KEY, 0.001],
  ['CONFIG', 'GET', 'maxmemory-policy'],
  ['TIME'],
];

/**
 * Asks the servers at `url` once whether they can be used, and what they are: the first that answers decides. Throws the
 * ServerFault of the first where none can be used.
 */
export async function probeRedis(url: string): Promise<RedisTarget> {
  const address = redisAddress(url);
  let first: unknown;
  for (const node of address.nodes) {
    try {
      return { url, ...(await probeNode(address, node)) };
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

async function probeNode(address: RedisAddress, node: Node): Promise<Omit<RedisTarget, 'url'>> {
  const url = urlOf(address, node);
  const redis = new Redis({
    ...loginOf(address),
    ...node,
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
    if (infoField(info, 'redis_mode') === 'sentinel') return await probePrimary(redis, address, url);
    const unfit = unfitRedis(url, info);
    if (unfit !== undefined) throw unfit;
    const cluster = infoField(info, 'cluster_enabled') === '1';
    if (!cluster && address.nodes.length > 1) throw severalServers(url);
    const broken = cluster ? brokenCluster(url, String(await redis.cluster('INFO'))) : undefined;
    if (broken !== undefined) throw broken;
    await probeRights(redis);
    return { cluster };
  } catch (error) {
    if (error instanceof ServerFault) throw error;
    throw redisFault(url, cause ?? error) ?? redisFault(url, error) ?? cause ?? error;
  } finally {
    redis.disconnect();
  }
}

/** Of the Sentinel at `url`: the primary that it names can be used. */
async function probePrimary(
  sentinel: Redis,
  address: RedisAddress,
  url: string,
): Promise<Omit<RedisTarget, 'url'>> {
  const known = ((await sentinel.call('SENTINEL', 'MASTERS')) as string[][]).map(fieldsOf);
  const asked = isDatabase(address) ? '' : address.name;
  const [found, other] = known.filter(({ name }) => asked === '' || name === asked);
  if (found === undefined || other !== undefined) {
    throw noPrimary(
      url,
      known.map(({ name = '' }) => name),
    );
  }
  const { name: primary = '', ip: host = '', port } = found;
  await probeNode({ ...address, nodes: [{ host, port: Number(port) }] }, { host, port: Number(port) });
  return { cluster: false, primary };
}

/** Names and values that follow each other. */
const fieldsOf = (flat: string[]): Record<string, string> =>
  Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? '']] : [])));

/** Of one node, for messages: without user and password. */
const urlOf = ({ tls }: RedisAddress, { host, port }: Node): string =>
  `${tls ? 'rediss' : 'redis'}://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** How to log in to any of the servers. */
function loginOf({ username, password, tls }: RedisAddress): {
  username?: string;
  password?: string;
  tls?: object;
} {
  return {
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
  };
}

/** Rejects with the error of a command that this user may not run; another node's key says nothing about rights. */
async function probeRights(connection: Redis): Promise<void> {
  const answers = await Promise.allSettled(PROBES.map((command) => connection.call(...command)));
  for (const answer of answers) {
    if (answer.status === 'rejected' && /^NOPERM/.test(String(answer.reason?.message))) throw answer.reason;
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
 * without it. Throws ServerFault if it was never reached from this `data_dir`, for a fault that does not pass, and for a
 * server of the other kind: it holds other data.
 */
export async function findRedis(url: string, data_dir: string): Promise<FoundRedis> {
  const file = kindFile(data_dir);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  try {
    const target = await probeRedis(url);
    if (before !== undefined && isCluster(before) !== target.cluster) {
      throw otherKind(url, target.cluster, file);
    }
    await mkdir(data_dir, { recursive: true, mode: 0o700 });
    await writeFile(file, kindOf(target));
    return { target, away: false };
  } catch (error) {
    if (!(error instanceof ServerFault) || !error.passes || before === undefined) throw error;
    const [, primary] = /^primary (.+)$/.exec(before) ?? [];
    return {
      target: { url, cluster: isCluster(before), ...(primary === undefined ? {} : { primary }) },
      away: true,
    };
  }
}

const kindOf = ({ cluster, primary }: RedisTarget): string =>
  cluster ? 'cluster' : primary === undefined ? 'single' : `primary ${primary}`;
const isCluster = (kind: string): boolean => kind === 'cluster';

/** Opens a connection that reconnects by itself until `disconnect()`. Errors are logged by the caller. */
export function connectRedis(target: RedisTarget, use: ConnectionUse): RedisClient {
  let reconnected_at = Number.NEGATIVE_INFINITY;
  const reconnectOnError = ({ message }: Error): boolean => {
    if (!UNFIT.test(message)) return false;
    const now = performance.now();
    unfit_at.set(client, now);
    if (now - reconnected_at < RECONNECT_EVERY_MS) return false;
    reconnected_at = now;
    return true;
  };
  const client = openClient(target, {
    ...optionsOf(use),
    ...loginOf(redisAddress(target.url)),
    reconnectOnError,
  });
  // Without a listener an unreachable Redis would crash the process; state is seen through isReady.
  client.on('error', () => {});
  return client;
}

const retryStrategy = (attempt: number): number => Math.min(20 * attempt, RETRY_DELAY_MS_MAX);

function optionsOf(use: ConnectionUse) {
  const fast = use === 'fast';
  return {
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENT_MS[use],
    enableOfflineQueue: !fast,
    // Fast: a command whose connection broke rejects at once.
    maxRetriesPerRequest: fast ? 0 : null,
    // Fast: the caller decides whether to resend. Blocking: without resending, a command that was pending when the
    // connection broke is never answered, and BullMQ waits for it for ever.
    autoResendUnfulfilledCommands: !fast,
    retryStrategy,
    ...(fast ? { commandTimeout: COMMAND_TIMEOUT_MS } : {}),
  };
}

type Options = ReturnType<typeof optionsOf> &
  ReturnType<typeof loginOf> & { reconnectOnError(error: Error): boolean };

function openClient({ url, cluster, primary }: RedisTarget, options: Options): RedisClient {
  const address = redisAddress(url);
  const { nodes, username, password, tls } = address;
  if (cluster) {
    return new Cluster(nodes, {
      redisOptions: options,
      enableOfflineQueue: options.enableOfflineQueue,
      clusterRetryStrategy: retryStrategy,
      // Names stay names: certificates are for them, and a node that is replaced has another address.
      dnsLookup: (host, done) => done(null, host),
    });
  }
  if (primary === undefined) {
    return new Redis({
      ...options,
      ...nodes[0],
      ...(isDatabase(address) ? { db: Number(address.name) } : {}),
    });
  }
  return new Redis({
    ...options,
    Connector: LastingConnector as ConnectorOfOptions,
    sentinels: nodes,
    name: primary,
    sentinelRetryStrategy: retryStrategy,
    // Says at once when the primary is another one, also where the old one still listens.
    failoverDetector: true,
    enableTLSForSentinelMode: tls,
    ...(username === '' ? {} : { sentinelUsername: username }),
    ...(password === '' ? {} : { sentinelPassword: password }),
    ...(tls ? { sentinelTLS: {} } : {}),
  });
}

/**
 * A Sentinel's word of a failover closes the connection, for the next one to find the new primary. Where it comes while
 * that next one is being made already, as ioredis hears it until there is a new connection, it would end the client for
 * ever.
 */
class LastingConnector extends SentinelConnector {
  override connect(
    ...args: Parameters<SentinelConnector['connect']>
  ): ReturnType<SentinelConnector['connect']> {
    this['failoverDetector']?.cleanup();
    return super.connect(...args);
  }
}
/** ioredis passes its options on as they are. */
type ConnectorOfOptions = NonNullable<RedisOptions['Connector']>;

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

/** More are sent as a pipeline, of which ioredis makes one text; to make one takes it longer than to send so many. */
const SINGLE_MAX = 32;

/**
 * Sends many commands at once and returns their results in order; rejects with the first error when all are answered.
 * The keys may be anywhere: on a cluster each goes to its own node.
 */
export async function runAll(client: RedisClient, commands: Command[]): Promise<unknown[]> {
  if (client instanceof Cluster || commands.length <= SINGLE_MAX) {
    const answers = await Promise.allSettled(commands.map((command) => client.call(...command)));
    return answers.map((answer) => {
      if (answer.status === 'rejected') throw answer.reason;
      return answer.value;
    });
  }
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
 * All keys that match a glob pattern, of one type or of any, in groups, on every node. Keys that are added or removed
 * meanwhile may be missing; a key may come twice.
 */
export async function* scanKeys(
  client: RedisClient,
  pattern: string,
  type?: 'string' | 'hash' | 'set' | 'zset' | 'list',
): AsyncGenerator<string[]> {
  for (const node of client instanceof Cluster ? client.nodes('master') : [client]) {
    let cursor = '0';
    do {
      const [next, keys] =
        type === undefined
          ? await node.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT)
          : await node.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT, 'TYPE', type);
      cursor = next;
      if (keys.length > 0) yield keys;
    } while (cursor !== '0');
  }
}
