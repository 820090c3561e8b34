/**
 * What the last backup did, in Redis, where the API finds it for its alarms; and the lock that lets one backup run at a
 * time. With Redis down nothing is noted: then the age of the last success tells.
 */
import { randomHex } from '../../platform/random.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { sleep } from '../../platform/sleep.ts';
import { BackupError } from './manifest.ts';

export const LAST_BACKUP_KEY = 'backup:last';
const RUNNING_KEY = 'backup:running';
const HOLDS_MS = 60_000;
const RENEW_EVERY_MS = 15_000;
const ASK_AGAIN_MS = 500;

/** Times are ISO 8601. */
export interface LastBackup {
  /** When the last one ended, and how. */
  finished_at: string;
  ok: boolean;
  /** One sentence; '' when it succeeded. */
  error: string;
  /** The moment of the newest complete backup: what came later is not in it. */
  succeeded_at: string;
  source: string;
  to: string;
  rows: number;
  bytes_written: number;
  seconds: number;
  /** When a backup was last restored into a scratch folder and found whole, and what was wrong since. */
  verified_at: string;
  verify_error: string;
}

const NONE: LastBackup = {
  finished_at: '',
  ok: false,
  error: '',
  succeeded_at: '',
  source: '',
  to: '',
  rows: 0,
  bytes_written: 0,
  seconds: 0,
  verified_at: '',
  verify_error: '',
};

/** Undefined when none was made yet. */
export async function readLastBackup(redis: RedisClient): Promise<LastBackup | undefined> {
  const text = await redis.get(LAST_BACKUP_KEY);
  return text === null ? undefined : { ...NONE, ...(JSON.parse(text) as Partial<LastBackup>) };
}

export async function noteBackup(redis: RedisClient, changed: Partial<LastBackup>): Promise<void> {
  const before = (await readLastBackup(redis)) ?? NONE;
  await redis.set(LAST_BACKUP_KEY, JSON.stringify({ ...before, ...changed }));
}

/**
 * Runs `work` while no other backup of this installation runs, of which it waits for the end. Throws BackupError when one
 * runs for longer than `wait_ms`.
 */
export async function alone<T>(redis: RedisClient, wait_ms: number, work: () => Promise<T>): Promise<T> {
  const token = randomHex(8);
  const until = performance.now() + wait_ms;
  while ((await redis.set(RUNNING_KEY, token, 'PX', HOLDS_MS, 'NX')) === null) {
    if (performance.now() > until) {
      throw new BackupError('another backup of this installation is being made: wait until it has ended.');
    }
    await sleep(ASK_AGAIN_MS);
  }
  const timer = setInterval(() => {
    redis.pexpire(RUNNING_KEY, HOLDS_MS).catch(() => {});
  }, RENEW_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    const held = await redis.get(RUNNING_KEY).catch(() => null);
    if (held === token) await redis.del(RUNNING_KEY).catch(() => {});
  }
}
