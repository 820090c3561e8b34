/**
 * What can be wrong with the Redis at REDIS_URL: errors of connecting and of commands, and what its INFO says. Pure. The
 * texts of Redis's own errors are those of its source (server.c, acl.c, cluster.c); they have had these words since 6.0.
 */
import { isIP } from 'node:net';
import { parseRedisUrl } from './redis-address.ts';
import { ServerFault, wayFault } from './server-fault.ts';

const VERSION_MIN = 7;

const fault = (url: string, found: string, advice: string, passes: boolean): ServerFault =>
  new ServerFault('REDIS_URL', url, { found, advice, passes });

/** By the beginning of the error that Redis answers. */
const ANSWERED: readonly [RegExp, found: string, advice: string, passes: boolean][] = [
  [
    /^NOAUTH|^ERR AUTH .*called without any password|^NOPROTO/,
    'it asks for a password',
    'write it into the address: redis://:<password>@<host>',
    false,
  ],
  [
    /^WRONGPASS|invalid password|invalid username-password/,
    'user or password is wrong',
    'correct them in the address: redis://<user>:<password>@<host>',
    false,
  ],
  [
    /^NOPERM/,
    'this user may not do what is needed',
    'give it the rights that deploy/redis-users.acl lists',
    false,
  ],
  [
    /^DENIED/,
    'it refuses connections from other machines',
    'set a password there, or protected-mode no',
    false,
  ],
  [/^ERR max number of clients/, 'it takes no more connections', 'raise maxclients there', true],
  [/^LOADING|^BUSY/, 'it is loading its data', 'it will serve once that is done', true],
  [/^READONLY|^MASTERDOWN/, 'it is a replica and takes no writes', 'name the primary, or wait for it', true],
  [/^CLUSTERDOWN/, 'its cluster does not work', 'look at CLUSTER INFO there', true],
  [/^MISCONF/, 'it can not write to its disk', 'look for a full disk there, and at its log', true],
  [/^OOM/, 'its memory is full', 'raise maxmemory there', true],
  [
    /^NOREPLICAS/,
    'it takes no writes, with fewer replicas than its min-replicas-to-write',
    'start its replicas, or lower min-replicas-to-write there',
    true,
  ],
  [
    /^no replica of Redis has/,
    'no replica has what it holds',
    'look at its replicas (INFO replication)',
    true,
  ],
];

/** The fault that an error of connecting, or of a command, tells of; undefined for any other error. */
export function redisFault(url: string, error: unknown): ServerFault | undefined {
  const text = error instanceof Error ? error.message : String(error);
  const tls = url.startsWith('rediss:');
  const other = tls ? 'if it speaks no TLS, write redis://' : 'if it speaks TLS, write rediss://';
  // A server without TLS waits for the rest of what it takes for a command.
  if (/ETIMEDOUT|timed out|^no answer within/.test(text)) {
    const named = parseRedisUrl(url)?.nodes.some(({ host }) => isIP(host) === 0);
    const dns = named === true ? ', DNS that does not answer' : '';
    return fault(url, 'no answer', `look for a firewall between, a server that hangs${dns}; ${other}`, true);
  }
  const way = wayFault('REDIS_URL', url, error);
  if (way !== undefined) return way;
  for (const [answered, found, advice, passes] of ANSWERED) {
    if (answered.test(text)) return fault(url, `${found}${refusedCommand(text)}`, advice, passes);
  }
  if (/wrong version number|packet length too long|EPROTO|ssl3_get_record/i.test(text)) {
    return fault(url, 'it does not speak TLS', 'write redis:// instead of rediss://', false);
  }
  if (/Protocol error, got "\\u0015"/.test(text)) {
    return fault(url, 'it speaks TLS', 'write rediss:// instead of redis://', false);
  }
  if (/Protocol error/.test(text)) return fault(url, 'it is no Redis', 'correct host and port', false);
  if (/isn't writeable/.test(text)) {
    return fault(
      url,
      'there is no connection',
      'look whether it runs, and whether this machine reaches it',
      true,
    );
  }
  if (/ECONNRESET|Connection is closed|socket hang up|EPIPE/.test(text)) {
    return fault(url, 'it closes the connection', other, true);
  }
  return undefined;
}

/** The fault that `CLUSTER INFO` shows; undefined where every slot is served. */
export function brokenCluster(url: string, info: string): ServerFault | undefined {
  if (infoField(info, 'cluster_state') !== 'fail') return undefined;
  const slots = Number(infoField(info, 'cluster_slots_ok'));
  return fault(
    url,
    `its cluster serves ${slots} of 16384 slots`,
    slots === 0
      ? 'make the cluster first (redis-cli --cluster create), or set cluster-enabled no there'
      : 'bring back the nodes of the others; CLUSTER NODES names them',
    true,
  );
}

/** The fault of a server that is a cluster's where a single one was used before, or the reverse; `file` remembers. */
export function otherKind(url: string, cluster: boolean, file: string): ServerFault {
  const [found, before] = cluster ? ['a cluster', 'a single server'] : ['a single server', 'a cluster'];
  return fault(
    url,
    `it is ${found}, and this machine used ${before} so far`,
    `correct the address; if the data has moved there, delete ${file}`,
    false,
  );
}

/** Several addresses are a cluster's, or Sentinels'. */
export const severalServers = (url: string): ServerFault =>
  fault(
    url,
    'it is a single server, one of several that are named',
    'name one server, nodes of a cluster, or Sentinels',
    false,
  );

/** The fault of Sentinels that do not know which primary is meant. */
export function noPrimary(url: string, known: readonly string[]): ServerFault {
  const names = known.length === 0 ? 'no primary' : `the primaries ${known.join(', ')}`;
  return fault(
    url,
    `this Sentinel watches ${names}`,
    known.length === 0
      ? 'give it one to watch (SENTINEL MONITOR)'
      : `write one behind the addresses: redis://<host>:<port>/${known[0]}`,
    known.length === 0,
  );
}

/** What a NOPERM names: a command, or a key. */
function refusedCommand(text: string): string {
  const [, command] = /run the '([\w|]+)' command/.exec(text) ?? [];
  if (command !== undefined) return ` (${command.toUpperCase()})`;
  return /access (?:a|one of the) key/.test(text) ? ' (a key)' : '';
}

/** A field of what `INFO` answers; '' where it has none. */
export const infoField = (info: string, name: string): string =>
  new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';

/** Whether data is removed when the memory is full; unknown is no. */
export function evicts(info: string): boolean {
  const policy = infoField(info, 'maxmemory_policy');
  return policy !== '' && policy !== 'noeviction';
}

/** The fault that `INFO` shows though the server answers; undefined where it can be used, as any node of a cluster. */
export function unfitRedis(url: string, info: string): ServerFault | undefined {
  const of = (name: string): string => infoField(info, name);
  const version = of('redis_version');
  if (version !== '' && Number.parseInt(version, 10) < VERSION_MIN) {
    return fault(url, `it is version ${version}`, `version ${VERSION_MIN}.0 or later is needed`, false);
  }
  if (evicts(info)) {
    return fault(
      url,
      `it removes data when its memory is full (maxmemory-policy ${of('maxmemory_policy')})`,
      'what is stored would be lost: set maxmemory-policy noeviction there',
      false,
    );
  }
  if (of('loading') === '1')
    return fault(url, 'it is loading its data', 'it will serve once that is done', true);
  if (of('aof_last_write_status') === 'err') {
    return fault(url, 'it can not write to its disk', 'look for a full disk there, and at its log', true);
  }
  if (of('role') === 'slave' && of('cluster_enabled') !== '1') {
    return fault(url, 'it is a replica and takes no writes', 'name the primary, or wait for it', true);
  }
  return undefined;
}
