/** The times of the last backup, and what went wrong. Rejects when Redis is down. */
import type { RedisClient } from '../platform/redis.ts';
import { readLastBackup } from '../records/backup/last-backup.ts';

/** Unix times in ms; 0: never. */
export interface BackupFinding {
  succeeded_ms: number;
  finished_ms: number;
  verified_ms: number;
  /** Why the last one failed, or what the last verification found; '' where nothing did. */
  error: string;
}

export async function findBackup(redis: RedisClient): Promise<BackupFinding> {
  const last = await readLastBackup(redis);
  const time = (text = ''): number => Date.parse(text) || 0;
  return {
    succeeded_ms: time(last?.succeeded_at),
    finished_ms: time(last?.finished_at),
    verified_ms: time(last?.verified_at),
    error: last?.error || last?.verify_error || '',
  };
}
