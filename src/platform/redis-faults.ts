/**
 * What can be wrong with the Redis at REDIS_URL: errors of connecting and of commands, and what its INFO says. Pure. The
 * texts of Redis's own errors are those of its source (server.c, acl.c, cluster.c); they have had these words since 6.0.
 */
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
    'give it all keys and commands: ACL SETUSER <user> ~* &* +@all',
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
];

/** The fault that an error of connecting, or of a command, tells of; undefined for any other error. */
export function redisFault(url: string, error: unknown): ServerFault | undefined {
  const text = error instanceof Error ? error.message : String(error);
  const tls = url.startsWith('rediss:');
  const other = tls ? 'if it speaks no TLS, write redis://' : 'if it speaks TLS, write rediss://';
  // A server without TLS waits for the rest of what it takes for a command.
  if (/ETIMEDOUT|timed out|^no answer within/.test(text)) {
    return fault(url, 'no answer', `look for a firewall between, or a server that hangs; ${other}`, true);
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
