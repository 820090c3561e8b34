/**
 * The rolling restart: one process of a role after the other is drained and started anew, while a spare one
 * stands in, so that there are never fewer than before, even where there is only one. The spare goes first:
 * new code or settings that can't start stop the restart before anything was touched. New processes read the
 * code and the files of settings as they are now; the environment stays what the supervisor was started with.
 */
import { readFileSync } from 'node:fs';
import type { Logger } from '../platform/logger.ts';
import type { Child } from './child.ts';

const MIGRATE_SETTING = '/proc/sys/net/ipv4/tcp_migrate_req';

/** The processes of one role. */
export interface Fleet {
  children: readonly Child[];
  /** Makes one more, not started yet, and takes it off again. */
  spare(): Child;
  dismiss(spare: Child): void;
}

/**
 * Resolves when every process of every fleet was replaced, fleet by fleet. A process that does not come back
 * is tried again and again, and the restart waits there, with the spare at work. Rejects where a spare can't
 * start: the others then run on as they are. Ends early, without an error, once `stopping` says so.
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

/** Says so where this kernel resets connections that a closing listener has not accepted yet. */
export function warnOfResets(logger: Logger): void {
  let setting = '';
  try {
    setting = readFileSync(MIGRATE_SETTING, 'utf8').trim();
  } catch {
    // Another system, or a Linux before 5.14: there is nothing to set.
  }
  if (setting === '0') {
    logger.warn(
      'net.ipv4.tcp_migrate_req is 0: connections in their handshake when a redirect process closes its listener are reset; set it to 1 (see Rolling restart in deploy/RUNBOOK.md)',
    );
  }
}
