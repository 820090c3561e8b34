/**
 * The address in REDIS_URL: `redis://user:password@host:port,host:port/name`. User, password and TLS (`rediss:`) are those of
 * every node, also of those that a cluster or a Sentinel names later. The name is a database of a single server, or
 * what Sentinels call the primary. Pure.
 */

/** More than a cluster needs to be found. */
const NODES_MAX = 100;
const DEFAULT_PORT = 6379;

export interface RedisAddress {
  /** At least one. */
  nodes: { host: string; port: number }[];
  /** '' where none is asked for. */
  username: string;
  password: string;
  tls: boolean;
  /** Behind the `/`; '' without one. */
  name: string;
}

/** Undefined for text that is no such address. A comma in a password is written as `%2C`. */
export function parseRedisUrl(text: string): RedisAddress | undefined {
  const [, scheme, login = '', hosts = '', name = ''] =
    /^(rediss?:)\/\/((?:[^/@]*@)?)([^/@?#]*)(?:\/([\w.-]*))?$/.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  const urls = hosts.split(',').map((host) => `${scheme}//${login}${host}`);
  if (urls.length > NODES_MAX || urls.some((url) => !URL.canParse(url))) return undefined;
  const parsed = urls.map((url) => new URL(url));
  if (parsed.some(({ hostname }) => hostname === '')) return undefined;
  const [{ username, password }] = parsed as [URL, ...URL[]];
  try {
    return {
      nodes: parsed.map(({ hostname, port }) => ({
        host: hostname.replace(/^\[|\]$/g, ''),
        port: port === '' ? DEFAULT_PORT : Number(port),
      })),
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
      tls: scheme === 'rediss:',
      name,
    };
  } catch {
    // A percent sign that encodes nothing.
    return undefined;
  }
}

/** As parseRedisUrl, for an address that was checked when the settings were read. */
export function redisAddress(url: string): RedisAddress {
  const address = parseRedisUrl(url);
  if (address === undefined) throw new Error('REDIS_URL is no address of Redis');
  return address;
}

/** Whether the name is the number of a database. */
export const isDatabase = ({ name }: RedisAddress): boolean => /^\d+$/.test(name);
