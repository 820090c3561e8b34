/**
 * Tells when everything that was logged up to a moment has been processed: the logs are past their ends of that moment,
 * and no spool of a redirect process holds rows. Rejects when Redis is down.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CLICKS_LOG } from '../../src/clicks/click.ts';
import { CONVERSIONS_LOG } from '../../src/conversions/conversion.ts';
import { notPassed, type Position, positionsIn } from '../../src/log/backlog.ts';
import { refreshLayouts } from '../../src/log/layouts.ts';
import { SENDS_LOG } from '../../src/messages/send.ts';
import { readPresent } from '../../src/platform/presence.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { RECORDS_LOG } from '../../src/records/record.ts';

const LOGS = [CLICKS_LOG, SENDS_LOG, CONVERSIONS_LOG, RECORDS_LOG];

/** The newest entry of each partition of each log that holds entries: of those that tell of contacts, or of all. */
export async function positionsNow(redis: RedisClient, logs: readonly string[] = LOGS): Promise<Position[]> {
  await refreshLayouts(redis);
  return (await Promise.all(logs.map((log) => positionsIn(redis, log)))).flat();
}

/** What is not processed yet, as a text; '' when all of it is. */
export async function unprocessed(
  redis: RedisClient,
  positions: readonly Position[],
  data_dir: string,
): Promise<string> {
  const [left] = await notPassed(redis, positions);
  return left === undefined ? inSpools(redis, data_dir) : `rows of the log of ${left[0]}`;
}

/** Which spools of this machine, or of running processes, hold clicks, as a text; '' when none does. */
export async function inSpools(redis: RedisClient, data_dir: string): Promise<string> {
  const spooling = (await readPresent(redis)).filter((one) => one.present && one.notes.spool_bytes > 0);
  if (spooling.length > 0) return 'clicks in the spool of a redirect process';
  return (await hasSpool(data_dir)) ? 'clicks in the spool of this machine' : '';
}

/** Also of processes that are gone, which another process of the machine takes over. */
async function hasSpool(data_dir: string): Promise<boolean> {
  const root = join(data_dir, 'spool');
  for (const folder of await readdir(root).catch(() => [])) {
    if ((await readdir(join(root, folder)).catch(() => [])).length > 0) return true;
  }
  return false;
}
