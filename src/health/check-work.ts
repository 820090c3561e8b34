/**
 * Checks of what the installation does: what waits, what was counted, domains, certificates, backups. Each says what was
 * found and what to do. Pure.
 */
import { degraded, type Finding, failing, machineOf, NOT_YET, named, ok, percent } from './finding.ts';
import type { Found } from './found.ts';
import {
  BACKUP_AGE_MS,
  BEHIND_MS_MAX,
  CERTIFICATE_LEFT_MS,
  HOUR_MS,
  SKEWED_BY,
  SKEWED_BYTES_MIN,
  WEBHOOKS_BEHIND_S,
} from './thresholds.ts';

const DAY_MS = 24 * HOUR_MS;
const LOG_HALF_FULL = 0.5;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

export function checkReports({ parts: { waiting } }: Found): Finding {
  if (waiting === undefined) return NOT_YET;
  const { behind_ms } = waiting;
  if (behind_ms <= BEHIND_MS_MAX) return ok(`The oldest click that waits is ${seconds(behind_ms)} old.`);
  return degraded(
    `Clicks of ${seconds(behind_ms)} ago are not in the reports.`,
    'Do workers run and does ClickHouse take inserts? The log of the workers says "batch failed" and why. Otherwise start more workers.',
  );
}

export function checkLogs({ parts: { waiting }, log_bytes_max }: Found): Finding {
  if (waiting === undefined) return NOT_YET;
  const fullest = waiting.logs.toSorted((a, b) => b.bytes - a.bytes)[0];
  const share = (fullest?.bytes ?? 0) / log_bytes_max;
  const { count } = waiting.partitions;
  const skewed = waiting.logs.find(
    ({ bytes, fullest_bytes: most }) => most > SKEWED_BYTES_MIN && most > (SKEWED_BY * bytes) / count,
  );
  if (skewed !== undefined) {
    return degraded(
      `Of what waits in the log of ${skewed.log}, ${percent(skewed.fullest_bytes / skewed.bytes)} are in one of ${count} partitions.`,
      'One message or contact may have very many clicks, or batches of this partition fail: the runbook has more, TracklyPartitionSkewed.',
    );
  }
  const entries = waiting.logs.reduce((sum, one) => sum + one.entries, 0);
  if (share <= LOG_HALF_FULL) return ok(`${entries} entries wait in the logs.`);
  return degraded(
    `The log of ${fullest?.log} holds ${percent(share)} of LOG_MB.`,
    'Workers are behind: see Reports. When it is full, clicks go to the spools and calls of the API are refused.',
  );
}

export function checkSpools({ parts: { processes } }: Found): Finding {
  if (processes === undefined) return NOT_YET;
  const spooling = processes.filter(({ notes }) => notes.spool_bytes > 0);
  if (spooling.length === 0) return ok('No click waits on the disk of a machine.');
  const bytes = spooling.reduce((sum, { notes }) => sum + notes.spool_bytes, 0);
  return degraded(
    `${bytes} bytes of answered clicks wait on the disks of ${named(spooling.slice(0, 3).map(machineOf), spooling.length)}.`,
    'They go to Redis by themselves once it takes them. Do not throw these DATA_DIRs away.',
  );
}

export function checkLedger({ parts: { ledger } }: Found): Finding {
  if (ledger === undefined) return NOT_YET;
  const { drift_rows, balanced, open, minutes } = ledger;
  if (drift_rows === 0)
    return ok(`${balanced} minutes balance, ${open} are open, of the last ${minutes} minutes.`);
  return degraded(
    `Stages of the click ledger differ by ${drift_rows} rows.`,
    'GET /v2/ledger names the minute, the process and the stage; the runbook has more: TracklyDrift.',
  );
}

export function checkWebhooks({ parts: { webhooks } }: Found): Finding {
  if (webhooks === undefined) return NOT_YET;
  const { count, behind_s, waiting, paused } = webhooks;
  if (behind_s > WEBHOOKS_BEHIND_S) {
    return degraded(
      `Events of ${behind_s} s ago are not sent to webhooks yet.`,
      'Does a worker run, and does the first shard of ClickHouse take inserts? Their log says "messages to webhooks".',
    );
  }
  if (count === 0) return ok('There are no webhooks.');
  if (paused.length === 0) return ok(`${waiting} messages wait for ${count} webhooks.`);
  const names = named(
    paused.slice(0, 3).map(({ webhook_id, reason }) => `${webhook_id} (${reason})`),
    paused.length,
  );
  return ok(`${waiting} messages wait for ${count} webhooks; paused by themselves: ${names}.`);
}

export function checkExports({ parts: { exports } }: Found): Finding {
  if (exports === undefined) return NOT_YET;
  if (exports.late === 0) return ok('No hourly export is late.');
  return degraded(
    `Hourly exports that are late: ${named(exports.export_ids, exports.late)}.`,
    'GET /v2/exports of the account says in error and waits_for why: a bucket that refuses, a full disk, or no worker.',
  );
}

export function checkDeadLetters({ parts: { waiting } }: Found): Finding {
  if (waiting === undefined) return NOT_YET;
  const { dead_letters } = waiting;
  if (dead_letters === 0) return ok('No row was set aside.');
  return degraded(
    `${dead_letters} rows could not be processed.`,
    'npm run dead-letters shows why; mend it, then -- replay all.',
  );
}

export function checkDomains({ parts: { domains } }: Found): Finding {
  if (domains === undefined) return NOT_YET;
  const { by_status, failing: names } = domains;
  if (by_status.failing === 0) return ok(`${by_status.active} tracking domains are active.`);
  return degraded(
    `${named(names, by_status.failing)} no longer work: DNS does not point here, or the certificate has ended.`,
    'GET /v2/domains/<domain> of the account says in hint what to do.',
  );
}

export function checkCertificates({ parts: { domains } }: Found, now_ms: number): Finding {
  if (domains === undefined) return NOT_YET;
  const { first_to_end: first, refused } = domains;
  const advice = 'Can the authority reach port 80 of the name? The hint of the domain has its answer.';
  if (first !== undefined && first.ends_ms <= now_ms)
    return failing(`The certificate of ${first.name} has ended.`, advice);
  if (first !== undefined && first.ends_ms - now_ms < CERTIFICATE_LEFT_MS) {
    return degraded(
      `The certificate of ${first.name} ends in ${Math.floor((first.ends_ms - now_ms) / DAY_MS)} days and was not replaced.`,
      advice,
    );
  }
  if (refused.count > 0) {
    return degraded(
      `No new certificate for ${named(refused.names, refused.count)}: ${refused.why}`,
      'It is tried again by itself.',
    );
  }
  return ok(
    first === undefined
      ? 'None is served here.'
      : `The first ends on ${new Date(first.ends_ms).toISOString().slice(0, 10)}.`,
  );
}

export function checkBackups({ parts: { backup } }: Found, now_ms: number): Finding {
  if (backup === undefined) return NOT_YET;
  const { succeeded_ms, error } = backup;
  const advice = 'Run npm run backup by a timer; see the guide Backup and restore.';
  if (succeeded_ms === 0) return degraded(error || 'No backup was ever made.', advice);
  const age_ms = now_ms - succeeded_ms;
  if (error !== '') return degraded(`The last backup failed: ${error}`, 'Mend it and run npm run backup.');
  if (age_ms > BACKUP_AGE_MS)
    return degraded(`The newest backup is ${Math.floor(age_ms / HOUR_MS)} hours old.`, advice);
  return ok(`The newest is ${Math.round(age_ms / 60_000)} minutes old.`);
}
