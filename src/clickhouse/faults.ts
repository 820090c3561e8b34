/**
 * What can be wrong with the ClickHouse at CLICKHOUSE_URL when a process opens it. Pure. The types of ClickHouse's errors
 * are the names in its source, src/Common/ErrorCodes.cpp.
 */
import { ServerFault, wayFault } from '../platform/server-fault.ts';

const ANSWERED: readonly [RegExp, found: string, advice: string, passes: boolean][] = [
  [
    /AUTHENTICATION_FAILED|REQUIRED_PASSWORD|WRONG_PASSWORD|UNKNOWN_USER/,
    'user or password is wrong',
    'correct them in the address: http://<user>:<password>@<host>:8123',
    false,
  ],
  [
    /ACCESS_DENIED|NOT_ENOUGH_PRIVILEGES/,
    'this user may not do what is needed',
    'grant it what deploy/clickhouse-user.sql lists',
    false,
  ],
  [/READONLY/, 'this user may only read', 'take the setting readonly from the user’s profile', false],
  [/NOT_ENOUGH_SPACE|DISK/, 'its disk is full', 'make room there', true],
  [/MEMORY_LIMIT_EXCEEDED/, 'its memory is full', 'raise max_server_memory_usage there', true],
];

/** The fault that an error of a request tells of; undefined for any other error, such as one of a statement. */
export function clickHouseFault(url: string, error: unknown): ServerFault | undefined {
  const fault = (found: string, advice: string, passes: boolean): ServerFault =>
    new ServerFault('CLICKHOUSE_URL', url, { found, advice, passes });
  const way = wayFault('CLICKHOUSE_URL', url, error);
  if (way !== undefined) return way;
  if (!(error instanceof Error)) return undefined;
  const type = (error as { type?: unknown }).type;
  for (const [answered, found, advice, passes] of ANSWERED) {
    if (typeof type === 'string' && answered.test(type)) {
      return fault(`${found}${missingGrant(error.message)}`, advice, passes);
    }
  }
  const text = error.message;
  if (/Port \d+ is for clickhouse-client/.test(text)) {
    return fault('that is the port of its own protocol', 'give the port of HTTP, 8123 by default', false);
  }
  if (/wrong version number|EPROTO|packet length too long/i.test(text)) {
    return fault('it does not speak TLS', 'write http:// instead of https://', false);
  }
  if (/Parse Error|HPE_/.test(text)) return fault('it does not speak HTTP', 'correct host and port', false);
  if (/^Timeout error|timed out|^no answer within/i.test(text)) {
    return fault('no answer', 'look for a firewall between, or a server that hangs', true);
  }
  if (/ECONNRESET|socket hang up|EPIPE/.test(text)) {
    const advice = url.startsWith('https:') ? 'look at its log' : 'if it speaks TLS, write https://';
    return fault('it closes the connection', advice, true);
  }
  return undefined;
}

/** The grant that ClickHouse says is necessary: `CREATE TABLE ON trackly.*`. */
function missingGrant(text: string): string {
  const [, grant] = /necessary to have the grant ([A-Z][A-Z ]*(?:\([^)]*\))? ON [\w.*`]+)/.exec(text) ?? [];
  return grant === undefined ? '' : ` (${grant})`;
}

/** Whether a version such as 24.8.4.13 is before `least`, such as 24.10; one that can't be read is not. */
export function isOlder(version: string, least: string): boolean {
  const [year = 0, month = 0] = version.split('.').map(Number);
  const [least_year = 0, least_month = 0] = least.split('.').map(Number);
  return year < least_year || (year === least_year && month < least_month);
}
