/**
 * What the last backup says of itself: the command that makes one leaves it in Redis, as JSON, with times in ISO 8601.
 * Rejects when Redis is down.
 */
import type { RedisClient } from '../platform/redis.ts';

const LAST_BACKUP = 'backup:last';

/** Unix times in ms; 0: never. */
export interface BackupFinding {
  succeeded_ms: number;
  finished_ms: number;
  verified_ms: number;
  /** Why the last one failed, or what the last verification found; '' where nothing did. */
  error: string;
}

export async function findBackup(redis: RedisClient): Promise<BackupFinding> {
  const text = await redis.get(LAST_BACKUP);
  const said = text === null ? {} : (JSON.parse(text) as Record<string, string | undefined>);
  const time = (name: string): number => Date.parse(said[name] ?? '') || 0;
  return {
    succeeded_ms: time('succeeded_at'),
    finished_ms: time('finished_at'),
    verified_ms: time('verified_at'),
    error: said['error'] || said['verify_error'] || '',
  };
}
