/**
 * The rolling restart: drains and restarts the processes of a role one after the other. A spare process runs meanwhile,
 * so there are never fewer processes than before, even if there is only one. The spare starts first: if new code or
 * settings cannot start, the rolling restart ends before any process was stopped. New processes read the current code
 * and settings files; the environment stays the one that the supervisor was started with.
 */
import { readFileSync } from 'node:fs';
import type { Logger } from '../platform/logger.ts';
import type { Child } from './child.ts';

const MIGRATE_SETTING = '/proc/sys/net/ipv4/tcp_migrate_req';

/** The processes of one role. */
export interface Fleet {
  children: readonly Child[];
  /** Creates the spare process, not started yet; and removes it. */
  spare(): Child;
  dismiss(spare: Child): void;
}

/**
 * Resolves when every process of every fleet was replaced, fleet by fleet. If a restarted process fails, it is tried
 * again until it is ready, while the spare keeps running. Rejects if a spare cannot start; then the other processes
 * continue unchanged. Ends early, without an error, once `stopping` returns true.
 */
export async function rollingRestart(
  fleets: readonly Fleet[],
  stop_within_ms: number,
  stopping: () => boolean,
): Promise<void> {
  for (const fleet of fleets) {
    const spare = fleet.spare();
    try {
      await spare.start();
      for (const child of fleet.children) {
        if (stopping()) return;
        await child.restart(stop_within_ms);
      }
    } finally {
      await spare.stop(stop_within_ms);
      fleet.dismiss(spare);
    }
  }
}

/** Logs a warning if this kernel resets connections that a closing listener has not accepted yet. */
export function warnOfResets(logger: Logger): void {
  let setting = '';
  try {
    setting = readFileSync(MIGRATE_SETTING, 'utf8').trim();
  } catch {
    // Not Linux, or Linux before 5.14, which does not have the setting.
  }
  if (setting === '0') {
    logger.warn(
      'net.ipv4.tcp_migrate_req is 0: connections in their handshake when a redirect process closes its listener are reset; set it to 1 (see Rolling restart in deploy/RUNBOOK.md)',
    );
  }
}
