/**
 * The state of the installation in an operator's words: for each check what was found and what to do. Pure.
 */
import * as servers from './check-servers.ts';
import * as work from './check-work.ts';
import { type Finding, STATES, type State } from './finding.ts';
import type { Found } from './found.ts';
import { BEHIND_MS_MAX } from './thresholds.ts';

export interface Check extends Finding {
  name: string;
  /** Of the runbook, as its anchor. */
  heading: string;
}

export interface Health {
  /** The worst of all checks. */
  state: State;
  checks: Check[];
}

/** In the order in which they are shown. */
const CHECKS: Record<string, (found: Found, now_ms: number) => Finding> = {
  Redis: servers.checkRedis,
  'Redis shards': servers.checkRedisShards,
  Records: servers.checkRecords,
  ClickHouse: servers.checkClickHouse,
  'Redirect processes': (found) => servers.checkRole('redirect', found),
  Workers: (found) => servers.checkRole('worker', found),
  Reports: work.checkReports,
  Logs: work.checkLogs,
  Spools: work.checkSpools,
  'Click ledger': work.checkLedger,
  'Dead letters': work.checkDeadLetters,
  Disks: servers.checkDisks,
  Clocks: servers.checkClocks,
  Domains: work.checkDomains,
  Certificates: work.checkCertificates,
  DNS: servers.checkDns,
  Backups: work.checkBackups,
  Webhooks: work.checkWebhooks,
  Exports: work.checkExports,
};

/** Where the runbook says more. */
const HEADINGS: Record<string, string> = {
  Redis: 'tracklyredisaway',
  'Redis shards': 'tracklyredisshardaway',
  Records: 'tracklyrecordslost',
  ClickHouse: 'tracklyclickhouseaway',
  'Redirect processes': 'tracklynoredirect',
  Workers: 'tracklynoworker',
  Reports: 'tracklyreportsbehind',
  Logs: 'tracklybacklog',
  Spools: 'tracklyspooling',
  'Click ledger': 'tracklydrift',
  'Dead letters': 'tracklydeadletters',
  Disks: 'tracklydiskfilling',
  Clocks: 'tracklyclockoff',
  Domains: 'tracklydomainsfailing',
  Certificates: 'tracklycertificateending',
  DNS: 'tracklydnsaway',
  Backups: 'tracklybackupold',
  Webhooks: 'tracklywebhooksbehind',
  Exports: 'tracklyexportslate',
};

export function healthOf(found: Found, now_ms: number): Health {
  const checks = Object.entries(CHECKS).map(([name, check]) => ({
    name,
    heading: HEADINGS[name] ?? 'alarms',
    ...check(found, now_ms),
  }));
  const worst = Math.max(...checks.map(({ state }) => STATES.indexOf(state)));
  return { state: STATES[worst] ?? 'ok', checks };
}

/**
 * What an account has of all that: `failing`: nothing new is counted, and calls may be refused; `degraded`: its clicks come
 * into the reports late. Why is the operator's.
 */
export function countingOf({ redis_up, records_lost, clickhouse_up, shards, parts }: Found): State {
  const { waiting, redis_shards = [] } = parts;
  if (!redis_up || records_lost || redis_shards.some(({ up }) => !up)) return 'failing';
  const is_late = (waiting?.behind_ms ?? 0) > BEHIND_MS_MAX;
  return is_late || !clickhouse_up || (shards?.away.length ?? 0) > 0 ? 'degraded' : 'ok';
}
